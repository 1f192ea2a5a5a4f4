"""A town with a newsletter, its pages over a real socket, and a mail server that takes what it sends."""

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from communique.channel import Secret
from communique.monitoring.health import Health
from communique.service.daemon import Daemon
from communique.store.recipients import people, subscribers, suppression_list
from communique.subscription import Choices
from communique.texts import tokens
from communique.web.server import serving
from tests.channels.recording_smtp import RecordingSmtp
from tests.workspaces import Town

KEY = Secret("key")  # of the tiny town
PUBLIC = "https://open.littleton.example.org"
_NEWSLETTER = """\
  newsletter:
    kind: newsletter
    host: localhost
    port: {port}
    tls: none
    sender: Newsletter <news@littleton.example.org>
    list_id: news.littleton.example.org
subscribing:
  topics:
    news: {{en: News of the town, es: Noticias, fr: Nouvelles}}
    works: {{en: Works in the streets, es: Obras, fr: Travaux}}
  embedded_in: [https://www.littleton.example.org]
"""
_LINK = re.compile(rf"{re.escape(PUBLIC)}/(?:confirm|confirm-old|preferences|leave)/[\w-]+")


@dataclass
class Post:
    """The town's pages, and the post that comes and goes."""

    town: Town
    server: RecordingSmtp
    client: httpx.Client
    daemons: list[Daemon] = field(default_factory=list)

    def subscribe(self, address: str, path: str = "/subscribe", **form: str) -> httpx.Response:
        """Fill in the form."""
        return self.client.post(path, data={"email": address, "frequency": "each", **form})

    def tick(self, *, minutes: float = 0) -> None:
        """So much later, the daemon does what is due."""
        self.town.clock.turn(minutes=minutes)
        if not self.daemons:
            self.restart()
        self.daemons[-1].tick()

    def restart(self) -> None:
        """A daemon that remembers nothing."""
        self.close()
        made = Daemon(installation=self.town.installation, clock=self.town.clock, stopping=lambda: False)
        self.daemons.append(made)

    def close(self) -> None:
        """End the daemon."""
        while self.daemons:
            self.daemons.pop().close()

    def mails(self, address: str | None = None) -> list[EmailMessage]:
        """What was sent, or what was sent to somebody."""
        found = [mail for mail in self.server.accepted if address is None or address in mail.recipients]
        return [email.message_from_bytes(mail.data, policy=email.policy.default) for mail in found]

    def links(self, address: str) -> list[str]:
        """Paths of our links in the mails to somebody, in order, each once."""
        texts = [part.get_content() for mail in self.mails(address) for part in mail.walk() if not part.is_multipart()]
        return list(dict.fromkeys(urlsplit(link).path for text in texts for link in _LINK.findall(text)))

    def join(self, name: str, **form: str) -> None:
        """Subscribe, and confirm."""
        address = f"{name}@example.org"
        self.subscribe(address, **form)
        self.tick()
        assert self.client.post(self.links(address)[-1]).status_code == 200

    def person(self, name: str) -> people.Person | None:
        """Who has the address."""
        with self.town.database.reading() as connection:
            return people.by_address(connection, f"{name}@example.org")

    def audiences(self, name: str) -> list[str]:
        """Those somebody is in."""
        person = self.person(name)
        with self.town.database.reading() as connection:
            return people.audiences_of(connection, person.id) if person else []

    def choices(self, name: str) -> Choices:
        """What somebody chose."""
        person = self.person(name)
        assert person is not None
        with self.town.database.reading() as connection:
            return subscribers.choices_of(connection, person)

    def suppression(self, name: str) -> str | None:
        """Why somebody must not be written to."""
        with self.town.database.reading() as connection:
            return suppression_list.suppression(connection, f"{name}@example.org")

    def preferences(self, name: str) -> str:
        """The path of somebody's page."""
        person = self.person(name)
        assert person is not None
        return f"/preferences/{tokens.sign(tokens.PREFERENCES, str(person.id), KEY)}"

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in the database but the tables of versions, to see that nothing has changed."""
        from communique.store.metadata import metadata

        with self.town.database.reading() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(table.select()).all()]
                for table in metadata.sorted_tables
            }


def with_newsletter(town: Town, port: int) -> None:
    """From now on the town has one, through a mail server on this port."""
    town.settings("port: 25", f"port: {port}")
    path = Path("config/settings.yaml")
    town.write(str(path), (town.root / path).read_text(encoding="utf-8") + _NEWSLETTER.format(port=port))


@contextmanager
def post_of(town: Town) -> Iterator[Post]:
    """Open the pages of a town that has a newsletter from now on."""
    with RecordingSmtp() as server:
        with_newsletter(town, server.port)
        with (
            serving(Health(), town.installation, town.clock, 0) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            made = Post(town, server, client)
            try:
                yield made
            finally:
                made.close()
