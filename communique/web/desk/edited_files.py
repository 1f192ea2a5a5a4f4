"""Files that officers edit at the desk: which they are, read and written so that nothing is lost.

The settings are not among them: who may edit a text must not be able to say who approves it.
"""

import os
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from communique.read.file_text import MOST_BYTES, as_utf8
from communique.read.process_outline import DOCUMENT_NAME, DOCUMENTS
from communique.read.sources import Sources, is_picture
from communique.store.desk.file_versions import digest_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_DEEPEST = 6
_TEXTS = frozenset({".yaml", ".md", ".txt"})
_OF_ALL = frozenset({"config/process.yaml", "config/glossary.yaml"})


class NotEditableError(Exception):
    """A file cannot be edited here; `why` is the name of a notice."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it is now."""

    data: bytes | None  #: None: there is none yet
    text: str = ""  #: lines end with LF

    @property
    def digest(self) -> str:
        """By which the file is known as it is; empty when there is none."""
        return "" if self.data is None else digest_of(self.data)

    def bytes_of(self, text: str) -> bytes:
        """What is written when somebody has typed this: lines end as they did."""
        return text.replace("\n", "\r\n" if b"\r\n" in (self.data or b"") else "\n").encode()


class ConflictError(Exception):
    """Somebody has saved the file since it was opened."""

    def __init__(self, now: Opened) -> None:
        self.now = now
        super().__init__("saved since it was opened")


class TakenError(Exception):
    """There is a file of that name already."""


@dataclass(frozen=True)
class EditedFiles:
    """Of one workspace."""

    root: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def listed(self, sources: Sources) -> list[str]:
        """All that there are."""
        found = [path for folder in ("campaigns", "config", "templates") for path in sources.paths(folder)]
        return [path for path in found if is_editable(path)]

    def open(self, path: str) -> Opened:
        """The file, or an empty one if it may be made.

        Raises:
            NotEditableError: it is none of those that are edited here, or no text.
        """
        if not is_editable(path):
            raise NotEditableError("not_editable")
        file = self._file(path)
        try:
            with file.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return Opened(None)
        except OSError as error:
            raise NotEditableError("file_unreadable") from error
        if len(data) > MOST_BYTES:
            raise NotEditableError("file_too_large")
        text, problems = as_utf8(data, path)
        if problems:
            raise NotEditableError("file_no_text")
        return Opened(data, with_line_feeds(text.removeprefix("\ufeff")))

    def save(self, path: str, text: str, opened: str) -> bytes:
        """Write it if it is still what was opened; what was written.

        Raises:
            ConflictError: it is another by now.
            NotEditableError: it cannot be written.
        """
        with self._lock:
            now = self.open(path)
            if now.digest != opened and now.text != text:
                raise ConflictError(now)
            data = now.bytes_of(text)
            try:
                _replace(self._file(path), data)
            except OSError as error:
                raise NotEditableError("file_unwritable") from error
            return data

    def bytes_at(self, path: str) -> bytes | None:
        """What is there, a text or a file that was put there; None: nothing.

        Raises:
            NotEditableError: it is none of those that are changed here.
        """
        file = self._file(path)
        try:
            return file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotEditableError("file_unreadable") from error

    def put(self, path: str, data: bytes, *, was: bytes | None = None) -> None:
        """Write a file that is not there yet, or in the place of one that is still what it `was`.

        Raises:
            ConflictError: that is another by now.
            NotEditableError: it cannot be written.
            TakenError: there is one of that name; of one that differs in capital letters alone, too.
        """
        with self._lock:
            if was is None:
                self._put(path, data)
                return
            self._must_be(path, was)
            try:
                _replace(self._file(path), data)
            except OSError as error:
                raise NotEditableError("file_unwritable") from error

    def move(self, path: str, new: str, was: bytes) -> None:
        """Give a file another name, if it is still what it was.

        Raises:
            ConflictError, NotEditableError, TakenError: as above.
        """
        with self._lock:
            self._must_be(path, was)
            self._put(new, was)
            self._remove(path)

    def delete(self, path: str, was: bytes) -> None:
        """Take a file away, if it is still what it was.

        Raises:
            ConflictError, NotEditableError: as above.
        """
        with self._lock:
            self._must_be(path, was)
            self._remove(path)

    def may_be(self, path: str) -> bool:
        """Whether it is one of those that are changed here, by its name."""
        return is_editable(path) or _is_picture(path) or is_document(path)

    def is_text(self, path: str) -> bool:
        """Whether it is edited here."""
        return is_editable(path)

    def pictures(self, sources: Sources) -> list[str]:
        """All that there are."""
        return [path for path in sources.paths("templates") if _is_picture(path)]

    def documents(self) -> list[str]:
        """All that there are."""
        folder = self.root / DOCUMENTS
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [path for each in found if each.is_file() and is_document(path := f"{DOCUMENTS}{each.name}")]

    def _must_be(self, path: str, was: bytes) -> None:
        if self.bytes_at(path) != was:
            raise ConflictError(Opened(None))

    def _put(self, path: str, data: bytes) -> None:
        file = self._file(path)
        try:
            folder = file.parent
            if folder.is_dir() and file.name.lower() in {each.name.lower() for each in folder.iterdir()}:
                raise TakenError(path)
            _replace(file, data)
        except OSError as error:
            raise NotEditableError("file_unwritable") from error

    def _remove(self, path: str) -> None:
        try:
            self._file(path).unlink()
        except OSError as error:
            raise NotEditableError("file_unwritable") from error

    def _file(self, path: str) -> Path:
        """Where it lies: below the workspace, and by no link, which could lead anywhere."""
        if not self.may_be(path):
            raise NotEditableError("not_editable")
        file = self.root.resolve() / path
        if file.resolve() != file or (file.exists() and not file.is_file()):
            raise NotEditableError("not_editable")
        return file


