"""Whoever writes a ledger, also a process that is killed: each second of a test its balance is read from beside."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests import ledger_audit

_AWAY = (sqlite3.Error, psycopg.Error)


class LedgerWatch:
    """A reader that waits for nobody and changes nothing. A ledger that cannot be read is no fault of its books."""

    def __init__(self, address: str, seconds: float) -> None:
        self._address, self._seconds = address, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="ledger-watch", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Now; what is wrong fails the test when it ends."""
        try:
            broken = self._broken()
        except _AWAY:
            return
        ledger_audit.found.extend(f"from beside: {each}" for each in broken)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._ended.wait(self._seconds):
            self.look()

    def _broken(self) -> list[str]:
        """In one statement, and so of one moment."""
        url = make_url(self._address)
        if url.get_backend_name() == "sqlite":
            file = Path(url.database or "").absolute()
            with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as beside:
                return [*ledger_audit.broken_rules(beside.cursor())]
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True, connect_timeout=2) as server:
            return [*ledger_audit.broken_rules(server.cursor())]


@contextmanager
def watched(address: str, seconds: float = 1) -> Iterator[LedgerWatch]:
    """A ledger, while somebody works on it; there are so many seconds between two looks."""
    watch = LedgerWatch(address, seconds)
    try:
        yield watch
    finally:
        watch.end()
