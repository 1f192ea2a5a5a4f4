"""Feeds people follow without an account: RSS 2.0, Atom and JSON Feed, one folder an audience and language."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from importlib.resources import files as resources
from itertools import pairwise
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from channels.atomic_files import unchanged, unsafe_paths, write_files
from channels.compressed import with_compressed
from channels.syndication.archive import documents, file_name, folder
from communique.channel import Entry, Feed, Form, InDoubt, Message, PermanentError, Reach, Receipt, in_turn, phrase


class FeedChannel:
    """Writes `feeds/<audience>/<language>/{rss.xml,atom.xml,feed.json}` below `directory`, and archives beside them.

    Feeds of single topics lie beside that of all.

    `hub` is the address of a WebSub hub, named in the feeds; `page_size` is how many entries a file holds; `compress`:
    each file also as `.gz`.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.FEED
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    def __init__(self, *, directory: Path, hub: str = "", page_size: int = 50, compress: bool = True) -> None:
        if hub and not _is_address(hub):
            raise ValueError(phrase("hub: expected the https address of a WebSub hub, found `{hub}`", hub=hub))
        if page_size < 1:
            raise ValueError(
                phrase(
                    "page_size: expected how many entries a file holds (1 or more), found {page_size}",
                    page_size=page_size,
                )
            )
        self._directory = Path(directory)
        self._hub = hub
        self._page_size = page_size
        self._compress = compress

    def check(self, message: Message) -> Sequence[str]:
        """Refused are feeds whose addresses would be wrong and entries that a reader could not tell apart."""
        feed = message.content
        if not isinstance(feed, Feed):
            return [f"A feed expects entries, found {type(feed).__name__}."]
        feeds = (feed, *feed.topics)
        entries = (entry for each in feeds for entry in each.entries)
        return [
            *(fault for each in feeds for fault in _faults_of_feed(each)),
            *(fault for entry in dict.fromkeys(entries) for fault in _faults_of_entry(entry)),
        ]

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write what has changed, archives before the feed that names them."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        files = self._files(message)
        written = write_files(self._directory, files, commit)
        detail = phrase("{written} of {number} files written", written=written, number=len(files))
        return Receipt(url=_address(_feed(message)), detail=detail)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when every file holds what this message says."""
        if self.check(message) or not unchanged(self._directory, self._files(message)):
            return None
        return Receipt(url=_address(_feed(message)), detail=phrase("all files are in place"))

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, message: Message) -> dict[str, bytes]:
        feed = _feed(message)
        files = {"feeds/feed.css": resources("channels.syndication").joinpath("feed.css").read_bytes()}
        for each in (*feed.topics, feed):
            files |= self._documents(_filled(each), message)
        return with_compressed(files) if self._compress else files

    def _documents(self, feed: Feed, message: Message) -> Iterator[tuple[str, bytes]]:
        """Path and bytes of the files of one feed."""
        from channels.syndication.json_feed import json_document  # lxml and feedgen are loaded by those who write
        from channels.syndication.mended import atom_document, rss_document

        where, hub = folder(feed), self._hub
        for page in documents(feed, self._page_size):
            changed_at = _changed_at(page.entries, message)
            yield where + file_name("feed", ".json", page.number), json_document(page, hub)
            yield where + file_name("atom", ".xml", page.number), atom_document(page, hub, changed_at)
            yield where + file_name("rss", ".xml", page.number), rss_document(page, hub, changed_at)


def _feed(message: Message) -> Feed:
    if not isinstance(message.content, Feed):
        raise PermanentError(phrase("A feed expects entries, found {kind}.", kind=type(message.content).__name__))
    return message.content


def _filled(feed: Feed) -> Feed:
    """With something in every summary and text: readers warn of what is blank, and RSS would lose the text with it."""
    entries = [replace(entry, summary=entry.summary.strip() or entry.title) for entry in feed.entries]
    texts = [entry.html.strip() or f"<p>{escape(entry.summary)}</p>" for entry in entries]
    return replace(feed, entries=tuple(replace(entry, html=html) for entry, html in zip(entries, texts, strict=True)))


def _address(feed: Feed) -> str:
    return feed.base + folder(feed) + "rss.xml"


def _changed_at(entries: Sequence[Entry], message: Message) -> datetime:
    """When a page last changed: taken from its entries, never from a clock, so the same content is the same bytes."""
    return max((entry.updated_at for entry in entries), default=message.created_at).astimezone(UTC)


def _faults_of_feed(feed: Feed) -> Iterator[str]:
    where = folder(feed)
    if unsafe_paths([where.rstrip("/")]) or where.count("/") != 3:  # noqa: PLR2004 - feeds/audience/language/
        yield f"Expected names of an audience and a language, found {feed.audience!r} and {feed.language!r}."
    if not (_is_address(feed.base) and feed.base.endswith("/")):
        yield f"Expected the public address of the website with a slash at the end, found `{feed.base}`."
    if not (feed.title.strip() and feed.description.strip()):
        yield "A feed needs a title and a description."
    ids = Counter(entry.id for entry in feed.entries)
    for repeated in sorted(each for each, times in ids.items() if times > 1):
        yield f"Two entries have the id `{repeated}`; readers would show only one."
    if any(older.published_at > newer.published_at for newer, older in pairwise(feed.entries)):
        yield "Entries must come newest first."


def _faults_of_entry(entry: Entry) -> Iterator[str]:
    if not urlsplit(entry.id).scheme or any(character.isspace() for character in entry.id):
        yield f"An entry's id must be a URI such as `tag:example.org,2027:name`; found `{entry.id}`."
    if not entry.title.strip():
        yield f"The entry `{entry.id}` has no title."
    if not _is_address(entry.link):
        yield f"The entry `{entry.id}` needs the https address of its page; found `{entry.link}`."


def _is_address(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"https", "http"} and bool(parts.netloc) and not any(map(str.isspace, address))
