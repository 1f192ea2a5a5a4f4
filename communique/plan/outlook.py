"""Where every announcement stands, in one of a few states that a person can tell apart: what comes, what has gone."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from communique.channel import Reach
from communique.delivery import State
from communique.plan.plan_view import Planned, planned
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.problems import Problem, errors
from communique.store.announcements import retractions
from communique.store.database import DIGEST
from communique.store.deliveries import accounts, pauses, rests, stops, troubles
from communique.store.deliveries.accounts import Balance
from communique.store.deliveries.troubles import SameWords
from communique.store.desk.approvals import Word


class Sign(StrEnum):
    """Where an announcement stands."""

    GOES = "goes"  #: approved, and will go at its time
    AWAITING = "awaiting"  #: approvals are missing
    CHANGED = "changed"  #: it was approved, and something of it has changed since
    ASKED = "asked"  #: somebody asks for changes
    DRAFT = "draft"  #: it has faults, and cannot be approved as it is
    UNCHECKED = "unchecked"  #: nobody has looked at its texts yet
    UNDATED = "undated"  #: it counts from a milestone whose date is unknown
    HELD = "held"  #: it would go, and somebody or something lets it wait
    LATE = "late"  #: its time has come, and it has not gone
    NOT = "not"  #: it will not go
    CANCELLED = "cancelled"  #: it will not go, nor has it: somebody has cancelled it
    UNDER_WAY = "under_way"
    SENT = "sent"
    PARTLY = "partly"  #: some have got it, some have not and will not
    FAILED = "failed"  #: nobody has got it
    WITHDRAWN = "withdrawn"  #: it went out, or was going to, and somebody has taken it back
    DOUBT = "doubt"  #: some copies may have gone out: a person has to say


#: What needs a person before anything else, the worst first.
WRONG = (Sign.FAILED, Sign.LATE, Sign.DOUBT, Sign.PARTLY, Sign.HELD, Sign.ASKED, Sign.CHANGED, Sign.NOT, Sign.DRAFT)
#: Beside the states of copies: written for a person, who has yet to say that it is done.
BY_HAND = "by_hand"
#: Nothing more will happen.
_OVER = {Sign.SENT, Sign.WITHDRAWN, Sign.PARTLY, Sign.FAILED, Sign.DOUBT}
_UNDER_WAY = (State.SCHEDULED, State.SENDING, State.IRREVOCABLE)
_LOST = (State.FAILED, State.MISSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A channel that an announcement takes."""

    channel: str
    kind: str
    is_public: bool  #: reaches everyone at once
    people: int  #: whom it reaches; 1 for a public channel
    languages: Sequence[str]
    reason: str  #: why nothing goes through it; empty when something does


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """An announcement that has not gone."""

    standing: Standing
    sign: Sign
    reason: str  #: in the words of the plan
    missing: int  #: approvals
    approved_by: Sequence[str]
    expired: Sequence[Word]  #: approvals that are too old to count, where others are missing
    ways: Sequence[Way]
    lines: Sequence[Planned]  #: of the plan: one a channel and language
    faults: Sequence[Problem]

    @property
    def name(self) -> tuple[str, str]:
        """Campaign and announcement."""
        return self.standing.name

    @property
    def occurrence(self) -> str:
        """Which of a series; `once` where there is one."""
        return self.standing.occurrence.occurrence

    @property
    def due_at(self) -> datetime | None:
        """None while the date is unknown."""
        return self.standing.occurrence.due_at

    @property
    def personal(self) -> Sequence[Planned]:
        """Lines that go to people one by one, or would: everybody can read the others."""
        public = {way.channel for way in self.ways if way.is_public}
        return [line for line in self.lines if line.channel not in public]

    @property
    def people(self) -> int:
        """Copies to people: somebody in two channels counts twice."""
        return sum(way.people for way in self.ways if not way.is_public)

    @property
    def reaches_nobody(self) -> bool:
        """Whether its lists are empty, or all in them are left out, and nothing of it is public."""
        may_go = self.sign in {Sign.GOES, Sign.AWAITING, Sign.CHANGED, Sign.HELD}
        return may_go and not any(way.people for way in self.ways)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """An announcement that has fallen due, with its account."""

    balance: Balance
    sign: Sign
    by_hand: int = 0  #: copies, of those in doubt, that only wait for a person to post them

    @property
    def states(self) -> Mapping[str, int]:
        """How many copies stand where; what waits for a person's hands is no doubt, and counted as `by_hand`."""
        counted = {str(state): number for state, number in self.balance.by_state.items()}
        return {**counted, State.IN_DOUBT: counted.get(State.IN_DOUBT, 0) - self.by_hand, BY_HAND: self.by_hand}

    @property
    def name(self) -> tuple[str, str]:
        """Campaign and announcement."""
        return self.balance.campaign, self.balance.announcement

    @property
    def occurrence(self) -> str:
        """Which of a series; `once` where there is one."""
        return self.balance.occurrence

    @property
    def due_at(self) -> datetime:
        """When it fell due."""
        return self.balance.due_at


