"""Changes that only who holds a delivery under a lease may make."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Integer, String, Update, func, or_, select, update

from communique.delivery import State
from communique.store import sqlite_driver
from communique.store.database import deliveries
from communique.store.given import ForAll, ForEach, Given, Prepared


class HeldChange:
    """A change to deliveries that are in an expected state and under a lease.

    Rows begin with a delivery's id and the token of its lease. `then` adds or changes, for each that was still held,
    what it makes of the row.
    """

    def __init__(
        self,
        change: Mapping[str, Any],
        *expected: State,
        only: Sequence[ColumnElement[bool]] = (),
        then: Callable[[Given], Any] | None = None,
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

        def telling(given: Given) -> Any:
            return changed(given).returning(deliveries.c.id)

        def at_once(given: Given) -> Any:
            if then is None:
                return telling(given)
            held = telling(given).cte("held")
            return select(held.c.id).add_cte(then(given.among(select(held.c.id))).cte("following"))

        self._quick = ForEach(changed)
        self._telling = ForAll(telling)
        self._then = ForEach(then) if then else None
        self._own = [each.key for each in change.values() if isinstance(each, BindParameter)]
        self._at_once = Prepared(at_once)

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
