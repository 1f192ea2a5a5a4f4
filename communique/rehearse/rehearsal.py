"""A whole campaign under a virtual clock, against sinks on this machine: nothing is needed and nobody is reached.

Every mail goes through the real composing and the real SMTP dialogue into a mail sink; pages and feeds are written by
their own adapters; posts go to an outbox that counts as the network would.
"""

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from communique.channel import Channel, ChannelError, Form, Secret
from communique.delivery import SETTLED, Mode, State
from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.postal_address import PostalAddress
from communique.rehearse.faults import Faults
from communique.rehearse.faulty_servers import FaultySink, away_at_times, killed_in_the_middle
from communique.rehearse.invented_answers import InventedAnswers
from communique.rehearse.invented_people import invented
from communique.rehearse.returned import ReturnedMail, without_mailbox
from communique.rehearse.troubles import Drawer, Troubles
from communique.rehearse.unequipped import lacking, replaced
from communique.send import first_feeds, present_pages
from communique.send.dispatch import Dispatcher
from communique.send.mail_sink import AcceptedMail
from communique.send.open_channels import OpenChannels, boxed, open_redirected
from communique.store import epochs
from communique.store.database import Database, open_database, sqlite_url
from communique.store.deliveries import accounts, ledger
from communique.store.deliveries.accounts import Balance
from communique.store.recipients import people
from communique.texts.invented_names import names_of
from communique.texts.own_address import own_address
from communique.timeline import ONCE, occurrences
from communique.workspace import Workspace

_KEY = Secret("rehearsal")
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
#: Where channels write what a person then posts.
_FOLDERS = {Form.LETTER: "letters", Form.SCRIPT: "scripts", Form.INFOGRAPHIC: "infographics", Form.VIDEO: "videos"}
#: By kind: what shows the same as something else, or sounds the same, and would be most of the work and of the folder.
_LIGHT: Mapping[str, Mapping[str, Any]] = {"video": {"shapes": ("16x9",)}, "radio": {"formats": ("mp3",)}}
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_STEP = timedelta(minutes=1)
_MOST_STEPS = 100_000
#: Recurring announcements without an end are played this often.
_MOST_OCCURRENCES = 2
_LEDGER = "ledger.sqlite"
_NO_FAULTS = Faults()
_KILLED = "rehearsal/killed"  #: the owner whose process dies


@dataclass
class VirtualClock:
    """A clock that is turned by hand."""

    now: datetime

    def __call__(self) -> datetime:
        """The present."""
        return self.now


