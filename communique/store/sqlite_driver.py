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
    _given(connection, sql, ())


def run_for_each(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """A statement that adds or changes something, once for each row of parameters; how many rows it added or changed.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would say it.
    """
    return int(_given(connection, sql, rows, many=True).rowcount)


def rows_of(connection: Connection, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement finds, as the driver gives it.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would say it.
    """
    found: list[tuple[Any, ...]] = _given(connection, sql, parameters, then_all=True)
    return found


def _given(
    connection: Connection, sql: str, parameters: Sequence[Any], *, many: bool = False, then_all: bool = False
) -> Any:
    cursor = connection.connection.cursor()
    # Whoever listens to what is said to the database hears this, too: the audit of the tests does.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, parameters, None, many)
    try:
        done = (cursor.executemany if many else cursor.execute)(sql, parameters)
        return done.fetchall() if then_all else done
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, parameters, error, sqlite3.Error, hide_parameters=True) from error
