"""The ledger's tables are those of this program: made when there are none, brought up to date when they are older."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)

from communique.store import ledger_file
from communique.store.engine import DatabaseError
from communique.store.metadata import complete, leave_room

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
_log = logging.getLogger(__name__)

#: Alembic's own table, read here without Alembic: loading that takes longer than most commands.
_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def versions() -> list[str]:
    """The versions a ledger can have, the oldest first: `0001`, `0002`, …; each is a file that leads there."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def bring_up_to_date(engine: Engine, metadata: MetaData) -> None:
    """After this the ledger has the newest version; programs that start together do it once.

    Raises:
        DatabaseError: a newer program has changed the ledger, or its version is unknown.
    """
    newest = versions()[-1]
    with engine.connect().execution_options(communique_reading=True) as connection:
        if _found(connection) == newest:
            return
    with _alone(engine) as connection:
        # Another program may have been quicker.
        found = _found(connection)
        if found is None:
            _make(connection, metadata, newest)
        elif found != newest:
            _upgrade(connection, found, newest)


def alembic_config(connection: Connection) -> "Config":
    """What Alembic's commands need to work on one connection, in its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _found(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A writing transaction, beside which nobody else writes."""
    with engine.connect().execution_options(communique_upgrading=True) as connection:
        with connection.begin():
            yield connection
        # On SQLite this connection does not check references: it is not used again.
        connection.invalidate()


def _make(connection: Connection, metadata: MetaData, newest: str) -> None:
    """All at once and without Alembic; a test holds the two ways to the same result."""
    there = set(inspect(connection).get_table_names())
    if known := set(metadata.tables) & there:
        names = ", ".join(sorted(known))
        raise DatabaseError(
            f"expected an empty database or a ledger with a version, found tables without one: {names}. "
            "A ledger made before the first release cannot be used any more: begin with a new one"
        )
    if there and connection.dialect.name == "sqlite":  # on a server tables of others have a right to be there
        raise DatabaseError(
            f"expected an empty file or a ledger, found the SQLite file of another program ({min(there)}): "
            "nothing was written into it; name another file in DATABASE_URL, or move this one away"
        )
    complete(metadata).create_all(connection)
    leave_room(connection)
    _version.create(connection, checkfirst=True)
    connection.execute(insert(_version).values(version_num=newest))
    ledger_file.adopt(connection)


def _upgrade(connection: Connection, found: str, newest: str) -> None:
    if found not in versions():
        raise DatabaseError(
            f"expected a ledger of version {newest} or older, found version {found}, made by a newer Communiqué: "
            "use that one, or restore a backup made before"
        )
    from alembic import command

    if connection.dialect.name == "postgresql":  # those who write beside the others wait, too
        connection.exec_driver_sql("LOCK TABLE deliveries IN EXCLUSIVE MODE")
    _log.warning("bringing the ledger from version %s to %s", found, newest)
    command.upgrade(alembic_config(connection), "head")
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise DatabaseError(f"expected every reference to hold after the upgrade, found {len(broken)} that do not")
    _log.warning("the ledger has version %s", newest)
