"""Files that are replaced whole or not at all, below one directory; only what is said to be gone is ever deleted.

And what a process that was killed had not given its name yet.
"""

import errno
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from communique.channel import PermanentError, TemporaryError, UnavailableError, UncertainError, phrase

#: A web server under another account must be able to read what we write; `mkstemp` alone gives 0600.
READABLE = 0o644
_PREFIX, _SUFFIX = ".writing-", ".part"  #: of temporary names, which no web server serves
_OF_ONE_FILE = {errno.EFBIG, errno.ENAMETOOLONG}  #: faults that say nothing of the folder it is to lie in
_PATIENCE = timedelta(minutes=5)  #: until a folder that took nothing is tried again
_ABANDONED = 600  #: seconds after which nobody is about to name a file any more


def unsafe_paths(paths: Iterable[str]) -> list[str]:
    """Those that could lie anywhere but below the directory, or that no web server would serve by that name."""
    return [path for path in paths if not _is_safe(path)]


def unchanged(root: Path, files: Mapping[str, bytes]) -> bool:
    """Whether every file is already there with these bytes.

    Raises:
        TemporaryError: the directory cannot be read.
    """
    try:
        return all(_holds(root / path, data) for path, data in files.items())
    except OSError as error:
        raise TemporaryError(_plain(root, error)) from error


def write_files(root: Path, files: Mapping[str, bytes], commit: Callable[[], None]) -> int:
    """Bring the directory to these files, in their order; how many had to be replaced.

    Everything is written and synced under a temporary name first, so a full disk is noticed while the public still
    sees the old files. Then `commit` is called, once, and the new files take their names. A file that
    holds the same bytes already is not touched, so that its date keeps its meaning for caches.

    Raises:
        PermanentError: a path leads out of the directory.
        TemporaryError: the files could not be written; nothing has changed. `UnavailableError`: nor could others be.
        UncertainError: some have been replaced and some not; writing again puts that right.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        _stage(root, files, staged)
        commit()
        _replace(root, staged)
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return len(staged)


def remove_files(root: Path, paths: Iterable[str]) -> int:
    """Delete those that are there; how many.

    Raises:
        PermanentError: a path leads out of the directory.
        UncertainError: some could not be deleted.
    """
    paths = list(paths)
    if unsafe := unsafe_paths(paths):
        raise PermanentError(
            phrase("A path below {root} was expected, found {unsafe}.", root=root, unsafe=f"{unsafe[0]!r}")
        )
    found = [root / path for path in paths if (root / path).exists()]
    try:
        for file in found:
            file.unlink(missing_ok=True)
        for directory in {file.parent for file in found}:
            sync_directory(directory)
    except OSError as error:
        raise UncertainError(_plain(root, error)) from error
    return len(found)


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    ordinary = all(part and not part.startswith(".") for part in parts)
    return ordinary and path.isprintable() and not any(sign in path for sign in "\\:")


def _stage(root: Path, files: Mapping[str, bytes], staged: list[tuple[Path, Path]]) -> None:
    if unsafe := unsafe_paths(files):
        raise PermanentError(
            phrase(
                "A path below {root} was expected, found {unsafe}. Nothing was written.",
                root=root,
                unsafe=f"{unsafe[0]!r}",
            )
        )
    tidied: set[Path] = set()
    try:
        for path, data in files.items():
            target = root / path
            if not _holds(target, data):
                temporary = _temporary(root, target, data)
                staged.append((temporary, target))
                if target.parent not in tidied:
                    _tidy(target.parent, temporary.stat().st_mtime)
                    tidied.add(target.parent)
    except OSError as error:
        if error.errno in _OF_ONE_FILE:
            raise TemporaryError(_plain(root, error)) from error
        raise UnavailableError(_plain(root, error), retry_after=_PATIENCE) from error


def _tidy(directory: Path, present: float) -> None:
    """Take away what was begun and never named: killed again and again while it writes, a daemon would fill the disk.

    Another process may be writing here at the moment: what is younger is left to it. `present` is by the clock of the
    file system, as are the times of its files.
    """
    for begun in directory.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(FileNotFoundError):  # taken away or named by whoever began it
            if begun.stat().st_mtime < present - _ABANDONED:
                begun.unlink()


def _temporary(root: Path, target: Path, data: bytes) -> Path:
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise PermanentError(
            phrase("{parent} is a link that leads out of {root}. Nothing was written.", parent=target.parent, root=root)
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, READABLE)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _replace(root: Path, staged: list[tuple[Path, Path]]) -> None:
    try:
        for temporary, target in staged:
            temporary.replace(target)
        for directory in {target.parent for _, target in staged}:
            sync_directory(directory)
    except OSError as error:
        raise UncertainError(_plain(root, error)) from error


def sync_directory(directory: Path) -> None:
    """Have the names in a directory on disk; an `OSError` where that fails."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _holds(target: Path, data: bytes) -> bool:
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except FileNotFoundError:
        return False


def _plain(root: Path, error: OSError) -> str:
    return (
        f"The files below {root} could not be written: {error.strerror or error}. Check that the disk has room and "
        "that Communiqué may write there."
    )