@dataclass(kw_only=True)
class Rehearsal:
    """One rehearsal: its folder, its own ledger, its sinks."""

    workspace: Workspace
    folder: Path
    clock: VirtualClock
    database: Database
    opened: OpenChannels
    reopen: Callable[[], OpenChannels]  #: the same channels once more, for another process
    sinks: Mapping[str, FaultySink]  #: by channel, and one under no name for all others
    troubles: Troubles
    campaigns: Sequence[str]
    lacks: Mapping[str, str]  #: by channel that this machine cannot use: what it lacks
    happened: list[Standing] = field(default_factory=list)
    stays: list[Standing] = field(default_factory=list)  #: what will not go, and why
    answers: InventedAnswers = field(default_factory=InventedAnswers)

    @property
    def planner(self) -> Planner:
        """Planning in this rehearsal: everything is taken as approved."""
        return Planner(
            workspace=self.workspace,
            database=self.database,
            channels=self.opened.adapters,
            mode=Mode.LIVE,
            approve_all=True,
        )

    @property
    def mails(self) -> list[AcceptedMail]:
        """What the sinks accepted, in order."""
        return self.sinks[""].accepted

    def balances(self) -> list[Balance]:
        """The account of every announcement."""
        with self.database.reading() as connection:
            return accounts.balances(connection, Mode.LIVE)

    def play(self, said: Callable[[Standing], None], making: Callable[[str, int], None] = lambda *_: None) -> None:
        """Turn the clock from one due moment to the next until nothing is left.

        `said` hears of each announcement, `making` of each channel at work: its name, and how many announcements there
        are in all.
        """
        dispatcher, number = self.dispatcher, sum(1 for _ in self._announced())
        first_feeds.put_in_place(self.workspace, self.database, self.opened.channels, Mode.LIVE, self.clock.now)
        for _ in range(_MOST_STEPS):
            self.troubles.move(self.planner, self.clock.now)
            for standing in self.planner.freeze_due(self.clock.now):
                self.happened.append(standing)
                said(standing)
            self._kill()
            for channel in dispatcher.due():
                making(channel, number)
                dispatcher.drain(channel)
            dispatcher.housekeeping()
            self.troubles.returned.look(self.mails, self.database, self.clock.now)
            self.troubles.tell(self.clock.now)
            self._post_by_hand()
            with self.database.begin() as connection:
                self.answers.give(connection, self.clock.now)
            following = self._next_moment()
            if following is None:
                break
            self.clock.now = following
        with suppress(ChannelError):  # a website that is to be away until the end is told of as such
            # Spots, films and infographics are made after the page that offers them, releases after the press page.
            present_pages.put_in_place(self.workspace, self.database, self.opened.channels, Mode.LIVE, self.clock.now)
        with self.database.reading() as connection:
            self.stays = [
                each
                for each in self.planner.standings(connection, self.clock.now)
                if not each.is_frozen and not each.will_go
            ]

    def _kill(self) -> None:
        """Where one is to be killed, another process takes up the mails, dies among them, and is recovered from."""
        mail = [name for name, route in self.workspace.routes.items() if route.form is Form.MAIL]
        due = self.dispatcher.due() if self.troubles.kill_due(self.clock.now) else {}
        number = sum(due.get(name, 0) for name in mail)
        if not number:
            return
        before = len(self.mails)
        killed_in_the_middle(list(self.sinks.values()), before + (number + 1) // 2, self._send_elsewhere)
        self.dispatcher.recover(gone=[_KILLED])
        self.troubles.was_killed(self.planner, number, len(self.mails) - before, self.clock.now)

    def _send_elsewhere(self) -> None:
        """In a process of its own: nothing of this one's connections is used."""
        database, opened = open_database(sqlite_url(self.folder / _LEDGER)), self.reopen()
        self._dispatcher_of(_KILLED, database, opened).run()

    def _post_by_hand(self) -> None:
        """Packs for a person are taken as posted at once."""
        with self.database.begin() as connection:
            for copy in accounts.waiting_for_a_person(connection, Mode.LIVE):
                reason = phrase("rehearsal: taken as posted by a person")
                ledger.settle_by_hand(connection, copy.delivery.id, State.SENT, reason=reason, now=self.clock.now)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """Sending in this rehearsal: at once, and in the same order every time."""
        return self._dispatcher_of("rehearsal/0", self.database, self.opened)

    def _dispatcher_of(self, owner: str, database: Database, opened: OpenChannels) -> Dispatcher:
        return Dispatcher(
            workspace=self.workspace,
            database=database,
            channels=opened.channels,
            mode=Mode.LIVE,
            clock=self.clock,
            owner=owner,
            jitter=random.Random(0),  # noqa: S311 - a rehearsal plays the same every time
            paced=False,
        )

    def start(self) -> None:
        """Turn the clock to an hour before the first due moment."""
        self.clock.now = min(self._moments(), default=self.clock.now) - timedelta(hours=1)

    def _moments(self) -> Iterator[datetime]:
        yield from self.troubles.moments
        yield from self._announced()

    def _announced(self) -> Iterator[datetime]:
        """When something falls due."""
        with self.database.reading() as connection:
            milestones = self.planner.milestones(connection)
        for name, campaign in self.workspace.campaigns.items():
            for each in occurrences(campaign, milestones[name], self.workspace.almanac, _FAR):
                played = each.occurrence == ONCE or int(each.occurrence) <= _MOST_OCCURRENCES
                if each.due_at is not None and played:
                    yield each.due_at

    def _next_moment(self) -> datetime | None:
        """The next due moment; while something waits for another attempt, a minute on."""
        with self.database.reading() as connection:
            unfinished = any(
                each.by_state[state] for each in accounts.balances(connection, Mode.LIVE) for state in _UNFINISHED
            )
        if unfinished:
            return self.clock.now + _STEP
        return min((moment for moment in self._moments() if self.clock.now < moment), default=None)


_UNFINISHED = frozenset(State) - SETTLED


def prepare(
    workspace: Workspace,
    root: Path,
    folder: Path,
    campaigns: Sequence[str],
    *,
    number: int,
    chance: random.Random,
    light: bool = True,
    faults: Faults = _NO_FAULTS,
) -> Rehearsal:
    """Everything set up in a new folder: ledger, so many invented people, sinks.

    Unless it is `light`, sound and films are made in every format and shape that the settings ask for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = {name: each for name, each in workspace.campaigns.items() if name in campaigns}
    workspace = replace(workspace, campaigns=chosen, key=_KEY)
    clock = VirtualClock(_BEFORE_ALL)
    mailing = [name for name, route in workspace.routes.items() if route.form is Form.MAIL]
    sinks = _listening(faults, clock, mailing)
    database = open_database(sqlite_url(folder / _LEDGER))
    with database.begin() as connection:
        epochs.name(connection, "rehearsal")

    lacks: dict[str, str] = {}

    def reopen() -> OpenChannels:
        opened = _open(workspace, root, folder, sinks, light=light)
        away = {name for each in faults.outages if (name := each.channel) not in sinks}
        channels = {
            name: away_at_times(channel, _absence(faults, name, clock)) if name in away else channel
            for name, channel in opened.channels.items()
        }
        lacks.update(lacking(opened.channels))
        return replace(opened, channels=replaced(channels, lacks))

    rehearsal = Rehearsal(
        workspace=workspace,
        folder=folder,
        clock=clock,
        database=database,
        opened=reopen(),
        reopen=reopen,
        sinks=sinks,
        troubles=Troubles(
            faults=faults,
            workspace=workspace,
            database=database,
            drawer=Drawer(clock),
            returned=ReturnedMail(folder=folder, workspace=workspace),
        ),
        campaigns=list(chosen),
        lacks=lacks,
    )
    rehearsal.start()
    addresses = _invite(rehearsal, number, chance)
    if faults.bounce:
        rehearsal.troubles.returned.gone = without_mailbox(addresses, faults.bounce, chance)
    return rehearsal


def _absence(faults: Faults, channel: str, clock: VirtualClock) -> Callable[[], bool]:
    return lambda: faults.is_away(channel, clock.now)


def _listening(faults: Faults, clock: VirtualClock, mailing: Collection[str]) -> dict[str, FaultySink]:
    """Mail servers: one for each channel that has an outage, and one for all others; what they accept is one list."""
    accepted: list[AcceptedMail] = []
    sinks = {"": FaultySink(accepted)}
    for name in {each.channel for each in faults.outages} & set(mailing):
        sinks[name] = FaultySink(accepted, _absence(faults, name, clock))
    for sink in sinks.values():
        sink.start()
    return sinks


def _open(
    workspace: Workspace, root: Path, folder: Path, sinks: Mapping[str, FaultySink], *, light: bool
) -> OpenChannels:
    def redirect(name: str, kind: type[Channel], arguments: dict[str, Any]) -> dict[str, Any]:
        if kind.form is Form.MAIL:
            needless = {
                "username",
                "password",
                "protocol",
                "relay_log",
                *(key for key in arguments if key.startswith("dkim_")),
            }
            rest = {key: value for key, value in arguments.items() if key not in needless}
            # One connection: mails come in the order they were planned, the same every time.
            sink = sinks.get(name, sinks[""])
            return {**rest, "host": sink.host, "port": sink.port, "tls": "none", "connections": 1}
        if kind.local:
            if kind.form in {Form.PAGES, Form.FEED}:
                # For people to click through: no server will want the compressed ones.
                return {**arguments, "directory": folder / "public", "compress": False}
            if light:
                arguments = {**arguments, **_LIGHT.get(workspace.routes[name].kind, {})}
            return {**arguments, "directory": folder / _FOLDERS.get(kind.form, "posts")}
        return arguments

    opened = open_redirected(workspace, root, lambda _: Secret("rehearsal"), redirect, strict=False)
    return replace(opened, channels=boxed(workspace, opened.channels, folder / "posts"))


def _invite(rehearsal: Rehearsal, number: int, chance: random.Random) -> list[str]:
    """The addresses of those who have one."""
    settings = rehearsal.workspace.settings
    rows: dict[str, list[people.Row]] = {}
    home = _home(rehearsal.workspace)
    by_post = _reached_by_post(rehearsal.workspace)
    names = {each: names_of(rehearsal.workspace.words.of(each)) for each in settings.languages}
    for audience, row in invented(number, names, list(settings.audiences), chance, home, by_post):
        rows.setdefault(audience, []).append(row)
    with rehearsal.database.begin() as connection:
        for audience, members in rows.items():
            people.add(
                connection, members, audience=audience, basis="invented", source="rehearsal", now=rehearsal.clock.now
            )
    return [row.address for members in rows.values() for row in members if row.address]


def _reached_by_post(workspace: Workspace) -> set[str]:
    """Audiences that letters go to."""
    letters = {route.name for route in workspace.routes.values() if route.form is Form.LETTER}
    announcements = (each for campaign in workspace.campaigns.values() for each in campaign.announcements.values())
    return {audience for each in announcements if letters & set(each.through) for audience in each.to}


def _home(workspace: Workspace) -> PostalAddress | None:
    """Where letters find people; nowhere without a channel for them."""
    if not any(route.form is Form.LETTER for route in workspace.routes.values()):
        return None
    return own_address(workspace.settings)


def finish(rehearsal: Rehearsal) -> Mapping[str, int]:
    """Close everything; how much came out of each channel."""
    rehearsal.opened.close()
    for sink in rehearsal.sinks.values():
        sink.stop()
    with rehearsal.database.reading() as connection:
        counted: dict[str, int] = {}
        for copy in accounts.copies(connection, Mode.LIVE):
            if copy.delivery.state == "sent":
                counted[copy.delivery.channel] = counted.get(copy.delivery.channel, 0) + 1
    rehearsal.database.close()
    return counted
