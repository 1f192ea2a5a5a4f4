"""Where the job queue's tables lie: in a schema of the ledger's database that can be thrown away at any time."""

from collections.abc import Mapping

from sqlalchemy import func, select, text

from communique.store.database import Database

SCHEMA = "jobs"
#: Arguments of libpq for the queue's own connections.
CONNECTION: Mapping[str, object] = {"options": f"-c search_path={SCHEMA}", "connect_timeout": 10}


def make(database: Database, tables: str) -> None:
    """Make the tables once, whoever comes first. `tables`: the statements, for a schema that is the current one."""
    known = select(func.to_regclass(f"{SCHEMA}.procrastinate_jobs"))
    with database.reading() as connection:
        if connection.execute(known).scalar() is not None:
            return
    with database.begin() as connection:
        if connection.execute(known).scalar() is not None:
            return
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        # As one string of many statements, in which `%` and `:` mean themselves.
        cursor = connection.connection.cursor()
        cursor.execute(tables)
        cursor.close()


def address(database: Database) -> str:
    """What libpq connects to."""
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