def coming(planner: Planner, connection: Connection, now: datetime, *, held: str = "", of: str = "") -> list[Coming]:
    """What has not gone, in the order it is due; `of` one campaign, or of all. `held`: why nothing at all goes out."""
    waiting = [each for each in planner.standings(connection, now, of=of) if not each.is_frozen]
    paused = {each.channel for each in pauses.paused(connection)}
    lines: dict[tuple[str, str, str], list[Planned]] = {}
    for line in planned(planner, connection, waiting, now):
        lines.setdefault((line.campaign, line.announcement, line.occurrence), []).append(line)
    return [
        _coming(
            planner,
            connection,
            each,
            lines.get((*each.name, each.occurrence.occurrence), []),
            now,
            held=bool(held),
            paused=paused,
        )
        for each in waiting
    ]


def gone_lately(planner: Planner, connection: Connection, since: datetime, *, least: int = 0) -> list[Gone]:
    """What has fallen due since then, and so many at least, the newest first; what is not over, however old it is."""
    return _gone(planner, connection, accounts.latest_balances(connection, planner.mode, since=since, least=least))


def gone_of(planner: Planner, connection: Connection, announcement: tuple[str, str]) -> list[Gone]:
    """What has fallen due of one announcement, the newest first."""
    return _gone(planner, connection, accounts.balances_of(connection, planner.mode, announcement))


def _gone(planner: Planner, connection: Connection, balances: Sequence[Balance]) -> list[Gone]:
    found = [each for each in balances if not each.is_empty_round]
    by_hand = Counter(
        (copy.delivery.campaign, copy.delivery.announcement, copy.delivery.occurrence)
        for copy in accounts.waiting_for_a_person(connection, planner.mode)
        if copy.delivery.channel in planner.workspace.for_a_person
    )
    stopped = {(each.campaign, each.announcement, each.occurrence) for each in stops.stopped(connection, planner.mode)}
    stopped |= _shut(planner, connection)
    withdrawn = retractions.in_mode(connection, planner.mode)
    named = [(each, (each.campaign, each.announcement, each.occurrence)) for each in reversed(found)]
    return [
        Gone(
            balance=each,
            sign=_unless_withdrawn(
                _unless_stopped(each, sign_of(each, by_hand[name]), stopped, name), name in withdrawn
            ),
            by_hand=by_hand[name],
        )
        for each, name in named
    ]


def _shut(planner: Planner, connection: Connection) -> set[tuple[str, str, str]]:
    """What waits as a whole, because its channels are paused or cannot be used at present."""
    shut = {each.channel for each in pauses.paused(connection)} | {each.channel for each in rests.resting(connection)}
    if not shut:
        return set()
    waiting = accounts.channels_waited_for(connection, planner.mode).items()
    return {name for name, channels in waiting if pauses.EVERYTHING in shut or channels <= shut}


def _unless_stopped(
    balance: Balance, sign: Sign, stopped: Collection[tuple[str, str, str]], name: tuple[str, str, str]
) -> Sign:
    """What waits because too many of its mails came back, or its channels do, does not go out at present."""
    going = balance.by_state[State.SENDING] or balance.by_state[State.IRREVOCABLE]
    return Sign.HELD if sign is Sign.UNDER_WAY and name in stopped and not going else sign


def _unless_withdrawn(sign: Sign, is_withdrawn: bool) -> Sign:  # noqa: FBT001 - what the name says
    """Nobody relies any more on what was taken back; only what may have gone still waits for a word."""
    is_over = sign not in {Sign.DOUBT, Sign.UNDER_WAY, Sign.HELD}
    return Sign.WITHDRAWN if is_withdrawn and is_over else sign


def sign_of(balance: Balance, by_hand: int = 0) -> Sign:
    """Where an account stands; `by_hand` of those in doubt only wait for a person to post them."""
    states = balance.by_state
    if states[State.IN_DOUBT] > by_hand:
        return Sign.DOUBT
    if any(states[each] for each in _UNDER_WAY):
        return Sign.UNDER_WAY
    lost, sent = sum(states[each] for each in _LOST), states[State.SENT] + states[State.COLLECTED] + by_hand
    if lost:
        return Sign.PARTLY if sent else Sign.FAILED
    if states[State.CANCELLED] and not sent:
        return Sign.CANCELLED
    return Sign.SENT if sent or balance.campaign == DIGEST else Sign.NOT


