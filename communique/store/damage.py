"""A ledger file that SQLite cannot read any more (a disk, or somebody, has changed its bytes), or may only read."""

import sqlite3

from sqlalchemy import Connection

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
REMEDY = ": stop the daemon, and put a backup back (docs/operators.md, “Back up”)"
_SHUT = "; see whose the ledger's files are (`ls -l var`), and give them to the user of the daemon, which goes on then"
_KIND = 0xFF  #: of an error's extended code


def remedy(error: BaseException | None) -> str:
    """What to do, to stand behind the words of an error; empty when it is about something else."""
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY:
        return _SHUT
    # Letters that are none: SQLite does not look at them, so the driver is the first to notice.
    if getattr(error, "sqlite_errorcode", 0) & _KIND not in _DAMAGED and not isinstance(error, UnicodeDecodeError):
        return ""
    return f"; the file is damaged{REMEDY}"


def damage(connection: Connection) -> str:
    """What is wrong in the file, whether anybody has read it there or not; empty: nothing. Takes seconds a gigabyte.

    Of a ledger on a server, nothing: that is for the server to say.
    """
    if connection.dialect.name != "sqlite":
        return ""
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return "" if found == "ok" else " ".join(found.split())
