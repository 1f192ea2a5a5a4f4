"""A town with a desk: its pages over a real socket, and officers who are signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from communique.store.desk import journal, officers
from communique.store.desk.officers import Duty, Officer
from communique.store.metadata import metadata
from communique.web.desk.desk_server import serving_desk
from communique.web.desk.office import Office
from tests.workspaces import Town

PASSWORD = "correct horse battery"


@dataclass
class Seat:
    """Somebody's browser."""

    client: httpx.Client
    office: Office
    officer: Officer | None = None

    @property
    def origin(self) -> str:
        """Of the desk's own pages."""
        return str(self.client.base_url).rstrip("/")

    @property
    def session(self) -> str:
        """What the browser has."""
        return self.client.cookies.get("desk") or ""

    @session.setter
    def session(self, token: str) -> None:
        self.client.cookies.set("desk", token, domain="127.0.0.1", path="/")

    def get(self, path: str) -> httpx.Response:
        """Look at a page."""
        return self.client.get(path)

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form as a page of the desk does."""
        token = {"form": self.office.form_token(self.session)} if self.session else {}
        return self.client.post(path, data={**token, **form}, headers={"Origin": self.origin})


@dataclass
class Desk:
    """The desk of a town."""

    town: Town
    office: Office
    said: list[str]  #: to whoever has started it
    address: str
    _clients: list[httpx.Client] = field(default_factory=list)

    def seat(self) -> Seat:
        """A new browser."""
        # What TLS needs takes long to load; and a connection that waits may just be closing when it is used again.
        alone = httpx.Limits(max_keepalive_connections=0)
        client = httpx.Client(base_url=self.address, timeout=60, verify=False, limits=alone)
        self._clients.append(client)
        return Seat(client, self.office)

    def hire(self, name: str, *duties: Duty, language: str = "en", address: str = "") -> Officer:
        """Somebody works here."""
        with self.town.database.begin() as connection:
            return officers.invite(
                connection, name, duties, address=address, language=language, now=self.town.clock.now
            )

    def sit(self, officer: Officer) -> Seat:
        """Somebody is signed in, in a browser of their own."""
        seat = self.seat()
        with self.town.database.begin() as connection:
            seat.session = officers.begin_session(connection, officer, self.town.clock.now)
        seat.officer = officer
        return seat

    def path_of_link(self, officer: Officer | None, valid: timedelta = officers.INVITED_FOR) -> str:
        """A one-time link's path."""
        with self.town.database.begin() as connection:
            reference = officers.link(connection, officer, valid, self.town.clock.now)
        self.office.refresh()
        return urlsplit(self.office.link(reference)).path

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in the database."""
        with self.town.database.reading() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(table.select()).all()]
                for table in metadata.sorted_tables
            }

    def on_disk(self, path: str) -> str:
        """A file's text."""
        return (self.town.root / path).read_text(encoding="utf-8")

    def journal(self) -> list[str]:
        """What people did, the newest first."""
        with self.town.database.reading() as connection:
            return [f"{each.who}: {each.what}" for each in journal.latest(connection, 50)]

    def close(self) -> None:
        """Close the browsers."""
        while self._clients:
            self._clients.pop().close()
        self.office.close()


@contextmanager
def desk_of(town: Town) -> Iterator[Desk]:
    """The desk, served."""
    said: list[str] = []
    with serving_desk(town.installation, town.clock, 0, say=said.append) as port:
        office = Office(town.installation, town.clock, port)
        desk = Desk(town, office, said, f"http://127.0.0.1:{port}")
        try:
            yield desk
        finally:
            desk.close()
