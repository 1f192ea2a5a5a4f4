"""Debian's nginx with `deploy/nginx.conf`, on a socket of this machine and without TLS."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.counterparts.presence import require

_NGINX = Path("/usr/sbin/nginx")
_CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
_NOBODY = "127.0.0.1:9"  #: a daemon that is away
_MAIN = """\
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def running_nginx(folder: Path, public: Path) -> Iterator[httpx.Client]:
    """Serve a folder; who asks it by the name of its configuration."""
    require(_NGINX.exists(), "nginx is not there: run `make counterparts`.")
    with (
        served_by_nginx(folder, public, f"unix:{folder / 'socket'}"),
        httpx.Client(
            base_url="http://open.example.org",
            transport=httpx.HTTPTransport(uds=str(folder / "socket")),
            headers={"Accept-Encoding": "identity"},
            timeout=60,
        ) as client,
    ):
        yield client


@contextmanager
def served_by_nginx(folder: Path, public: Path, address: str) -> Iterator[int]:
    """Serve a folder at an address as nginx writes it; the id of its process, which has one worker.

    Raises:
        FileNotFoundError: nginx is not installed.
    """
    (folder / "site.conf").write_text(_without_tls(public, address), encoding="utf-8")
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder), encoding="utf-8")
    # It listens before it goes to the background.
    start = [str(_NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    said = subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True).stderr
    assert "[warn]" not in said.replace('the "user" directive makes sense only', ""), said
    process = int((folder / "nginx.pid").read_text(encoding="utf-8"))
    try:
        yield process
    finally:
        os.kill(process, signal.SIGTERM)


def _without_tls(public: Path, address: str) -> str:
    text = _CONFIGURATION.read_text(encoding="utf-8").partition("server {\n    listen 80;")[0]
    text = re.sub(r"\n    (listen|ssl_\w+) [^\n]*", "", text)
    text = text.replace("127.0.0.1:8025", _NOBODY)
    text = text.replace("server {\n", f"server {{\n    listen {address};\n", 1)
    return re.sub(r"\n    root [^\n]*", f"\n    root {public};", text)
