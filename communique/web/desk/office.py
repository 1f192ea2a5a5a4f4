"""What the desk works with: the files as they are now, the ledger, the clock."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from communique.channel import Form, Secret
from communique.installation import Installation
from communique.occasion import Occasion
from communique.own_pages import titled
from communique.plan.findings import UNSEEN, Channels, Findings
from communique.plan.known_counts import KnownCounts
from communique.plan.known_preflights import KnownPreflights, key_of
from communique.plan.outlook import Coming
from communique.plan.planning import Planner
from communique.plan.preflight import Preflight, preflight
from communique.problems import Problem, ProblemsError
from communique.read.sources import Snapshot
from communique.send.open_channels import OpenChannels
from communique.settings import Settings
from communique.settings.single_sign_on import WayIn
from communique.store.database import Database
from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.texts import tokens
from communique.web.desk.following import Following
from communique.web.desk.looking_ahead import LookingAhead
from communique.workspace import Workspace, read_workspace

#: Announcements whose samples are kept in memory: a page asks for one again for each of its frames.
_LOOKED_AT = 8
#: Announcements whose texts are filled while somebody waits: a city's takes up to a second.
AT_ONCE = 2
#: At which the desk is served unless told otherwise.
PORT = 8024


@dataclass
class Office:
    """Of one installation, as it was at the last `refresh`; its database is open until `close`."""

    installation: Installation
    clock: Callable[[], datetime]
    port: int = 0  #: at which the desk is served; 0: not here
    _workspace: Workspace | None = None
    _opened: OpenChannels | None = None
    _problems: list[Problem] = field(default_factory=list)
    _stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    _known: KnownPreflights = field(init=False)
    _counts: KnownCounts = field(default_factory=KnownCounts)
    _looked_at: dict[str, Preflight] = field(default_factory=dict)
    _database: Database | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    #: One after another: several who look at once are not several renderings, and pages need no lock of theirs.
    _filling: threading.RLock = field(default_factory=threading.RLock)
    following: Following = field(default_factory=Following)
    ahead: LookingAhead = field(init=False)

    def __post_init__(self) -> None:
        self._known = self.installation.known_preflights
        self.ahead = LookingAhead(self.installation.root, self.installation.variables)

    @property
    def key(self) -> Secret:
        """Signs links and forms."""
        return self.installation.key

    @property
    def database(self) -> Database:
        """The ledger's."""
        with self._lock:
            if self._database is None:
                self._database = self.installation.database()
            return self._database

    @property
    def settings(self) -> Settings:
        """Who we are, and which channels are open."""
        return self._current()[0].settings

    def called(self, campaign: str, announcement: str, language: str) -> str:
        """An announcement as an officer reads it: by its title in their language, else by its name."""
        known = self._current()[0].campaigns.get(campaign)
        return (known.title_of(announcement, language) if known is not None else "") or titled(announcement)

    def milestone_called(self, campaign: str, milestone: str, language: str) -> str:
        """The same of a milestone."""
        known = self._current()[0].campaigns.get(campaign)
        return (known.milestone_title(milestone, language) if known is not None else "") or titled(milestone)

    def audience_called(self, name: str, language: str) -> str:
        """The same of an audience."""
        settings = self.settings
        if name not in settings.audiences:
            return titled(name)
        title = settings.audiences[name].title
        if isinstance(title, str):
            return title
        known = (each for each in (language, *settings.languages, *title) if each in title)
        return str(title[next(known)])

    def language_called(self, code: str) -> str:
        """A language by its own name, where the workspace's words have it."""
        return str(self._current()[0].words.of(code).get("language_name", code))

    @property
    def for_a_person(self) -> frozenset[str]:
        """Channels that write what somebody then posts."""
        return self._current()[0].for_a_person

    @property
    def problems(self) -> list[Problem]:
        """Everything wrong with the files as they are now, and with the channels."""
        self._current()
        return self._problems

    @property
    def address(self) -> str:
        """Where officers find the desk."""
        return self.settings.desk.address or f"http://localhost:{self.port or self._last_port()}"

    def serves_at(self, port: int) -> None:
        """It is served here from now on; commands, which serve nothing, write links that lead there."""
        self.port = port
        with suppress(OSError):  # a disk that is full, or can only be read, keeps no officer out
            self._port_file.parent.mkdir(exist_ok=True)
            self._port_file.write_text(f"{port}\n", encoding="ascii")

    @property
    def _port_file(self) -> Path:
        return self.installation.root / "var" / "desk.port"

    def _last_port(self) -> int:
        """At which the desk of this workspace was served last."""
        try:
            return int(self._port_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return PORT

    @property
    def mails_links(self) -> bool:
        """Whether people can sign in by a mailed link: there is a way to mail it, and a name that it can lead to."""
        workspace, _ = self._current()
        desk = workspace.settings.desk
        route = workspace.routes.get(desk.through)
        return desk.address is not None and route is not None and route.form is Form.MAIL

    @property
    def ways_in(self) -> frozenset[WayIn]:
        """By which people sign in: those of the settings that are there."""
        desk = self.settings.desk
        absent = {"openid"} if desk.openid is None else set()
        return frozenset(desk.sign_in) - absent - (set() if self.mails_links else {"link"})

    def planner(self) -> Planner:
        """Planning with the files as they are now, as the commands plan."""
        workspace, opened = self._current()
        return self._looking(self.installation.planner(workspace, self.database, opened))

    def planner_anew(self) -> Planner:
        """The same, but nothing that was found before is believed: for who acts."""
        workspace, opened = self._current()
        return self.installation.planner(workspace, self.database, opened)

    def planner_with(self, path: str, data: bytes) -> tuple[Planner | None, list[Problem]]:
        """Planning as if a file were this, for who looks; None, and why, if nothing could be planned with it."""
        return self.planner_as({path: data})

    def planner_as(self, files: Mapping[str, bytes | None]) -> tuple[Planner | None, list[Problem]]:
        """The same as if some files were these, or were not there."""
        workspace, opened = self._current()
        assert isinstance(workspace.sources, Snapshot)  # noqa: S101 - as installations read it
        sources = workspace.sources.with_files(files)
        read, problems = read_workspace(sources, self.installation.kinds, self.key)
        if read is None:
            return None, problems
        return self._looking(self.installation.planner(read, self.database, opened)), problems

    def at_once(self, look: Callable[[Planner], list[Coming]], wanted: tuple[str, str] = ("", "")) -> list[Coming]:
        """What `look` sees of texts that are known, so that nobody waits for a whole workspace to be written.

        One announcement, the `wanted`, is looked at anyhow, and all where few are not known; else the rest meanwhile.
        """
        unseen = set[tuple[str, str, str]]()

        def preflight(workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
            name = (occasion.campaign.campaign, occasion.announcement)
            if name == wanted:
                return self._preflight(workspace, channels, occasion)
            found = self.known(workspace, channels, occasion)
            if found is None:
                unseen.add((*name, occasion.occurrence))
            return found or UNSEEN

        seen = look(replace(self.planner(), preflight=preflight))
        if len(unseen) > AT_ONCE:
            if not self.ahead.is_under_way:  # it has not been begun here, or has come to nothing
                self.following.begin("look ahead", self.look_ahead)
            return seen
        return look(self.planner()) if unseen else seen

    def look_ahead(self) -> None:
        """Write and check the texts of every announcement once, so that whoever comes first need not wait for them.

        What is due first comes first, for that is asked for first; then what texts were when they were approved, where
        they have been broken since. The ledger is let go meanwhile, and the desk may end.
        """
        planner = self.planner()

        def preflight(workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
            return UNSEEN if self.following.is_ended else planner.preflight(workspace, channels, occasion)

        narrowed = replace(planner, preflight=preflight)
        with self.database.reading() as connection:
            listed = planner.standings(connection, self.clock(), all_texts=False)
        for occasion in (each.occasion for each in listed if not each.is_frozen):
            if occasion is not None:
                preflight(planner.workspace, planner.channels, occasion)
        for campaign in planner.workspace.campaigns:
            if self.following.is_ended:
                return
            with self.database.reading() as connection:
                narrowed.standings(connection, self.clock(), of=campaign)

    def _looking(self, planner: Planner) -> Planner:
        """With what is known, for who looks."""
        return replace(planner, preflight=self._preflight, counting=self._counts.counting)

    def _preflight(self, workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
        with self._filling:
            return self._known(workspace, channels, occasion)

    def known(self, workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings | None:
        """What was found of the same texts before; None where nobody has looked."""
        return self._known.known(workspace, channels, occasion)

    def looked_at(self, workspace: Workspace, channels: Channels, occasion: Occasion) -> Preflight:
        """What preflight finds, with its samples; written anew only when something of it has changed. For who looks."""
        with self._filling:
            key = key_of(workspace, channels, occasion)
            found = self._looked_at.pop(key, None) or preflight(workspace, channels, occasion)
            self._looked_at[key] = found
            while len(self._looked_at) > _LOOKED_AT:
                del self._looked_at[next(iter(self._looked_at))]
            return found

    def approvers(self, connection: Connection) -> Sequence[str]:
        """Who may approve: those of the settings; where these name nobody, all with that duty."""
        named = self.settings.approvals.approvers
        return named or [each.name for each in officers.everybody(connection) if each.may({Duty.APPROVER})]

    def held(self) -> str:
        """Why nothing at all goes out at the moment."""
        return self.installation.held(self._current()[0], self.database)

    def link(self, reference: str) -> str:
        """The address of a one-time link."""
        return f"{self.address.rstrip('/')}/begin/{tokens.sign(tokens.DESK, reference, self.key)}"

    def form_token(self, session: str) -> str:
        """What the forms of a session carry."""
        return tokens.sign(tokens.DESK_FORM, officers.digest_of(session), self.key)

    def is_form_of(self, session: str, token: str) -> bool:
        """Whether a form is of this session."""
        return tokens.verify(tokens.DESK_FORM, token, self.key) == officers.digest_of(session)

    def hosts(self) -> set[str]:
        """Names under which the desk may be asked for: its own, and this machine's. Any other is somebody's trick."""
        here = {f"{name}:{self.port}" for name in ("localhost", "127.0.0.1", "[::1]")} if self.port else set()
        return {urlsplit(self.address).netloc, *here}

    def close(self) -> None:
        """Let go of the database and the channels."""
        self.ahead.end()
        self.following.end()
        with self._lock:
            self._known.keep()
            if self._opened is not None:
                self._opened.close()
            if self._database is not None:
                self._database.close()
            self._opened = self._database = self._workspace = None

    def refresh(self) -> None:
        """Read the files again if one has changed; settings that cannot be used leave what there was.

        Raises:
            ProblemsError: there have never been settings that can be used.
        """
        with self._lock:
            stamps = self.installation.sources.stamps()
            if self._workspace is not None and stamps == self._stamps:
                return
            read, problems = self.installation.read()
            if read is None and self._workspace is None:
                raise ProblemsError(problems)
            if read is not None:
                if self._opened is not None:
                    self._opened.close()
                self._workspace, self._opened = read, self.installation.channels(read)
                self._known.keep()
                problems = [*problems, *self._opened.problems]
            self._problems, self._stamps = problems, stamps
            self.ahead.look(stamps)

    def _current(self) -> tuple[Workspace, OpenChannels]:
        with self._lock:
            if self._workspace is None:
                self.refresh()
            assert self._workspace is not None  # noqa: S101 - says so to the type checker
            assert self._opened is not None  # noqa: S101
            return self._workspace, self._opened


@contextmanager
def office_of(installation: Installation, clock: Callable[[], datetime]) -> Iterator[Office]:
    """For a command: closed afterwards."""
    office = Office(installation, clock)
    try:
        yield office
    finally:
        office.close()
