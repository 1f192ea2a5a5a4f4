"""What a failure means: for the copy it happened to, and for all the others."""

from datetime import timedelta

import pytest

from communique.channel import Message, PermanentError, Receipt, TemporaryError, UncertainError
from communique.delivery import State
from communique.store.deliveries import ledger
from tests.single_delivery import failing, in_doubt, only
from tests.workspaces import START, Town


def to_be_posted(town: Town) -> None:
    """Let the announcement go through the channel that a person serves, and through no other."""
    town.campaign("through: [email]", "through: [handoff]")
    town.edit("templates/news/hello/en/social.txt", " {{ link }}", "")
    town.say_to_nobody_in_particular()


def test_a_temporary_failure_is_tried_again(town: Town) -> None:
    """It goes at a later attempt, with the same identity, and the account holds in between."""
    town.invite("ana")
    references: list[str] = []
    town.email.before = lambda message: references.append(message.reference)
    town.email.after = failing(TemporaryError("451 later"), times=1)
    town.run()
    assert (only(town).state, only(town).reason) == (State.SCHEDULED, "451 later")
    assert town.account() == "1 planned = 1 scheduled"
    town.clock.turn(hours=1)
    town.run()
    assert town.account() == "1 planned = 1 sent"
    assert len(set(references)) == 1


@pytest.mark.parametrize(("asked", "waits"), [(timedelta(hours=3), 3), (timedelta(days=365), 24)])
def test_a_server_that_says_when_is_believed_up_to_a_day(town: Town, asked: timedelta, waits: int) -> None:
    """Retry-After is honoured, but nobody is put off for a year."""
    town.settings("late_window: 24 hours", "late_window: 9 days")
    town.invite("ana")
    town.email.before = failing(TemporaryError("429", retry_after=asked), times=1)
    town.run()
    town.clock.now = START + timedelta(hours=waits, minutes=-1)
    town.run()
    assert only(town).state is State.SCHEDULED
    town.clock.turn(minutes=1)
    town.run()
    assert only(town).state is State.SENT


def test_trying_again_stops_when_the_time_is_over(town: Town) -> None:
    """What fails until its window closes is missed, with the last words of the server."""
    town.invite("ana")
    town.email.before = failing(TemporaryError("451 still busy"))
    for _ in range(60):
        town.run()
        town.clock.turn(hours=1)
    assert town.account() == "1 planned = 1 missed"
    assert "451 still busy" in only(town).reason
    assert only(town).attempts > 10


def test_a_message_has_its_whole_time(town: Town) -> None:
    """A long wait does not cost the last hour: it tries a minute before the end, and is missed then."""
    town.invite("ana")
    tried: list[timedelta] = []
    town.email.before = lambda _message: tried.append(town.clock.now - START)
    town.email.after = failing(TemporaryError("451 still busy"))
    town.freeze()
    dispatcher = town.dispatcher()
    while not tried or tried[-1] < timedelta(hours=23, minutes=59):
        dispatcher.run()
        assert only(town).state is State.SCHEDULED or tried[-1] == timedelta(hours=23, minutes=59)
        town.clock.turn(minutes=1)
    assert only(town).state is State.MISSED
    assert tried[-1] == timedelta(hours=23, minutes=59)


def test_a_greylisted_message_may_try_as_often_as_it_takes(town: Town) -> None:
    """No number of attempts is too many while its time lasts."""
    town.invite("ana")
    town.email.before = failing(TemporaryError("450 greylisted", retry_after=timedelta(minutes=6)), times=9)
    town.freeze()
    dispatcher = town.dispatcher()
    for _ in range(23):
        dispatcher.run()
        town.clock.turn(hours=1)
    assert (only(town).state, only(town).attempts) == (State.SENT, 10)


def test_one_refused_address_stops_nobody_else(town: Town) -> None:
    """A permanent failure is on record with the server's words, and the others get theirs."""
    town.invite("ana", "ben", "carla")

    def refuse(message: Message) -> None:
        if message.recipient and message.recipient.name == "Ben":
            raise PermanentError("550 no such user")

    town.email.before = refuse
    town.run()
    assert town.email.addresses == ["ana@example.org", "carla@example.org"]
    assert town.account() == "3 planned = 2 sent + 1 failed"
    assert town.copies()[1].delivery.reason == "550 no such user"


