"""Statements given to SQLite's driver without what SQLAlchemy does around each, which takes longer than ours do."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run(connection: Connection, sql: str) -> None:
    """One statement without parameters.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would say it.
    """
    _given(connection, sql, None)


def run_for_each(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """A statement that adds or changes something, once for each row of parameters; how many rows it added or changed.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would say it.
    """
    return int(_given(connection, sql, rows).rowcount)


def _given(connection: Connection, sql: str, rows: Sequence[Sequence[Any]] | None) -> Any:
    cursor = connection.connection.cursor()
    # Whoever listens to what is said to the database hears this, too: the audit of the tests does.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, rows or (), None, rows is not None)
    try:
        return cursor.execute(sql) if rows is None else cursor.executemany(sql, rows)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, rows, error, sqlite3.Error, hide_parameters=True) from error
