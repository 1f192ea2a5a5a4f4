"""What failed is tried again once what was in the way is put right: all of it that may go, and nothing twice."""

import io
from collections.abc import Iterator

import pytest

from communique.channel import Message, PermanentError, UncertainError
from communique.delivery import State
from communique.plan import trying_again
from communique.store.desk import journal
from communique.store.desk.officers import Duty
from communique.store.recipients import erasure
from tests.command_line import CommandLine, Said, at
from tests.desk import Desk, desk_of
from tests.workspaces import Town

SIZE = "552 5.3.4 the mail is larger than the 10 MB that we take"


def too_large(_message: Message) -> None:
    """As a relay says it for each, before it has taken anything."""
    raise PermanentError(SIZE)


def taken(_message: Message) -> None:
    """Put right."""


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Of a town whose relay has refused four mails."""
    town.invite("ana", "ben", "cleo", "dan")
    town.email.before = too_large
    town.run()
    assert town.account() == "4 planned = 4 failed"
    town.email.before = taken
    return at(town.root, monkeypatch, town.clock.now)


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """Of the same."""
    town.invite("ana", "ben")
    town.email.before = too_large
    town.run()
    town.email.before = taken
    with desk_of(town) as made:
        yield made


def again(line: CommandLine, *more: str) -> Said:
    """As an officer has it tried again."""
    return line("retry", "news/hello", "--as", "Ines", "--yes", *more)


def in_the_journal(town: Town) -> list[str]:
    """What people did, the newest first."""
    with town.database.reading() as connection:
        return [f"{each.who}: {each.what}" for each in journal.latest(connection, 9)]


def test_what_a_relay_refused_goes_once_it_takes_it(town: Town, line: CommandLine) -> None:
    """Each once; with who wanted it on record, and the books balanced on the way."""
    said = again(line, "--note", "the relay takes 20 MB now")
    assert (said.code, "4 copies on their way again." in said.text) == (0, True)
    assert town.account() == "4 planned = 4 scheduled"
    told = "tried again, decided by Ines: the relay takes 20 MB now"
    assert {each.delivery.reason for each in town.copies()} == {told}
    assert in_the_journal(town) == [
        "Ines: tried again what had failed of news/hello through email (4): the relay takes 20 MB now"
    ]
    town.run()
    town.run()
    assert town.account() == "4 planned = 4 sent"
    assert sorted(town.email.addresses) == [f"{name}@example.org" for name in ("ana", "ben", "cleo", "dan")]
    nothing = again(line)
    assert (nothing.code, "No copy of news/hello has failed." in nothing.errors) == (1, True)


def test_who_must_not_be_written_to_is_not_tried_again(town: Town, line: CommandLine) -> None:
    """Who left, whose address was given up, who was erased; they stay where they are, and it is said."""
    town.suppress("ana", "left")
    with town.database.begin() as connection:
        erasure.erase(connection, "ben@example.org", "digest", str, town.clock.now)
    said = again(line)
    assert "2 copies on their way again." in said.text
    assert "who has left or must not be written to" in said.text
    assert "whom they were for has been erased" in said.text
    town.run()
    assert town.account() == "4 planned = 2 sent + 2 failed"
    left = again(line)
    assert (left.code, "None of the copies that failed can be tried again: " in left.errors) == (1, True)


def test_an_address_that_nobody_has_is_given_up_and_stays_so(town: Town, line: CommandLine) -> None:
    """Its server has said so for good; what had another reason goes."""

    def refuse(message: Message) -> None:
        is_ana = message.recipient is not None and message.recipient.address.startswith("ana")
        error = PermanentError("550 5.1.1 no such user" if is_ana else SIZE)
        error.reply, error.about_recipient = str(error), is_ana
        raise error

    town.email.before = refuse
    again(line)
    town.run()
    assert town.account() == "4 planned = 4 failed"
    town.email.before = taken
    assert "3 copies on their way again." in again(line).text
    town.run()
    assert town.account() == "4 planned = 3 sent + 1 failed"
    assert "ana@example.org" not in town.email.addresses


def test_nothing_is_tried_again_after_its_time(town: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for yesterday's meeting."""
    town.clock.turn(days=2)
    late = again(at(town.root, monkeypatch, town.clock.now))
    assert (late.code, "their time has passed" in late.errors) == (1, True)
    assert town.account() == "4 planned = 4 failed"


