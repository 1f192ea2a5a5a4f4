"""One tick of the unattended service: read what changed, recover, freeze what is due, send it, keep house."""

import logging
import os
import random
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from communique.alerts.alerting import Alerting
from communique.alerts.causes import Sighting
from communique.channel import ChannelError
from communique.health import Health
from communique.installation import Installation
from communique.log_lines import masked
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.problems import Problem, errors
from communique.read.sources import Snapshot
from communique.send import first_feeds
from communique.send.dispatch import Dispatcher
from communique.send.lead import Lead
from communique.send.open_channels import OpenChannels
from communique.send.unsettled import Unsettled
from communique.service_manager import ServiceManager
from communique.store import copies
from communique.store.database import Database, database_fault
from communique.workspace import Workspace, read_workspace

if TYPE_CHECKING:
    from communique.metrics import Metrics

_PUT_BACK = timedelta(minutes=1)  #: less is what NTP does, and every pause bears it

_log = logging.getLogger(__name__)
_ALERTS_EVERY = timedelta(minutes=1)


@dataclass
class Daemon:
    """The service of one installation. `tick` is called again and again, by one thread."""

    installation: Installation
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    health: Health = field(default_factory=Health)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}/{os.getpid()}-{secrets.token_hex(4)}")
    _stamps: dict[str, tuple[int, int]] | None = None
    _held: dict[str, str] = field(default_factory=dict)  #: what is due and does not go, and why
    _workspace: Workspace | None = None
    _database: Database | None = None
    _opened: OpenChannels | None = None
    _has_feeds: bool = False  #: written since the channels were opened
    _waiting: list[Standing] | None = None  #: the same, at this tick; None: nobody has looked
    _broken: list[Problem] = field(default_factory=list)
    _alerted_at: datetime | None = None
    _looked_at: datetime | None = None
    _was_put_back: bool = False  #: the clock, and nothing has been done about it
    _unsettled: Unsettled = field(default_factory=Unsettled)
    _leads: bool | None = None  #: None: it has not tried yet
    _lead: Lead = field(init=False)
    manager: ServiceManager = field(init=False)
    metrics: "Metrics" = field(init=False)

    def __post_init__(self) -> None:
        self._lead = Lead(self.installation.root / "var" / "daemon.lock", self.owner)
        self.manager = ServiceManager(self.installation.variables)
        # Loaded by whoever runs a daemon, and by no other command.
        from communique.metrics import Metrics

        self.metrics = Metrics(self.installation, self.health, self.clock)

    def tick(self) -> None:
        """Everything that is to be done now. A failure is loud, and the next tick tries again."""
        self._tick()
        # After a failure, too: the clock goes on, and a restart mends no database.
        self.manager.alive(self.clock())
        self.manager.status(self.health.in_words(self.clock()))

    def _tick(self) -> None:
        try:
            self._look_at_the_clock()
            if not self._take_lead():
                self.health.stand_by(self.clock())
                self.metrics.ticked("stood_by")
                return
            self._waiting = None
            self._reload()
            if self._workspace is not None and self._opened is not None:
                self._work(self._workspace, self._opened)
            self.health.ticked(self.clock())
            self.metrics.ticked("done")
            self._alert("")
        except Exception as error:  # noqa: BLE001 - the daemon goes on, and /healthz fails
            # What an operator can mend is said in a sentence; the rest is ours, and needs its traceback.
            mendable = database_fault(error) or (str(error) if isinstance(error, OSError) else "")
            why = masked(mendable) or "a mistake in the program"
            _log.error("tick failed: %s", why, exc_info=not mendable)
            self.health.failed(f"{type(error).__name__}: {why}")
            self.metrics.ticked("failed")
            if database_fault(error):
                self.metrics.database_failed()
            self._alert(why)

    def _take_lead(self) -> bool:
        """Whether this daemon sends; said when it changes."""
        leads = self._lead.take()
        if leads is not self._leads:
            words = "this daemon sends from now on" if leads else "another daemon of this workspace sends: standing by"
            _log.info(words, extra={"owner": self.owner})
        self._leads = leads
        return leads

    def close(self) -> None:
        """Let go of everything."""
        if self._opened is not None:
            self._opened.close()
        if self._database is not None:
            self._database.close()
        self._lead.close()

    @contextmanager
    def serving(self, port: int | None) -> Iterator[None]:
        """The pages of the daemon on 127.0.0.1, while it runs."""
        if port is None:
            yield
            return
        from communique.web.server import serving

        with serving(self.health, self.installation, self.clock, port, self.metrics):
            yield

    def _look_at_the_clock(self) -> None:
        now = self.clock()
        if self._looked_at is not None and now < self._looked_at - _PUT_BACK:
            _log.warning("the clock was put back by %s", self._looked_at - now)
            self._was_put_back = True
        self._looked_at = now

    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        database = self._open_database()
        planner = self.installation.planner(workspace, database, opened)
        if self._is_held(workspace, database):
            self._report(planner)
            return
        dispatcher = self._dispatcher(workspace, opened, database)
        dispatcher.recover(self._lead.gone, put_back=self._was_put_back)
        self._was_put_back = False
        self._lead.sign()
        if not self._has_feeds:
            self._has_feeds = self._write_feeds(workspace, opened, database)
        try:
            self._freeze(planner)
        finally:
            # What is owed already goes out, even when planning fails.
            self._dispatch(dispatcher)
        self._report(planner)

    def _is_held(self, workspace: Workspace, database: Database) -> bool:
        """Whether everything waits, for a person or for room: said when it begins, and on the page while it lasts."""
        self.metrics.reserve = self.installation.reserve(workspace, database)
        why = self.installation.held(workspace, database)
        if self.health.held and not why:
            _log.warning("nothing is held any more")
        if why and why != self.health.held:
            _log.critical("EVERYTHING IS HELD: %s", why)
        self.health.hold(why)
        return bool(why)

    def _write_feeds(self, workspace: Workspace, opened: OpenChannels, database: Database) -> bool:
        try:
            first_feeds.put_in_place(workspace, database, opened.channels, workspace.settings.mode, self.clock())
        except ChannelError as error:
            _log.error("the feeds are not in place yet: %s", error)
            return False
        return True

    def _freeze(self, planner: Planner) -> None:
        waiting: list[Standing] = []

        def held(standing: Standing) -> None:
            waiting.append(standing)
            self._tell_held(standing)

        frozen = planner.freeze_due(self.clock(), held)
        self._waiting = waiting
        # Whoever is held again later is told of again.
        self._held = {_name_of(standing): standing.reason for standing in waiting}
        self.metrics.waiting = len(waiting)
        for standing in frozen:
            name = "/".join(standing.name)
            if standing.missed:
                _log.warning("%s was missed: %s", name, standing.reason)
            elif standing.texts is not None:
                _log.error("%s went %s", name, standing.reason)
            else:
                _log.info("%s is frozen", name)

    def _tell_held(self, standing: Standing) -> None:
        """Say once what is due and does not go, and again when the reason changes."""
        if self._held.get(_name_of(standing)) != standing.reason:
            _log.warning("%s is due and does not go: %s", "/".join(standing.name), standing.reason)

    def _dispatch(self, dispatcher: Dispatcher) -> None:
        made = dispatcher.run()
        if made:
            _log.info("%s attempts", made)
        if missed := dispatcher.housekeeping():
            _log.warning("%s copies were missed: `communique log` says why", missed)

    def _report(self, planner: Planner) -> None:
        with planner.database.reading() as connection:
            self.health.look(connection, planner.mode)

    def _alert(self, failure: str) -> None:
        """Tell the officers what needs them. What goes wrong here is logged, and stops nothing."""
        now = self.clock()
        workspace, opened = self._workspace, self._opened
        if workspace is None or opened is None or not workspace.settings.alerts.to:
            return
        if self._alerted_at is not None and abs(now - self._alerted_at) < _ALERTS_EVERY:
            return
        self._alerted_at = now
        channel = opened.channels.get(workspace.settings.alerts.through)
        try:
            database = self._open_database()
            seen = Sighting(
                failure=failure,
                put_back=self.installation.hold(database),
                held=self.health.held,
                broken=self._broken,
                waiting=self._waiting,
            )
            Alerting(workspace=workspace, database=database, channel=channel).look(seen, now)
        except Exception as error:  # noqa: BLE001 - there are no alerts about alerts
            why = database_fault(error)
            _log.error("alerts could not be told: %s", why or "a mistake in the program", exc_info=not why)

    def _dispatcher(self, workspace: Workspace, opened: OpenChannels, database: Database) -> Dispatcher:
        return Dispatcher(
            workspace=workspace,
            database=database,
            channels=opened.channels,
            mode=workspace.settings.mode,
            clock=self.clock,
            owner=self.owner,
            jitter=random.Random(),  # noqa: S311 - spreads retries, guards nothing
            stopping=self._must_stop,
            seen=self.installation.seen_epoch,
            answered=self.metrics.answered,
            may_begin=self._has_room(workspace, database),
            unsettled=self._unsettled,
        )

    def _has_room(self, workspace: Workspace, database: Database) -> Callable[[], bool]:
        reserve = self.installation.reserve(workspace, database)
        return lambda: not reserve.objection()

    def _must_stop(self) -> bool:
        """Asked before every attempt: a long list of people is no stopped clock."""
        now = self.clock()
        self.health.goes_on(now)
        self.manager.alive(now)
        return self.stopping()

    def _reload(self) -> None:
        """Read the workspace again when a file has changed; what is broken keeps its last approved version."""
        stamps = self.installation.sources.stamps()
        if stamps == self._stamps:
            return
        read, problems = self.installation.read()
        # Unusable settings: go on with what there is.
        workspace = self._workspace if read is None else self._with_copies(read)
        if workspace is not None and workspace is not self._workspace:
            self._open(workspace)
        self._complain([*problems, *(self._opened.problems if self._opened else ())])
        self._stamps = stamps

    def _open(self, workspace: Workspace) -> None:
        if self._opened is not None:
            self._opened.close()
        self._workspace = workspace
        self._opened = self.installation.channels(workspace)
        self._has_feeds = False

    def _complain(self, problems: list[Problem]) -> None:
        self._broken = stopping = errors(problems)
        # Without the line of the file: what stands there may be a person's name.
        told = [masked(str(replace(problem, source=""))) for problem in stopping]
        self.health.problems(told)
        for each in told:
            _log.error("%s", each)

    def _with_copies(self, workspace: Workspace) -> Workspace:
        """Campaigns whose files are broken, as they were when something of them was last approved."""
        for name in workspace.unread:
            with self._open_database().reading() as connection:
                copy = copies.kept(connection, copies.approved(name))
            if copy is None or not isinstance(workspace.sources, Snapshot):
                continue
            sources = workspace.sources.with_campaign(name, copy)
            earlier, _ = read_workspace(sources, self.installation.kinds, workspace.key)
            if earlier is not None and name in earlier.campaigns:
                _log.error("campaigns/%s.yaml is broken: going on with its last approved version", name)
                workspace = earlier
        return workspace

    def _open_database(self) -> Database:
        if self._database is None:
            self._database = self.installation.database()
        return self._database


def _name_of(standing: Standing) -> str:
    return f"{'/'.join(standing.name)} #{standing.occurrence.occurrence}"
