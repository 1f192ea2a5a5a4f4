"""The way out of a list: GET shows a page, POST acts (RFC 8058), so that no link scanner takes anybody off.

The answer is the same for every link, good or not, so that nobody learns who is on a list.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from communique.channel import Secret
from communique.installation import Installation
from communique.language.formatting import direction
from communique.problems import ProblemsError
from communique.read.sources import copy_of
from communique.settings import localise
from communique.store import people
from communique.texts import tokens
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace, read_workspace

_LONGEST_ID = 18  # digits; what a database takes for a number
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass
class _WayOut:
    """The pages, filled from the last files that were fit for it: a file that is half-way edited keeps nobody in."""

    installation: Installation
    clock: Callable[[], datetime]
    _workspace: Workspace | None = None
    _stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def show(self, token: str) -> Response:
        """The page with the button."""
        return self._page(token, done=False)

    def act(self, token: str) -> Response:
        """Off all lists, whatever state the files are in."""
        person = _person(self.installation.key, token)
        database = self.installation.database()
        try:
            with database.begin() as connection:
                known = people.by_id(connection, person) if person is not None else None
                if known is not None:
                    reason = "left by the link in a mail"
                    people.suppress(connection, known.address_key, reason=reason, now=self.clock())
        finally:
            database.close()
        return self._page(token, done=True)

    def _page(self, token: str, *, done: bool) -> Response:
        with self._lock:
            workspace = self._current()
        return HTMLResponse(_filled(workspace, self._language(workspace, token), done=done), headers=_HEADERS)

    def _language(self, workspace: Workspace, token: str) -> str:
        """The person's language; the site's first one for links that are not ours."""
        person, spoken = _person(self.installation.key, token), workspace.settings.languages
        if person is None:
            return spoken[0]
        database = self.installation.database()
        try:
            with database.reading() as connection:
                known = people.by_id(connection, person)
        finally:
            database.close()
        return known.language if known is not None and known.language in spoken else spoken[0]

    def _current(self) -> Workspace:
        stamps = self.installation.sources.stamps()
        if self._workspace is None or stamps != self._stamps:
            self._workspace, self._stamps = self._read(), stamps
        return self._workspace

    def _read(self) -> Workspace:
        installation = self.installation
        read, problems = read_workspace(copy_of(installation.sources), installation.kinds, installation.key)
        if read is not None:
            try:
                for language in read.settings.languages:
                    _filled(read, language, done=True)
            except (KeyError, TypeError, TemplateProblemError):
                read = None if self._workspace else read
        found = read or self._workspace
        if found is None:
            raise ProblemsError(problems)
        return found


def leave_routes(installation: Installation, clock: Callable[[], datetime]) -> list[Route]:
    """`/leave/TOKEN`, for people with the link of a mail."""
    way_out = _WayOut(installation, clock)

    async def show(request: Request) -> Response:
        return await run_in_threadpool(way_out.show, str(request.path_params["token"]))

    async def act(request: Request) -> Response:
        # The body (multipart or urlencoded) says nothing that the link does not; it is not read.
        return await run_in_threadpool(way_out.act, str(request.path_params["token"]))

    return [Route("/leave/{token}", show, methods=["GET", "HEAD"]), Route("/leave/{token}", act, methods=["POST"])]


def _filled(workspace: Workspace, language: str, *, done: bool) -> str:
    settings = workspace.settings
    context = {
        "language": language,
        "dir": direction(language),
        "words": workspace.words.of(language)["leave"],
        "name": localise(settings.government.name, language, settings.languages),
        "done": done,
    }
    return workspace.templates.fill_layout("pages/leave.html", context)


def _person(key: Secret, token: str) -> int | None:
    value = tokens.verify(tokens.LEAVE, token, key)
    return int(value) if value and value.isdecimal() and len(value) <= _LONGEST_ID else None
