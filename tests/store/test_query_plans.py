"""What is asked of a large ledger again and again is found by an index, never by going through all that was sent."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, event, text

from communique.channel import Receipt
from communique.delivery import Mode
from communique.settings import Retention
from communique.store.database import deliveries
from communique.store.deliveries import accounts, digests, leases, ledger, takeover, tallies, troubles
from communique.store.deliveries.digests import Round
from communique.store.deliveries.leases import Crossing
from communique.store.recipients import erasure, refusals, retention, returns
from communique.store.recipients.refusals import Refuser, Side
from communique.store.recipients.retention import Limits
from communique.subscription import Frequency
from tests.databases import ON_A_SERVER
from tests.workspaces import START, Town, build

LIVE = Mode.LIVE
NEWS = ("news", "hello")
ROUND = Round(
    mode=LIVE, frequency=Frequency.DAILY, day="2026-12-01", due_at=START, expires_at=START + timedelta(days=1)
)
DOMAIN, SYSTEM = Refuser(Side.DOMAIN, "example.org"), Refuser(Side.SYSTEM, "outlook.example")
LIMITS = Limits(rules=Retention(), zone=ZoneInfo("UTC"), now=START, digest_of=str, without_addresses=str)
QUESTIONS: dict[str, Callable[[Connection], Any]] = {
    # At each tick of the daemon, whether there is something to do or not.
    "due": lambda it: ledger.due_channels(it, LIVE, START),
    "missed": lambda it: ledger.miss_expired(it, LIVE, START + timedelta(days=9)),
    "unbegun": lambda it: takeover.release_unbegun(it, LIVE, gone=["here/2"], now=START),
    "irrevocable": lambda it: takeover.take_over_irrevocable(it, LIVE, owner="here/1", gone=["here/2"], now=START),
    "in doubt": lambda it: accounts.count_in_doubt(it, LIVE),
    "far away": lambda it: takeover.bring_near(it, LIVE, latest=START, now=START),
    "claimed": lambda it: leases.claim(it, LIVE, "email", owner="here/1", now=START, most=50),
    "digests waiting": lambda it: digests.is_to_be_held(it, ROUND),
    "digests carried": lambda it: digests.carried(it, 1),
    # Whenever a server says that nobody is there.
    "refused lately": lambda it: refusals.lately(it, DOMAIN, START),
    "refused by a system": lambda it: refusals.lately(it, SYSTEM, START),
    "refused by domain": lambda it: refusals.by_domain(it, SYSTEM, START),
    "refused of all": lambda it: refusals.since_then(it, DOMAIN, START),
    "refused before": lambda it: refusals.until_then(it, SYSTEM, START),
    "refused and held": lambda it: refusals.was_held_before(it, 1, START),
    "refused of everything": lambda it: refusals.written_since(it, START),
    "given back": lambda it: refusals.give_back(it, SYSTEM, "why", START),
    # Each minute, for the officers' alerts.
    "lost lately": lambda it: list(troubles.not_gone(it, LIVE, since=START)),
    "back lately": lambda it: list(troubles.came_back(it, LIVE, "permanent", since=START)),
    "junk lately": lambda it: list(troubles.called_junk(it, LIVE, since=START)),
    # By people, who wait for it.
    "waiting": lambda it: accounts.waiting_for_a_person(it, LIVE),
    "log": lambda it: accounts.copies(it, LIVE, most=50),
    "log of one": lambda it: accounts.copies(it, LIVE, announcement=NEWS, most=50),
    "why": lambda it: accounts.copies(it, LIVE, announcement=NEWS, person=1),
    "their places": lambda it: returns.places(it, 1, "person1@example.org"),
    "left": lambda it: retention.over(it, LIMITS),
    "erased": lambda it: erasure.erase(it, "person1@example.org", "", str, START),
    "number": lambda it: accounts.copy_of(it, 1),
    "account": lambda it: accounts.balances_of(it, LIVE, NEWS),
    "all accounts": lambda it: accounts.balances(it, LIVE),
    "states": tallies.by_state,
    "leases": tallies.leased,
}
MANY_ROWS = ("deliveries", "attempts", "returns", "people", "memberships", "consents")
MANY = 15_000  #: where going through all of them costs PostgreSQL more than finding some
#: Indexes that hold only what is still to be seen to, or was lost.
FEW = ("deliveries_due", "deliveries_under_way", "deliveries_in_doubt", "deliveries_collected", "deliveries_not_gone")
#: In which what is done with is counted, and no row of it looked at.
COUNTED = "deliveries_over"
#: How rows are found: those that wait or are under way, one by its number, somebody's, or from the newest on.
INDEXES = {
    **dict.fromkeys(("due", "missed", "far away", "claimed"), "deliveries_due"),
    **dict.fromkeys(("unbegun", "irrevocable"), "deliveries_under_way"),
    **dict.fromkeys(("in doubt", "waiting"), "deliveries_in_doubt"),
    "why": "(occurrence_id=? AND person_id=?)",
    "refused lately": "returns_by_domain (domain=? AND verdict=? AND at>?)",
    "refused of all": "ix_people_domain (domain=?)",
    **dict.fromkeys(
        ("refused by a system", "refused by domain", "given back"),
        "returns_by_system (system=? AND verdict=? AND at>?)",
    ),
    "refused before": "ix_people_domain (domain=?)",
    "refused and held": "(occurrence_id=? AND person_id=?)",
    "refused of everything": "attempts_started (started_at>?)",
    "digests waiting": "deliveries_collected",
    "digests carried": "deliveries_carried",
    **dict.fromkeys(("account", "all accounts", "states"), COUNTED),
    "leases": "deliveries_under_way",
    "lost lately": "deliveries_not_gone (occurrence_id=?)",
    "back lately": "ix_returns_at (at>?)",
    "left": "ix_memberships_person_id (person_id=?)",
    "erased": "(occurrence_id=? AND person_id=?)",
}


def plan(town: Town, question: Callable[[Connection], Any]) -> list[str]:
    """How SQLite goes about it: the steps that concern copies, people, and what came back."""
    asked: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        asked[statement] = parameters

    event.listen(town.database.engine, "before_cursor_execute", note)
    with town.database.begin() as connection:
        question(connection)
        event.remove(town.database.engine, "before_cursor_execute", note)
        steps = [
            str(row[-1])
            for statement, parameters in asked.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    return [step for step in steps if any(each in step for each in MANY_ROWS)]


@pytest.mark.ledger_by_hand  # the audit asks questions of its own in between
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_goes_through_everything(tmp_path: Path, name: str) -> None:
    """Only the log does, from the newest on, until it has enough."""
    town = build(tmp_path)
    town.invite(*(f"person{number}" for number in range(20)))
    town.freeze()
    steps = plan(town, QUESTIONS[name])
    assert steps
    for step in steps:
        few = any(index in step for index in (*FEW, COUNTED))
        everything = step.startswith("SCAN") or step.endswith("(occurrence_id=?)")
        # What came back is few in a hundred; its words may name anybody.
        once = step == "SCAN people" and name == "left"  # once an hour, and each has to be asked
        came_back = step == "SCAN returns" and name.startswith(("their", "junk"))
        assert few or not everything or once or came_back or name.startswith("log"), step
    if name in INDEXES:
        assert any(INDEXES[name] in step for step in steps), steps
    town.database.close()


@pytest.mark.ledger_by_hand  # the audit itself goes through everything
@ON_A_SERVER
def test_a_server_that_knows_nothing_of_a_new_ledger_goes_through_it_at_most_once(town: Town) -> None:
    """Sending begins before it has counted anything, and grows what it has plans for."""
    town.invite("ana")
    town.freeze()
    multiply(town)
    before = gone_through(town)
    for _ in range(20):
        with town.database.begin() as connection:
            held = leases.claim(connection, LIVE, "email", owner="here/1", now=START, most=20)
            leases.cross(connection, [Crossing(lease=each, content_hash="") for each in held], START)
        with town.database.begin() as connection:
            leases.record_sent(connection, [(each, Receipt(detail="250 Ok")) for each in held], START)

    assert gone_through(town) - before < MANY


def multiply(town: Town) -> None:
    """Her copy again and again, as if she spoke many languages: sooner made than many people."""
    as_it_is = [each.name for each in deliveries.c if each.name not in {"id", "language", "reference"}]
    names = ", ".join(as_it_is)
    copied = f"SELECT {names}, 'x' || nth, reference || nth FROM deliveries, generate_series(1, {MANY}) nth"
    with town.database.begin() as connection:
        connection.execute(text(f"INSERT INTO deliveries ({names}, language, reference) {copied}"))


def gone_through(town: Town) -> int:
    """Copies and attempts that PostgreSQL has read because it was looking for others."""
    with town.database.begin() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    by_table = "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('deliveries', 'attempts')"
    due = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'deliveries_due'"
    with town.database.reading() as connection:
        return int(connection.execute(text(f"SELECT ({by_table}) + ({due})")).scalar_one())
