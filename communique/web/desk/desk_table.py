"""The table of the desk's pages, and what holds for each: who may look, who may act, what proves that a form is ours.

GET and HEAD show and change nothing; POST acts. A form acts when the browser says that a page of the desk sent it, and
it carries what only a page of this session can carry. Tests go through the table.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from communique.store.desk import officer_identities, officers
from communique.store.desk.officers import Duty
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.office import Office
from communique.web.desk.zipped_replies import zipped
from communique.web.visits import MOST_BYTES, TooLargeError, Visit, accepted, visit_of

_SEE_OTHER, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_LARGE, _MISDIRECTED, _FAILED = 303, 401, 403, 404, 413, 421, 500
_COOKIE, _ONWARD = "desk", "desk-onward"
#: With this header a page asks by itself for what it shows.
_BY_ITSELF = "desk-refresh"


Handler = Callable[[Ask], Reply]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskPage:
    """One address."""

    path: str  #: below the root
    show: Handler | None = None  #: GET and HEAD
    act: Handler | None = None  #: POST
    is_open: bool = False  #: to whoever is not signed in
    duties: frozenset[Duty] = frozenset()  #: who may act: any of them; empty: whoever is signed in
    to_see: frozenset[Duty] = frozenset()  #: who may look
    most_bytes: int = MOST_BYTES  #: of its form
    takes_files: bool = False
    is_use: bool = True  #: of the session, which ends when nobody uses it; a page that asks by itself does not

    @property
    def methods(self) -> list[str]:
        """What it answers."""
        return [*(["GET", "HEAD"] if self.show else []), *(["POST"] if self.act else [])]


@dataclass(frozen=True, kw_only=True)
class DeskTable:
    """The pages, and how their requests are let in and answered."""

    office: Office
    pages: DeskPages
    table: Sequence[DeskPage]
    routes: list[Route] = field(init=False)

    def __post_init__(self) -> None:
        routes = [Route(f"/{each.path}", self._endpoint(each), methods=each.methods) for each in self.table]
        object.__setattr__(self, "routes", routes)

    def _endpoint(self, page: DeskPage) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            try:
                visit = await visit_of(request, page.most_bytes, takes_files=page.takes_files)
            except TooLargeError:
                visit = None
            reply, secure = await run_in_threadpool(self._reply, page, request, visit)
            if request.method == "HEAD":
                reply = replace(reply, stream=None)
            return _response(zipped(reply, request.headers), secure=secure)

        return endpoint

    def missing(self, request: Request, error: Exception) -> Response:
        """Nothing has this address, or nothing takes what was asked of it: said in the officer's language."""
        ask = self._asked(request)
        if not self._is_elsewhere(request):
            ask = self._known(ask, _session(request, ask), is_use=False)
        status, headers = _NOT_FOUND, None
        if isinstance(error, HTTPException):
            status, headers = error.status_code, error.headers
        made = _response(self._notice(ask, "no_page", status), secure=ask.secure)
        made.headers.update(headers or {})
        return made

    def failed(self, request: Request, _error: Exception) -> Response:
        """A mistake of ours; or the ledger does not answer: then nobody is known, and the browser says a language."""
        ask = self._asked(request)
        with suppress(Exception):
            ask = self._known(ask, _session(request, ask), is_use=False)
        return _response(self._notice(ask, "failed", _FAILED), secure=ask.secure)

    def _asked(self, request: Request, visit: Visit | None = None) -> Ask:
        """What a request asks for, of nobody yet."""
        own = urlsplit(self.office.address)
        host = request.headers.get("host", "")
        secure = own.scheme == "https" and host == own.netloc
        languages = accepted(request.headers.get("accept-language", ""))
        nothing = Visit(
            token="", query={}, languages=languages, peer="", forwarded_for=[], origin="", fetch_site="", form={}
        )
        return Ask(
            visit=visit or nothing,
            path=request.url.path.lstrip("/") + (f"?{request.url.query}" if request.url.query else ""),
            named=request.path_params,
            secure=secure,
            origin=f"{'https' if secure else 'http'}://{host}",
            onward=request.cookies.get(_cookie_name(_ONWARD, secure=secure), ""),
        )

    def _is_elsewhere(self, request: Request) -> bool:
        """Whether it names another host than the desk's own."""
        return request.headers.get("host", "") not in self.office.hosts()

    def _reply(self, page: DeskPage, request: Request, visit: Visit | None) -> tuple[Reply, bool]:
        self.office.refresh()
        ask = self._asked(request, visit)
        if self._is_elsewhere(request):
            return self._notice(ask, "elsewhere", _MISDIRECTED), ask.secure
        is_use = page.is_use and _BY_ITSELF not in request.headers
        ask = self._known(ask, _session(request, ask), is_use=is_use)
        if visit is None:
            return self._notice(ask, "too_large", _TOO_LARGE), ask.secure
        return (self._act(page, ask) if request.method == "POST" else self._show(page, ask)), ask.secure

    def _known(self, ask: Ask, session: str, *, is_use: bool) -> Ask:
        """With who is signed in."""
        if not session:
            return ask
        now = self.office.clock()
        with self.office.database.reading() as connection:
            officer, to_note = officers.signed_in(connection, session, now)
        if officer is None:
            return replace(ask, has_ended=True)
        if to_note and is_use:
            with self.office.database.begin() as connection:
                officers.saw(connection, session, now)
        return replace(ask, officer=officer, session=session)

    def _show(self, page: DeskPage, ask: Ask) -> Reply:
        if ask.officer is None and not page.is_open:
            back = f"?to={quote(ask.path)}" if ask.path else ""
            return Reply(status=_SEE_OTHER, location=f"/sign-in{back}")
        if ask.officer is not None and not ask.officer.may(page.to_see):
            return self._notice(ask, "not_yours", _FORBIDDEN)
        assert page.show is not None  # noqa: S101 - the route has no other method
        return page.show(ask)

    def _act(self, page: DeskPage, ask: Ask) -> Reply:
        assert page.act is not None  # noqa: S101
        if not _is_ours(ask.visit, ask.origin):
            return self._notice(ask, "foreign", _FORBIDDEN)
        if page.is_open:
            return page.act(ask)
        if ask.officer is None:
            return self._notice(ask, "signed_out", _UNAUTHORIZED, typed=ask.visit.text("text"))
        if not self.office.is_form_of(ask.session, ask.visit.field("form")):
            return self._notice(ask, "foreign", _FORBIDDEN, typed=ask.visit.text("text"))
        if not ask.officer.may(page.duties):
            return self._notice(ask, "not_yours", _FORBIDDEN)
        return page.act(ask)

    def _notice(self, ask: Ask, name: str, status: int, typed: str = "") -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": name, "typed": typed}), status=status)


