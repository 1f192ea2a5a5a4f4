"""Where returned mail lies until it has been read: each message is let go of only when what it says is on record."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from communique.bounces.mail_parts import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a source."""

    place: str  #: where a person finds it
    handle: str  #: the source's own name for it
    data: bytes  #: its beginning


class Source(Protocol):
    """One place where returned mail comes in."""

    def unread(self) -> Iterator[Found]:
        """Messages that nobody has let go of, each read as it is asked for.

        Raises:
            OSError: the place cannot be read, or, after all others, some messages cannot; the words say why.
        """
        ...

    def done(self, found: Found) -> None:
        """What it says is on record."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Maildir:
    """A maildir: `new` holds what nobody has read, `cur` what somebody has (with the flag S)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unread(self) -> Iterator[Found]:
        """Of `new`, the oldest first by name, as they were delivered."""
        with os.scandir(self._folder / "new") as listed:
            names = sorted(each.name for each in listed if not each.name.startswith("."))
        shut: list[OSError] = []
        for name in names:
            path = self._folder / "new" / name
            try:
                # No pipe or link is waited for.
                data = _beginning(path) if path.is_file() and not path.is_symlink() else None
            except FileNotFoundError:  # another reader has taken it
                continue
            except OSError as error:  # that one is shut: the others are read all the same
                shut.append(error)
                continue
            if data is not None:
                yield Found(self._place(name), name, data)
        if shut:
            raise shut[0] if len(shut) == 1 else OSError(f"{shut[0]}, and {len(shut) - 1} more like it")

    def done(self, found: Found) -> None:
        """From `new` to `cur`."""
        with suppress(FileNotFoundError):
            (self._folder / "cur").mkdir(exist_ok=True)
            (self._folder / "new" / found.handle).rename(self._folder / "cur" / _seen(found.handle))

    def _place(self, name: str) -> str:
        return os.fsencode(self._folder / "cur" / _seen(name)).decode("utf-8", "replace")

    def close(self) -> None:
        """There is nothing to let go of."""


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES)


def _seen(name: str) -> str:
    return f"{re.sub(r':2,.*$', '', name)}:2,S"


def forget(folder: Path, before: datetime) -> int:
    """Delete what came into a maildir before then and has been read; how many messages."""
    read = [each for each in (folder / "cur").glob("*") if each.is_file() and each.stat().st_mtime < before.timestamp()]
    for each in read:
        each.unlink(missing_ok=True)
    return len(read)


def deliver(folder: Path, data: bytes, name: str) -> None:
    """Put a message into a maildir; it is on disk when this returns."""
    for each in ("tmp", "new", "cur"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    with (folder / "tmp" / name).open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    (folder / "tmp" / name).rename(folder / "new" / name)
    handle = os.open(folder / "new", os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
