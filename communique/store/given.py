"""One statement for many rows, written once for both kinds of database, and made into SQL once.

PostgreSQL takes all rows as one parameter, because each statement is a journey to its server. SQLite, which is in this
process, takes one row after the other, which costs it less than to take a parameter to pieces.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    FromClause,
    Insert,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from communique.store import postgresql_driver, sqlite_driver
from communique.store.metadata import UTCDateTime

_GIVEN = "given"  #: the parameter that holds all rows; with a number, a row's value at that place
_IN_A_ROW = re.compile(rf"{_GIVEN}\d+")


class Given:
    """What stands for the rows in a statement that takes them all."""

    def __init__(self, dialect: str, name: str = _GIVEN) -> None:
        self.dialect = dialect
        if dialect == "sqlite":
            self.of: FromClause = func.json_each(bindparam(name, type_=String)).table_valued("value")
        else:
            from sqlalchemy.dialects.postgresql import JSONB  # takes a while to load, and SQLite does without

            rows = cast(bindparam(name, type_=String), JSONB)
            self.of = func.jsonb_array_elements(rows).table_valued("value").render_derived()

    def among(self, ids: Select[Any]) -> "Given":
        """Those of the rows that begin with one of the ids."""
        left = copy(self)
        left.of = select(self.of.c.value).where(self.column(0, Integer()).in_(ids)).subquery()
        return left

    def column(self, place: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """The value at a place of each row."""
        if self.dialect == "sqlite":
            return type_coerce(func.json_extract(self.of.c.value, f"$[{place}]"), kind)
        return cast(self.of.c.value.op("->>")(place), kind)

    def added_to(self, table: Table, values: Mapping[str, ColumnElement[Any]]) -> Insert:
        """A row of the table for each."""
        return insert(table).from_select(list(values), select(*values.values()).select_from(self.of))


class _GivenOne(Given):
    """What stands for the row in a statement that takes one."""

    def __init__(self) -> None:
        pass

    def column(self, place: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        return bindparam(f"{_GIVEN}{place}", type_=kind)

    def added_to(self, table: Table, values: Mapping[str, ColumnElement[Any]]) -> Insert:
        return insert(table).values(values)


class ForAll:
    """A statement that is given all rows at once. Rows hold texts, numbers, and aware instants."""

    def __init__(self, statement: Callable[[Given], Executable]) -> None:
        self._for = cache(lambda dialect: statement(Given(dialect)))
        self._in_sqlite: _Driven | None = None

    def execute(self, connection: Connection, rows: Iterable[Sequence[Any]], **values: Any) -> CursorResult[Any]:
        """Its result; `values` are its other parameters."""
        name = connection.dialect.name
        write = _instant if name == "sqlite" else _with_offset
        return connection.execute(self._for(name), {_GIVEN: _packed(rows, write), **values})

    def found(self, connection: Connection, rows: Iterable[Sequence[Any]], **values: Any) -> Sequence[Sequence[Any]]:
        """The rows of its result; in SQLite as the driver gives them: a truth is a number there, an instant a text."""
        if connection.dialect.name != "sqlite":
            return self.execute(connection, rows, **values).all()
        if self._in_sqlite is None:
            self._in_sqlite = _Driven(self._for("sqlite"), connection)
        return self._in_sqlite.found(connection, {_GIVEN: _packed(rows, _instant), **values})


class ForEach:
    """A statement that adds or changes one row for each that it is given, and answers nothing.

    PostgreSQL keeps it prepared (docs/decisions/0063), where it is given all rows at once, as `ForAll` is.
    """

    def __init__(self, statement: Callable[[Given], Executable]) -> None:
        self._prepared = Prepared(statement)
        self._for_one = statement(_GivenOne())
        self._in_sqlite: _Driven | None = None

    def execute(self, connection: Connection, rows: Collection[tuple[Any, ...]], **values: Any) -> int:
        """How many rows it added or changed."""
        if connection.dialect.name != "sqlite":
            return int(self._prepared.execute(connection, rows, **values).rowcount)
        if self._in_sqlite is None:
            self._in_sqlite = _Driven(self._for_one, connection)
        return self._in_sqlite.execute(connection, rows, values)


class Prepared:
    """A statement that each mail goes through: made into SQL once, and parsed once and planned seldom by PostgreSQL.

    It takes rows of one kind, or of several.
    """

    def __init__(self, statement: Callable[..., Executable]) -> None:
        self._statement = statement
        self._sql = ""
        self._constants: dict[str, Any] = {}

    def execute(self, connection: Connection, *rows: Iterable[Sequence[Any]], **values: Any) -> Any:
        """The driver's cursor: rows as the database gives them; `values` are its other parameters."""
        given = {f"{_GIVEN}_{kind}": _packed(each, _with_offset) for kind, each in enumerate(rows)}
        if not self._sql:
            compiled: Any = self._statement(*(Given(connection.dialect.name, name) for name in given))
            compiled = compiled.compile(dialect=connection.dialect)
            binds = compiled.binds.items()
            self._constants = {name: _plain(each.value) for name, each in binds if not each.required}
            self._sql = str(compiled)
        parameters = {**self._constants, **given, **values}
        return postgresql_driver.run_prepared(connection, self._sql, parameters)


