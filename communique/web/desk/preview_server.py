"""Previews served on this machine, to whoever sits at it: nobody signs in, nothing acts, nobody else can ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from communique.preview.documents import FRAMED, document
from communique.web.desk.asking import POLICY
from communique.web.desk.preview_sheets import STYLE, Entry, PreviewSheets, entry_of
from communique.web.desk.previews import links_of
from communique.web.listening import listened_to

#: At which previews are served unless told otherwise.
PORT = 8025
_HERE = "127.0.0.1"
_OWN_NAMES = frozenset({"localhost", _HERE, "[::1]"})
_GONE, _MISDIRECTED = 404, 421
_AUDIENCE = "audience:"


@dataclass(frozen=True)
class _Server:
    sheets: PreviewSheets

    def routes(self) -> list[Route]:
        at = "/{campaign}/{announcement}"
        table: dict[str, Callable[[Request], Response]] = {
            "/": self.contents,
            f"/{STYLE}": self.style,
            at: self.page,
            at + "/{channel}/{language}/{view}": self.part,
        }
        return [Route(path, _endpoint(show), methods=["GET", "HEAD"]) for path, show in table.items()]

    def contents(self, request: Request) -> Response:
        office, entries = self.sheets.office, list[Entry]()
        with office.database.reading() as connection:
            for name in self.sheets.named():
                if (it := self.sheets.of(connection, name)) is not None:
                    entries.append(entry_of(it, f"/{quote(name[0])}/{quote(name[1])}"))
        return _html(self.sheets.contents(entries, f"/{STYLE}", _asked_language(request)))

    def style(self, _request: Request) -> Response:
        return Response(self.sheets.pages.style(), media_type="text/css", headers=_headers(POLICY))

    def page(self, request: Request) -> Response:
        name, asked = (request.path_params["campaign"], request.path_params["announcement"]), _reader(request)
        with self.sheets.office.database.reading() as connection:
            it = self.sheets.of(connection, name, asked)
            if it is None:
                return _missing()
            language = it.language(request.query_params.get("in", ""), _asked_language(request))
            links = links_of(f"/{quote(name[0])}/{quote(name[1])}", language, asked)
            beside = request.query_params.get("beside", "")
            page = self.sheets.page(connection, it, language, beside, links, f"/{STYLE}", choose=True)
        return _html(page)

    def part(self, request: Request) -> Response:
        named = request.path_params
        with self.sheets.office.database.reading() as connection:
            it = self.sheets.of(connection, (named["campaign"], named["announcement"]), _reader(request))
        made = document(it.seen, named["channel"], named["language"], named["view"]) if it else None
        if made is None:
            return _missing()
        return Response(made.data, media_type=made.media_type, headers=_headers(FRAMED))


@contextmanager
def serving_previews(sheets: PreviewSheets, port: int) -> Iterator[int]:
    """Serve them on this machine alone until the block ends; the port.

    Raises:
        OSError: another program has the port.
    """
    application = Starlette(routes=_Server(sheets).routes())
    application.router.redirect_slashes = False
    with listened_to(application, _HERE, port, name="previews", unserved="a free one") as found:
        yield found


def _endpoint(show: Callable[[Request], Response]) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        # Another name than this machine's own is a page's elsewhere that has it point here.
        if request.headers.get("host", "").rpartition(":")[0] not in _OWN_NAMES:
            return PlainTextResponse("421", status_code=_MISDIRECTED)
        return await run_in_threadpool(show, request)

    return endpoint


def _reader(request: Request) -> str:
    """An invented person of an audience: names are for who has signed in, or has the command line."""
    asked = request.query_params.get("as", "")
    return asked if asked.startswith(_AUDIENCE) else ""


def _asked_language(request: Request) -> str:
    return request.headers.get("accept-language", "")[:2].lower()


def _html(page: str) -> Response:
    return Response(page, media_type="text/html", headers=_headers(POLICY))


def _missing() -> Response:
    return PlainTextResponse("404", status_code=_GONE, headers=_headers(POLICY))


def _headers(policy: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
