"""The databases a ledger can be in: a test that asks for one is run on each kind."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from pathlib import Path

import pytest

from communique.store.database import open_database, sqlite_url
from tests.counterparts import postgresql, presence

KINDS = (pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.counterpart))
#: Only on PostgreSQL.
ON_A_SERVER = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.counterpart)], indirect=True
)


class Databases:
    """Makes databases; its PostgreSQL server is started when the first one is asked for, and serves the session."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    @cached_property
    def server(self) -> postgresql.Server:
        """PostgreSQL."""
        presence.require(postgresql.is_installed(), "PostgreSQL's programs are missing: run make setup.")
        return self._stack.enter_context(postgresql.Server())

    @cached_property
    def _template(self) -> str:
        """A database with an empty ledger: copying it is quicker than making one."""
        name = self.server.create()
        open_database(self.server.address(name)).close()
        return name

    @contextmanager
    def address(self, kind: str, folder: Path, *, empty: bool = False) -> Iterator[str]:
        """The address of a database for one test; with `empty`, without tables."""
        if kind == "sqlite":
            yield sqlite_url(folder / "var" / "communique.sqlite")
            return
        name = self.server.create() if empty else self.server.create(self._template)
        try:
            yield self.server.address(name)
        finally:
            self.server.drop(name)

    def close(self) -> None:
        """Stop the server, if there is one."""
        self._stack.close()


@contextmanager
def databases() -> Iterator[Databases]:
    """For a session."""
    with closing(Databases()) as made:
        yield made