def test_what_was_withdrawn_is_not_tried_again(town: Town, line: CommandLine) -> None:
    """Nobody is to read it any more."""
    town.email.before = lambda message: None if "ana" in str(message.recipient) else too_large(message)
    again(line)
    town.run()
    assert town.account() == "4 planned = 1 sent + 3 failed"
    assert line("retract", "news/hello", "--reason", "en=It was not true.", "--as", "Ines").code == 0
    said = again(line)
    assert (said.code, "can be tried again: what they say was withdrawn." in said.errors) == (1, True)
    assert sum(each.delivery.state is State.FAILED for each in town.copies()) == 3


def test_what_was_ever_in_doubt_is_not_among_them(town: Town, line: CommandLine) -> None:
    """Not even where a person has said that it did not arrive: they may be wrong, and it would go twice."""

    def breaks(_message: Message) -> None:
        raise UncertainError("the connection broke")

    again(line)
    town.email.after = breaks
    town.run()
    town.clock.turn(hours=1)
    town.run()
    doubtful = [each.delivery.id for each in town.copies() if each.delivery.state is State.IN_DOUBT]
    assert len(doubtful) == 4
    for number in doubtful:
        assert line("resolve", str(number), "failed", "--as", "Ines", now=town.clock.now).code == 0
    said = again(line)
    assert (said.code, "they may have gone out" in said.errors) == (1, True)
    assert town.account() == "4 planned = 4 failed"


def test_without_a_yes_nothing_is_changed(town: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what would go, and asks; where nobody answers it is left."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = line("retry", "news/hello", "--as", "Ines")
    assert (said.code, "4 copies" in said.text, "--yes" in said.errors) == (1, True, True)
    assert line("retry", "news/hello", "--as", "Ines", "--yes", "--through", "emial").code == 1
    assert (town.account(), in_the_journal(town)) == ("4 planned = 4 failed", [])


def test_many_are_put_back_in_pieces(town: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write in between."""
    monkeypatch.setattr(trying_again, "_PIECE", 2)
    assert "4 copies on their way again." in again(line).text
    assert len(in_the_journal(town)) == 1
    town.run()
    assert town.account() == "4 planned = 4 sent"


def test_at_the_desk_there_is_a_button_beside_the_words(desk: Desk) -> None:
    """For operators; it takes what these words were said of, and the page says what became of it."""
    town, olga = desk.town, desk.sit(desk.hire("Olga", Duty.OPERATOR))
    eva = desk.sit(desk.hire("Eva", Duty.EDITOR))
    assert SIZE in olga.get("/live").text
    assert "/live/again" not in eva.get("/live").text
    key = key_of(olga.get("/live").text)
    form = {"announcement": "news/hello", "channel": "email", "words": key, "note": "20 MB now"}
    assert eva.post("/live/again", **form).status_code == 403
    assert olga.post("/live/again", **{**form, "words": "other"}).status_code == 409
    town.suppress("ben")
    assert olga.post("/live/again", **form).headers["location"] == "/live?said=again_in_part"
    assert "on their way again" in olga.get("/live?said=again_in_part").text
    assert town.account() == "2 planned = 1 scheduled + 1 failed"
    refused = olga.post("/live/again", **form)
    assert (refused.status_code, "None of these can be tried again" in refused.text) == (409, True)
    town.run()
    assert (town.account(), town.email.addresses) == ("2 planned = 1 sent + 1 failed", ["ana@example.org"])
    assert "tried again what had failed of news/hello through email (1): 20 MB now" in eva.get("/journal").text


def test_all_of_them_go_from_the_desk(desk: Desk) -> None:
    """And then there is no button any more."""
    olga = desk.sit(desk.hire("Olga", Duty.OPERATOR))
    key = key_of(olga.get("/live").text)
    done = olga.post("/live/again", announcement="news/hello", channel="email", words=key)
    assert done.headers["location"] == "/live?said=again"
    assert "/live/again" not in olga.get("/live").text
    again = olga.post("/live/again", announcement="news/hello", channel="email", words=key)
    assert (again.status_code, "No copy has failed for that reason" in again.text) == (409, True)


def key_of(page: str) -> str:
    """What stands for the words in the form."""
    return page.partition('name="words" value="')[2].partition('"')[0]
