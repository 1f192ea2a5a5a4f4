"""Statements given to PostgreSQL's driver to be kept prepared, without what SQLAlchemy does around each."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run_prepared(connection: Connection, sql: str, parameters: Mapping[str, Any]) -> Any:
    """The driver's cursor, after a statement that the server has parsed and planned for an earlier use, or does now.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would say it.
    """
    import psycopg  # takes a while to load, and who has SQLite does without

    cursor: Any = connection.connection.cursor()
    # Whoever listens to what is said to the database hears this, too: the audit of the tests does.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, parameters, None, False)
    try:
        return cursor.execute(sql, parameters, prepare=True)
    except psycopg.Error as error:
        raise DBAPIError.instance(sql, dict(parameters), error, psycopg.Error, hide_parameters=True) from error
