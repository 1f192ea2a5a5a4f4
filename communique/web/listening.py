"""An application served at a port of this machine, by uvicorn in a thread."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from communique.web.bounded_connection import BoundedConnection


@contextmanager
def listened_to(
    application: ASGIApp, host: str, port: int, *, name: str, option: str = "--port", unserved: str = "no pages"
) -> Iterator[int]:
    """Serve in a thread until the block ends; the port (a free one when asked for 0).

    `option` chooses the port on the command line; with 0 there is what `unserved` says.

    Raises:
        OSError: nobody can listen there; it says what to do.
    """
    # Without its own way to log: what it says goes where all of the log goes.
    # Which proxy is believed is a setting (`Visit.network`).
    config = uvicorn.Config(
        application,
        http=BoundedConnection,
        log_level="warning",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        access_log=False,
    )
    server = uvicorn.Server(config)
    listener = _listening(host, port, f"{option} (0 for {unserved})")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name=name)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def _listening(host: str, port: int, option: str) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        hint = f"end the program that has it, or choose another one with {option}"
        number = error.errno or 0  # below zero: there is no such host
        why = os.strerror(number) if number > 0 else str(error)
        raise OSError(error.errno, f"{why}; {hint}", f"{host}, port {port}") from error
