"""A service of an installation: one tick after another, whatever fails in one of them."""

import gc
import logging
import os
import secrets
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from communique.installation import Installation
from communique.log_lines import masked
from communique.machine.file_faults import file_fault
from communique.machine.limits import limit_reached
from communique.monitoring.health import Health
from communique.send.open_channels import OpenChannels
from communique.service.clock_watch import ClockWatch
from communique.service.current_files import CurrentFiles
from communique.service.served_desk import ServedDesk
from communique.service.service_manager import ServiceManager
from communique.store.database import Database, database_fault
from communique.store.engine import DatabaseError
from communique.workspace import Workspace

if TYPE_CHECKING:
    from communique.monitoring.metrics import Metrics

_log = logging.getLogger(__name__)


@dataclass
class Service(ABC):
    """`tick` is called again and again, by one thread. What is done at a tick, and who does it, says each service."""

    name: ClassVar[str]
    has_public_pages: ClassVar[bool] = True  #: besides those for the monitor
    has_desk: ClassVar[bool] = False  #: and serves the officers' desk
    plans: ClassVar[bool] = True  #: and counts what the ledger holds
    installation: Installation
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    health: Health = field(default_factory=Health)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}/{os.getpid()}-{secrets.token_hex(4)}")
    files: CurrentFiles = field(init=False)
    manager: ServiceManager = field(init=False)
    metrics: "Metrics" = field(init=False)
    _watch: ClockWatch = field(init=False)
    _database: Database | None = None
    _desk: ServedDesk | None = None
    _fails: bool = False  #: the last tick that was its turn
    _lacked_memory: bool = False  #: and nothing has been done about it

    def __post_init__(self) -> None:
        self.health.service = self.name
        # From here on, the time is what it is by the watch.
        self._watch = ClockWatch(self.clock, self.installation.seen_clock, self.installation.machine_clock)
        self.clock = self._watch.now
        self.files = CurrentFiles(
            installation=self.installation, health=self.health, database=self.database, channels=self._channels
        )
        self.manager = ServiceManager(self.installation.variables)
        # Loaded by whoever runs a service, and by no other command.
        from communique.monitoring.metrics import Metrics

        self.metrics = Metrics(self.installation, self.health, self.clock, counts_ledger=self.plans)

    def tick(self) -> None:
        """Everything that is to be done now. A failure is loud, and the next tick tries again."""
        self._tick()
        if self._lacked_memory:
            self._free()
        # After a failure, too: the clock goes on, and a restart mends no database.
        self.manager.alive(self.clock())
        self.manager.status(self.health.in_words(self.clock()))

    def close(self) -> None:
        """Let go of everything."""
        self.files.close()
        if self._database is not None:
            self._database.close()

    @contextmanager
    def serving(self, port: int | None, host: str) -> Iterator[None]:
        """The pages of the service, while it runs."""
        if port is None:
            yield
            return
        from communique.web.server import serving

        with serving(
            self.health,
            self.installation,
            self.clock,
            port,
            self.metrics,
            host=host,
            has_public_pages=self.has_public_pages,
        ):
            yield

    @contextmanager
    def serving_desk(self, port: int | None, host: str) -> Iterator[None]:
        """The officers' desk, while the service runs."""
        if port is None or not self.has_desk:
            yield
            return
        from communique.web.desk.desk_server import serving_desk

        self._desk = ServedDesk(
            partial(serving_desk, self.installation, self.clock, port, host=host, say=_say, looks_ahead=True)
        )
        self._desk.open()
        with closing(self._desk):
            yield

    def open_desk(self) -> None:
        """If it is to be served, and could not be so far."""
        if self._desk is not None:
            self._desk.open()

    def database(self) -> Database:
        """The ledger's, open as long as the service runs."""
        if self._database is None:
            self._database = self.installation.database()
        return self._database

    @abstractmethod
    def _leads(self) -> bool:
        """Whether it is this one's turn; asked at each tick."""

    @abstractmethod
    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        """What is to be done at a tick."""

    def _channels(self, workspace: Workspace) -> OpenChannels:
        return self.installation.channels(workspace)

    def _tick(self) -> str | None:
        """Why it failed; empty when it went through, and None when it was not this one's turn."""
        try:
            self._watch.look()
            if not self._leads():
                self.health.stand_by(self.clock())
                self.metrics.ticked("stood_by")
                return None
            self.installation.is_whole()
            self._is_there()
            self.files.refresh()
            if self.files.workspace is not None and self.files.opened is not None:
                self._work(self.files.workspace, self.files.opened)
            self.health.ticked(self.clock())
            self.metrics.ticked("done")
            if self._fails:
                self._fails = False
                _log.warning("%s works again: a tick has gone through", self.name)
        except Exception as error:  # noqa: BLE001 - the service goes on, and /healthz fails
            # What an operator can mend is said in a sentence; the rest is ours, and needs its traceback.
            mendable = (
                database_fault(error)
                or limit_reached(error)
                or file_fault(error)
                or (str(error) if isinstance(error, OSError) else "")
            )
            why = masked(mendable) or "a mistake in the program"
            self._lacked_memory = isinstance(error, MemoryError)
            _log.error("tick failed: %s", why, exc_info=not mendable)
            self._fails = True
            self.health.failed(f"{type(error).__name__}: {why}")
            self.metrics.ticked("failed")
            if database_fault(error):
                self.metrics.database_failed()
            return why
        return ""

    def _free(self) -> None:
        """Let go of what a tick left that ran out of memory.

        Even putting things in order takes some: a transaction that could not be ended would lock the next tick out.
        """
        self._lacked_memory = False
        gc.collect()
        if self._database is not None:
            self._database.close()  # it opens anew when it is asked for

    def _is_there(self) -> None:
        """Whether the ledger lies where it was opened; before files are read, which may have moved with it."""
        if self._database is not None and (absence := self._database.absence()):
            raise DatabaseError(absence)

    def _is_held(self, workspace: Workspace, database: Database) -> bool:
        """Whether everything waits, for a person or for room: said when it begins, and on the page while it lasts."""
        self.metrics.reserve = self.installation.reserve(workspace, database)
        why = self.installation.held(workspace, database) or self._watch.objection
        if self.health.held and not why:
            _log.warning("nothing is held any more")
        if why and why != self.health.held:
            _log.critical("EVERYTHING IS HELD: %s", why)
        self.health.hold(why)
        return bool(why)

    def _must_stop(self) -> bool:
        """Asked before every attempt: a long list of people is no stopped clock."""
        now = self.clock()
        self.health.goes_on(now)
        self.manager.alive(now)
        return self.stopping()


def _say(what: str) -> None:
    """To whoever has started it, and not to the log, which is copied to places and masks links."""
    print(what, file=sys.stderr, flush=True)  # noqa: T201
