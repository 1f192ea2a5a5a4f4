"""Newsletters by day and week carry what was announced since the last one, and nothing comes twice or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from communique.channel import PermanentError, TemporaryError, UncertainError
from communique.delivery import Mode, State
from communique.plan.digesting import latest_rounds, upcoming
from communique.plan.plan_view import planned
from communique.plan.reasons import why
from communique.store.deliveries import ledger
from communique.store.recipients import people
from communique.subscription import Frequency
from tests.digest_towns import DigestTown, text_of
from tests.subscribing import post_of
from tests.workspaces import Town

DAILY, WEEKLY, EACH = Frequency.DAILY, Frequency.WEEKLY, Frequency.EACH
TWO = {"first": "2026-12-01 10:00", "second": "2026-12-02 10:00"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In December 2026, by the town's clocks; the 4th is a Friday."""
    return datetime(2026, 12, day, hour - 1, minute, tzinfo=UTC)


def said_first(digests: DigestTown) -> None:
    """The morning's newsletters have been; then the first announcement is made."""
    digests.tick(at(1, 9))
    digests.tick(at(1, 10))


@pytest.fixture
def digests(town: Town) -> DigestTown:
    """Announcements on Tuesday and Wednesday at ten."""
    made = DigestTown(town)
    made.announce("news", TWO)
    town.clock.now = at(1, 9)
    return made


def test_each_gets_it_as_they_chose(digests: DigestTown) -> None:
    """At once, on the next morning, or on Friday in one mail; in the reader's language; and the books say so."""
    digests.choose("ana", EACH)
    digests.choose("ben", DAILY)
    digests.choose("cleo", WEEKLY, language="es")
    for day, hour in ((1, 9), (1, 10), (1, 23), (2, 7), (2, 8), (2, 10), (3, 8), (4, 7)):
        digests.tick(at(day, hour))
    assert [len(digests.mails(each)) for each in ("ana", "ben", "cleo")] == [2, 2, 0]
    digests.tick(at(4, 8))
    (weekly,) = digests.mails("cleo")
    assert "Of first (es)" in weekly
    assert weekly.index("Of first") < weekly.index("Of second")
    assert "Boletín semanal: 4 de diciembre de 2026" in weekly
    assert digests.town.account("first") == "3 planned = 1 sent + 2 collected"
    assert digests.town.account("weekly") == "1 planned = 1 sent"


def test_an_empty_one_is_not_sent(digests: DigestTown) -> None:
    """Nor does one go on the day when nothing was announced; what comes after its time waits for the next."""
    digests.choose("ben", DAILY)
    said_first(digests)
    digests.tick(at(1, 20))
    assert digests.newsletter.taken == []
    digests.tick(at(2, 8))
    digests.tick(at(2, 9))
    assert len(digests.mails("ben")) == 1


def test_a_machine_that_slept_sends_one_with_everything(digests: DigestTown) -> None:
    """Not one for each day it slept over."""
    digests.choose("ben", DAILY)
    digests.tick(at(1, 9))
    digests.tick(at(9, 12))
    (mail,) = digests.mails("ben")
    assert "Of first" in mail
    assert "Of second" in mail
    digests.tick(at(10, 8))
    assert len(digests.mails("ben")) == 1


@pytest.mark.parametrize(("before", "after"), [(WEEKLY, DAILY), (DAILY, WEEKLY), (WEEKLY, EACH), (EACH, WEEKLY)])
def test_a_change_between_two_loses_and_doubles_nothing(
    digests: DigestTown, before: Frequency, after: Frequency
) -> None:
    """What waits goes with the next newsletter of the kind that was chosen; for each, with the next by day."""
    digests.choose("ben", before)
    said_first(digests)
    digests.choose("ben", after)
    for day in (2, 3, 4, 5, 11):
        digests.tick(at(day, 8))
        digests.tick(at(day, 10))
    assert digests.got("ben", list(TWO)) == {"first": 1, "second": 1}


def test_a_clock_that_is_set_back_repeats_nothing(digests: DigestTown) -> None:
    """What has been carried is carried; what waits goes when its morning comes again."""
    digests.choose("ben", DAILY)
    said_first(digests)
    digests.tick(at(5, 9))
    assert len(digests.mails("ben")) == 1
    digests.tick(at(1, 12))
    for day in (2, 3, 4, 5, 6):
        digests.tick(at(day, 8))
        digests.tick(at(day, 10))
    assert digests.got("ben", list(TWO)) == {"first": 1, "second": 1}


