"""Why somebody did or did not get something, in a sentence."""

from datetime import timedelta

import pytest

from communique.channel import PermanentError, Receipt
from communique.plan.reasons import why
from communique.retention import past_retention
from communique.store.recipients import erasure, people
from communique.texts import tokens
from tests.workspaces import PUBLIC, START, Town


def ask(town: Town, name: str = "ana", announcement: str = "hello") -> str:
    """Ask about a person."""
    address = f"{name}@example.org"
    with town.database.reading() as connection:
        person = people.by_address(connection, address)
        return why(town.planner, connection, person, address, ("news", announcement), town.clock.now)


def erase(town: Town, name: str) -> None:
    """As `communique people erase` does."""
    key, address = town.installation.key, f"{name}@example.org"
    digest = tokens.digests(tokens.ERASED, address, key)[0]
    with town.database.begin() as connection:
        erasure.erase(connection, address, digest, lambda words: words, town.clock.now)


def test_who_got_it_is_said_with_the_servers_words(town: Town) -> None:
    """When, through what, in which language, and the proof."""
    town.invite("ana")
    town.email.receipt = Receipt(detail="250 2.0.0 queued")
    town.run()
    assert ask(town) == (
        "Ana got it: the next system accepted it (news/hello, email, en, 2026-12-01 10:00 CET): 250 2.0.0 queued."
    )


def test_who_was_refused_is_said_with_the_reason(town: Town) -> None:
    """The receiver's own words."""

    def refuse(_message: object) -> None:
        raise PermanentError("550 no such person")

    town.email.before = refuse
    town.invite("ana")
    town.run()
    assert "did not get it: it was refused for good" in ask(town)
    assert "550 no such person" in ask(town)


def test_who_must_not_be_written_to_is_said(town: Town) -> None:
    """The reason from the suppression list, before and after."""
    town.invite("ana")
    town.suppress("ana", "asked to be left alone")
    assert "asked to be left alone" in ask(town)
    town.run()
    assert "must not" in ask(town)
    assert "asked to be left alone" in ask(town)


def test_nobody_of_that_address(town: Town) -> None:
    """Nobody known is said plainly."""
    assert ask(town, "zoe") == "zoe@example.org does not get news/hello: nobody with this address is in any audience."


def test_who_was_erased_is_not_said_to_have_got_nothing(town: Town) -> None:
    """What they got is not known any more: that they got nothing would be untrue. What is to come, they do not get."""
    town.invite("ana", "ben")
    town.clock.turn(hours=-1)
    erase(town, "ben")
    assert ask(town, "ben") == "ben@example.org does not get news/hello: whoever had this address was erased."
    town.clock.turn(hours=1)
    town.run()
    assert "Ana got it" in ask(town)
    erase(town, "ana")
    assert ask(town) == (
        "Whether ana@example.org got news/hello is not known any more: whoever had this address was erased."
    )
    assert ask(town, "zoe") == (
        "Nobody with the address zoe@example.org is in any audience, and none is on record as having got news/hello."
    )


def test_who_got_it_longer_ago_than_is_kept_is_not_known(town: Town) -> None:
    """Whoever is still in the audience has not joined it later."""
    town.invite("ana")
    town.run()
    later = START + timedelta(days=366)
    past_retention(town.installation, town.workspace, town.database).erase(later)
    town.clock.now = later
    assert ask(town).startswith("Whether Ana got news/hello is not known any more")


def test_somebody_of_another_audience(town: Town) -> None:
    """To whom it goes, and where the person is."""
    town.invite("ana", audience="subscribers")
    assert ask(town) == "Ana does not get news/hello: it goes to friends, and Ana is in subscribers."


def test_before_its_time(town: Town) -> None:
    """When it is due, and that it will go."""
    town.invite("ana")
    town.clock.turn(hours=-1)
    assert ask(town) == "Ana has not got news/hello yet: it is due 2026-12-01 10:00 CET, and will go then."


def test_not_approved_yet(town: Town) -> None:
    """What it waits for."""
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.invite("ana")
    assert "not approved: 1 approval missing" in ask(town)


def test_without_a_date(town: Town) -> None:
    """Which milestone is missing."""
    town.campaign("when: start", "when: later")
    town.invite("ana")
    assert "it has no date; the date of later is unknown" in ask(town)


def test_who_came_after_the_count(town: Town) -> None:
    """Audiences are counted once."""
    town.invite("ana")
    town.run()
    town.invite("ben")
    assert ask(town, "ben") == "Ben did not get news/hello: they joined the audience after it had been counted."


def test_what_everybody_can_read(town: Town) -> None:
    """Public channels are addressed to nobody."""
    town.invite("ana")
    town.campaign("through: [email]", "through: [website]")
    town.campaign("    to: [friends]\n", "")
    town.say("hello", {"en": PUBLIC})
    assert "it is written to nobody in particular; everybody can read it in public" in ask(town)


@pytest.mark.parametrize("hours", [0, 25])
def test_who_waits_or_was_too_late(town: Town, hours: int) -> None:
    """While it waits for another attempt, and once its time has passed: always with the last words."""

    def refuse(_message: object) -> None:
        raise ConnectionRefusedError("nobody there")

    town.invite("ana")
    town.email.before = refuse
    town.run()
    town.clock.turn(hours=hours)
    town.run()
    assert ("its time passed first" if hours else "waiting to go") in ask(town)
    assert "ConnectionRefusedError" in ask(town)


def test_who_will_not_be_written_to_in_trial_mode(town: Town) -> None:
    """Before the count as after it: the answer agrees with the plan."""
    town.settings("mode: live", "mode: trial")
    town.invite("ana")
    assert "this address is not on it" in ask(town)
