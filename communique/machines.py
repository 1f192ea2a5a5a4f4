"""The service on many machines, by its parts: clocks plan, workers send, web servers show pages.

All of them tick as the daemon does, and know of each other by the ledger alone, which is on PostgreSQL.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from communique.channel import Channel
from communique.daemon import Daemon
from communique.send.dispatch import Dispatcher
from communique.send.executor import InProcess
from communique.send.job_queue import BATCH, JobQueue
from communique.send.lead import Lead
from communique.send.open_channels import OpenChannels
from communique.store.clock_lock import ClockLock
from communique.store.database import Database
from communique.workspace import Workspace


def _chosen(channels: Mapping[str, Channel], named: Collection[str] | None, *, local: bool) -> dict[str, Channel]:
    """The named channels; without names, those that write files on this machine, or those that do not."""
    if named is not None:
        return {name: channel for name, channel in channels.items() if name in named}
    return {name: channel for name, channel in channels.items() if channel.local is local}


@dataclass
class Clock(Daemon):
    """Freezes what is due, writes files, and leaves everything else to workers. One of all clocks leads."""

    named: Collection[str] | None = None  #: what it sends itself; None: whatever writes files here
    _lock: ClockLock | None = None

    def close(self) -> None:
        """Let go of everything."""
        if self._lock is not None:
            self._lock.close()
        super().close()

    def _leads(self) -> bool:
        """Here by a file, which says whose work is left over on this machine; everywhere by the database."""
        if not super()._leads():
            return False
        if self._lock is None:
            self._lock = ClockLock(self._open_database())
        return self._lock.take()

    def _write_feeds(self, workspace: Workspace, opened: OpenChannels, database: Database) -> bool:
        here = replace(opened, channels=_chosen(opened.channels, self.named, local=True))
        return super()._write_feeds(workspace, here, database)

    def _send(self, dispatcher: Dispatcher) -> int:
        here = _chosen(dispatcher.channels, self.named, local=True)
        due = dispatcher.due()
        queue = JobQueue(database=dispatcher.database, mode=dispatcher.mode)
        # Pages before the posts that point to them.
        made = InProcess(dispatcher).carry_out({name: number for name, number in due.items() if name in here})
        elsewhere = {name: number for name, number in due.items() if name not in here}
        if elsewhere:
            queue.carry_out(elsewhere)
        return made


@dataclass
class Worker(Daemon):
    """Sends what a clock has deferred; beside it there may be any number."""

    named: Collection[str] | None = None  #: the channels it sends through; None: whatever writes no files
    _place: Lead | None = field(default=None, init=False)

    def _leads(self) -> bool:
        """Always, and in the place of one that has died on this machine, whose work it takes up."""
        if self._place is None:
            for number in count(1):
                place = Lead(self.installation.root / "var" / f"worker-{number}.lock", self.owner)
                if place.take():
                    self._place = self._lead = place
                    break
        return True

    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        database = self._open_database()
        if not self._is_held(database):
            dispatcher = self._dispatcher(workspace, opened, database)
            dispatcher.recover(self._lead.gone)
            self._lead.sign()
            queue = JobQueue(database=database, mode=dispatcher.mode)
            through = _chosen(opened.channels, self.named, local=False)
            queue.work(through, lambda channel: dispatcher.drain(channel, BATCH), name=self.owner)
        self._report(self.installation.planner(workspace, database, opened))


@dataclass
class Web(Daemon):
    """Serves the pages; needs no channel and no secret but the key of the links."""

    def _leads(self) -> bool:
        return True

    def _open(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._opened = OpenChannels(adapters={}, channels={}, problems=())

    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        database = self._open_database()
        self._is_held(database)
        self._report(self.installation.planner(workspace, database, opened))


PARTS = {"clock": Clock, "worker": Worker, "web": Web}
