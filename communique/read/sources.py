"""The workspace's texts and pictures, read from its folder or from a copy kept in the ledger.

Paths are relative to the workspace, with forward slashes. A copy is what lets the daemon go on with the last approved
version while somebody is half-way through an edit.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from communique.read.zone_rules import zone_stamp

#: Folders that make a workspace, in the order of their meaning.
FOLDERS = ("campaigns", "config", "templates")
ZONES = "time zones"  #: among the stamps of files: that of the machine's rules
_TEXT = {".yaml", ".yml", ".md", ".txt", ".html", ".css", ".xml", ".svg"}
_PICTURES = frozenset({".png", ".jpg", ".jpeg"})
#: A text that somebody has read aloud.
SOUNDS = (".wav", ".mp3", ".ogg", ".m4a")
#: Bytes of a file: hours of speech as MP3, nine minutes as a WAV file in stereo.
LARGEST = 100_000_000


class Sources(Protocol):
    """Where the files are."""

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None when there is no such file."""
        ...

    def paths(self, under: str) -> list[str]:
        """Sorted paths of all texts and pictures below a folder."""
        ...


@dataclass(frozen=True)
class Folder:
    """A workspace on disk."""

    root: Path

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None; nothing outside the workspace is ever read.

        Of what is larger than `LARGEST` a byte more than that: whoever uses it refuses it, and the service, which
        keeps all files of a workspace in memory, does not end for want of that.
        """
        file = Path(os.path.realpath(self.root / path))  # several times as quick as resolve()
        if not str(file).startswith(f"{os.path.realpath(self.root)}{os.sep}") or not file.is_file():
            return None
        if file.stat().st_size <= LARGEST:
            return file.read_bytes()
        with file.open("rb") as large:
            return large.read(LARGEST + 1)

    def paths(self, under: str) -> list[str]:
        """Sorted paths of all texts and pictures below a folder."""
        return sorted(below for below, _ in self._files(under))

    def stamps(self) -> dict[str, tuple[int, int]]:
        """Modification time (ns) and size of every file, and of the rules of time zones, to notice a change cheaply."""
        stamps = {ZONES: zone_stamp()}
        for folder in FOLDERS:
            for below, file in self._files(folder):
                with suppress(FileNotFoundError):  # just gone
                    status = file.stat()
                    stamps[below] = (status.st_mtime_ns, status.st_size)
        return stamps

    def _files(self, under: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
        """Each with its path below the root, as texts: a public page asks for all of them."""
        waiting = [under]
        while waiting:
            folder = waiting.pop()
            with suppress(OSError), os.scandir(f"{self.root}/{folder}") as listed:
                for each in listed:
                    if each.name.startswith("."):
                        continue
                    below = f"{folder}/{each.name}"
                    if each.is_dir(follow_symlinks=False):
                        waiting.append(below)
                    elif _is_kept(each.name) and each.is_file():
                        yield below, each


@dataclass(frozen=True)
class Copy:
    """Files of a workspace as they were at one time."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None."""
        return self.files.get(path)

    def paths(self, under: str) -> list[str]:
        """Sorted paths of all files below a folder."""
        return sorted(path for path in self.files if path.startswith(f"{under}/"))


def copy_of(sources: Sources, *, under: tuple[str, ...] = FOLDERS) -> Copy:
    """All texts and pictures, read now."""
    found = {path: sources.read(path) for folder in under for path in sources.paths(folder)}
    return Copy({path: data for path, data in found.items() if data is not None})


@dataclass(frozen=True)
class Snapshot:
    """A workspace on disk, read at one time: later edits do not reach it. Files of other kinds are read when needed."""

    files: Copy
    folder: Folder

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None when there is no such file."""
        return self.files.read(path) if _is_kept(path) else self.folder.read(path)

    def paths(self, under: str) -> list[str]:
        """Sorted paths of all texts and pictures below a folder."""
        return self.files.paths(under)

    def with_files(self, files: Mapping[str, bytes | None]) -> "Snapshot":
        """The same, but some files as somebody has them before them; None: without that one."""
        found = {**self.files.files, **files}
        return replace(self, files=Copy({path: data for path, data in found.items() if data is not None}))

    def with_campaign(self, name: str, copy: Copy) -> "Snapshot":
        """The same, but one campaign's file, texts and pictures as they are in a copy."""
        others = {path: data for path, data in self.files.files.items() if not _is_of(path, name)}
        own = {path: data for path, data in copy.files.items() if _is_of(path, name)}
        return replace(self, files=Copy({**others, **own}))


def _is_kept(path: str) -> bool:
    return _ending(path).lower() in _TEXT or is_picture(path) or is_sound(path)


def _ending(path: str) -> str:
    """With its dot; without the work that a path object makes: each public page asks it of every file."""
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return dot + ending if stem and ending else ""


def is_sound(path: str) -> bool:
    """Whether a file is a recording, by its name."""
    return _ending(path).lower() in SOUNDS


def is_picture(path: str) -> bool:
    """Whether a file is a picture, by its name."""
    return _ending(path).lower() in _PICTURES


def _is_of(path: str, campaign: str) -> bool:
    return path == f"campaigns/{campaign}.yaml" or path.startswith(f"templates/{campaign}/")


def snapshot(folder: Folder) -> Snapshot:
    """A folder as it is now."""
    return Snapshot(copy_of(folder), folder)