def is_editable(path: str) -> bool:
    """Whether it is one of those that are edited here, by its name."""
    parts = path.split("/")
    if len(parts) > _DEEPEST or not all(map(_NAME.fullmatch, parts)):
        return False
    suffix = PurePosixPath(path).suffix
    is_campaign = parts[0] == "campaigns" and len(parts) == 2 and suffix == ".yaml"  # noqa: PLR2004 - file in folder
    is_text = parts[0] == "templates" and len(parts) > 2 and suffix in _TEXTS  # noqa: PLR2004 - below a folder
    return is_campaign or is_text or path in _OF_ALL


def _is_picture(path: str) -> bool:
    """Whether it is a picture of a campaign's texts, by its name."""
    parts = path.split("/")
    is_named = len(parts) <= _DEEPEST and all(map(_NAME.fullmatch, parts))
    is_below = parts[0] == "templates" and len(parts) > 3  # noqa: PLR2004 - templates/campaign/folder/name
    return is_named and is_below and is_picture(path)


def is_document(path: str) -> bool:
    """Whether it is a document of the website, by its name."""
    return path.startswith(DOCUMENTS) and bool(DOCUMENT_NAME.fullmatch(path.removeprefix(DOCUMENTS)))


def fit_name(given: str) -> str:
    """A file's name that can stand in texts and addresses: what a telephone calls a picture may have any sign in it."""
    return _NOT_IN_NAMES.sub("-", given.rpartition("/")[2].rpartition("\\")[2]).strip("-.")


def as_text(data: bytes) -> str:
    """A version of a file as it is edited; bytes that are none become a sign for that."""
    return with_line_feeds(data.decode("utf-8-sig", "replace"))


def with_line_feeds(text: str) -> str:
    """Lines end with LF; what browsers send, and files of other systems, have CR LF or CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _replace(file: Path, data: bytes) -> None:
    """Whole or not at all, with the rights it had."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with made.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            made.chmod(file.stat().st_mode & 0o777)
        made.replace(file)
    finally:
        made.unlink(missing_ok=True)
