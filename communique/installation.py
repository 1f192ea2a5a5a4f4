"""A workspace on this machine: its folder, its database, its channels. What the commands and the daemon start from."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from communique import environment
from communique.channel import Secret
from communique.delivery import Mode
from communique.machine.file_exchange import Exchange
from communique.machine.file_faults import SecretFileError
from communique.phrase import phrase
from communique.plan.known_preflights import KnownPreflights
from communique.plan.planning import Planner
from communique.problems import Problem, ProblemsError
from communique.read.sources import Folder, snapshot
from communique.routes import Kinds
from communique.send.disk_reserve import MEGABYTE, DiskReserve, free_space
from communique.send.open_channels import OpenChannels, open_channels
from communique.send.seen_clock import MachineClock, SeenClock
from communique.send.seen_epoch import SeenEpoch
from communique.store import epochs, ledger_file
from communique.store.announcements import copies
from communique.store.database import Database, open_database, sqlite_url
from communique.store.engine import DatabaseError
from communique.workspace import SETTINGS, Workspace, read_workspace

_DATABASE = "var/communique.sqlite"


def nearest_workspace() -> Path:
    """The current folder, or the nearest one above it that is a workspace; the current one where there is none."""
    here = Path.cwd()
    found = next((each for each in (here, *here.parents) if (each / SETTINGS).is_file()), here)
    return Path(os.path.relpath(found, here))


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A workspace and where it lives; nothing is read or opened before it is asked for."""

    root: Path
    variables: Mapping[str, str]  #: the process's environment
    kinds: Kinds
    free_space: Callable[[Path], int] = free_space  #: bytes below a folder
    machine_clock: MachineClock | None = None  #: None where the clock goes as whoever gave it turns it

    @property
    def sources(self) -> Folder:
        """The workspace's files."""
        return Folder(self.root)

    def read(self) -> tuple[Workspace | None, list[Problem]]:
        """The workspace as it is now (later edits do not reach it), and everything wrong with it."""
        if problem := self.is_elsewhere():
            return None, [problem]
        return read_workspace(snapshot(self.sources), self.kinds, self.key)

    def is_elsewhere(self) -> Problem | None:
        """What is wrong where the folder is no workspace at all, as in somebody's home."""
        if (self.root / "config").exists() or (self.root / "campaigns").exists():
            return None
        message = phrase(
            "expected a workspace, with {settings}, found none in {folder}",
            settings=SETTINGS,
            folder=self.root.resolve(),
        )
        hint = phrase("Go to its folder, or name it: communique --workspace DIR …. A new one: communique init DIR")
        return Problem(code="missing-file", message=message, hint=hint)

    def workspace(self) -> Workspace:
        """The workspace.

        Raises:
            ProblemsError: its settings or glossary cannot be used.
        """
        workspace, problems = self.read()
        if workspace is None:
            raise ProblemsError(problems)
        return workspace

    def database(self) -> Database:
        """The ledger's database: `DATABASE_URL` (a secret), or a file below `var/`.

        Raises:
            DatabaseError: it cannot be opened, or a restore was broken off.
            ProblemsError: the folder is no workspace; none of its own is begun there.
        """
        self.is_whole()
        url = environment.secret(self.variables, "DATABASE_URL")
        if problem := self.is_elsewhere():
            raise ProblemsError([problem])
        return open_database(url.reveal() if url else sqlite_url(self.root / _DATABASE))

    def is_whole(self) -> None:
        """Whether the files belong together.

        Raises:
            DatabaseError: a restore was broken off.
        """
        if objection := Exchange(self.root).objection():
            raise DatabaseError(objection)

    @property
    def seen_epoch(self) -> SeenEpoch:
        """What this machine knows of its ledger, kept outside it."""
        return SeenEpoch(self.root / "var" / "ledger.seen")

    @property
    def seen_clock(self) -> SeenClock:
        """How this machine's clock has gone."""
        return SeenClock(self.root / "var" / "clock.seen")

    @property
    def clock_objection(self) -> str:
        """Why nothing may go by this machine's clock; empty when it is believed."""
        return self.seen_clock.objection(self.machine_clock)

    @property
    def known_preflights(self) -> KnownPreflights:
        """What was found before of texts that have not changed, for who looks."""
        return KnownPreflights(file=self.root / "var" / "preflights.json")

    def hold(self, database: Database) -> str:
        """Why the whole ledger waits for a person; empty when it may send."""
        with database.reading() as connection:
            return self.seen_epoch.objection(epochs.current(connection), is_copy=ledger_file.is_copy(connection))

    def reserve(self, workspace: Workspace, database: Database | None) -> DiskReserve:
        """The room that the ledger needs, and published files do; the files of a trial lie in `var`."""
        root = self.root.resolve()
        own = [root / "var", database.folder if database is not None else None]
        public = [
            root / channel.arguments.get("directory", "")
            for channel in workspace.settings.channels.values()
            if channel.kind in self.kinds and self.kinds[channel.kind].local
        ]
        return DiskReserve(
            folders=[*filter(None, own)],
            published=public,
            least=workspace.settings.disk_reserve * MEGABYTE,
            free=self.free_space,
        )

    def room(self, workspace: Workspace, database: Database) -> int:
        """Bytes that may be used for a while where the ledger lies; a server's disk is its own business."""
        folder = database.folder
        return self.free_space(folder) - workspace.settings.disk_reserve * MEGABYTE if folder is not None else 0

    def held(self, workspace: Workspace, database: Database) -> str:
        """Why nothing at all goes out at the moment; empty when nothing is in the way."""
        return self.hold(database) or self.clock_objection or self.reserve(workspace, database).objection()

    def channels(self, workspace: Workspace, mode: Mode | None = None) -> OpenChannels:
        """The channels in the workspace's mode, or another."""
        return open_channels(workspace, self.root, self.read_secret, mode or workspace.settings.mode)

    def planner(self, workspace: Workspace, database: Database, opened: OpenChannels) -> Planner:
        """Planning in the workspace's mode."""
        return Planner(
            workspace=workspace,
            database=database,
            channels=opened.adapters,
            mode=workspace.settings.mode,
            as_approved=lambda campaign: self._as_approved(workspace, database, campaign),
        )

    def _as_approved(self, workspace: Workspace, database: Database, campaign: str) -> Workspace | None:
        """A campaign's texts as they were when something of it was last approved."""
        with database.reading() as connection:
            copy = copies.kept(connection, copies.approved(campaign))
        return read_workspace(copy, self.kinds, workspace.key)[0] if copy else None

    def find_secret(self, name: str) -> Secret | None:
        """A secret of the environment; None, too, where its file cannot be read, which `check` and `doctor` tell."""
        try:
            return environment.secret(self.variables, name)
        except SecretFileError:
            return None

    def read_secret(self, name: str) -> Secret | None:
        """A secret of the environment.

        Raises:
            SecretFileError: its file cannot be read.
        """
        return environment.secret(self.variables, name)

    @property
    def unfit_for_parts(self) -> str:
        """Why the service cannot run in parts here, in a sentence; empty when it can."""
        url = self.read_secret("DATABASE_URL")
        if url is None or not url.reveal().startswith("postgres"):
            return "needs a ledger on PostgreSQL: set DATABASE_URL, or run everything with `communique run`"
        if not (self.variables.get(environment.KEY) or self.variables.get(f"{environment.KEY}_FILE")):
            # Each machine would make a key of its own, and refuse the links that others have signed.
            return f"needs {environment.KEY} (or {environment.KEY}_FILE), the same on every machine"
        return ""

    @property
    def key(self) -> Secret:
        """Signs the links in mails, and their return paths."""
        return environment.signing_key(self.variables, self.root / "var")
