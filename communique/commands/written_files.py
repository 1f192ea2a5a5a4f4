"""What a command writes where somebody has asked for it: whole or not there at all, and told in a sentence."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from communique.commands.console import refuse
from communique.phrase import phrase


@contextmanager
def told_when_not_written(where: Path) -> Iterator[None]:
    """What keeps a file from being written ends the command, with the system's word."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        refuse(
            phrase("{where} could not be written: {error}.", where=where, error=getattr(error, "strerror", "") or error)
        )


def write_whole(file: Path, data: bytes) -> None:
    """In the place of what was there; a disk that is full, or Ctrl-C, leaves that as it was."""
    made = file.with_name(f".{file.name}.{os.getpid()}")
    with told_when_not_written(file):
        try:
            made.write_bytes(data)
            made.replace(file)
        except BaseException:
            with suppress(OSError):
                made.unlink()
            raise
