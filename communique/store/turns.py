"""Work on many rows of a ledger, a piece in each transaction, so that nobody else who writes waits for all of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from communique.store.database import Database

#: Seconds between two transactions on SQLite, about as long as one of them takes. It keeps no queue: who waits tries
#: again some ten times a second, and would find the writer taken each time.
BREATH = 0.05


class Turns:
    """Writing transactions of one piece of work, with room between them for whoever writes as well."""

    def __init__(self, database: Database, wait: Callable[[float], None] = time.sleep) -> None:
        self.database = database
        self._wait = wait
        self._begun = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """As `Database.begin`; other writers have gone before where they waited."""
        if self._begun and not self.database.is_shared:  # PostgreSQL lets them in by the order in which they came
            self._wait(BREATH)
        self._begun = True
        with self.database.begin() as connection:
            yield connection
