"""Something that stands between an adapter and a network's server, and answers one request in its own words.

Each request is passed on, and so is its answer, but for those to one path: there the server may be asked or not, and
what the adapter reads are the bytes of a test. Proxies, content networks and captive portals do such things.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_PASSED_ON = {"authorization", "content-type", "idempotency-key"}
_PASSED_BACK = {"content-type", "link"}
_BLOCK = b"a" * 65_536


class InBetween:
    """Before the server at an address; `spoil` says what becomes of the next request to a path."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._path, self._said = "", b""
        self._is_passed_on = self._is_endless = False
        self.asked: list[str] = []  #: method and path of each request that came
        self.passed = 0  #: bytes of an endless answer that the adapter took
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                front._answer(self)

            do_POST = do_DELETE = do_GET  # noqa: N815 - names of http.server

        self._listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._listening.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator["InBetween"]:
        """Pass on until the end."""
        thread = threading.Thread(target=self._listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._listening.shutdown()
            self._listening.server_close()
            thread.join()

    def spoil(self, path: str, said: bytes, *, passed_on: bool = True, endless: bool = False) -> None:
        """Answer the next request to a path with these bytes, and hang up; `endless` goes on with a body until then."""
        self._path, self._said, self._is_passed_on, self._is_endless = path, said, passed_on, endless

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{request.command} {request.path}")
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        is_spoilt = bool(self._path) and request.path.partition("?")[0] == self._path
        headers = {name: value for name, value in request.headers.items() if name.lower() in _PASSED_ON}
        if not is_spoilt or self._is_passed_on:
            answer = httpx.request(
                request.command, self._server + request.path, content=body, headers=headers, timeout=60
            )
        if not is_spoilt:
            request.send_response_only(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() in _PASSED_BACK:
                    request.send_header(name, value)
            request.send_header("Content-Length", str(len(answer.content)))
            request.end_headers()
            request.wfile.write(answer.content)
            return
        self._path = ""
        request.close_connection = True
        with suppress(OSError):
            request.wfile.write(self._said)
            while self._is_endless:
                request.wfile.write(_BLOCK)
                self.passed += len(_BLOCK)


def answer(status: str, body: bytes = b"", *headers: str, kind: str = "text/html") -> bytes:
    """The bytes of an answer of HTTP: `502 Bad Gateway` and what stands in it."""
    said = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*said, "", ""]).encode() + body


def json_answer(status: str, body: bytes, *headers: str) -> bytes:
    """The same, of JSON."""
    return answer(status, body, *headers, kind="application/json")
