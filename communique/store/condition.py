"""How the ledger's database stands: what `communique doctor` asks it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from communique.store.damage import damage

_SQLITE_FULL = 2  # of `PRAGMA synchronous`


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What it says of itself."""

    product: str  #: `SQLite 3.45.1`
    is_durable: bool  #: what is committed is on disk
    details: str
    damage: str  #: what is wrong in its file, where that can be seen
    now: datetime | None  #: its own clock, where it has one


def condition(connection: Connection) -> Condition:
    """Of the database behind a connection."""
    return _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)


def _sqlite(connection: Connection) -> Condition:
    version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
    journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    return Condition(
        product=f"SQLite {version}",
        is_durable=journal == "wal" and synchronous >= _SQLITE_FULL,
        details=f"journal_mode={journal}, synchronous={synchronous}",
        damage=damage(connection),
        now=None,
    )


def _postgresql(connection: Connection) -> Condition:
    names = ("server_version", "synchronous_commit", "fsync", "full_page_writes")
    said = {name: str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in names}
    now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return Condition(
        product=f"PostgreSQL {said['server_version']}",
        is_durable=said["synchronous_commit"] != "off" and said["fsync"] == "on" and said["full_page_writes"] == "on",
        details=", ".join(f"{name}={said[name]}" for name in names[1:]),
        damage="",
        now=now.astimezone(UTC),
    )