def _is_ours(visit: Visit, origin: str) -> bool:
    """Whether a page of the desk sent the form: browsers say so, each with every form it posts."""
    if visit.fetch_site and visit.fetch_site != "same-origin":
        return False
    return visit.origin == origin if visit.origin else bool(visit.fetch_site)


def _session(request: Request, ask: Ask) -> str:
    """That which the browser has."""
    return request.cookies.get(_cookie_name(_COOKIE, secure=ask.secure), "")


def _cookie_name(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def _response(reply: Reply, *, secure: bool) -> Response:
    kept = f"private, max-age={reply.keep_for}{', immutable' if reply.is_versioned else ''}"
    headers = {
        "Cache-Control": kept if reply.keep_for else "no-store",
        "Content-Security-Policy": reply.policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Encoding, Sec-Fetch-Site",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if reply.location:
        headers["Location"] = reply.location
    if reply.retry_after:
        headers["Retry-After"] = str(reply.retry_after)
    if reply.stream is not None:
        headers["X-Accel-Buffering"] = "no"  # nginx would keep what it is told until there is enough of it
        return StreamingResponse(reply.stream, media_type=reply.media_type, headers=headers)
    if reply.zipped:
        headers["Content-Encoding"] = "gzip"
    made = Response(reply.zipped or reply.body, status_code=reply.status, media_type=reply.media_type, headers=headers)
    for name, value, longest in (
        (_COOKIE, reply.session, officers.LONGEST),
        (_ONWARD, reply.onward, officer_identities.JOURNEY),
    ):
        if value is not None:
            made.set_cookie(
                _cookie_name(name, secure=secure),
                value,
                max_age=int(longest.total_seconds()) if value else 0,
                path="/",
                secure=secure,
                httponly=True,
                samesite="lax",
            )
    return made
