"""The daemon's own pages, on 127.0.0.1: a web server in front of it passes `/leave/` on."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from communique.health import Health
from communique.installation import Installation
from communique.web.leave import leave_routes


def application(health: Health, installation: Installation, clock: Callable[[], datetime]) -> Starlette:
    """The pages."""

    def healthz(_request: Request) -> JSONResponse:
        well, report = health.report(clock())
        return JSONResponse(report, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route("/healthz", healthz), *leave_routes(installation, clock)])


@contextmanager
def serving(health: Health, installation: Installation, clock: Callable[[], datetime], port: int) -> Iterator[int]:
    """Serve in a thread until the block ends; the port (a free one when asked for 0).

    Raises:
        OSError: nobody can listen there; it says what to do.
    """
    # Without its own way to log: what it says goes where all of the log goes.
    config = uvicorn.Config(application(health, installation, clock), log_level="warning", log_config=None)
    server = uvicorn.Server(config)
    listener = _listening(port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="pages")
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        hint = "end the program that has it, or choose another one with --port (0 for no pages)"
        raise OSError(error.errno, f"{os.strerror(error.errno or 0)}; {hint}", f"127.0.0.1, port {port}") from error
