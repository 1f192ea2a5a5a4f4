"""The core under faults drawn from seeds, in one thread: `python -m tests.simulation` runs more of it."""

import re
import shutil
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import UniqueConstraint

from communique.store.database import deliveries, occurrences, open_database, sqlite_url
from communique.store.deliveries import leases, ledger, takeover
from tests import ledger_audit
from tests.crash_walk import MUTATIONS
from tests.simulation import machine
from tests.simulation.mail_world import Fault
from tests.simulation.runs import simulate

#: A server that had taken a mail answered the next command, and not the final dot: it was the server that was wrong.
_WENT_WRONG_ONCE = (11_000_219,)
_NO_LOOK = "a freeze does not look for an earlier one"
_NO_TOKEN = "the token is not asked for"
_BEFORE_THE_DOT = "sent is written down before the dot"
#: What is said, and the seed that found it the last time, with which the search begins.
_FOUND_BY = {
    "the point is written down late": ("has two|is sending, and is out", 12),
    _BEFORE_THE_DOT: ("is sent, and the server does not have it", 2),
    # What is out is tried again, and may be refused then.
    "the point is forgotten": ("has two|is failed, and is out", 16),
    # Refused to one who had lost it, while the other's mail was taken; it takes two daemons and a crash.
    _NO_TOKEN: ("is (scheduled|failed), and is out", 427),
    _NO_LOOK: ("UNIQUE constraint failed: occurrences", 39),
    "what is stopped goes on": ("is stopped, and a mail of it went out", 4),
}


@pytest.fixture
def unaudited(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The audit, which would see each mutation first, sees nothing; what a mutation takes out is put back."""
    for module, name in (
        (leases, "cross"),
        (leases, "record_sent"),
        (leases, "_change"),
        (ledger, "freeze"),
        (takeover, "release_unbegun"),
        (leases, "held_back"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(ledger_audit, "faults", lambda *_: [])
    return monkeypatch


def test_whatever_happens_nobody_is_lost_and_nobody_has_two() -> None:
    """Crashes, cut wires, lost commits, two daemons, edits, mails that come back, people who leave: 200 histories."""
    happened = simulate([*range(200), *_WENT_WRONG_ONCE])
    assert min(happened[fault] for fault in Fault) >= 20


@pytest.mark.parametrize("mutation", _FOUND_BY)
def test_the_simulation_finds_what_it_is_there_for(unaudited: pytest.MonkeyPatch, mutation: str) -> None:
    """Without what the promise rests on, one of 200 histories breaks it, and the people would see it.

    Nothing else is the reason: with what was taken out, the same history keeps the promise.
    """
    MUTATIONS[mutation]()
    said, seed = _FOUND_BY[mutation]
    with pytest.raises(AssertionError, match=said) as broken:
        simulate(range(seed, seed + 200), shortened=False)
    unaudited.undo()
    (found,) = re.findall(r"^seed (\d+): ", str(broken.value))
    simulate([int(found)])


def test_what_goes_wrong_is_told_with_the_fewest_acts_that_do(unaudited: pytest.MonkeyPatch) -> None:
    """A history of many acts, of which one is enough."""
    MUTATIONS[_BEFORE_THE_DOT]()
    with pytest.raises(AssertionError, match="is sent, and the server does not have it") as whole:
        simulate([2], shortened=False)
    with pytest.raises(AssertionError, match="is sent, and the server does not have it") as fewest:
        simulate([2])
    assert len(str(whole.value).splitlines()) > len(str(fewest.value).splitlines())


def test_without_unique_keys_somebody_has_two(unaudited: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two daemons that freeze at once, neither of which looks, are kept apart by nothing else."""
    shutil.copytree(machine.ready(), tmp_path, dirs_exist_ok=True)
    database = open_database(sqlite_url(tmp_path / machine.LEDGER))
    with database.begin() as connection:
        change = Operations(MigrationContext.configure(connection))
        for table in (occurrences, deliveries):
            with change.batch_alter_table(table.name) as batch:
                for key in [each for each in table.constraints if isinstance(each, UniqueConstraint)]:
                    batch.drop_constraint(key.name, type_="unique")
    database.close()
    unaudited.setattr(machine, "ready", lambda: tmp_path)
    MUTATIONS[_NO_LOOK]()
    with pytest.raises(AssertionError, match=r"has two|is scheduled, and is out"):  # owed to somebody who has it
        simulate(range(39, 239), shortened=False)


def test_the_audit_sees_a_step_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the commit that makes it, before anybody has two."""
    monkeypatch.setattr(leases, "cross", leases.cross)
    monkeypatch.setattr(leases, "record_sent", leases.record_sent)
    MUTATIONS["the point is written down late"]()
    with pytest.raises(AssertionError, match="a delivery that was sending has become sent"):
        simulate(range(20), shortened=False)
    assert ledger_audit.found
    ledger_audit.found.clear()
