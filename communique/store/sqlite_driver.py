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
    try:
        connection.connection.cursor().execute(sql)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, (), error, sqlite3.Error, hide_parameters=True) from error


def run_for_each(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """A statement that adds or changes something, once for each row of parameters; how many rows it added or changed.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would say it.
    """
    try:
        return int(connection.connection.cursor().executemany(sql, rows).rowcount)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, rows, error, sqlite3.Error, hide_parameters=True) from error
