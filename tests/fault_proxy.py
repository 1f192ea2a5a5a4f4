"""Between a client and a server on loopback: passes everything on, and hangs up on both when a test says so."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

Address = tuple[str, int] | str  #: a host and a port, or the path of a Unix socket
#: Given what somebody wrote, and whether that was the client: None to pass it on, or after how many bytes to hang up.
Judge = Callable[[bytes, bool], int | None]

_BLOCK = 65_536


def pass_all(_data: bytes, _by_client: bool) -> int | None:  # noqa: FBT001 - a judge
    """Nothing is lost."""
    return None


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_UNIX if isinstance(address, str) else socket.AF_INET


class FaultProxy:
    """Listens at `address`. `judge` may be exchanged at any time; by default all is passed on."""

    def __init__(self, server: Address, listen: Address = ("127.0.0.1", 0)) -> None:
        self._server = server
        self._listening = socket.socket(_family(listen))
        self._listening.bind(listen)
        self._listening.listen()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.judge: Judge = pass_all

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        """Begin."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Hang up on everybody."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        """Every connection there is."""
        for pair in list(self._pairs):
            _hang_up(pair)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(_family(self._server))
                try:
                    server.connect(self._server)
                except OSError:
                    client.close()
                    server.close()
                    continue
                for each in (client, server):
                    if each.family == socket.AF_INET:
                        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pairs.append((client, server))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, target, source is client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, by_client: bool) -> None:  # noqa: FBT001
        try:
            while data := source.recv(_BLOCK):
                passing = self.judge(data, by_client)
                target.sendall(data[:passing])
                if passing is not None:
                    break
        except OSError:
            pass
        finally:
            _hang_up((source, target))


def _hang_up(pair: tuple[socket.socket, socket.socket]) -> None:
    for each in pair:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
