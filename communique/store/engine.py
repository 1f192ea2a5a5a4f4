"""Connections to the two kinds of database: durable commits, bounded waits, and no wait for a server that is gone."""

import errno
import hashlib
import os
import sqlite3
import sys
import time
from pathlib import Path
from select import POLLIN, poll
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, InvalidatePoolError

from communique.machine.file_faults import file_fault
from communique.store import sqlite_driver

BUSY_SECONDS = 30  #: how long a writer waits for another one
#: Of one statement; the longest of ours takes seconds.
_STATEMENT_SECONDS = 300
#: A process that stands still inside a transaction (a suspended machine) loses it, and its locks, after this time.
_IDLE_SECONDS = 120
#: Of libpq: a server that has vanished from the network is noticed in a minute, not in two hours.
_NETWORK = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "fallback_application_name": "communique",
}
_ENCODING = "UTF8"
_OLDEST = 15  #: of PostgreSQL
#: A statement that is kept prepared keeps its plan, which may have been right while the ledger was small.
TRANSACTIONS_OF_A_PLAN = 16
_WRITER = 0x6F67706C  #: the advisory lock of whoever writes to a ledger on PostgreSQL
_SETTINGS = {
    # Nothing is known yet of a ledger that has just been filled. With the default of 4, made for turning disks, copies
    # would be looked for by reading all of them, each time anew: half the rate at 20,000.
    "random_page_cost": "1.1",
    "statement_timeout": f"{_STATEMENT_SECONDS}s",
    "lock_timeout": f"{BUSY_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
}
#: The point of no return must be on disk when its transaction ends, whatever the database's default says; a stronger
#: setting (a standby that has it, too) is left alone.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


def make_engine(address: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; nothing is connected yet.

    Raises:
        DatabaseError: it is another kind of address, or the driver is missing.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    kind = url.get_backend_name() if url is not None else ""
    if url is None or kind not in {"sqlite", "postgresql", "postgres"}:
        # The address holds a password: it is not repeated.
        raise DatabaseError("DATABASE_URL: expected `postgresql://USER:PASSWORD@HOST/NAME`, found something else")
    return _sqlite(url) if kind == "sqlite" else _postgresql(url.set(drivername="postgresql+psycopg"))


def _postgresql(url: URL) -> Engine:
    """One writer at a time but for those `beside` it: docs/decisions/0018. What the address says itself is kept."""
    settings = [f"-c {name}={value}" for name, value in _SETTINGS.items()]
    arguments = {name: value for name, value in _NETWORK.items() if name not in url.query}
    arguments["options"] = " ".join([*settings, str(url.query.get("options", ""))]).strip()
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # an error is told and kept; whom it was about is not
            isolation_level="READ COMMITTED",  # each statement sees what is committed
            pool_recycle=1800,  # firewalls forget connections that are silent
            # Only what asks for it is prepared (docs/decisions/0063): `store/given.py`.
            connect_args={"prepare_threshold": sys.maxsize, **arguments},
        )
    except ImportError as error:
        raise DatabaseError("expected the driver for PostgreSQL, found none: `pip install psycopg[binary]`") from error

    @event.listens_for(engine, "connect", insert=True)  # before SQLAlchemy asks it what it is
    def _connected(connection: Any, _record: Any) -> None:
        if connection.info.server_version < _OLDEST * 10_000:
            found = connection.info.parameter_status("server_version")
            raise DatabaseError(
                f"expected PostgreSQL {_OLDEST} or newer, found {found}: update the server (pg_upgrade), or name a "
                "newer one in DATABASE_URL"
            )
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != _ENCODING:
            raise DatabaseError(
                f"expected a PostgreSQL database in {_ENCODING}, found {encoding}, which cannot hold every name: "
                f"createdb --encoding={_ENCODING} --template=template0 NAME"
            )
        connection.execute(_DURABLE)
        connection.commit()

    _replace_dead_connections(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        begun = connection.info["begun"] = connection.info.get("begun", 0) + 1
        if begun % TRANSACTIONS_OF_A_PLAN == 0:
            connection.exec_driver_sql("DISCARD PLANS")
        if options.get("communique_upgrading"):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        if not (options.get("communique_reading") or options.get("communique_beside")):
            # Its own statement, so that the next ones see what the writer before has committed.
            connection.execute(select(func.pg_advisory_xact_lock(_WRITER)))

    return engine


def _replace_dead_connections(engine: Engine) -> None:
    """After a restart of the server the next transaction has a new connection, and so has each after it.

    A server that is gone has hung up, or the kernel has by `_NETWORK`: either is to be heard without asking it, which
    for each group of mails would take as long as one of its statements.
    """

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, _record: Any, _proxy: Any) -> None:
        if not (_is_silent(connection) or _answers(engine, connection)):
            raise InvalidatePoolError


