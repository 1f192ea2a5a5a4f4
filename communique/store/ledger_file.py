"""Which file a SQLite ledger lies in: a copy of it is another file, whoever made it and wherever it lies."""

import ctypes
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, Text, delete, event, insert, select

from communique.phrase import Phrase, phrase
from communique.store.engine import DatabaseError
from communique.store.metadata import metadata

_ledger_file = Table(  # one row: the file that the ledger was made in, or a person has taken for it; none on a server
    "ledger_file",
    metadata,
    Column("identity", Text, primary_key=True),
)

_HERE = -100  #: AT_FDCWD: a path as the process sees it
_LONGEST = 128  #: MAX_HANDLE_SZ


class _Handle(ctypes.Structure):
    _fields_ = (("size", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_ubyte * _LONGEST))


def is_copy(connection: Connection) -> bool:
    """Whether the ledger lies in another file than it was made in, and nobody has said that this is the one."""
    kept = connection.execute(select(_ledger_file.c.identity)).scalar()
    return kept is not None and _is_another(kept, _identity(connection))


def adopt(connection: Connection) -> None:
    """From now on the ledger's file is the one in which it lies."""
    connection.execute(delete(_ledger_file))
    if found := _identity(connection):
        connection.execute(insert(_ledger_file).values(identity=found))


def absence(engine: Engine) -> Callable[[], Phrase | str]:
    """What says why a ledger that was opened is not where it was; nothing while it is there, or is on a server.

    From now on no other one is begun in its place, which SQLite would do by itself.
    """
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return lambda: ""
    path, number = Path(name), Path(name).stat().st_ino

    def objection() -> Phrase | str:
        with suppress(FileNotFoundError, NotADirectoryError):
            if path.stat().st_ino == number:
                return ""
        return phrase(
            "the ledger {path} was moved, deleted or replaced while it was in use, so nothing more is begun. Stop the "
            "daemon, and start it where the folder is now; where the file is lost: communique restore FILE",
            path=path,
        )

    @event.listens_for(engine, "do_connect")
    def _connecting(*_arguments: Any) -> None:
        if why := objection():
            raise DatabaseError(why)

    return objection


def _identity(connection: Connection) -> str:
    """What a file keeps when it is written to or moved, and its copies have not; empty where there is no file.

    Its number, and its handle where the file system gives one: the number of a deleted file is soon another one's. The
    file is not opened: who closes a file that SQLite has open, too, takes SQLite's locks away.
    """
    name = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not name or name == ":memory:":
        return ""
    number, handle = Path(name).stat().st_ino, _handle(name)
    return f"{number}:{handle}" if handle else f"{number}"


def _is_another(kept: str, found: str) -> bool:
    """What only one of them has says nothing."""
    return any(one != other for one, other in zip(kept.split(":"), found.split(":"), strict=False))


def _handle(name: str) -> str:
    ask = _asks_for_handles()
    made, mount = _Handle(size=_LONGEST), ctypes.c_int()
    if ask is None or ask(_HERE, os.fsencode(name), ctypes.byref(made), ctypes.byref(mount), 0):
        return ""
    return f"{made.kind:x}.{bytes(made.data[: made.size]).hex()}"


@cache
def _asks_for_handles() -> Any:
    """Linux's name_to_handle_at, which Python has not; None elsewhere."""
    return getattr(ctypes.CDLL(None), "name_to_handle_at", None)
