"""One tick of the unattended service: read what changed, recover, freeze what is due, send it, keep house."""

import fcntl
import logging
import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import TextIOWrapper
from pathlib import PurePosixPath

from communique.health import Health
from communique.installation import Installation
from communique.plan.planning import Planner
from communique.problems import Problem, errors
from communique.send.dispatch import Dispatcher
from communique.send.open_channels import OpenChannels
from communique.store import copies
from communique.store.database import Database
from communique.workspace import Workspace, read_workspace

_log = logging.getLogger(__name__)


@dataclass
class Daemon:
    """The service of one installation. `tick` is called again and again, by one thread."""

    installation: Installation
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    health: Health = field(default_factory=Health)
    _stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    _workspace: Workspace | None = None
    _database: Database | None = None
    _opened: OpenChannels | None = None
    _lock: TextIOWrapper | None = None

    def tick(self) -> None:
        """Everything that is to be done now. A failure is loud, and the next tick tries again."""
        try:
            if not self._leads():
                self.health.stand_by(self.clock())
                return
            self._reload()
            if self._workspace is not None and self._opened is not None:
                self._work(self._workspace, self._opened)
            self.health.ticked(self.clock())
        except Exception as error:  # noqa: BLE001 - the daemon goes on, and /healthz fails
            _log.exception("tick failed")
            self.health.failed(f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Let go of everything."""
        if self._opened is not None:
            self._opened.close()
        if self._database is not None:
            self._database.close()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def serving(self, port: int | None) -> Iterator[None]:
        """The pages of the daemon on 127.0.0.1, while it runs."""
        if port is None:
            yield
            return
        from communique.web.server import serving

        with serving(self.health, self.installation, self.clock, port):
            yield

    def _work(self, workspace: Workspace, opened: OpenChannels) -> None:
        database = self._open_database()
        planner = self.installation.planner(workspace, database, opened)
        dispatcher = self._dispatcher(workspace, opened, database)
        dispatcher.recover(alive=[owner()])
        for standing in planner.freeze_due(self.clock()):
            _log.info("frozen", extra={"announcement": "/".join(standing.name), "missed": standing.missed})
            if standing.texts is not None:
                _log.error("%s went %s", "/".join(standing.name), standing.reason)
        made = dispatcher.run()
        missed = dispatcher.housekeeping()
        if made or missed:
            _log.info("tick", extra={"attempts": made, "missed": missed})
        self._report(planner)

    def _report(self, planner: Planner) -> None:
        with planner.database.reading() as connection:
            self.health.look(connection, planner.mode)

    def _dispatcher(self, workspace: Workspace, opened: OpenChannels, database: Database) -> Dispatcher:
        return Dispatcher(
            workspace=workspace,
            database=database,
            channels=opened.channels,
            mode=workspace.settings.mode,
            clock=self.clock,
            owner=owner(),
            jitter=random.Random(),  # noqa: S311 - spreads retries, guards nothing
            stopping=self.stopping,
        )

    def _leads(self) -> bool:
        """Whether this is the one daemon of the workspace on this machine: it holds a lock that dies with it."""
        if self._lock is not None:
            return True
        file = self.installation.root / "var" / "daemon.lock"
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _reload(self) -> None:
        """Read the workspace again when a file has changed; what is broken keeps its last approved version."""
        stamps = self.installation.sources.stamps()
        if stamps == self._stamps and self._workspace is not None:
            return
        self._stamps = stamps
        workspace, problems = self.installation.read()
        self._complain(problems)
        # Unusable settings: go on with what there is.
        workspace = self._workspace if workspace is None else self._with_copies(workspace)
        if workspace is None or workspace is self._workspace:
            return
        if self._opened is not None:
            self._opened.close()
        self._workspace = workspace
        self._opened = self.installation.channels(workspace)
        self._complain(list(self._opened.problems))

    def _complain(self, problems: list[Problem]) -> None:
        stopping = errors(problems)
        self.health.problems([str(problem) for problem in stopping])
        for problem in stopping:
            _log.error("%s", problem)

    def _with_copies(self, workspace: Workspace) -> Workspace:
        """Campaigns whose files are broken, as they were when something of them was last approved."""
        broken = [name for name in self._known_campaigns() if workspace.problems_of(name)]
        for name in broken:
            with self._open_database().reading() as connection:
                copy = copies.kept(connection, copies.approved(name))
            earlier, _ = read_workspace(copy, self.installation.kinds, workspace.key) if copy else (None, [])
            if earlier is not None and name in earlier.campaigns:
                _log.error("campaign broken, going on with its last approved version", extra={"campaign": name})
                workspace = workspace.with_campaign(earlier.campaigns[name])
        return workspace

    def _known_campaigns(self) -> list[str]:
        return [PurePosixPath(path).stem for path in self.installation.sources.paths("campaigns")]

    def _open_database(self) -> Database:
        if self._database is None:
            self._database = self.installation.database()
        return self._database


def owner() -> str:
    """This process, for leases: `host/pid`."""
    return f"{socket.gethostname()}/{os.getpid()}"
