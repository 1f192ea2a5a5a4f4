"""Changes that only who holds a delivery under a lease may make."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    String,
    Update,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from communique.delivery import State
from communique.store import sqlite_driver
from communique.store.database import deliveries
from communique.store.given import ForAll, ForEach, Given, Prepared


class HeldChange:
    """A change to deliveries that are in an expected state and under a lease.

    Rows begin with a delivery's id and the token of its lease. `then` adds or changes, for each that was still held,
    what it makes of the row. `together` is what must hold for all rows before any is changed, and asked by
    PostgreSQL alone.
    """

    def __init__(
        self,
        change: Mapping[str, Any],
        *expected: State,
        only: Sequence[ColumnElement[bool]] = (),
        then: Callable[[Given], Any] | None = None,
        together: Callable[[Given], ColumnElement[bool]] | None = None,
    ) -> None:
        def changed(given: Given) -> Update:
            return (
                update(deliveries)
                .where(
                    deliveries.c.id == given.column(0, Integer()),
                    # Coalesced so that no index of what is under way looks useful: each is found by its id.
                    func.coalesce(deliveries.c.lease_token, "") == given.column(1, String()),
                    or_(*(deliveries.c.state == state for state in expected)),
                    *only,
                )
                .values(**change)
            )

        def telling(given: Given) -> ReturningUpdate[tuple[int]]:
            return changed(given).returning(deliveries.c.id)

        self._telling_of, self._following, self._together = telling, then, together
        self._quick = ForEach(changed)
        self._telling = ForAll(telling)
        self._then = ForEach(then) if then else None
        self._own = [each.key for each in change.values() if isinstance(each, BindParameter)]
        self._at_once = Prepared(self.at_once)

    def at_once(self, given: Given, name: str = "held") -> Any:
        """All of it in one statement, for PostgreSQL, that tells the ids; `name` is its own."""
        telling = self._telling_of(given)
        if self._together is not None:
            telling = telling.where(self._together(given))
        if self._following is None:
            return telling
        held = telling.cte(name)
        return select(held.c.id).add_cte(self._following(given.among(select(held.c.id))).cte(f"after_{name}"))

    def execute(self, connection: Connection, rows: Sequence[tuple[Any, ...]], **values: Any) -> set[int]:
        """The ids of what was changed."""
        if connection.dialect.name != "sqlite":
            return {number for (number,) in self._at_once.execute(connection, rows, **values)}
        held = self._changed(connection, rows, values)
        if self._then is not None:
            still = rows if len(held) == len(rows) else [row for row in rows if row[0] in held]
            self._then.execute(connection, still, **values)
        return held

    def _changed(self, connection: Connection, rows: Sequence[tuple[Any, ...]], values: Mapping[str, Any]) -> set[int]:
        if rows:
            # Nearly always each is still held, which counting tells; else it is done anew, to hear which ones were.
            sqlite_driver.run(connection, "SAVEPOINT held")
            if self._quick.execute(connection, rows, **values) == len(rows):
                sqlite_driver.run(connection, "RELEASE held")
                return {row[0] for row in rows}
            sqlite_driver.run(connection, "ROLLBACK TO held")
        own = {name: values[name] for name in self._own}
        return set(self._telling.execute(connection, rows, **own).scalars())


class TwoHeldChanges:
    """Changes of different deliveries, each with what follows, which PostgreSQL makes by one statement."""

    def __init__(self, first: HeldChange, second: HeldChange) -> None:
        def both(of_first: Given, of_second: Given) -> Any:
            changed = first.at_once(of_first, "first"), second.at_once(of_second, "second")
            return union_all(*(each.add_columns(literal(place)) for place, each in enumerate(changed)))

        self._both = Prepared(both)

    def execute(
        self,
        connection: Connection,
        of_first: Sequence[tuple[Any, ...]],
        of_second: Sequence[tuple[Any, ...]],
        **values: Any,
    ) -> tuple[set[int], set[int]]:
        """The ids of what each has changed."""
        changed = set[int](), set[int]()
        for number, place in self._both.execute(connection, of_first, of_second, **values):
            changed[place].add(number)
        return changed
