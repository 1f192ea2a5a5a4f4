"""A ledger file that SQLite cannot read any more: bytes that a disk, or somebody, has changed."""

import sqlite3

from sqlalchemy import Connection

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_KIND = 0xFF  #: of an error's extended code


def remedy(error: BaseException | None) -> str:
    """What to do, to stand behind the words of an error; empty when it is about something else."""
    if getattr(error, "sqlite_errorcode", 0) & _KIND not in _DAMAGED:
        return ""
    return "; the file is damaged: stop the daemon, and put a backup back (docs/operators.md, “Back up”)"


def damage(connection: Connection) -> str:
    """What is wrong in the file, whether anybody has read it there or not; empty: nothing. Takes seconds a gigabyte."""
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return "" if found == "ok" else " ".join(found.split())
