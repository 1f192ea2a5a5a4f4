"""Which file a SQLite ledger lies in: a copy of it is another file, whoever made it and wherever it lies."""

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, delete, insert, select

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