def _is_silent(connection: Any) -> bool:
    """Whether nothing has come on a connection on which nothing was asked."""
    if connection.closed:
        return False
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return not waiting.poll(0)


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` below says which kind.
        connection.isolation_level = None
        connection.create_function("sha256_hex", 1, _sha256_hex, deterministic=True)
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        _into_wal(cursor)
        cursor.close()

    _open_anew_what_could_be_read_only(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("communique_upgrading"):
            # A table that is made anew is dropped on the way, and its rows' references with it.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        # A deferred transaction that reads and then writes fails with SQLITE_BUSY_SNAPSHOT without waiting.
        sqlite_driver.run(connection, "BEGIN" if options.get("communique_reading") else "BEGIN IMMEDIATE")

    return engine


def _open_anew_what_could_be_read_only(engine: Engine) -> None:
    """SQLite opens a file that this user may not write for reading, and goes on so whatever becomes of the file."""
    name = engine.url.database
    if not name or name == ":memory:":
        return
    files = [Path(f"{name}{ending}") for ending in ("", "-wal", "-shm")]

    def is_shut() -> bool:
        return any(each.exists() and not os.access(each, os.W_OK, effective_ids=True) for each in files)

    @event.listens_for(engine, "connect")
    def _connected(_connection: Any, record: Any) -> None:
        record.info["is_shut"] = is_shut()

    @event.listens_for(engine, "checkout")
    def _taken(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["is_shut"] and not is_shut():
            raise InvalidatePoolError


def _sha256_hex(text: str) -> str:
    """What PostgreSQL has and SQLite does not."""
    return hashlib.sha256(text.encode()).hexdigest()


def _into_wal(cursor: Any) -> None:
    """Write-ahead logging. Of several programs that begin it on a new file, SQLite lets some fail without waiting."""
    for _ in range(BUSY_SECONDS * 10):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.1)
        else:
            return
    raise DatabaseError("expected to open the ledger's database, found it in use by another program for too long")


def not_opened(url: URL, found: str) -> str:
    """A sentence about a database that cannot be opened: which one, what was found, and what to do on a server.

    Without the password, and so that no place of it is taken for a mail address, which the log would not show.
    """
    if url.get_backend_name() == "sqlite":
        return f"expected to open the database {url.database}, found: {found}"
    port = f", port {url.port}" if url.port else ""
    host = url.host or url.query.get("host", "this machine")
    where = f"`{url.database}` at {host}{port}, as the user `{url.username}`"
    return (
        f"DATABASE_URL: expected to open the database {where}, found: {found.rstrip('.')}. See that the server runs, "
        "and that host, port, name, user and password are right; a changed address needs a new start"
    )


def shut_file(url: URL) -> str:
    """Why a file may not be written by this process; empty where that is not in the way."""
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else Path()
    shut = [each for each in (file, file.parent) if each.exists() and not os.access(each, os.W_OK, effective_ids=True)]
    if not shut or not file.name:
        return ""
    if os.statvfs(shut[0]).f_flag & os.ST_RDONLY:
        return (
            f"{shut[0]} lies on a disk that can only be read. See why (`dmesg`: Linux makes a failing disk read-only), "
            "and mount it for writing; the daemon goes on by itself"
        )
    return file_fault(PermissionError(errno.EACCES, "", str(shut[0])))
