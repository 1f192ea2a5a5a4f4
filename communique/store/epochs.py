"""How far a ledger has come: a number that rises before anything goes out, so that an older copy can be told apart."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from communique.store.database import epoch


@dataclass(frozen=True, kw_only=True, slots=True)
class Epoch:
    """A ledger at one time."""

    ledger: str  #: drawn when the ledger first owed something
    number: int
    copied_at: datetime | None = None  #: when the backup was made that this ledger comes from; None: it is none


def current(connection: Connection) -> Epoch | None:
    """Where the ledger is; None when it has never sent anything."""
    row = connection.execute(select(epoch)).first()
    return Epoch(ledger=row.ledger, number=row.number, copied_at=row.copied_at) if row else None


def ledger_of(connection: Connection) -> str:
    """Which ledger this is, in a writing transaction: from now on it has a name, and a copy of it has the same."""
    return (current(connection) or _begin(connection)).ledger


def advance(connection: Connection, *, beyond: int = 0) -> Epoch:
    """One further, and further than `beyond`; from now on it counts as the original, whatever it was."""
    found = current(connection) or _begin(connection)
    if found.number < beyond:
        connection.execute(update(epoch).values(number=beyond))
    return step(connection) or found


def step(connection: Connection) -> Epoch | None:
    """As `advance`, in one statement; None when the ledger has never sent anything."""
    moved = update(epoch).values(number=epoch.c.number + 1, copied_at=None).returning(epoch.c.ledger, epoch.c.number)
    row = connection.execute(moved).first()
    return Epoch(ledger=row.ledger, number=row.number) if row else None


def mark_as_copy(connection: Connection, now: datetime) -> None:
    """Write into a copy that it is one."""
    if current(connection) is None:
        _begin(connection)
    connection.execute(update(epoch).values(copied_at=now))


def name(connection: Connection, ledger: str) -> None:
    """Give a new ledger this name, and none that is drawn: what is played again is to be the same."""
    _begin(connection, ledger)


def _begin(connection: Connection, ledger: str = "") -> Epoch:
    made = Epoch(ledger=ledger or secrets.token_hex(16), number=0)
    connection.execute(insert(epoch).values(ledger=made.ledger, number=made.number))
    return made
