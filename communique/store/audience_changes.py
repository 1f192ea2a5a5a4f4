"""Whether the people of an audience may be others than when they were counted last.

Each transaction that writes to a table of them leaves a row, whoever writes: the engine sees to it. Rows are added, and
none is changed, so that writers beside each other do not wait.
"""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, event, func, insert, select
from sqlalchemy.sql.dml import UpdateBase

from communique.store.tables.audience_change import audience_changes

#: What `communique.store.recipients.people.groups` reads where it asks for nobody's answers.
TABLES = frozenset(
    {"people", "memberships", "suppressions", "postal_addresses", "subscriptions", "subscription_topics"}
)
_KEPT = 1_000  #: rows, before they are thrown together
_MARKED = "communique_audience_marked"


class State(NamedTuple):
    """Of a ledger's people: as long as it is the same, nobody has changed any of them.

    Each change adds a row. Rows go only in a transaction that adds a later one. So no two states are alike.
    """

    last: int
    rows: int


def state(connection: Connection) -> State:
    """As this transaction sees it; to be asked before people are counted."""
    last, rows = connection.execute(select(func.max(audience_changes.c.id), func.count())).one()
    return State(last or 0, rows)


def watch(engine: Engine) -> None:
    """Leave a row in each transaction on this engine that writes to people."""
    event.listen(engine, "after_execute", _after)
    event.listen(engine, "begin", _forget)
    event.listen(engine, "rollback_savepoint", _forget)  # the row may have gone with it


def _after(connection: Connection, statement: Any, *_others: Any) -> None:
    if not (isinstance(statement, UpdateBase) and str(statement.table) in TABLES):
        return
    # Where each statement is a transaction, each leaves its row.
    is_one = connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT"
    if not (is_one and connection.info.get(_MARKED)):
        connection.info[_MARKED] = True
        _leave(connection)


def _leave(connection: Connection) -> None:
    number = connection.execute(insert(audience_changes).returning(audience_changes.c.id)).scalar_one()
    if number % _KEPT == 0:
        connection.execute(delete(audience_changes).where(audience_changes.c.id < number))


def _forget(connection: Connection, *_others: Any) -> None:
    connection.info.pop(_MARKED, None)