def test_what_a_failed_one_was_to_carry_goes_with_the_next(digests: DigestTown) -> None:
    """Nothing of it has gone; and a person who lets the failed one go again sends nothing twice."""
    digests.choose("ben", DAILY)
    said_first(digests)

    def refuse(_message: object) -> None:
        raise PermanentError("550 no")

    digests.newsletter.before = refuse
    digests.tick(at(2, 8))
    assert digests.town.account("daily") == "1 planned = 1 failed"
    digests.newsletter.before = lambda _message: None
    digests.tick(at(2, 10))
    digests.tick(at(3, 8))
    (mail,) = digests.mails("ben")
    assert "Of first" in mail
    assert "Of second" in mail

    failed = next(each.delivery for each in digests.town.copies() if each.delivery.state is State.FAILED)
    with digests.town.database.begin() as connection:
        ledger.extend(connection, Mode.LIVE, failed.id, at(9, 8), at(3, 9))
        assert ledger.settle_by_hand(connection, failed.id, State.SCHEDULED, reason="again", now=at(3, 9))
    digests.tick(at(3, 9))
    assert len(digests.mails("ben")) == 1
    left_out = next(each.delivery for each in digests.town.copies() if each.delivery.id == failed.id)
    assert left_out.state is State.EXCLUDED
    assert "a later newsletter carries" in left_out.reason


def test_what_cannot_go_until_the_next_one_goes_with_it(digests: DigestTown) -> None:
    """A mail server that is away for a day costs one mail, not one announcement."""
    digests.choose("ben", DAILY)
    said_first(digests)

    def away(_message: object) -> None:
        raise TemporaryError("away")

    digests.newsletter.before = away
    digests.tick(at(2, 8))
    digests.tick(at(2, 10))
    digests.newsletter.before = lambda _message: None
    digests.tick(at(3, 8))
    assert len(digests.mails("ben")) == 1
    assert digests.got("ben", list(TWO)) == {"first": 1, "second": 1}


def test_what_is_in_doubt_is_not_carried_again(digests: DigestTown) -> None:
    """It may have gone: the same one is repeated once, as the newsletter's are, and no other one carries it."""
    digests.choose("ben", DAILY)
    said_first(digests)

    def lose(_message: object) -> None:
        raise UncertainError("the answer was lost")

    digests.newsletter.after = lose
    digests.tick(at(2, 8))
    digests.newsletter.after = lambda _message: None
    for day in (2, 3, 4, 5):
        digests.tick(at(day, 10))
        digests.tick(at(day + 1, 8))
    texts = {each.reference: text_of(each) for each in digests.newsletter.taken}
    assert [sum(f"Of {name} (" in text for text in texts.values()) for name in TWO] == [1, 1]
    assert digests.town.account("first") == "1 planned = 1 collected"


@pytest.mark.parametrize("frequency", Frequency)
def test_whom_it_is_mailed_to_anyway_gets_it_once(digests: DigestTown, frequency: Frequency) -> None:
    """By the mail; whatever the order in which the channels are named."""
    digests.announce("news", TWO, through="[newsletter, email]", more="    to: [friends]\n")
    digests.choose("ben", frequency)
    digests.choose("ana", frequency)
    digests.town.invite("ben")
    said_first(digests)
    for day in (2, 4):
        digests.tick(at(day, 10))
    digests.tick(at(5, 8))
    assert digests.mails("ben") == []
    assert digests.got("ben", list(TWO)) == digests.got("ana", list(TWO)) == {"first": 1, "second": 1}


def test_who_has_left_gets_none(digests: DigestTown) -> None:
    """Between the announcement and the newsletter, and between the newsletter's freezing and its going."""
    digests.choose("ben", DAILY)
    digests.choose("ana", DAILY)
    said_first(digests)
    digests.town.suppress("ben")
    digests.newsletter.before = lambda _message: digests.town.suppress("ana")
    digests.tick(at(2, 8))
    digests.tick(at(2, 10))
    digests.tick(at(3, 8))
    assert digests.mails("ben") == []
    assert digests.mails("ana") == []