def not_gone(planner: Planner, connection: Connection, name: tuple[str, str]) -> list[SameWords]:
    """Why copies of an announcement have not gone; what waits for a person's hands has."""
    found = troubles.by_words(connection, planner.mode, name)
    handed = planner.workspace.for_a_person
    return [each for each in found if each.state is not State.IN_DOUBT or each.channel not in handed]


def is_over(sign: Sign) -> bool:
    """Whether nothing more will happen by itself."""
    return sign in _OVER


def _coming(
    planner: Planner,
    connection: Connection,
    standing: Standing,
    lines: Sequence[Planned],
    now: datetime,
    *,
    held: bool,
    paused: set[str],
) -> Coming:
    ways = list(_ways(planner, standing, lines))
    faults = [*errors(planner.workspace.problems_of(standing.campaign.campaign))]
    given: Sequence[str] = ()
    expired: Sequence[Word] = ()
    missing, asked, was_approved = 0, False, False
    if standing.occasion is not None and standing.preflight is not None:
        found = standing.preflight
        faults += found.stopping
        approved = planner.terms(connection, standing.occasion, found.digest, now)
        given, expired, asked, was_approved = (
            approved.given,
            approved.expired,
            bool(approved.objections),
            approved.was_approved,
        )
        missing = 0 if planner.approve_all else approved.missing
    is_unchecked = standing.occasion is not None and standing.preflight is None
    reaching = [way for way in ways if way.people] or ways  # a channel that reaches nobody keeps nothing going
    waits = held or pauses.EVERYTHING in paused or (bool(ways) and all(way.channel in paused for way in reaching))
    sign = (
        _sign_unseen(standing, faults=bool(faults))
        if is_unchecked
        else _sign(
            standing, now, faults=bool(faults), asked=asked, missing=missing, was_approved=was_approved, held=waits
        )
    )
    # Where something goes, what keeps a line of it back stands at its channel.
    kept_back = () if any(line.will_go for line in lines) else tuple(line.reason for line in lines)
    reason = next(filter(None, (standing.reason, *kept_back)), "") if sign is not Sign.UNCHECKED else ""
    return Coming(
        standing=standing,
        sign=sign,
        reason=reason,
        missing=missing,
        approved_by=given,
        expired=expired if missing else (),
        ways=ways,
        lines=lines,
        faults=faults,
    )


def _sign_unseen(standing: Standing, *, faults: bool) -> Sign:
    """Where it stands, so far as that can be said by whoever has not looked at its texts."""
    if standing.is_cancelled:
        return Sign.CANCELLED
    if standing.is_past:
        return Sign.NOT
    return Sign.DRAFT if faults else Sign.UNCHECKED


def _sign(
    standing: Standing, now: datetime, *, faults: bool, asked: bool, missing: int, was_approved: bool, held: bool
) -> Sign:
    ready = Sign.HELD if held else Sign.GOES
    if standing.is_held_at(now):
        return Sign.LATE
    found = (
        (standing.is_cancelled, Sign.CANCELLED),
        (standing.occurrence.due_at is None, Sign.UNDATED),
        (standing.is_past, Sign.NOT),
        (standing.texts is not None, ready),  # as it was approved, whatever the present text has
        (faults, Sign.DRAFT),
        (asked, Sign.ASKED),
        (missing and was_approved, Sign.CHANGED),
        (missing, Sign.AWAITING),
        (not standing.will_go, Sign.NOT),
    )
    return next((sign for holds, sign in found if holds), ready)


def _ways(planner: Planner, standing: Standing, lines: Sequence[Planned]) -> Iterator[Way]:
    for channel in dict.fromkeys(line.channel for line in lines):
        mine = [line for line in lines if line.channel == channel]
        is_public = planner.workspace.routes[channel].reach is Reach.ALL
        people = sum(line.recipients for line in mine)
        cancelled = standing.cancelled.get(channel, "")
        shut = next((line.reason for line in mine if not line.will_go and not people), "")
        yield Way(
            channel=channel,
            kind=mine[0].kind,
            is_public=is_public,
            people=0 if cancelled else 1 if is_public else people,
            languages=[line.language for line in mine],
            reason=cancelled or (shut if shut and not is_public else ""),
        )
