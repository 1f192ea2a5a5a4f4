"""A Mastodon instance on loopback (mastodon_mock, another project's server), its faults, and a line that can break."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

import httpx
from mastodon_mock.testing.server import MockServer

TOKEN = "alice_token"
NEW_STATUS = "/api/v1/statuses"


class MastodonInstance(MockServer):
    """The server with an account `alice`."""

    def empty(self) -> None:
        """Forget all statuses and faults."""
        httpx.post(f"{self.base_url}/api/v1/_mock/reset").raise_for_status()
        httpx.delete(f"{self.base_url}/api/v1/_mock/faults").raise_for_status()

    def fail(self, path: str = NEW_STATUS, *, methods: tuple[str, ...] = ("POST",), **effect: Any) -> None:
        """Show a fault to the next request of this kind; `effect` as mastodon_mock's control plane takes it."""
        rule = {"match": {"methods": methods, "path": path}, "effect": effect, "count": 1}
        httpx.post(f"{self.base_url}/api/v1/_mock/faults", json=rule).raise_for_status()

    def statuses(self) -> list[dict[str, Any]]:
        """What the account has really posted, newest first."""
        with httpx.Client(base_url=self.base_url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            own = client.get("/api/v1/accounts/verify_credentials").raise_for_status().json()["id"]
            posted: list[dict[str, Any]] = client.get(f"/api/v1/accounts/{own}/statuses").raise_for_status().json()
        return posted


class BreakableLine:
    """Passes connections on to an instance; can break off where the answer to a new status would come."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._clients: list[socket.socket] = []
        self.breaks = False

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Pass on until the end."""
        self._threads[0].start()
        try:
            yield self
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for client in self._clients:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
            for thread in self._threads:
                thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            self._threads.append(threading.Thread(target=self._pass_on, args=(client,), daemon=True))
            self._threads[-1].start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            posting = threading.Event()
            outward = threading.Thread(target=self._outward, args=(client, server, posting))
            outward.start()
            while data := server.recv(65536):
                if self.breaks and posting.is_set():
                    self.breaks = False
                    client.shutdown(socket.SHUT_RDWR)
                    break
                client.sendall(data)
            outward.join()

    def _outward(self, client: socket.socket, server: socket.socket, posting: threading.Event) -> None:
        while data := client.recv(65536):
            if data.startswith(f"POST {NEW_STATUS} ".encode()):
                posting.set()
            server.sendall(data)
        server.shutdown(socket.SHUT_RDWR)
