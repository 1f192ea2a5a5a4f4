"""A daemon whose ticks a test makes one by one."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import httpx

from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from communique.store.announcements import copies
from communique.web.server import serving
from tests.workspaces import Town


@dataclass
class Service:
    """A daemon of a town whose mail goes to a sink."""

    town: Town
    sink: LocalSink
    daemons: list[Daemon] = field(default_factory=list)

    def daemon(self) -> Daemon:
        """One more daemon on the same workspace."""
        made = Daemon(installation=self.town.installation, clock=self.town.clock, stopping=lambda: False)
        self.daemons.append(made)
        return made

    def tick(self) -> Daemon:
        """A tick of the first daemon."""
        daemon = self.daemons[0] if self.daemons else self.daemon()
        daemon.tick()
        return daemon

    def healthz(self, daemon: Daemon) -> tuple[int, dict[str, object]]:
        """What the page says."""
        with serving(daemon.health, daemon.installation, daemon.clock, 0) as port:
            answer = httpx.get(f"http://127.0.0.1:{port}/healthz")
        return answer.status_code, answer.json()

    @property
    def said(self) -> str:
        """All mails that went out."""
        return "\n".join(mail.data.decode() for mail in self.sink.accepted)


@contextmanager
def serving_town(town: Town) -> Iterator[Service]:
    """A town with one person to write to, whose announcement is approved and kept as it is."""
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        town.settings("approvals: {required: 0}", "approvals: {required: 1}")
        town.invite("ana")
        made = Service(town, sink)
        approve(town)
        yield made
        for daemon in made.daemons:
            daemon.close()


def approve(town: Town, announcement: str = "hello") -> None:
    """As `communique approve` does: by name, and keeping the texts."""
    town.approve("Ana Gil", announcement)
    with town.database.begin() as connection:
        copies.keep(connection, copies.approved("news"), town.workspace.sources, "news", town.clock.now)


def tick_of_a_new_daemon(town: Town) -> Daemon:
    """One tick of a daemon that is started for it."""
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    with closing(daemon):
        daemon.tick()
    return daemon
