"""The hub itself, run by the interpreter of its own environment: `websub_server.py FILE PUBLIC LOCAL`.

What it asks of the address PUBLIC it gets from LOCAL. Its port is the first line it prints.
"""

import sys
from typing import Any

import requests
from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import make_server

_PATIENCE = 5  #: seconds for a publisher or a subscriber


def _asking(public: str, local: str) -> None:
    """From now on this process finds the public address on this machine."""
    ask: Any = requests.Session.request

    def request(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
        answer: requests.Response = ask(session, method, url.replace(public, local), **options)
        return answer

    requests.Session.request = request  # type: ignore[assignment]


def _main(file: str, public: str, local: str) -> None:
    _asking(public, local)
    work = Celery("hub", broker="memory://")
    work.conf.task_always_eager = True
    store = SQLite3HubStorage(file)
    hub = Hub(store, work, SIGNATURE_ALGORITHM="sha256", REQUEST_TIMEOUT=_PATIENCE, MAX_ATTEMPTS=1)
    app = Flask("hub")
    app.config.update(PUBLISH_SUPPORTED=True)
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    _main(*sys.argv[1:])
