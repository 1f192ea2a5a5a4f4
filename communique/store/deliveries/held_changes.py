"""Changes that only who holds a delivery under a lease may make."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, String, Update, func, or_, update

from communique.delivery import State
from communique.store import sqlite_driver
from communique.store.database import deliveries
from communique.store.given import ForAll, ForEach, Given, Prepared


class HeldChange:
    """A change to deliveries that are in an expected state and under the lease that is given with their ids."""

    def __init__(self, change: Mapping[str, Any], *expected: State, only: Sequence[ColumnElement[bool]] = ()) -> None:
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

        self._quick = ForEach(changed)
        self._telling = ForAll(telling)
        self._prepared = Prepared(telling)

    def execute(self, connection: Connection, held: Sequence[tuple[int, str]], **values: Any) -> set[int]:
        """The ids of what was changed."""
        if connection.dialect.name != "sqlite":
            return {number for (number,) in self._prepared.execute(connection, held, **values)}
        if held:
            # Nearly always each is still held, which counting tells; else it is done anew, to hear which ones were.
            sqlite_driver.run(connection, "SAVEPOINT held")
            if self._quick.execute(connection, held, **values) == len(held):
                sqlite_driver.run(connection, "RELEASE held")
                return {each for each, _ in held}
            sqlite_driver.run(connection, "ROLLBACK TO held")
        return set(self._telling.execute(connection, held, **values).scalars())
