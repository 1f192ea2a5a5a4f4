"""The service on many machines, by its parts: clocks plan, workers send, web servers show pages.

All of them tick as the daemon does, and know of each other by the ledger alone, which is on PostgreSQL.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from communique.send.dispatch import Dispatcher
from communique.send.executor import Divided, Executor, InProcess
from communique.send.job_queue import BATCH, JobQueue
from communique.send.open_channels import OpenChannels
from communique.service.daemon import Daemon
from communique.service.sending import Sending
from communique.service.service import Service
from communique.store import epochs
from communique.store.session_lock import SessionLock
from communique.workspace import Workspace

#: A clock that stands still for so long leads no more, even if its machine answers.
_STANDS_STILL = 120


def _writing_files(opened: OpenChannels) -> Collection[str]:
    """Channels that are the clock's, because files lie in one place; all others are the workers'."""
    return {name for name, channel in opened.channels.items() if channel.local}


@dataclass
class Clock(Daemon):
    """Freezes what is due, writes files, and leaves everything else to workers. One of all clocks leads."""

    name: ClassVar[str] = "clock"
    has_public_pages: ClassVar[bool] = False
    leading: ClassVar[str] = "this clock leads from now on"
    standing_by: ClassVar[str] = "another clock leads: standing by"
    _among_all: SessionLock | None = None

    def close(self) -> None:
        """Let go of everything."""
        if self._among_all is not None:
            self._among_all.close()
        super().close()

    def _takes_lead(self) -> bool:
        """In this folder by a file, which says whose work is left over here; everywhere by the database."""
        if not super()._takes_lead():
            return False
        if self._among_all is None:
            self._among_all = SessionLock(self.database(), "communique clock", idle_seconds=_STANDS_STILL)
        return self._among_all.take()

    def _executor(self, dispatcher: Dispatcher, workspace: Workspace, opened: OpenChannels) -> Executor:
        queue = JobQueue(database=dispatcher.database, mode=dispatcher.mode)
        far = self._left_to_others(workspace, opened)
        return Divided(here=InProcess(dispatcher, but_for=far), elsewhere=queue, far=far)

    def _left_to_others(self, workspace: Workspace, opened: OpenChannels) -> Collection[str]:
        """Not what has gone from the settings: no worker knows of it."""
        return workspace.settings.channels.keys() - _writing_files(opened)


@dataclass
class Worker(Sending):
    """Sends what a clock has deferred; beside it there may be any number."""

    name: ClassVar[str] = "worker"
    has_public_pages: ClassVar[bool] = False
    plans: ClassVar[bool] = False

    def _leads(self) -> bool:
        return True

    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        database = self.database()
        if self._is_held(workspace, database):
            return
        dispatcher = self._dispatcher(workspace, opened, database)
        own = opened.channels.keys() - _writing_files(opened)
        self._recover(dispatcher, but_for=workspace.settings.channels.keys() - own)
        queue = JobQueue(database=database, mode=dispatcher.mode)
        queue.work(own, lambda channel: dispatcher.drain(channel, BATCH), name=self.owner)


@dataclass
class Web(Service):
    """Serves the pages; needs no channel, and no secret but the key of the links."""

    name: ClassVar[str] = "web"
    plans: ClassVar[bool] = False

    def _leads(self) -> bool:
        return True

    def _channels(self, _workspace: Workspace) -> OpenChannels:
        return OpenChannels(adapters={}, channels={}, problems=())

    def _work(self, _workspace: Workspace, _opened: OpenChannels) -> None:
        """Nothing but to see that the ledger answers."""
        with self.database().reading() as connection:
            epochs.current(connection)


PARTS: Mapping[str, type[Service]] = {"clock": Clock, "worker": Worker, "web": Web}
