"""The way out of a list: GET shows a page, POST acts (RFC 8058), so that no link scanner takes anybody off.

The answer is the same for every link, good or not, so that nobody learns who is on a list.
"""

from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from communique.installation import Installation
from communique.language.formatting import direction
from communique.settings import localise
from communique.store import people
from communique.texts import tokens
from communique.workspace import Workspace

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def leave_routes(installation: Installation, clock: Callable[[], datetime]) -> list[Route]:
    """`/leave/TOKEN`, for people with the link of a mail."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_page, installation, str(request.path_params["token"]), done=False)

    async def act(request: Request) -> Response:
        # The body (multipart or urlencoded) says nothing that the link does not; it is not read.
        token = str(request.path_params["token"])
        await run_in_threadpool(_leave, installation, token, clock())
        return await run_in_threadpool(_page, installation, token, done=True)

    return [Route("/leave/{token}", show, methods=["GET", "HEAD"]), Route("/leave/{token}", act, methods=["POST"])]


def _leave(installation: Installation, token: str, now: datetime) -> None:
    workspace = installation.workspace()
    database = installation.database()
    try:
        with database.begin() as connection:
            person = _person(workspace, token)
            known = people.by_id(connection, person) if person is not None else None
            if known is not None:
                people.suppress(connection, known.address_key, reason="left by the link in a mail", now=now)
    finally:
        database.close()


def _page(installation: Installation, token: str, *, done: bool) -> Response:
    workspace = installation.workspace()
    language = _language(installation, workspace, token)
    settings = workspace.settings
    context = {
        "language": language,
        "dir": direction(language),
        "words": workspace.words.of(language)["leave"],
        "name": localise(settings.government.name, language, settings.languages),
        "done": done,
    }
    return HTMLResponse(workspace.templates.fill_layout("pages/leave.html", context), headers=_HEADERS)


def _language(installation: Installation, workspace: Workspace, token: str) -> str:
    """The person's language; the site's first one for links that are not ours."""
    person = _person(workspace, token)
    if person is None:
        return workspace.settings.languages[0]
    database = installation.database()
    try:
        with database.reading() as connection:
            known = people.by_id(connection, person)
    finally:
        database.close()
    spoken = workspace.settings.languages
    return known.language if known is not None and known.language in spoken else spoken[0]


def _person(workspace: Workspace, token: str) -> int | None:
    value = tokens.verify(tokens.LEAVE, token, workspace.key) if workspace.key else None
    return int(value) if value and value.isdigit() else None
