"""What goes wrong while a rehearsal is played, and what came of it: by the parts that do it in real life."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection

from communique.alerts.alerting import Alerting
from communique.alerts.causes import Sighting
from communique.channel import Form, InDoubt, Mail, Message, Reach, Receipt
from communique.delivery import Mode
from communique.moments import Milestone
from communique.plan import telling
from communique.plan.drafting import drafts
from communique.plan.moved import Shift, Stale, shifts, stale
from communique.plan.planning import Planner
from communique.rehearse.faults import Faults, Move
from communique.rehearse.returned import ReturnedMail
from communique.store.announcements import declarations
from communique.store.database import Database
from communique.store.deliveries import accounts
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_NOBODY = "officers@example.org"  #: stands for them where the settings name nobody
_QUIET = Sighting(failure="", put_back="", held="", broken=(), waiting=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A mail to the officers."""

    at: datetime  #: UTC
    mail: Mail


@dataclass
class Drawer:
    """Where mails to officers end up in a rehearsal."""

    reach: ClassVar[Reach] = Reach.EACH
    form: ClassVar[Form] = Form.MAIL
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    clock: Callable[[], datetime]
    mails: list[Told] = field(default_factory=list)

    def check(self, message: Message) -> Sequence[str]:
        """It takes every mail."""
        del message
        return ()

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Keep it, once however many get it."""
        commit()
        told = Told(at=self.clock(), mail=message.content) if isinstance(message.content, Mail) else None
        if told is not None and told not in self.mails:
            self.mails.append(told)
        return Receipt(detail="rehearsal")

    def lookup(self, message: Message) -> None:
        """Nobody asks."""

    def close(self) -> None:
        """There is nothing to let go of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OldDate:
    """An announcement that had gone out when its date moved."""

    name: str
    copies: int  #: that name the old date
    channels: Sequence[str]
    drafted: dict[str, str]  #: the correction that is proposed: words by the path of their file


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A milestone that has moved."""

    move: Move
    campaign: str
    was: Milestone
    shifts: Sequence[Shift]
    old_dates: Sequence[OldDate]


@dataclass(frozen=True, kw_only=True, slots=True)
class Killed:
    """A sender that was killed."""

    at: datetime  #: UTC
    due: int  #: mails that it had to hand over
    accepted: int  #: that the server had when it died
    in_doubt: int  #: what only a person can know, after the next one has put everything in order


@dataclass(kw_only=True)
class Troubles:
    """Of one rehearsal."""

    faults: Faults
    workspace: Workspace
    database: Database
    drawer: Drawer
    returned: ReturnedMail
    moved: list[Moved] = field(default_factory=list)
    killed: list[Killed] = field(default_factory=list)
    _done: set[datetime | tuple[str, datetime]] = field(default_factory=set)

    @property
    def moments(self) -> Collection[datetime]:
        """That a clock must not pass over."""
        return self.faults.moments

    def move(self, planner: Planner, now: datetime) -> None:
        """Declare what moves by now, as `communique declare` does."""
        for move in self.faults.moves:
            if move.at <= now and (move.milestone, move.at) not in self._done:
                self._done.add((move.milestone, move.at))
                for campaign in move.campaigns:
                    self.moved.append(self._moved(planner, campaign, move, now))

    def kill_due(self, now: datetime) -> bool:
        """Whether a sender is to be killed now, if it has something to hand over."""
        return any(each <= now and each not in self._done for each in self.faults.kills)

    def was_killed(self, planner: Planner, due: int, accepted: int, now: datetime) -> None:
        """Write down what came of it."""
        self._done.update(each for each in self.faults.kills if each <= now)
        with self.database.reading() as connection:
            in_doubt = accounts.count_in_doubt(connection, planner.mode)
        self.killed.append(Killed(at=now, due=due, accepted=accepted, in_doubt=in_doubt))

    def tell(self, now: datetime) -> None:
        """Let the officers be told by mail what needs a person."""
        if self.faults:
            Alerting(workspace=self._with_officers, database=self.database, channel=self.drawer).look(_QUIET, now)

    @property
    def _with_officers(self) -> Workspace:
        settings = self.workspace.settings
        alerts = settings.alerts.model_copy(update={"to": settings.alerts.to or (_NOBODY,)})
        return replace(self.workspace, settings=settings.model_copy(update={"alerts": alerts, "mode": Mode.LIVE}))

    def _moved(self, planner: Planner, campaign: str, move: Move, now: datetime) -> Moved:
        known = planner.workspace.campaigns[campaign]
        with self.database.begin() as connection:
            before = declarations.milestones_of(connection, known)
            declarations.declare(connection, campaign, move.milestone, move.to, by="rehearsal", now=now)
            after = declarations.milestones_of(connection, known)
        with self.database.reading() as connection:
            balances = accounts.balances(connection, planner.mode, campaign)
            gone = {(each.announcement, each.occurrence) for each in balances}
            old = [
                OldDate(
                    name=one.name,
                    copies=sum(telling.owed_to(planner, line).copies for line in one.lines),
                    channels=list(dict.fromkeys(line.channel for line in one.lines)),
                    drafted=self._drafted(planner, connection, campaign, one),
                )
                for one in stale(planner, connection, known)
            ]
        found = [
            each
            for each in shifts(planner, known, before, after, now)
            if (each.announcement, each.occurrence) not in gone
        ]
        return Moved(move=move, campaign=campaign, was=before[move.milestone], shifts=found, old_dates=old)

    def _drafted(self, planner: Planner, connection: Connection, campaign: str, one: Stale) -> dict[str, str]:
        try:
            return drafts(planner, connection, planner.workspace.campaigns[campaign], one)
        except TemplateProblemError:
            return {}
