"""What a worker that died leaves behind, and what its successor makes of it."""

from datetime import timedelta

import pytest

from communique.channel import TemporaryError
from communique.delivery import Mode, State
from communique.store.deliveries import leases, takeover
from communique.store.deliveries.leases import LeaseLostError
from tests.single_delivery import StoppedError, claim, cross, failing, in_doubt, only
from tests.workspaces import Town

POLICIES = ("strict", "resend")


@pytest.mark.parametrize("policy", POLICIES)
def test_a_crash_before_the_point_is_repeated(town: Town, policy: str) -> None:
    """What a dead worker had not passed the point with goes out once, by its successor."""
    in_doubt(town, policy)
    town.invite("ana")
    town.email.before = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    assert town.account() == "1 planned = 1 sending"
    town.owner, town.gone = "here/2", ["here/1"]
    town.run()
    assert town.account() == "1 planned = 1 sent"
    assert len(town.email.taken) == 1


@pytest.mark.parametrize(("policy", "copies"), [("strict", 1), ("resend", 2)])
def test_a_crash_after_the_point_follows_the_policy(town: Town, policy: str, copies: int) -> None:
    """What a dead worker had passed the point with is looked up, then settled as the announcement says."""
    in_doubt(town, policy)
    town.invite("ana")
    town.email.after = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    assert town.account() == "1 planned = 1 irrevocable"
    town.owner, town.gone = "here/2", ["here/1"]
    town.run()
    town.clock.turn(hours=1)
    town.run()
    assert len(town.email.asked) == 1
    assert len(town.email.taken) == copies
    assert only(town).state is (State.IN_DOUBT if policy == "strict" else State.SENT)


def test_a_worker_elsewhere_is_dead_only_when_its_lease_has_run_out(town: Town) -> None:
    """Nobody is declared dead because of a name."""
    town.invite("ana")
    town.freeze()
    claim(town, "elsewhere/7")
    town.clock.turn(minutes=19)
    town.run()
    assert town.email.taken == []
    town.clock.turn(minutes=2)
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_who_lost_the_lease_can_neither_pass_the_point_nor_record(town: Town) -> None:
    """The old worker is stopped by the ledger, before the byte that cannot be taken back."""
    town.invite("ana")
    town.freeze()
    old = claim(town, "elsewhere/7")
    town.clock.turn(minutes=21)
    with town.database.begin() as connection:
        takeover.release_unbegun(connection, Mode.LIVE, gone=[], now=town.clock.now)
    new = claim(town, "here/1")
    with pytest.raises(LeaseLostError):
        cross(town, old)
    with pytest.raises(LeaseLostError), town.database.begin() as connection:
        leases.record(connection, old, State.SENT, now=town.clock.now)
    town.dispatcher().attempt(old)
    assert town.email.taken == []
    cross(town, new)
    assert only(town).state is State.IRREVOCABLE


def test_a_daemon_that_dies_at_each_start_uses_up_no_attempt(town: Town) -> None:
    """However often it dies before anything is sent: a later refusal waits as long as a first one, and it goes once."""
    town.invite("ana", "ben")
    town.email.before = failing(StoppedError())
    for number in range(50):
        town.owner, town.gone = f"here/{number}", [f"here/{number - 1}"]
        with pytest.raises(StoppedError):
            town.run()
    assert [copy.delivery.attempts for copy in town.copies()] == [0, 0]
    town.owner, town.gone = "here/50", ["here/49"]
    town.email.before = failing(TemporaryError("450 greylisted"))
    town.run()
    assert [copy.delivery.attempts for copy in town.copies()] == [1, 1]
    town.clock.now += timedelta(minutes=1)
    town.email.before = lambda _message: None
    town.run()
    town.run()
    assert town.account() == "2 planned = 2 sent"
    assert len(town.email.taken) == 2
