"""The website: static files, replaced atomically."""

import os
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import ClassVar

from channels.atomic_files import remove_files, unchanged, unsafe_paths, write_files
from channels.bundles import MadeFiles, zipped
from channels.compressed import with_compressed
from channels.paper.own_process import SHARED
from channels.paper.press import identifier_of
from communique.channel import (
    Form,
    InDoubt,
    Message,
    Pages,
    PermanentError,
    Reach,
    Receipt,
    TemporaryError,
    in_turn,
    phrase,
    told_by,
)


class WebsiteChannel:
    """Writes the pages of the public site below `directory`, which a web server serves.

    `compress`: each text also as `.gz`, for servers that send such files (nginx: `gzip_static`). What is printed lies
    there as PDF; on a machine that cannot print, the pages are published without it, and the receipt says so.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.PAGES
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    def __init__(self, *, directory: Path, compress: bool = True) -> None:
        self._directory = Path(directory)
        self._compress = compress
        self._press = SHARED
        self._sheets: dict[str, tuple[str, bytes]] = {}  #: by path: the HTML that was printed last, and its PDF
        self._lacks = ""  #: why nothing can be printed here

    def check(self, message: Message) -> Sequence[str]:
        """Refused are pages without a home page and paths that lead out of the directory."""
        pages = message.content
        if not isinstance(pages, Pages):
            return [f"The website expects pages, found {type(pages).__name__}."]
        paths = (*pages.files, *pages.printed, *pages.copied, *pages.bundled, *pages.gone)
        refused = [f"Expected a path below the website's folder, found {path!r}." for path in unsafe_paths(paths)]
        if "index.html" not in pages.files:
            refused.append(phrase("The website has no home page: `index.html` is missing."))
        return refused

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write what has changed, and delete what is gone: a file comes before what links to it, and goes after."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        files = self._files(message.content)
        written = write_files(self._directory, files, commit)
        content = message.content if isinstance(message.content, Pages) else Pages(files={})
        self._date(content.copied)
        remove_files(self._directory, _gone(content))
        detail = phrase("{written} of {number} files written", written=written, number=len(files))
        if self._lacks:
            detail = phrase("{detail}; without PDFs: {lacks}", detail=detail, lacks=self._lacks)
        return Receipt(detail=detail)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when every file holds these bytes, and what is gone is not there."""
        pages = message.content
        if not isinstance(pages, Pages) or any((self._directory / path).exists() for path in _gone(pages)):
            return None
        if unchanged(self._directory, self._files(pages)):
            return Receipt(detail=phrase("all {number} files are in place", number=len(pages.files)))
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, content: object) -> Mapping[str, bytes]:
        pages = content if isinstance(content, Pages) else Pages(files={})
        files = {**self._pdfs(pages.printed), **_in_order_of_links(pages)}
        made: dict[str, Callable[[], bytes]] = {
            path: partial(_bundle, path, inside, files) for path, inside in pages.bundled.items()
        }
        made |= {path: source.read_bytes for path, source in pages.copied.items() if not self._has(path, source)}
        # The last comes first: what is linked to before what links to it.
        return ChainMap(with_compressed(files) if self._compress else files, MadeFiles(made))  # type: ignore[arg-type]

    def _has(self, path: str, source: Path) -> bool:
        """Whether a copy lies there, by size and date: films are not read to find out that they are the same."""
        with suppress(FileNotFoundError):
            there, wanted = (self._directory / path).stat(), source.stat()
            return (there.st_size, there.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns)
        return False

    def _date(self, copied: Mapping[str, Path]) -> None:
        """Copies are as old as what they are copies of."""
        for path, source in copied.items():
            with suppress(OSError):  # then it is compared whole the next time
                os.utime(self._directory / path, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))

    def _pdfs(self, sheets: Mapping[str, str]) -> dict[str, bytes]:
        """Printed when they have changed: a sheet takes longer than all pages together. No page waits for a sheet."""
        self._lacks = ""
        for path, html in sheets.items():
            if self._sheets.get(path, ("",))[0] != html:
                self._sheets.pop(path, None)
                try:
                    self._sheets[path] = html, self._printed(path, html)
                except TemporaryError as error:  # the machine cannot print, or what prints was ended
                    self._lacks = told_by(error)
                    break
                except PermanentError as error:
                    self._lacks = f"{path}: {error}"
        return {path: self._sheets[path][1] for path in sheets if path in self._sheets}

    def _printed(self, path: str, html: str) -> bytes:
        """The PDF that is there, if it was printed from this."""
        with suppress(OSError):
            there = (self._directory / path).read_bytes()
            if identifier_of(html, "") in there:
                return there
        return self._press.print(html, "").data


def _gone(pages: Pages) -> list[str]:
    """With what lay compressed beside it, which web servers send in its place."""
    return [*pages.gone, *(f"{path}.gz" for path in pages.gone)]


def _bundle(path: str, inside: Mapping[str, str | bytes], files: Mapping[str, bytes]) -> bytes:
    return zipped(PurePosixPath(path).stem, inside, files)


def _in_order_of_links(pages: Pages) -> dict[str, bytes]:
    return {path: pages.files[path] for path in sorted(pages.files, key=_rank)}


def _rank(path: str) -> tuple[int, int, str]:
    """Styles, pictures and documents first, then pages from the deepest up to the home page, the site map last."""
    suffix = "" if path.startswith("documents/") else PurePosixPath(path).suffix
    group = {".html": 1, ".xml": 2, ".txt": 2}.get(suffix, 0)
    return group, -path.count("/"), path
