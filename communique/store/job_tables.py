"""Where the job queue's tables lie: in a schema of the ledger's database that can be thrown away at any time."""

from collections.abc import Mapping

from sqlalchemy import func, select, text

from communique.store.database import Database

_PREFIX = "communique_jobs_"


def make(database: Database, version: str, tables: str) -> str:
    """The schema of the queue's `version`, made by whoever comes first; `tables`: the statements that make them.

    Those of other versions go with all that is in them: the clock defers anew what the ledger says is due.
    """
    schema = _PREFIX + version.replace(".", "_")
    known = select(func.to_regclass(f"{schema}.procrastinate_jobs"))
    with database.reading() as connection:
        if connection.execute(known).scalar() is not None:
            return schema
    with database.begin() as connection:
        if connection.execute(known).scalar() is not None:
            return schema
        others = select(text("nspname")).select_from(text("pg_namespace")).where(text("starts_with(nspname, :prefix)"))
        for other in connection.execute(others, {"prefix": _PREFIX}).scalars():
            connection.execute(text(f"DROP SCHEMA {other} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        connection.execute(text(f"SET LOCAL search_path TO {schema}"))
        # As one string of many statements, in which `%` and `:` mean themselves.
        cursor = connection.connection.cursor()
        cursor.execute(tables)
        cursor.close()
    return schema


def address(database: Database) -> str:
    """What libpq connects to; it holds the password."""
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def connection_options(schema: str) -> Mapping[str, object]:
    """Of the queue's own connections, for libpq."""
    return {"options": f"-c search_path={schema}", "connect_timeout": 10}
