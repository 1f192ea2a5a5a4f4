"""A folder for a result: whole in the end, or not there at all, so that the next run is not in its own way."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from communique.commands.console import refuse
from communique.phrase import phrase
from communique.send.lead import Lead

UNFINISHED = ".unfinished"  #: in a folder that is being written, or that a killed process has left; locked meanwhile


@contextmanager
def new_folder(folder: Path) -> Iterator[None]:
    """Make it, and take it away again if what writes it does not come to its end.

    What somebody has put into it ends the command; what a killed process has left there goes.
    """
    is_theirs = folder.is_dir()
    if folder.exists() and not _is_free(folder):
        refuse(phrase("Expected an empty or new folder, found files in {folder}. Choose another one.", folder=folder))
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Lead(folder / UNFINISHED, f"folder/{os.getpid()}")) as writing:
        if not writing.take():
            refuse(phrase("{folder} is being written by another process: choose another one.", folder=folder))
        _empty(folder, but_for=UNFINISHED)
        try:
            yield
        except BaseException:
            _empty(folder)
            if not is_theirs:
                folder.rmdir()
            raise
        (folder / UNFINISHED).unlink()


def _is_free(folder: Path) -> bool:
    return folder.is_dir() and ((folder / UNFINISHED).is_file() or not any(folder.iterdir()))


def clear_unfinished(among: Path) -> None:
    """Take away the folders below one that killed processes have left."""
    for mark in among.glob(f"*/{UNFINISHED}"):
        with closing(Lead(mark, f"folder/{os.getpid()}")) as writing:
            if writing.take():
                shutil.rmtree(mark.parent, ignore_errors=True)


def _empty(folder: Path, but_for: str = "") -> None:
    for each in folder.iterdir():
        if each.name == but_for:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
