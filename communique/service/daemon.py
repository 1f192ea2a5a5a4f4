"""The unattended service of one machine: read what changed, recover, freeze what is due, send it, keep house."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from communique.bounces.collector import Collector
from communique.delivery import Mode
from communique.plan.planning import Planner
from communique.send.dispatch import Dispatcher
from communique.send.executor import Executor, InProcess
from communique.send.lead import Lead
from communique.send.open_channels import OpenChannels, public_folders
from communique.service.alert_rounds import AlertRounds
from communique.service.canary import CanaryWatch
from communique.service.hub_pings import HubPings
from communique.service.planning_news import PlanningNews
from communique.service.retention_rounds import RetentionRounds
from communique.service.sending import Sending, keeping_on
from communique.store.database import Database
from communique.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass
class Daemon(Sending):
    """Of those of one workspace, one does everything, and the others stand by."""

    name: ClassVar[str] = "daemon"
    has_desk: ClassVar[bool] = True
    leading: ClassVar[str] = "this daemon sends from now on"
    standing_by: ClassVar[str] = "another daemon of this workspace sends: standing by"
    _led: bool | None = None  #: None: it has not tried yet
    _lead: Lead = field(init=False)
    _news: PlanningNews = field(default_factory=PlanningNews)
    _alerts: AlertRounds = field(init=False)
    _retention: RetentionRounds = field(init=False)
    bounces: Collector = field(init=False)
    canary: CanaryWatch = field(init=False)
    pings: HubPings = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._lead = Lead(self.installation.root / "var" / "daemon.lock", self.owner)
        self._alerts = AlertRounds(self.files)
        self._retention = RetentionRounds(self.installation, self.stopping)
        self.canary = CanaryWatch(self.installation.root, self.installation.find_secret, self.clock)
        self.bounces = Collector(self.installation.root / "var", self.installation.find_secret, self.clock)
        self.pings = HubPings(self.installation.root / "var" / "hub-pings.json", self.clock)

    def close(self) -> None:
        """Let go of everything; of the lead also when something else cannot be let go of."""
        with closing(self._lead):
            self.bounces.close()
            self.canary.wait()
            self.pings.close()
            super().close()

    def _leads(self) -> bool:
        """Said when it changes."""
        leads = self._takes_lead()
        if leads is not self._led:
            _log.info(self.leading if leads else self.standing_by, extra={"owner": self.owner})
            self._fed = None  # another one may have written them meanwhile
        self._led = leads
        return leads

    def _takes_lead(self) -> bool:
        return self._lead.take()

    def _executor(self, dispatcher: Dispatcher, workspace: Workspace, opened: OpenChannels) -> Executor:
        def between() -> None:
            self._post_letters(workspace, opened, dispatcher.database)
            self._post_sign_in_links(workspace, opened, dispatcher.database)
            planner = self.installation.planner(workspace, dispatcher.database, opened)
            self._news.freeze(planner, self.clock())

        return InProcess(dispatcher, between)

    def _left_to_others(self, _workspace: Workspace, _opened: OpenChannels) -> Collection[str]:
        """Channels through which it does not send."""
        return ()

    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        database = self.database()
        planner = self.installation.planner(workspace, database, opened)
        if self._is_held(workspace, database):
            self._report(planner)
            return
        dispatcher = self._dispatcher(workspace, opened, database)
        self._lead.take_over()
        self._recover(dispatcher, gone=self._lead.gone, but_for=self._left_to_others(workspace, opened))
        self._lead.sign()
        executor = self._executor(dispatcher, workspace, opened)
        if self._shown is None:
            # What was under way when a daemon ended goes on before the website is made anew, which takes a while.
            self._dispatch(dispatcher, executor)
        for step in self._steps(workspace, opened, dispatcher, executor, planner):
            if self._must_stop():  # each of them may take seconds in a large city, and the next daemon begins with it
                return
            step()
        self._report(planner)

    def _steps(
        self,
        workspace: Workspace,
        opened: OpenChannels,
        dispatcher: Dispatcher,
        executor: Executor,
        planner: Planner,
    ) -> Iterator[Callable[[], None]]:
        """What is done at a tick, one after the other, beside what was under way."""
        database = dispatcher.database
        yield partial(self._look_into_mailboxes, workspace, database)
        yield partial(self._write_feeds, workspace, opened, database)
        yield partial(self._write_pages, workspace, opened, database)
        yield partial(self._post_letters, workspace, opened, database)
        yield partial(self._post_sign_in_links, workspace, opened, database)
        yield partial(self._post_canary, workspace, opened, database)
        yield partial(self._plan_and_dispatch, dispatcher, executor, planner)
        if self._watch.may_erase():
            yield lambda: self._retention.look(workspace, database, self.clock())
        if workspace.settings.mode is Mode.LIVE:
            folders = public_folders(workspace, self.installation.root)
            yield lambda: self.pings.begin(folders, workspace.settings.public_address)

    def _look_into_mailboxes(self, workspace: Workspace, database: Database) -> None:
        with keeping_on("returned mail"):
            self.bounces.begin(workspace.settings.bounces, database, self.installation.key)
        with keeping_on("the canary"):
            self.canary.begin(workspace.settings.canary, database)

    def _plan_and_dispatch(self, dispatcher: Dispatcher, executor: Executor, planner: Planner) -> None:
        try:
            self._news.freeze(planner, self.clock())
            self.metrics.waiting = len(self._news.waiting or ())
            self.files.lacks(self._news.look_for_gone(planner, self.clock()))
        finally:
            # What is owed already goes out, even when planning fails.
            self._dispatch(dispatcher, executor)

    def _dispatch(self, dispatcher: Dispatcher, executor: Executor) -> None:
        made = executor.carry_out(dispatcher.due())
        if made:
            _log.info("attempts made: %s", made)
        if missed := dispatcher.housekeeping():
            _log.warning("copies missed: %s; `communique log` says why", missed)

    def _report(self, planner: Planner) -> None:
        with planner.database.reading() as connection:
            self.health.look(connection, planner.mode, self.clock())

    def _tick(self) -> str | None:
        """The officers are told what needs them."""
        failure = super()._tick()
        faults = {"bounces": self.bounces.faults, "canary": self.canary.fault}
        self.health.mailboxes([name for name, fault in faults.items() if fault])
        if failure is not None and not self.stopping():  # the next daemon tells
            self._alerts.unread, self._alerts.canary_fault = self.bounces.faults, self.canary.fault
            self._alerts.look(self.clock(), failure=failure, held=self.health.held, waiting=self._news.waiting)
        self._news.waiting = None  # until the next tick has looked
        return failure
