"""A copy of a ledger in SQLite, consistent while others write to it."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from communique.store import epochs
from communique.store.database import Database, open_database, sqlite_url
from communique.store.engine import DatabaseError


def copy_ledger(database: Database, into: Path, now: datetime) -> None:
    """Copy the ledger to a new file, and write into the copy that it is one.

    Raises:
        DatabaseError: it is not in SQLite, or the copy is damaged.
    """
    source = database.engine.url
    if source.get_backend_name() != "sqlite":
        raise DatabaseError("expected a ledger in SQLite, found one in PostgreSQL: use pg_dump (docs/operators.md)")
    with closing(sqlite3.connect(str(source.database))) as original, closing(sqlite3.connect(into)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
    check_ledger(into)
    with closing(open_database(sqlite_url(into))) as copied, copied.begin() as connection:
        epochs.mark_as_copy(connection, now)
    with closing(sqlite3.connect(into)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def check_ledger(file: Path) -> None:
    """Whether SQLite can read all of it.

    Raises:
        DatabaseError: it is damaged, or something else.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            connection.execute("SELECT count(*) FROM deliveries")
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise DatabaseError(f"{file}: expected a ledger that SQLite can read, found: {found}")
