"""What goes out next, what is wrong, what waits for whoever looks, and what has just gone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from communique.delivery import State
from communique.monitoring.health import STOPPED_AFTER
from communique.plan import approving, correcting, outlook
from communique.plan.gone_campaigns import TakenAway, taken_away
from communique.plan.moved import Stale, stale
from communique.plan.outlook import WRONG, Coming, Gone, Sign
from communique.plan.planning import Planner
from communique.plan.proposed_corrections import Proposed
from communique.plan.waiting_corrections import waiting_corrections
from communique.problems import Problem, errors
from communique.store.announcements import publications, retractions
from communique.store.announcements.retractions import Asked
from communique.store.deliveries import accounts, packs, pauses, rests, stops, troubles
from communique.store.deliveries.pauses import Pause
from communique.store.deliveries.rests import Rest
from communique.store.deliveries.stops import Stop
from communique.store.deliveries.troubles import SameWords
from communique.store.desk import approvals
from communique.store.desk.officers import Duty, Officer
from communique.store.recipients import written_answers
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.delivery_pages import POSTING
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office
from communique.web.desk.written_answer_pages import READERS
from communique.website.freshness import Freshness, freshness

#: Announcements that have gone, on the first page; and how many of them are not folded.
_JUST_GONE, _WHOLE = 12, 5
_NEWS = timedelta(days=14)
#: Who is put off at first (greylisting) is taken within that time.
_LONG = timedelta(hours=1)
#: What cannot go yet, for want of a person.
_UNREADY = frozenset({Sign.AWAITING, Sign.CHANGED, Sign.ASKED, Sign.DRAFT, Sign.LATE})
#: What nobody has approved so long before its time is wrong: it will be late.
_SOON = timedelta(days=1)
#: What is shown first of what is wrong.
_WEIGHT = (*WRONG[:2], Sign.AWAITING, *WRONG[2:])
#: What comes later is folded, by month.
_NEAR = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """What needs a person, besides announcements."""

    held: str  #: why nothing at all goes out
    still: Coming | None  #: what ought to have begun long ago, and nobody has begun it
    paused: Sequence[Pause]
    resting: Sequence[Rest]
    stopped: Sequence[Stop]
    retried: Sequence[tuple[Gone, SameWords]]  #: what has been tried for long, and what most of it was answered
    taken_away: Sequence[TakenAway]  #: campaigns that were approved, and whose files are not there
    faults: Sequence[Problem]  #: of files that are no campaign's
    coming: Sequence[Coming]
    gone: Sequence[Gone]
    silence: Freshness | None  #: the public has to be told something
    old_dates: Sequence[Stale]  #: what went out with a date that has moved
    missed: Sequence[Coming]  #: what did not go while there was time

    @property
    def count(self) -> int:
        """How many things."""
        files = {each.file for each in self.faults}
        lists = (self.paused, self.resting, self.stopped, self.retried, files, self.coming, self.gone, self.old_dates)
        away = len(self.taken_away)
        return bool(self.held) + bool(self.still) + bool(self.silence) + bool(self.missed) + away + sum(map(len, lists))


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """Everything, at one moment."""

    now: datetime  #: in the government's time zone
    wrong: Wrong
    mine: Sequence[Coming]  #: what waits for whoever looks
    words: Sequence[Proposed]  #: the same of corrections
    written: int  #: answers in words that whoever looks may settle
    packs: int  #: what is written for a person, and waits for whoever looks to say that it is done
    withdrawals: Sequence[tuple[Any, Asked]]  #: what somebody else wants withdrawn, with the row of it
    under_way: Sequence[Gone]  #: what goes out at this moment, or has begun to and waits
    all_wait: bool  #: none of it moves: all of its channels are paused, or cannot be used
    next: Coming | None  #: what goes out next
    able: Sequence[str]  #: who can approve what would go next, where whoever looks cannot
    coming: Sequence[Coming]
    gone: Sequence[Gone]  #: lately; what is under way stands above
    all_gone: int  #: how many ever
    fresh: Freshness | None  #: None while nothing is on the website

    @property
    def is_unreadable(self) -> bool:
        """Whether nothing can be said of what comes, because a campaign's file cannot be read."""
        return not self.coming and any(each.file.startswith("campaigns/") for each in self.wrong.faults)

    @property
    def unchecked(self) -> int:
        """How much nobody has looked at yet: what is wrong with it, and whether it is approved, is not known."""
        return sum(each.sign is Sign.UNCHECKED for each in self.coming)

    @property
    def stuck_before(self) -> int:
        """How much is due before the next one, and cannot go yet."""
        if self.next is None or (due_at := self.next.due_at) is None:
            return 0
        return sum(each.sign in _UNREADY and each.due_at is not None and each.due_at < due_at for each in self.coming)

    @property
    def unready(self) -> Coming | None:
        """What would go next, where nothing that could go waits: approvals are missing, or faults keep it."""
        return _unready(self.coming) if self.next is None else None

    @property
    def near(self) -> list[Coming]:
        """What comes soon."""
        return [each for each in self.coming if each.due_at is not None and each.due_at < self.now + _NEAR]

    @property
    def undated(self) -> list[Coming]:
        """What has no date yet."""
        return [each for each in self.coming if each.due_at is None]

    def by_month(self) -> Iterator[tuple[datetime, list[Coming]]]:
        """What comes later, by its local month, with a moment in it."""
        zone = self.now.tzinfo
        later = [
            (each.due_at.astimezone(zone), each)
            for each in self.coming
            if each.due_at is not None and each.due_at >= self.now + _NEAR
        ]
        for _, group in groupby(later, key=lambda pair: (pair[0].year, pair[0].month)):
            same = list(group)
            yield same[0][0], [each for _, each in same]


