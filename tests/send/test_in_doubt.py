"""What may have gone out once is in doubt until somebody knows, whatever becomes of its repetition."""

from collections.abc import Callable

import pytest

from communique.channel import Message, PermanentError, TemporaryError, UncertainError
from communique.delivery import State
from tests.workspaces import Town


@pytest.fixture
def lost(town: Town) -> Town:
    """A town where Ana's mail may have gone out, and is to be repeated."""
    town.invite("ana")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: resend")
    town.email.after = failing(UncertainError("the answer was lost"))
    town.run()
    assert town.account() == "1 planned = 1 scheduled"
    town.clock.turn(hours=1)
    return town


def failing(error: Exception) -> Callable[[Message], None]:
    """A step that always fails."""

    def step(_message: Message) -> None:
        raise error

    return step


def only(town: Town) -> tuple[State, str]:
    """State and reason of the one delivery; the balance holds."""
    town.balances()
    (copy,) = town.copies()
    return copy.delivery.state, copy.delivery.reason


def test_a_repetition_that_is_refused_leaves_the_first_in_doubt(lost: Town) -> None:
    """The receiver refused the second copy: that says nothing about the first."""
    lost.email.before = failing(PermanentError("550 no such person"))
    lost.run()
    state, reason = only(lost)
    assert state is State.IN_DOUBT
    assert "550 no such person" in reason
    assert len(lost.email.taken) == 1


def test_a_repetition_that_finds_no_time_leaves_the_first_in_doubt(town: Town) -> None:
    """At the end of the window: it is not missed, for it may have arrived."""
    town.invite("ana")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: resend")
    town.email.after = failing(UncertainError("the answer was lost"))
    town.clock.turn(hours=23, minutes=59, seconds=55)
    town.run()
    state, reason = only(town)
    assert state is State.IN_DOUBT
    assert "the answer was lost" in reason


def test_a_repetition_that_is_put_off_to_the_end_leaves_the_first_in_doubt(lost: Town) -> None:
    """However often the second copy was refused for a while."""
    lost.email.before = failing(TemporaryError("451 busy"))
    for _ in range(30):
        lost.run()
        lost.clock.turn(hours=1)
    state, reason = only(lost)
    assert state is State.IN_DOUBT
    assert "451 busy" in reason


def test_nothing_is_repeated_to_somebody_who_has_left(lost: Town) -> None:
    """No second copy, and the first is still in doubt."""
    lost.suppress("ana")
    lost.run()
    state, reason = only(lost)
    assert state is State.IN_DOUBT
    assert "must not be written to" in reason
    assert len(lost.email.taken) == 1


def test_a_repetition_that_is_accepted_settles_it(lost: Town) -> None:
    """Sent, with the same identity both times, so that the receiver can merge the two."""
    lost.email.after = lambda _message: None
    lost.run()
    assert only(lost)[0] is State.SENT
    first, second = lost.email.taken
    assert first.reference == second.reference
    assert first.created_at == second.created_at


def test_files_are_no_exception(town: Town) -> None:
    """Whether a page was written may be unknown as well, when the disk fails half-way."""
    town.campaign("through: [email]", "through: [website]")
    town.campaign("    to: [friends]\n", "")
    town.say_to_nobody_in_particular()
    town.freeze()
    dispatcher = town.dispatcher()
    town.email.after = failing(UncertainError("no answer"))
    dispatcher.channels = {"website": town.email}
    dispatcher.run()
    assert only(town)[0] is State.SCHEDULED
    town.clock.turn(hours=2)
    town.email.before = failing(PermanentError("no room on the disk"))
    dispatcher.run()
    assert only(town)[0] is State.IN_DOUBT
