"""The website and the feeds as any web server would serve them: for those who run no other one.

A file is answered from the disk as it lies there, compressed where a compressed one lies beside it (the channels write
both). Only what has a type of ours and no hidden part in its name is served.
"""

import asyncio
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from io import RawIOBase
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from communique.problems import ProblemsError
from communique.send.open_channels import PublicFolder, public_folders
from communique.texts import addresses
from communique.web.byte_ranges import part_of
from communique.web.preconditions import NOT_MODIFIED, OK, Validators, answer_to
from communique.web.public_pages import PublicPages
from communique.website.site_gone import FOLDER as GONE
from communique.website.site_gone import page_of_gone

#: By ending. Feeds are told from other XML and JSON by their folder.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_FEEDS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "feed": "application/feed+json; charset=utf-8",
}
_FEED_ENDINGS = {".xml", ".json"}
_XML = _TYPES[".xml"]
#: The same bytes have another type for people, whose browsers show the source of what they do not call XML.
_SHOWN_AS_XML = {_FEEDS["rss"], _FEEDS["atom"]}
_COMPRESSED = {".html", ".css", ".txt", ".ics", ".xml", ".json"}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_MANNERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
}
_FIVE_MINUTES = "public, max-age=300, must-revalidate"
_FOR_EVER = "public, max-age=31536000, immutable"  #: what is named by its content
#: Bytes that are read and sent at a time: a film is never in memory whole, however many watch it, and however slowly.
_PIECE = 1 << 18
_REMEMBERED = 256  #: names, headers and answers that are asked for again and again: readers of feeds are programs
_LOOKED = timedelta(seconds=5)  #: for so long a changed setting may go unnoticed
_NOT_NOW = 503, {"retry-after": "5", "content-length": "0"}
_PART, _MOVED, _NOT_FOUND, _GONE, _BEHIND_THE_END = 206, 301, 404, 410, 416
_PLAYED = ("audio/", "video/")  #: what players ask for in parts


@dataclass(frozen=True, slots=True)
class _Found:
    """A file, as it will be sent."""

    path: str  #: on disk
    info: os.stat_result
    media_type: str
    coding: str
    below: str  #: its path below the website's root
    folder: PublicFolder

    @property
    def is_syndicated(self) -> bool:
        """Whether it is a feed in XML, which a browser can show with its style sheet."""
        return self.media_type in _SHOWN_AS_XML


