"""The service's own pages, on 127.0.0.1 unless told otherwise: a web server in front of it passes the public's on."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from communique.installation import Installation
from communique.log_lines import masked
from communique.monitoring.health import Health
from communique.monitoring.metrics import Metrics
from communique.store import epochs
from communique.store.database import database_fault
from communique.web.listening import listened_to
from communique.web.public_pages import PublicPages
from communique.web.public_routes import public_routes
from communique.web.published_files import PublishedFiles


def application(
    health: Health, pages: PublicPages, metrics: Metrics | None = None, *, has_public_pages: bool = True
) -> ASGIApp:
    """The pages, and the website for the public; without `metrics` there is no page of figures."""
    installation, clock = pages.installation, pages.clock

    def healthz(_request: Request) -> JSONResponse:
        well, report = health.report(clock())
        return JSONResponse(report, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})

    def readyz(_request: Request) -> JSONResponse:
        why = _objection(installation)
        status = 503 if why else 200
        return JSONResponse({"ready": not why, "why": why}, status_code=status, headers={"Cache-Control": "no-store"})

    routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if has_public_pages:
        routes += public_routes(pages).routes
    if metrics is not None:
        routes.append(Route("/metrics", partial(_figures, metrics)))
    made = Starlette(routes=routes)
    made.router.redirect_slashes = False  # it would name the host that the visitor named
    if not has_public_pages:
        return made
    files = PublishedFiles(pages, made)
    made.add_exception_handler(404, files.not_found)
    return files


def _figures(metrics: Metrics, request: Request) -> Response:
    content, kind = metrics.page(request.headers.get("accept", ""))
    return Response(content, headers={"Content-Type": kind, "Cache-Control": "no-store"})


def _objection(installation: Installation) -> str:
    """Why a request could not be answered now: a way out of a list needs the ledger. Empty when it could."""
    try:
        with closing(installation.database()) as database, database.reading() as connection:
            epochs.current(connection)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is no
        return masked(database_fault(error)) or type(error).__name__
    return ""


@contextmanager
def serving(
    health: Health,
    installation: Installation,
    clock: Callable[[], datetime],
    port: int,
    metrics: Metrics | None = None,
    *,
    host: str = "127.0.0.1",
    has_public_pages: bool = True,
) -> Iterator[int]:
    """Serve in a thread until the block ends; the port (a free one when asked for 0).

    Raises:
        OSError: nobody can listen there; it says what to do.
    """
    pages = PublicPages(installation, clock)
    made = application(health, pages, metrics, has_public_pages=has_public_pages)
    try:
        with listened_to(made, host, port, name="pages") as found:
            yield found
    finally:
        pages.close()
