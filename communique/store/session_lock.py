"""An advisory lock of PostgreSQL that lives as long as a connection: whoever dies, or is cut off, lets go of it.

It says who leads, and who lives. It protects nothing by itself: what may go out is decided by leases and their tokens.
"""

import hashlib
import threading
from collections.abc import Collection, Sequence
from contextlib import suppress

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from communique.store.database import Database, deliveries

#: Of the server's end: a machine that has vanished from the network lets go in a minute, not in two hours.
_NETWORK = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}


#: Seconds after which a worker that has not asked stands still, and how often it asks.
_STANDS_STILL, _BEAT = 60, 15.0


class SessionLock:
    """A lock by name, on a connection of its own. Shared, any number may hold it.

    `idle_seconds`: the server takes it from whoever has not asked for so long; 0: it waits for ever.
    """

    def __init__(self, database: Database, name: str, *, shared: bool = False, idle_seconds: int = 0) -> None:
        self._engine = database.engine
        lock = func.pg_try_advisory_lock_shared if shared else func.pg_try_advisory_lock
        self._lock = select(lock(key(name)))
        self._settings = {**_NETWORK, "idle_session_timeout": f"{idle_seconds}s"}
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Whether it is held now; asked again and again, because it may have gone with the connection.

        A connection that has ended, as when the server was started anew, is followed by another one at once.

        Raises:
            SQLAlchemyError: the database does not answer; from now on it is not held.
        """
        if self._connection is not None:
            try:
                self._connection.execute(select(1))
            except SQLAlchemyError:
                self.close()
            else:
                return True
        try:
            # In no transaction, which would be ended for standing still.
            options = {"isolation_level": "AUTOCOMMIT", "communique_reading": True}
            self._connection = connection = self._engine.connect().execution_options(**options)
            for name, value in self._settings.items():
                connection.execute(select(func.set_config(name, value, False)))
            if not connection.execute(self._lock).scalar():
                self.close()
        except BaseException:
            self.close()
            raise
        return self._connection is not None

    def close(self) -> None:
        """Let go of it."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


class SignOfLife:
    """What a worker holds while it lives: a lock of its name, asked for in the background, too.

    Shared: the server may still have a connection that it has lost. A worker that stands still does not ask, and the
    server takes it.

    `idle_seconds`: so long may nobody have asked; every so many `beat_seconds` somebody does.
    """

    def __init__(
        self, database: Database, owner: str, *, idle_seconds: int = _STANDS_STILL, beat_seconds: float = _BEAT
    ) -> None:
        self._lock = SessionLock(database, owner, shared=True, idle_seconds=idle_seconds)
        self._beat_seconds = beat_seconds
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self) -> bool:
        """As `SessionLock.take`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._beat, name="sign of life", daemon=True)
            self._thread.start()
        with self._one_at_a_time:
            return self._lock.take()

    def close(self) -> None:
        """Let go of it; a beat that waits for the network is not waited for."""
        self._ended.set()
        its_turn = self._one_at_a_time.acquire(timeout=1)
        self._lock.close()
        if its_turn:
            self._one_at_a_time.release()

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_seconds):
            with self._one_at_a_time, suppress(SQLAlchemyError):  # whoever asks next is told
                if not self._ended.is_set():
                    self._lock.take()


def without_sign_of_life(connection: Connection) -> Sequence[str]:
    """Owners that have something under way and give no sign of life. They may live, and be cut off from the ledger."""
    # First the owners: one that begins in between has given its sign before it took anything.
    under_way = select(deliveries.c.lease_owner).where(deliveries.c.lease_token.is_not(None)).distinct()
    owners = connection.execute(under_way).scalars().all()
    if not owners:
        return []
    alive = _held(connection)
    return [owner for owner in owners if key(owner) not in alive]


def key(name: str) -> int:
    """The number by which the server knows a lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _held(connection: Connection) -> Collection[int]:
    """Numbers of all advisory locks that somebody holds; the server has them in halves without a sign."""
    halves = connection.execute(
        text(
            "SELECT classid::bigint AS high, objid::bigint AS low FROM pg_locks WHERE locktype = 'advisory' "
            "AND granted AND objsubid = 1 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    )
    return {int.from_bytes((row.high << 32 | row.low).to_bytes(8), signed=True) for row in halves}
