"""Many values for one statement, as one parameter: the statement is the same however many there are.

A list in `IN (…)` makes another statement for every length, which costs more to write than to carry out.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, FromClause, String, bindparam, cast, func, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

#: The name of the parameter that takes what `packed` gives.
GIVEN = "given"


class Given:
    """Rows that come with a statement; `of` is where to select them from."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        if dialect == "sqlite":
            self.of: FromClause = func.json_each(bindparam(GIVEN, type_=String)).table_valued("value")
        else:
            rows = cast(bindparam(GIVEN, type_=String), JSONB)
            self.of = func.jsonb_array_elements(rows).table_valued("value").render_derived()

    def column(self, place: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """The value at a place of each row."""
        if self._dialect == "sqlite":
            return type_coerce(func.json_extract(self.of.c.value, f"$[{place}]"), kind)
        return cast(self.of.c.value.op("->>")(place), kind)


def by_dialect(statement: Callable[[Given], Executable]) -> Mapping[str, Executable]:
    """A statement for each kind of database, written once: by the name of its dialect."""
    return {name: statement(Given(name)) for name in ("sqlite", "postgresql")}


def packed(connection: Connection, rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the parameter `GIVEN`: texts, numbers, and aware instants."""
    write = _written if connection.dialect.name == "sqlite" else _written_with_offset
    return json.dumps(list(rows), default=write, separators=(",", ":"))


@lru_cache(maxsize=64)
def _written(instant: datetime) -> str:
    """As SQLite keeps it: in UTC, without saying so."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _written_with_offset(instant: datetime) -> str:
    return f"{_written(instant)}+00:00"
