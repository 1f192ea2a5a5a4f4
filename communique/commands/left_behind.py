"""Files of a workspace's `var/` in which somebody who was erased still stands: previews, returned mail, notes.

The ledger's own files are not looked into (`communique.store.recipients.erasure`), nor is what the public reads.
"""

import html
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

#: Made by a command at one go, and deleted so: the folder is named, and not each of its files.
_FOLDERS = ("previews", "rehearsals")
_PASSED_OVER = ("public",)
_DATABASE = "communique.sqlite"
_MOST_BYTES = 4_000_000


def left_behind(var: Path, names: Sequence[str]) -> list[Path]:
    """Files and folders that hold one of these words, by their letters; pictures and PDF are not read."""
    words = {each.lower() for name in names for each in (name, html.escape(name))}
    found = (_whole(var, file) for file in _files(var) if _holds(file, words))
    return list(dict.fromkeys(found))


def _files(var: Path) -> Iterator[Path]:
    for folder, below, files in os.walk(var):
        if Path(folder) == var:
            below[:] = sorted(set(below).difference(_PASSED_OVER))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith(_DATABASE))


def _holds(file: Path, words: set[str]) -> bool:
    try:
        if file.stat().st_size > _MOST_BYTES:
            return False
        text = file.read_bytes().decode("utf-8", "replace").lower()
    except OSError:
        return False
    return any(word in text for word in words)


def _whole(var: Path, file: Path) -> Path:
    parts = file.relative_to(var).parts
    return var.joinpath(*parts[:2]) if parts[0] in _FOLDERS else file
