"""Batches of letters in a folder: each is there whole or not at all, and what is in one is never in another.

A batch is a folder that takes its name when everything in it is on disk. So a letter that is found in one has been
handed over, a letter that is found in none has not, whenever whoever wrote it was stopped.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from channels.atomic_files import sync_directory
from communique.channel import TemporaryError, UncertainError

LETTERS = "letters"  #: in a batch: a file each
_OWN, _GROUP = 0o640, 0o750  #: names and addresses of people: whoever prints them is put into the group


class Tray:
    """The batches of one announcement's letters through one channel, in one language."""

    def __init__(self, root: Path, place: str, language: str) -> None:
        self._folder = root / place
        self._place = place
        self._language = language

    def holding(self, letter: str) -> str | None:
        """The file of a letter, below the root; None when it is in no batch."""
        for batch in sorted(self._folder.glob(f"{self._language}-*")):
            if (batch / LETTERS / letter).is_file():
                return f"{self._place}/{batch.name}/{LETTERS}/{letter}"
        return None

    @property
    def next_name(self) -> str:
        """What the next batch will be called: `es-2`, unless another process is quicker."""
        numbers = [
            int(name)
            for each in self._folder.glob(f"{self._language}-*")
            if (name := each.name[len(self._language) + 1 :]).isdigit()
        ]
        return f"{self._language}-{max(numbers, default=0) + 1}"

    @contextmanager
    def staged(self, files: Mapping[str, bytes]) -> Iterator[Path]:
        """The files of a batch on disk, under a name that nobody looks for; what has not been put out is deleted.

        Raises:
            TemporaryError: they cannot be written.
        """
        staging: Path | None = None
        try:
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=_GROUP)
                staging = Path(tempfile.mkdtemp(dir=self._folder, prefix=".", suffix=".part"))
                staging.chmod(_GROUP)
                _write(staging, files)
            except OSError as error:
                raise TemporaryError(_plain(self._folder, error)) from error
            yield staging
        finally:
            if staging is not None:
                shutil.rmtree(staging, ignore_errors=True)

    def put_out(self, staging: Path, name: str) -> None:
        """Give a batch its name.

        Raises:
            UncertainError: it could not be given; nobody has seen the batch.
        """
        try:
            staging.rename(self._folder / name)
            sync_directory(self._folder)
        except OSError as error:
            taken = error.errno in {errno.ENOTEMPTY, errno.EEXIST}
            why = f"another process has made the batch {name}" if taken else _plain(self._folder, error)
            raise UncertainError(why) from error


def _write(staging: Path, files: Mapping[str, bytes]) -> None:
    (staging / LETTERS).mkdir(mode=_GROUP)
    for path, data in files.items():
        descriptor = os.open(staging / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    sync_directory(staging / LETTERS)
    sync_directory(staging)


def _plain(root: Path, error: OSError) -> str:
    return (
        f"The letters below {root} could not be written: {error.strerror or error}. Check that the disk has room and "
        "that Communiqué may write there."
    )
