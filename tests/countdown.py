"""The moments at which a power cut would matter, and a process that ends (SIGKILL) at one of them."""

import os
import signal
import socket
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Calls by kind, each of what it is found at. `commits` are SQLite's, of connections that are opened afterwards.
MOMENTS: Mapping[str, Iterable[tuple[Any, str]]] = {
    "commits": (),
    "wire": ((socket.socket, "send"), (socket.socket, "recv")),
    "sends": ((socket.socket, "send"),),
    "archives": ((zipfile.ZipFile, "write"),),
    "files": ((os, "fchmod"), (os, "fsync"), (os, "replace"), (os, "unlink")),
}


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Countdown:
    """Ends the process before one of the calls it has been put in front of.

    After a call is before the next one: nothing that outlives the process happens between them.
    """

    last: int  #: which of them is not made any more; 0: all are
    passed: int = 0
    end: Callable[[], object] = _kill

    def arm(self, kinds: Iterable[str]) -> None:
        """From now on calls of these kinds (`MOMENTS`) count."""
        for kind in kinds:
            for owner, name in MOMENTS[kind]:
                setattr(owner, name, self._before(getattr(owner, name)))
            if kind == "commits":
                self._arm_commits()

    def _arm_commits(self) -> None:
        class Watched(sqlite3.Connection):
            commit = self._before(sqlite3.Connection.commit)

        connect = sqlite3.dbapi2.connect
        sqlite3.dbapi2.connect = lambda *given, **named: connect(*given, **{**named, "factory": Watched})  # type: ignore[assignment]

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            self.passed += 1
            if self.passed == self.last:
                self.end()
            return call(*arguments, **named)

        return called