class PublishedFiles:
    """Answers GET and HEAD for files that are there, and leaves everything else to another application."""

    def __init__(self, pages: PublicPages, otherwise: ASGIApp) -> None:
        self._pages = pages
        self._otherwise = otherwise
        self._folders: tuple[PublicFolder, ...] = ()
        self._root = ""  #: public address
        self._looked_at: datetime | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and not scope["path"][1:].startswith(GONE):
            await self._look()
            headers = _headers(scope["headers"])
            found = self._find(scope["path"], accepts_zip=accepts_gzip(headers.get("accept-encoding", "")))
            if found is not None:
                await self._send(found, headers, receive, send, has_body=scope["method"] == "GET")
                return
            if target := self._with_slash(scope["path"]):
                await _answer(send, _MOVED, {"location": target, "content-length": "0"})
                return
        await self._otherwise(scope, receive, send)

    async def not_found(self, request: Request, _error: Exception) -> Response:
        """The website's own page for what is not there, if there is one; of what is gone, the page that says why."""
        await self._look()
        gone = self._find(f"/{page_of_gone(request.scope['path'][1:])}", accepts_zip=False)
        found = gone or self._find("/404.html", accepts_zip=False)
        if found is None:
            return Response("Not Found", status_code=_NOT_FOUND, media_type="text/plain")
        data = await run_in_threadpool(Path(found.path).read_bytes)
        status = _GONE if gone else _NOT_FOUND
        return Response(data, status, {**_MANNERS, "cache-control": "no-store"}, found.media_type)

    async def _look(self) -> None:
        now = self._pages.clock()
        if self._looked_at is None or abs(now - self._looked_at) > _LOOKED:
            self._looked_at = now
            await run_in_threadpool(self._look_at_settings)

    def _look_at_settings(self) -> None:
        try:
            workspace = self._pages.workspace
        except ProblemsError:
            return  # never usable yet: there is no website, and the monitor is told why
        self._folders = public_folders(workspace, self._pages.installation.root)
        self._root = addresses.page(workspace.settings.public_address, "")

    def _find(self, path: str, *, accepts_zip: bool) -> _Found | None:
        below = path[1:] + ("index.html" if path.endswith("/") else "")
        media_type, is_compressed = _served(below)
        if not media_type:
            return None
        for folder in self._folders:
            plain = f"{folder.directory}/{below}"
            if (known := _regular(plain)) is None:
                continue
            zipped = _regular(f"{plain}.gz") if accepts_zip and is_compressed else None
            # A file that somebody has changed by hand is newer than its compressed one, which is then out of date.
            if zipped is not None and zipped.st_mtime_ns >= known.st_mtime_ns:
                return _Found(f"{plain}.gz", zipped, media_type, "gzip", below, folder)
            return _Found(plain, known, media_type, "", below, folder)
        return None

    def _with_slash(self, path: str) -> str:
        """Where a folder's page is, when its slash is missing. It names no host: that would be the visitor's word."""
        if path.endswith("/") or not _is_open(path[1:]) or self._find(f"{path}/", accepts_zip=False) is None:
            return ""
        return self._pages.path(f"{quote(path[1:])}/")

    async def _send(
        self, found: _Found, headers: Mapping[str, str], receive: Receive, send: Send, *, has_body: bool
    ) -> None:
        validators = _validators(found.info)
        status = answer_to(headers, validators)
        if status != OK:
            own = f"{self._root}{quote(found.below)}"
            raw = _unchanged(validators, found.below, found.media_type, found.folder.hub, own)
            await _start(send, status, raw if status == NOT_MODIFIED else [(b"content-length", b"0")])
            return
        try:
            file = open(found.path, "rb", buffering=0)  # noqa: ASYNC230, PTH123, SIM115 - in memory, mostly
        except OSError:
            await _answer(send, *_NOT_NOW)
            return
        with file:
            info = os.fstat(file.fileno())  # it may have been replaced
            own = f"{self._root}{quote(found.below)}"
            answer = _described(_validators(info), found.below, found.media_type, found.folder.hub, own)
            media_type = _XML if found.is_syndicated and asks_for_a_page(headers) else found.media_type
            answer |= _MANNERS | {"content-type": media_type, "content-length": str(info.st_size)}
            if found.coding:
                answer["content-encoding"] = found.coding
            part = None
            if found.media_type.startswith(_PLAYED):
                answer["accept-ranges"] = "bytes"
                part = part_of(headers, answer["etag"], info.st_size) if has_body else None
            if part is not None:
                status = _PART if part.length else _BEHIND_THE_END
                last = part.first + part.length - 1
                answer["content-range"] = f"bytes {f'{part.first}-{last}' if part.length else '*'}/{info.st_size}"
                answer["content-length"] = str(part.length)
                file.seek(part.first)
            length = part.length if part else info.st_size
            await _send_file(send, receive, status, answer, file, length if has_body else 0)