def test_in_doubt_and_found_is_sent(town: Town) -> None:
    """What the channel can find did go out, once."""
    town.invite("ana")
    town.email.after = failing(UncertainError("connection lost"))
    town.email.answer = lambda _message: Receipt(detail="found")
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_in_doubt_and_strict_is_left_to_a_person(town: Town) -> None:
    """It is never tried again, and listed until somebody decides."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.email.after = failing(UncertainError("connection lost"))
    for _ in range(5):
        town.run()
        town.clock.turn(hours=2)
    assert len(town.email.taken) == 1
    assert (only(town).state, only(town).reason) == (State.IN_DOUBT, "connection lost")


def test_in_doubt_and_resend_goes_once_more_at_the_most(town: Town) -> None:
    """The second time it is doubtful, a person decides."""
    in_doubt(town, "resend")
    town.invite("ana")
    town.email.after = failing(UncertainError("connection lost"))
    for _ in range(5):
        town.run()
        town.clock.turn(hours=2)
    assert len(town.email.taken) == 2
    assert len({message.reference for message in town.email.taken}) == 1
    assert only(town).state is State.IN_DOUBT


def test_in_doubt_and_rewritten_goes_until_it_is_there(town: Town) -> None:
    """Files are written again as often as it takes."""
    to_be_posted(town)
    stand_in = town.email
    stand_in.after = failing(UncertainError("disk gone"), times=3)
    for _ in range(5):
        town.freeze()
        town.dispatcher({"handoff": stand_in}).run()
        town.clock.turn(hours=2)
    assert len(stand_in.taken) == 4
    assert only(town).state is State.SENT


def test_not_being_able_to_ask_is_no_answer(town: Town) -> None:
    """While the lookup itself fails, it is asked again and not sent again; then a person decides."""
    in_doubt(town, "resend")
    town.invite("ana")
    town.email.after = failing(UncertainError("connection lost"))

    def unreachable(_message: Message) -> Receipt | None:
        raise TemporaryError("503")

    town.email.answer = unreachable
    town.run()
    assert only(town).state is State.IRREVOCABLE
    for _ in range(40):
        town.clock.turn(hours=1)
        town.run()
    assert len(town.email.taken) == 1
    assert len(town.email.asked) > 3
    assert only(town).state is State.IN_DOUBT


@pytest.mark.parametrize("error", [ValueError("surprise"), UncertainError("lost")])
def test_an_adapter_that_breaks_after_the_point_is_in_doubt(town: Town, error: Exception) -> None:
    """Whatever an adapter raises after the point of no return, it may have gone out."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.email.after = failing(error)
    town.run()
    assert only(town).state is State.IN_DOUBT


def test_an_adapter_that_breaks_before_the_point_is_tried_again(town: Town) -> None:
    """Nothing can have gone out, and the others are not held up."""
    town.invite("ana", "ben")
    town.email.before = failing(ValueError("surprise"), times=1)
    town.run()
    assert town.account() == "2 planned = 1 scheduled + 1 sent"
    town.clock.turn(hours=1)
    town.run()
    assert town.account() == "2 planned = 2 sent"


def test_what_a_person_posts_counts_as_open_until_they_say_so(town: Town) -> None:
    """A pack that was written for a person is in doubt, and settled by hand."""
    to_be_posted(town)
    town.run()
    assert town.account() == "1 planned = 1 in doubt"
    with town.database.begin() as connection:
        number = only(town).id
        assert ledger.settle_by_hand(connection, number, State.SENT, reason="Ana posted it", now=town.clock.now)
        assert not ledger.settle_by_hand(connection, number, State.SENT, reason="again", now=town.clock.now)
    assert town.account() == "1 planned = 1 sent"


def test_who_leaves_after_the_count_is_not_written_to(town: Town) -> None:
    """Suppression is asked again right before sending."""
    town.invite("ana", "ben")
    town.freeze()
    town.suppress("ben")
    town.dispatcher().run()
    assert town.email.addresses == ["ana@example.org"]
    assert town.account() == "2 planned = 1 sent + 1 excluded"


def test_who_leaves_the_allow_list_is_not_written_to(town: Town) -> None:
    """In trial the allow-list is asked again right before sending."""
    town.settings("mode: live", "mode: trial\nallow_list: [ana@example.org]")
    town.invite("ana")
    town.freeze()
    town.settings("allow_list: [ana@example.org]", "allow_list: []")
    town.dispatcher().run()
    assert town.email.taken == []
    assert town.account() == "1 planned = 1 excluded"


def test_a_text_edited_after_the_count_changes_nothing(town: Town) -> None:
    """What was frozen is what is sent, in every copy."""
    town.invite("ana", "ben")
    town.freeze()
    town.edit("templates/news/hello/en/article.md", "hello.", "something else.")
    town.campaign("colour: blue", "colour: red")
    town.dispatcher().run()
    said = [str(message.content) for message in town.email.taken]
    assert len(said) == 2
    assert all("Dear" in words and "hello." in words and "something else" not in words for words in said)


def test_a_channel_that_is_not_open_waits_and_is_then_missed(town: Town) -> None:
    """Its copies stay in the account with the reason."""
    town.invite("ana")
    town.freeze()
    for _ in range(40):
        dispatcher = town.dispatcher({})
        dispatcher.run()
        dispatcher.housekeeping()
        town.clock.turn(hours=1)
    assert town.account() == "1 planned = 1 missed"
    assert "the channel email is not open" in only(town).reason