def by_day(coming: Sequence[Coming]) -> Iterator[tuple[datetime | None, list[Coming]]]:
    """By the day; what has no date yet is in one group."""
    for _, group in groupby(coming, key=lambda each: each.due_at and each.due_at.date()):
        same = list(group)
        yield same[0].due_at, same


@dataclass(frozen=True)
class TimelinePages:
    """`/`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [DeskPage(path="", show=self.show)]

    def show(self, ask: Ask) -> Reply:
        """The first page."""
        found = timeline(self.office, ask.who)
        context = {
            "timeline": found,
            "by_day": by_day,
            "said": ask.visit.query.get("said", ""),
            "just_gone": found.gone[:_WHOLE],
            "gone_before": found.gone[_WHOLE:_JUST_GONE],
            "more_gone": max(0, found.all_gone - _JUST_GONE),
        }
        return Reply(body=self.pages.fill("timeline.html", ask, context))


def timeline(office: Office, officer: Officer) -> Timeline:
    """As somebody sees it who looks now."""
    planner, now, held = office.planner(), office.clock(), office.held()
    with office.database.reading() as connection:
        coming = office.at_once(lambda planner: outlook.coming(planner, connection, now, held=held))
        gone = outlook.gone_lately(planner, connection, now - _NEWS, least=_JUST_GONE)
        all_gone = accounts.count_balances(connection, planner.mode)
        last = publications.last_on_website(connection, planner.mode)
        fresh = freshness(planner.workspace, planner.milestones(connection), last, now)
        wrong = Wrong(
            held=held,
            still=_standing_still(coming, approvals.last_at(connection), now),
            paused=pauses.paused(connection),
            resting=rests.resting(connection),
            stopped=stops.stopped(connection, planner.mode),
            retried=list(_retried(planner, connection, gone, now)),
            taken_away=list(taken_away(planner, connection, now)),
            faults=_elsewhere(planner, errors(office.problems)),
            # Where everything is held that is said once, not of each.
            coming=_by_weight(
                [
                    each
                    for each in coming
                    if (each.sign in WRONG or _is_urgent(each, now))
                    and not each.standing.is_past
                    and not (held and each.sign is Sign.HELD)
                ]
            ),
            missed=[each for each in coming if each.sign in WRONG and each.standing.is_past],
            gone=[each for each in gone if _needs_a_person(each, now)],
            silence=fresh if fresh is not None and fresh.needs_a_person else None,
            old_dates=[
                each for one in planner.workspace.campaigns.values() for each in stale(planner, connection, one)
            ],
        )
        mine = [each for each in coming if waits_for(planner, connection, each, officer)]
        words = [
            each
            for campaign in planner.workspace.campaigns.values()
            for each in waiting_corrections(planner, connection, campaign, now)
            if _waits_for(planner, connection, each, officer)
        ]
        reads = officer.may(READERS)
        in_words = written_answers.count(connection, planner.mode) if reads else 0
        handed = planner.workspace.for_a_person
        waiting = packs.waiting(connection, planner.mode, handed) if officer.may(POSTING) else {}
        withdrawals = [
            (row, asked)
            for row, asked in retractions.waiting(connection, planner.mode)
            if _may_confirm(planner, asked, officer)
        ]
        found = _next(coming)
        first = found or _unready(coming)
        asked = first if first is not None and first not in mine else None
        able = _able(planner, connection, asked, office.approvers(connection)) if asked else []
    under_way = [each for each in gone if each.sign in {Sign.UNDER_WAY, Sign.HELD}]
    return Timeline(
        now=now.astimezone(planner.workspace.settings.timezone),
        wrong=wrong,
        mine=mine,
        words=words,
        written=in_words,
        packs=len(waiting),
        withdrawals=withdrawals,
        under_way=under_way,
        all_wait=all(each.sign is Sign.HELD for each in under_way),
        next=found,
        able=able,
        coming=[each for each in coming if not each.standing.is_past],
        gone=[each for each in gone if each not in under_way],
        all_gone=all_gone - len(under_way),
        fresh=fresh,
    )


def _next(coming: Sequence[Coming]) -> Coming | None:
    """What goes out next; what nobody has looked at might, unless something that waits for a person comes before it."""
    first = next((each for each in coming if each.sign in {Sign.GOES, Sign.HELD, Sign.UNCHECKED}), None)
    if first is None or first.sign is not Sign.UNCHECKED:
        return first
    before = coming[: coming.index(first)]
    return None if any(each.sign in _UNREADY and each.due_at is not None for each in before) else first


def _unready(coming: Sequence[Coming]) -> Coming | None:
    return next((each for each in coming if each.sign in _UNREADY and each.due_at is not None), None)


def _able(planner: Planner, connection: Connection, each: Coming, among: Sequence[str]) -> Sequence[str]:
    """Who is to be asked for an approval that is missing."""
    if not each.missing:
        return []
    return approving.still_able(planner, connection, each.standing, among, each.approved_by)


def _standing_still(coming: Sequence[Coming], approved_at: datetime | None, now: datetime) -> Coming | None:
    """The first that may go and whose time is long over: whoever sends has stopped, or was never started.

    The desk cannot ask the daemon, which may be another machine's; what has been approved after its time begins with
    the next tick.
    """
    since = now - STOPPED_AFTER
    if approved_at is not None and approved_at > since:
        return None
    ready = (each for each in coming if each.sign is Sign.GOES and each.standing.due)
    return next((each for each in ready if each.due_at is not None and each.due_at < since), None)


def _retried(
    planner: Planner, connection: Connection, gone: Sequence[Gone], now: datetime
) -> Iterator[tuple[Gone, SameWords]]:
    """What should be over by now, and is put off again and again."""
    for each in gone:
        if each.sign is Sign.UNDER_WAY and each.due_at < now - _LONG:
            found = troubles.by_words(connection, planner.mode, each.name)
            waits = next((same for same in found if same.state is State.SCHEDULED), None)
            if waits is not None:
                yield each, waits


def waits_for(planner: Planner, connection: Connection, each: Coming, officer: Officer) -> bool:
    """Whether somebody could approve it now, and has not: what is late still goes while it makes sense."""
    is_wanted = each.sign in {Sign.AWAITING, Sign.CHANGED} or (each.sign is Sign.LATE and each.missing)
    if Duty.APPROVER not in officer.duties or not is_wanted:
        return False
    if approvals.folded(officer.name) in map(approvals.folded, each.approved_by):
        return False
    try:
        who = approving.approver(planner, officer.name)
    except approving.NotAnApproverError:
        return False
    return not approving.objection(planner, connection, each.standing, who)


def _waits_for(planner: Planner, connection: Connection, each: Proposed, officer: Officer) -> bool:
    """The same of a correction."""
    is_given = approvals.folded(officer.name) in map(approvals.folded, each.approved_by)
    if Duty.APPROVER not in officer.duties or is_given or each.objections:
        return False
    try:
        who = approving.approver(planner, officer.name)
    except approving.NotAnApproverError:
        return False
    return not correcting.objection(planner, connection, each, who)


def _may_confirm(planner: Planner, asked: Asked, officer: Officer) -> bool:
    """Whether somebody is another approver than the one who asks."""
    if Duty.APPROVER not in officer.duties or approvals.folded(asked.by) == approvals.folded(officer.name):
        return False
    try:
        approving.approver(planner, officer.name)
    except approving.NotAnApproverError:
        return False
    return True


def _needs_a_person(each: Gone, now: datetime) -> bool:
    """What may have gone is settled by a person, however old; what has not gone is news for two weeks."""
    is_news = now - each.due_at < _NEWS
    return each.sign is Sign.DOUBT or (is_news and each.sign in {Sign.FAILED, Sign.PARTLY})


def _is_urgent(each: Coming, now: datetime) -> bool:
    return each.sign is Sign.AWAITING and each.due_at is not None and each.due_at - now < _SOON


def _by_weight(coming: list[Coming]) -> list[Coming]:
    return sorted(coming, key=lambda each: _WEIGHT.index(each.sign))


def _elsewhere(planner: Planner, problems: Sequence[Problem]) -> list[Problem]:
    """Faults that no announcement shows: of settings, channels, campaigns that cannot be read."""
    shown = {f"campaigns/{name}.yaml" for name in planner.workspace.campaigns}
    return [each for each in problems if each.file not in shown]