async def _send_file(
    send: Send, receive: Receive, status: int, headers: Mapping[str, str], file: RawIOBase, length: int
) -> None:
    """So many bytes of it; each piece is read when the one before has gone, as long as somebody waits for it."""
    try:
        data = file.read(length) if length <= _PIECE else await run_in_threadpool(file.read, _PIECE)
    except OSError:
        await _answer(send, *_NOT_NOW)
        return
    data = data or b""
    left = length - len(data)
    await _start(send, status, _raw(headers), data, is_all=not left)
    if not left:
        return
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        while left and data and not gone.done():
            data = await run_in_threadpool(file.read, min(left, _PIECE)) or b""
            left -= len(data)
            await send({"type": "http.response.body", "body": data, "more_body": left > 0})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _described(validators: Validators, below: str, media_type: str, hub: str, own: str) -> dict[str, str]:
    """What a 304 says as well (RFC 9110 15.4.5), and the hub (WebSub 4). `own`: the file's address."""
    answer = {
        "etag": validators.etag,
        "last-modified": formatdate(validators.modified_at, usegmt=True),
        "cache-control": _FOR_EVER if below.startswith("pictures/") else _FIVE_MINUTES,
    }
    if f".{below.rpartition('.')[2]}" in _COMPRESSED:
        answer["vary"] = "Accept-Encoding, Accept" if media_type in _SHOWN_AS_XML else "Accept-Encoding"
    if hub and media_type in _FEEDS.values():
        answer["link"] = f'<{hub}>; rel="hub", <{own}>; rel="self"'
    return answer


@lru_cache(maxsize=_REMEMBERED)
def _unchanged(
    validators: Validators, below: str, media_type: str, hub: str, own: str
) -> Sequence[tuple[bytes, bytes]]:
    """The headers of a 304: the same for as long as the file is the same one."""
    return tuple(_raw(_described(validators, below, media_type, hub, own)))


@lru_cache(maxsize=_REMEMBERED)
def accepts_gzip(header: str) -> bool:
    """Whether Accept-Encoding lets gzip be sent (RFC 9110 12.5.3): by name, or by `*`, unless its weight is 0."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        _, _, value = weight.replace(" ", "").partition("q=")
        try:
            weights[name.strip()] = float(value or 1)
        except ValueError:
            weights[name.strip()] = 0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def asks_for_a_page(headers: Mapping[str, str]) -> bool:
    """Whether a browser asks, to show it to somebody: no reader of feeds says that it takes HTML and names no feed."""
    accepted = headers.get("accept", "")
    return "text/html" in accepted and "application/rss+xml" not in accepted and "application/atom+xml" not in accepted


@lru_cache(maxsize=_REMEMBERED)
def _served(below: str) -> tuple[str, bool]:
    """The type of what has this name, empty for what is not served; and whether a compressed one may lie beside it."""
    name, dot, ending = below.rpartition("/")[2].rpartition(".")
    return _media_type(below, name, dot + ending) if _is_open(below) else "", dot + ending in _COMPRESSED


def _media_type(below: str, name: str, ending: str) -> str:
    stem = name.partition("-archive-")[0]
    if below.startswith("feeds/") and ending in _FEED_ENDINGS and stem in _FEEDS:
        return _FEEDS[stem]
    return _TYPES.get(ending.lower(), "")


def _is_open(below: str) -> bool:
    """Nothing hidden, and nothing that leads elsewhere."""
    return below.isprintable() and "\\" not in below and all(part[:1] not in {"", "."} for part in below.split("/"))


def _regular(path: str) -> os.stat_result | None:
    try:
        info = os.stat(path)  # noqa: PTH116 - for each request, and half as long
    except OSError:
        return None
    return info if stat.S_ISREG(info.st_mode) else None


def _validators(info: os.stat_result) -> Validators:
    """A file is replaced by another one, never written into: other bytes are another inode, or another time."""
    tag = f'"{info.st_ino:x}-{info.st_mtime_ns:x}-{info.st_size:x}"'
    return Validators(tag, int(info.st_mtime))


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Fields of one name are one list (RFC 9110 5.3)."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


async def _answer(send: Send, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    await _start(send, status, _raw(headers), body)


async def _start(
    send: Send, status: int, raw: Sequence[tuple[bytes, bytes]], body: bytes = b"", *, is_all: bool = True
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": not is_all})
