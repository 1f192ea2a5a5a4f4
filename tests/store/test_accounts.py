"""Reading the ledger: every copy is accounted for."""

from datetime import UTC, datetime

import pytest

from communique.channel import PermanentError, Receipt, UncertainError
from communique.delivery import Mode, State
from communique.store.deliveries import accounts
from communique.store.deliveries.accounts import Balance
from communique.store.recipients.people import Person
from tests.workspaces import Town


def person(town: Town, name: str) -> Person:
    """Somebody of the audience."""
    from communique.store.recipients import people

    with town.database.reading() as connection:
        found = people.by_address(connection, f"{name}@example.org")
    assert found is not None
    return found


def test_a_balance_says_in_words_what_became_of_what_was_planned() -> None:
    """Only what there is; and it knows when something is lost."""
    counts = dict.fromkeys(State, 0) | {State.SENT: 2, State.IN_DOUBT: 1}
    at = datetime(2026, 12, 1, tzinfo=UTC)
    name = {"campaign": "news", "announcement": "hello", "occurrence": "once"}
    whole = Balance(**name, due_at=at, late=False, planned=3, by_state=counts)
    assert str(whole) == "3 planned = 2 sent + 1 in doubt"
    assert whole.holds
    assert not Balance(**name, due_at=at, late=False, planned=4, by_state=counts).holds


def test_nobody_to_write_to_is_an_account_too(town: Town) -> None:
    """Balances are there from the freeze on, in the order of the due moments."""
    town.add()
    town.invite("ana")
    town.run()
    town.clock.turn(hours=1)
    town.run()
    assert list(town.balances()) == ["hello", "goodbye"]


def test_every_outcome_stands_in_the_balance(town: Town) -> None:
    """One sent, one refused, one in doubt, one excluded: four planned."""
    town.invite("ana", "ben", "eva", "max")
    town.suppress("max")
    doubts = {
        "ben@example.org": PermanentError("550 no such person"),
        "eva@example.org": UncertainError("the answer was lost"),
    }

    def after(message: object) -> None:
        error = doubts.get(message.recipient.address)  # type: ignore[attr-defined]
        if error:
            raise error

    town.email.after = after
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.run()
    assert town.account() == "4 planned = 1 sent + 1 failed + 1 excluded + 1 in doubt"
    with town.database.reading() as connection:
        (doubtful,) = accounts.waiting_for_a_person(connection, Mode.LIVE)
    assert doubtful.name == "Eva"
    assert doubtful.delivery.reason == "the answer was lost"
    assert doubtful.last is not None
    assert doubtful.last.outcome == "in_doubt"


def test_proofs_are_what_was_accepted_and_nothing_else(town: Town) -> None:
    """Reference and the next system's words, to hold against what a server recorded."""
    town.invite("ana", "ben")
    town.email.receipt = Receipt(detail="250 queued")
    town.email.before = _refuse_ben
    town.run()
    with town.database.reading() as connection:
        proofs = accounts.proofs(connection, Mode.LIVE)
        assert accounts.proofs(connection, Mode.TRIAL) == []
    assert proofs == [(town.email.taken[0].reference, "250 queued")]


def _refuse_ben(message: object) -> None:
    if message.recipient.name == "Ben":  # type: ignore[attr-defined]
        raise PermanentError("550")


def test_copies_can_be_asked_for_by_announcement_and_by_person(town: Town) -> None:
    """The newest first, and no more than asked for."""
    town.add()
    town.invite("ana", "ben")
    town.run()
    town.clock.turn(hours=1)
    town.run()
    with town.database.reading() as connection:
        everything = accounts.copies(connection, Mode.LIVE)
        hello = accounts.copies(connection, Mode.LIVE, announcement=("news", "hello"))
        ben = accounts.copies(connection, Mode.LIVE, person=person(town, "ben").id)
        first = accounts.copies(connection, Mode.LIVE, most=1)
    assert [copy.delivery.id for copy in everything] == [4, 3, 2, 1]
    assert [copy.name for copy in hello] == ["Ben", "Ana"]
    assert [copy.delivery.announcement for copy in ben] == ["goodbye", "hello"]
    assert first == everything[:1]


def test_trial_and_live_are_accounted_for_apart(town: Town) -> None:
    """What was tried out does not count as said, nor the other way round."""
    town.settings("mode: live", "mode: trial\nallow_list: [ana@example.org]")
    town.invite("ana", "ben")
    town.run()
    assert town.account() == "2 planned = 1 sent + 1 excluded"
    town.settings("mode: trial", "mode: live")
    assert town.balances() == {}
    town.run()
    assert town.account() == "2 planned = 2 sent"
    assert town.email.addresses == ["ana@example.org", "ana@example.org", "ben@example.org"]


@pytest.mark.parametrize(("number", "found"), [(1, True), (2, False)])
def test_a_copy_is_found_by_its_number(town: Town, number: int, found: bool) -> None:  # noqa: FBT001 - parametrized
    """Whatever the mode; None for a number nobody has."""
    town.invite("ana")
    town.run()
    with town.database.reading() as connection:
        assert (accounts.copy_of(connection, number) is not None) is found