def test_what_an_officer_has_given_an_end_is_not_said_after_it(digests: DigestTown) -> None:
    """The weekly newsletter comes too late for it, and says the rest."""
    digests.announce("news", {"first": "2026-12-01 10:00"}, more="    not_after: 2026-12-03 10:00\n")
    digests.announce("works", {"second": "2026-12-02 10:00"})
    digests.choose("ben", WEEKLY)
    said_first(digests)
    digests.tick(at(2, 10))
    digests.tick(at(4, 8))
    assert digests.got("ben", list(TWO)) == {"second": 1}
    assert digests.town.account("first") == "1 planned = 1 missed"


def test_a_newsletter_says_what_was_approved(digests: DigestTown) -> None:
    """Whoever edits a text after it was announced."""
    digests.choose("ben", DAILY)
    said_first(digests)
    digests.town.edit("templates/news/first/en/article.md", "All about first", "Something else")
    digests.tick(at(2, 8))
    assert "All about first" in digests.mails("ben")[0]


def test_a_text_that_names_its_reader_names_each(digests: DigestTown) -> None:
    """Nobody gets another one's name."""
    digests.town.edit("templates/news/first/en/article.md", "All about", "{{ recipient.name }}, all about")
    digests.choose("ben", DAILY)
    digests.choose("ana", DAILY)
    said_first(digests)
    digests.tick(at(2, 8))
    assert "Ben, all about" in digests.mails("ben")[0]
    assert "Ana, all about" in digests.mails("ana")[0]


def test_a_round_has_its_local_hour_through_the_year(digests: DigestTown) -> None:
    """Also on the days on which clocks change, and in the hour that is left out."""
    digests.town.settings('at: "08:00"', 'at: "02:30"')
    settings, mode = digests.town.workspace.settings, digests.town.workspace.settings.mode
    now, seen = datetime(2027, 3, 26, 12, tzinfo=UTC), set()
    while now < datetime(2027, 4, 1, 12, tzinfo=UTC):
        daily = latest_rounds(settings, mode, now)[0]
        assert daily.due_at <= now <= daily.expires_at
        seen.add((daily.day, daily.due_at))
        now += timedelta(minutes=30)
    assert len({day for day, _ in seen}) == len(seen) == 7
    assert ("2027-03-28", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)) in seen


def test_officers_see_what_waits_and_what_became_of_it(digests: DigestTown) -> None:
    """The plan says how many get it later and when; `why` names the newsletter that carries it."""
    digests.choose("ana", EACH)
    digests.choose("ben", WEEKLY)
    digests.tick(at(1, 9))
    town, name = digests.town, ("news", "first")

    def told() -> str:
        with town.database.reading() as connection:
            ben = people.by_address(connection, "ben@example.org")
            return why(town.planner, connection, ben, "ben@example.org", name, town.clock.now)

    with town.database.reading() as connection:
        lines = planned(town.planner, connection, town.planner.standings(connection, town.clock.now), town.clock.now)
        assert upcoming(connection, town.workspace, Mode.LIVE, town.clock.now) == []
    assert {(each.recipients, each.collected) for each in lines} == {(2, 1)}
    digests.tick(at(1, 10))
    with town.database.reading() as connection:
        (weekly,) = upcoming(connection, town.workspace, Mode.LIVE, town.clock.now)
    assert (weekly.frequency, weekly.due_at, weekly.readers) == (WEEKLY, at(4, 8), 1)
    assert told().endswith("It waits for the next one.")
    digests.tick(at(4, 8))
    assert "weekly of 2026-12-04" in told()
    assert "got it: the next system accepted it" in told()


def test_the_whole_way_from_the_form_to_the_mailbox(town: Town) -> None:
    """Chosen on the page, sent by the daemon through a mail server: one mail, with the headers of a list."""
    with post_of(town) as post:
        post.join("ana", frequency="weekly")
        post.tick()  # last Friday's round is over
        town.campaign("through: [email]", "through: [newsletter]")
        town.campaign("    to: [friends]\n", "")
        town.say_to_nobody_in_particular()
        town.clock.now = at(1, 11)
        post.tick()
        assert len(post.mails("ana@example.org")) == 1
        town.clock.now = at(4, 8)
        post.tick()
        _, weekly = post.mails("ana@example.org")
    assert weekly["Subject"] == "Weekly newsletter: Hello"
    assert weekly["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/leave/" in weekly["List-Unsubscribe"]
    assert weekly["List-Id"] is not None
    assert "/preferences/" in weekly.get_body(("plain",)).get_content()  # type: ignore[union-attr]