class _Driven:
    """A statement as SQLite's driver takes it: what SQLAlchemy does at each execution is done once."""

    def __init__(self, statement: Any, connection: Connection) -> None:
        compiled = statement.compile(dialect=connection.dialect)
        binds = [compiled.binds[name] for name in compiled.positiontup]
        self._sql = _spelt_out(str(compiled), binds)
        binds = [each for each in binds if not _is_spelt_out(each)]
        given = {each.key: int(each.key.removeprefix(_GIVEN)) for each in binds if _IN_A_ROW.fullmatch(each.key)}
        others = {each.key: each for each in binds if each.key not in given}
        self._constants = {key: _written(each.value) for key, each in others.items() if not each.required}
        self._named = [key for key, each in others.items() if each.required]
        # Places in a row, of which there may be more than are used, that hold instants.
        self._instants = [given[each.key] for each in binds if each.key in given and isinstance(each.type, UTCDateTime)]
        # What is the same for all rows comes first, then a row's own values.
        shared = {key: place for place, key in enumerate([*self._constants, *self._named])}
        own = {name: len(shared) + place for name, place in given.items()}
        self._in_order = _those_at([(own | shared)[each.key] for each in binds])

    def execute(self, connection: Connection, rows: Collection[tuple[Any, ...]], values: Mapping[str, Any]) -> int:
        if not rows:
            return 0
        written = map(self._with_texts, rows) if self._instants else rows
        shared = self._shared(values)
        parameters = [self._in_order(shared + row) for row in written]
        return sqlite_driver.run_for_each(connection, self._sql, parameters)

    def found(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        return sqlite_driver.rows_of(connection, self._sql, self._in_order(self._shared(values)))

    def _shared(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return (*self._constants.values(), *(_written(values[name]) for name in self._named))

    def _with_texts(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        written = list(row)
        for place in self._instants:
            written[place] = _instant(row[place])
        return tuple(written)


def _those_at(places: Sequence[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What takes the values at some places, as a tuple, which `itemgetter` gives of several alone."""
    return itemgetter(*places) if len(places) > 1 else lambda values: tuple(values[place] for place in places)


def _spelt_out(sql: str, binds: Sequence[BindParameter[Any]]) -> str:
    """The statement with those of its parameters in it that are the same each time, which spares binding them."""
    first, *pieces = sql.split("?")
    shown = (_literal(each.value) if _is_spelt_out(each) else "?" for each in binds)
    return first + "".join(each + piece for each, piece in zip(shown, pieces, strict=True))


def _is_spelt_out(bind: BindParameter[Any]) -> bool:
    """Words that somebody else may have chosen are not."""
    return not bind.required and (bind.value is None or bind.value == "" or isinstance(bind.value, Enum | int))


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(int(value)) if isinstance(value, int) else f"'{value}'"


def _packed(rows: Iterable[Sequence[Any]], write: Callable[[datetime], str]) -> str:
    return json.dumps(list(rows), default=write, separators=(",", ":"))


def _written(value: Any) -> Any:
    """As SQLite keeps it: an instant in UTC, without saying so."""
    return _instant(value) if isinstance(value, datetime) else _plain(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Enum) else value


@lru_cache(maxsize=64)
def _instant(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _with_offset(value: datetime) -> str:
    return f"{_instant(value)}+00:00"
