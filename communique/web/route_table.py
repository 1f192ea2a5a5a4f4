"""The table of public pages, and what holds for each of them: who may act, and what a browser may do with the answer.

GET and HEAD show and change nothing; POST acts. Everything else is refused. Tests go through the table, so that a page
that is added here is held to the same.
"""

import gzip
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from communique.log_lines import masked
from communique.store.database import database_fault
from communique.web.public_pages import PublicPages
from communique.web.published_files import accepts_gzip
from communique.web.visits import TooLargeError, Visit, visit_of

_log = logging.getLogger(__name__)
_NOBODY = "'none'"
_UNAVAILABLE = 503


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a page answers."""

    body: str = ""
    status: int = 200
    language: str = ""  #: of the body
    media_type: str = "text/html"
    location: str = ""  #: with status 303
    retry_after: int = 0  #: seconds
    keep_for: int = 0  #: seconds that anybody may keep it; 0: not at all


Handler = Callable[[Visit], Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicPage:
    """One address."""

    path: str  #: below the root; `{token}` is a signed one
    show: Handler  #: GET and HEAD
    act: Handler | None = None  #: POST
    embeddable: bool = False  #: the sites that the settings name may show it in a frame
    from_anywhere: bool = False  #: programs of others post to it: the link is all they need (RFC 8058)

    @property
    def has_token(self) -> bool:
        """Whether only who has the link can act."""
        return "{token}" in self.path

    @property
    def methods(self) -> list[str]:
        """What it answers."""
        return ["GET", "HEAD", *(["POST"] if self.act else [])]


@dataclass(frozen=True, kw_only=True)
class RouteTable:
    """The pages, and how their requests are let in and answered."""

    pages: PublicPages
    table: Sequence[PublicPage]
    refused: Handler  #: the page for those who come from elsewhere
    too_large: Handler
    failed: Handler  #: the page for those whom we could not answer
    routes: list[Route] = field(init=False)

    def __post_init__(self) -> None:
        routes = [Route(f"/{each.path}", self._endpoint(each), methods=each.methods) for each in self.table]
        object.__setattr__(self, "routes", routes)

    def _endpoint(self, page: PublicPage) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            try:
                visit = await visit_of(request)
            except TooLargeError:
                return await run_in_threadpool(self._response, page, self.too_large, _without_form(request))
            handler = partial(self._answer, page, acts=request.method == "POST")
            response = await run_in_threadpool(self._response, page, handler, visit)
            return _zipped(response, request.headers.get("accept-encoding", ""))

        return endpoint

    def _answer(self, page: PublicPage, visit: Visit, *, acts: bool) -> Answer:
        if not acts or page.act is None:
            return page.show(visit)
        if not (page.from_anywhere or self._is_ours(page, visit)):
            return self.refused(visit)
        return page.act(visit)

    def _is_ours(self, page: PublicPage, visit: Visit) -> bool:
        if page.has_token and not visit.fetch_site and visit.origin == "null":
            return True  # an older browser, whose page says no-referrer: who has no link can do nothing anyway
        return visit.is_from(self.pages.workspace.settings.public_address)

    def _response(self, page: PublicPage, handler: Handler, visit: Visit) -> Response:
        try:
            with self.pages.one_look():
                return self._made(page, handler(visit))
        except Exception as error:  # noqa: BLE001 - whatever it is, a person waits for a page and not for a traceback
            fault = masked(database_fault(error))
            _log.error("/%s was not answered: %s", page.path, fault or "a mistake in the program", exc_info=not fault)
        try:
            return self._made(page, self.failed(visit))
        except Exception:  # noqa: BLE001 - as above
            _log.exception("the page that says so cannot be filled")
            return Response("Service Unavailable", status_code=_UNAVAILABLE, headers={"Retry-After": "120"})

    def _made(self, page: PublicPage, answer: Answer) -> Response:
        headers = {
            "Cache-Control": f"public, max-age={answer.keep_for}" if answer.keep_for else "no-store",
            "Content-Security-Policy": self._policy(page),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Referrer-Policy": "no-referrer" if page.has_token else "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if page.has_token or page.act is None:
            headers["X-Robots-Tag"] = "noindex"
        if answer.language:
            headers |= {"Content-Language": answer.language, "Vary": "Accept-Language"}
        if answer.location:
            headers["Location"] = answer.location
        if answer.retry_after:
            headers["Retry-After"] = str(answer.retry_after)
        return Response(answer.body, status_code=answer.status, media_type=answer.media_type, headers=headers)

    def _policy(self, page: PublicPage) -> str:
        sites = " ".join(self.pages.workspace.settings.subscribing.embedded_in) if page.embeddable else ""
        own = "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
        return f"default-src 'none'; {own}; frame-ancestors {sites or _NOBODY}"


def _zipped(response: Response, accepted: str) -> Response:
    """In gzip what anybody may keep, the style sheet; a page may hold secrets, whose length would tell of them."""
    if not response.headers.get("Cache-Control", "").startswith("public"):
        return response
    response.headers["Vary"] = "Accept-Encoding"
    if not accepts_gzip(accepted):
        return response
    headers = {**response.headers, "Content-Encoding": "gzip"}
    del headers["content-length"]
    return Response(_in_gzip(bytes(response.body)), status_code=response.status_code, headers=headers)


@lru_cache(maxsize=4)
def _in_gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _without_form(request: Request) -> Visit:
    return Visit(
        token="",
        query=dict(request.query_params),
        languages=[],
        peer="",
        forwarded_for=[],
        origin="",
        fetch_site="",
        form={},
    )
