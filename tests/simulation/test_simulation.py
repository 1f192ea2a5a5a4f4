"""The core under faults drawn from seeds, in one thread: `python -m tests.simulation` runs more of it."""

import pytest

from communique.store import leases, takeover
from tests import ledger_audit
from tests.crash_walk import MUTATIONS
from tests.simulation.runs import simulate

_FOUND_BY = {
    "the point is written down late": "has two",
    "sent is written down before the dot": "is sent, and the server does not have it",
    "the point is forgotten": "has two|is failed, and is out",  # what is out is tried again, and may be refused then
    "the token is not asked for": "UNIQUE constraint failed: attempts",  # the same attempt a second time
}


def test_whatever_happens_nobody_is_lost_and_nobody_has_two() -> None:
    """Crashes, cut wires, lost commits, two daemons, edits and people who leave: 200 histories, always the same."""
    simulate(range(200))


@pytest.mark.parametrize("mutation", _FOUND_BY)
def test_the_simulation_finds_what_it_is_there_for(monkeypatch: pytest.MonkeyPatch, mutation: str) -> None:
    """Without what the promise rests on, one of 200 histories breaks it, and the people would see it."""
    for module, name in (
        (leases, "cross"),
        (leases, "record_sent"),
        (leases, "_change"),
        (takeover, "release_unbegun"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))  # put back at the end
    monkeypatch.setattr(ledger_audit, "faults", lambda *_: [])  # it would see each of them first
    MUTATIONS[mutation]()
    with pytest.raises(AssertionError, match=_FOUND_BY[mutation]):
        simulate(range(200))


def test_the_audit_sees_a_step_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the commit that makes it, before anybody has two."""
    monkeypatch.setattr(leases, "cross", leases.cross)
    monkeypatch.setattr(leases, "record_sent", leases.record_sent)
    MUTATIONS["the point is written down late"]()
    with pytest.raises(AssertionError, match="a delivery that was sending has become sent"):
        simulate(range(20))
    assert ledger_audit.found
    ledger_audit.found.clear()
