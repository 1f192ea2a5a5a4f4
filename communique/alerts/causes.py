"""What officers are told of by mail, as the ledger and the files have it now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from communique.bounces.verdicts import Verdict
from communique.delivery import Mode, State, junk_mark
from communique.log_lines import masked
from communique.plan.standing import Standing
from communique.problems import Problem
from communique.settings.mailboxes import Canary
from communique.store.announcements import declarations, publications
from communique.store.deliveries import canaries, pauses, rests, stops, troubles
from communique.store.deliveries.concerns import Concern
from communique.store.recipients import refusals, returns
from communique.website.freshness import FOUR_MONTHS, WARNING, freshness
from communique.workspace import Workspace


class Cause(StrEnum):
    """Each has its words in `templates/layouts/words/`, and a mail of its own."""

    LEDGER = "ledger"  #: everything waits: the ledger was put back
    CLOCK = "clock"  #: everything waits: this machine's clock was put forward
    DISK = "disk"  #: everything waits: no room
    BROKEN = "broken"  #: a file cannot be read
    FAILURE = "failure"  #: the daemon cannot do its work
    PAUSED = "paused"  #: somebody told a channel to wait, and that was long ago
    RESTING = "resting"  #: a channel cannot be used
    STOPPED = "stopped"  #: too many mails of an announcement came back: the rest waits
    HELD = "held"  #: an announcement is due and does not go
    LATE = "late"  #: it went after its time
    IN_DOUBT = "in_doubt"  #: copies may have gone out
    BY_HAND = "by_hand"  #: packs wait for somebody to post them
    FAILED = "failed"  #: many copies were refused for good
    MISSED = "missed"  #: copies did not go in time
    REJECTED = "rejected"  #: mail servers do not want our mails: spam, DMARC, block lists
    COMPLAINTS = "complaints"  #: many readers call an announcement junk
    DOUBTED = "doubted"  #: a provider says of many people at once that they do not exist
    MAILBOX = "mailbox"  #: returned mail cannot be read
    SILENCE = "silence"  #: the public has not been told anything for nearly four months, or longer
    CANARY = "canary"  #: mails are accepted, and do not arrive
    CANARY_MAILBOX = "canary_mailbox"  #: whether they arrive cannot be seen


#: What mends each.
COMMANDS = {
    Cause.LEDGER: "communique resume --help",
    Cause.CLOCK: "timedatectl\ncommunique resume --clock-is-right --as NAME",
    Cause.DISK: "df -h",
    Cause.BROKEN: "communique check",
    Cause.FAILURE: "journalctl -u communique",
    Cause.PAUSED: "communique resume --help",
    Cause.RESTING: "communique status",
    Cause.STOPPED: "communique status",
    Cause.HELD: "communique plan",
    Cause.LATE: "communique status",
    Cause.IN_DOUBT: "communique status",
    Cause.BY_HAND: "communique status",
    Cause.FAILED: "communique log",
    Cause.MISSED: "communique log",
    Cause.REJECTED: "communique doctor",
    Cause.COMPLAINTS: "communique status",
    Cause.DOUBTED: "communique log",
    Cause.MAILBOX: "journalctl -u communique",
    Cause.SILENCE: "communique check --evidence",
    Cause.CANARY: "communique status",
    Cause.CANARY_MAILBOX: "communique doctor",
}
#: What the desk shows: the others are for who runs the machine, or its mailboxes.
AT_DESK = {*Cause} - {Cause.DISK, Cause.FAILURE, Cause.MAILBOX, Cause.CANARY, Cause.CANARY_MAILBOX, Cause.REJECTED}
#: Those that end; the others are events, and told once.
LASTING = {
    Cause.LEDGER,
    Cause.CLOCK,
    Cause.DISK,
    Cause.BROKEN,
    Cause.FAILURE,
    Cause.PAUSED,
    Cause.RESTING,
    Cause.STOPPED,
    Cause.HELD,
    Cause.IN_DOUBT,
    Cause.BY_HAND,
    Cause.MAILBOX,
    Cause.SILENCE,
    Cause.CANARY,
    Cause.CANARY_MAILBOX,
}
#: Read from the ledger, whatever the tick did.
IN_LEDGER = {
    Cause.PAUSED,
    Cause.RESTING,
    Cause.STOPPED,
    Cause.LATE,
    Cause.IN_DOUBT,
    Cause.BY_HAND,
    Cause.FAILED,
    Cause.MISSED,
    Cause.REJECTED,
    Cause.COMPLAINTS,
    Cause.DOUBTED,
    Cause.SILENCE,
    Cause.CANARY,
}
#: Events older than this are told to nobody any more.
RECENT = timedelta(days=2)
#: Who pauses knows it; after this time it may have been forgotten.
FORGOTTEN = timedelta(hours=4)
#: One bad address in a list is no alarm; a network that refuses its only post is.
_MANY = 0.05


def in_ledger(connection: Connection, workspace: Workspace, mode: Mode, now: datetime) -> Iterator[Concern]:
    """What copies say: numbers, and no addresses."""
    handed = {name for name, route in workspace.routes.items() if route.is_for_a_person}
    for each in troubles.in_doubt(connection, mode):
        cause = Cause.BY_HAND if each.channel in handed else Cause.IN_DOUBT
        yield _counted(cause, each, str(each.count))
    yield from _lost(connection, mode, now, few=workspace.settings.bounces.brake.people)
    for pause in pauses.paused(connection):
        if now - pause.since >= FORGOTTEN:
            detail = f"{pause.who}: {pause.why}" if pause.why else pause.who
            yield Concern(cause=Cause.PAUSED, subject=pause.channel or "*", detail=masked(detail), since=pause.since)
    for rest in rests.resting(connection):
        yield Concern(cause=Cause.RESTING, subject=rest.channel, detail=masked(rest.why), since=rest.since)
    for stop in stops.stopped(connection, mode):
        detail = f"{stop.returned}/{stop.gone}: {masked(stop.words)}"
        yield Concern(cause=Cause.STOPPED, subject=f"{stop.name} ({stop.channel})", detail=detail, since=stop.since)
    yield from _came_back(connection, mode, now)
    yield from _silence(connection, workspace, mode, now)
    yield from _canary(connection, workspace.settings.canary, now)
    for late in troubles.late(connection, mode, since=now - RECENT):
        yield Concern(cause=Cause.LATE, subject=late.announcement, since=late.since)


def _lost(connection: Connection, mode: Mode, now: datetime, *, few: int) -> Iterator[Concern]:
    """What was missed, and what was refused for good: at once, or later by a mail that says so.

    Mails that come back are told from a few on: a provider that errs about one person at each of many domains is found
    by nobody but an officer.
    """
    refused = dict[tuple[str, str], troubles.Trouble]()
    for each in troubles.not_gone(connection, mode, since=now - RECENT):
        if each.state is State.MISSED:
            yield _counted(Cause.MISSED, each, f"{each.count}/{each.planned}")
        else:
            refused[each.announcement, each.channel] = each
    for back in troubles.came_back(connection, mode, Verdict.HARD, since=now - RECENT):
        at_once = refused.get((back.announcement, back.channel))
        count = back.count + (at_once.count if at_once else 0)
        if count >= few:
            refused[back.announcement, back.channel] = replace(back, count=count)
    for each in refused.values():
        if each.count >= _MANY * each.planned:
            yield _counted(Cause.FAILED, each, f"{each.count}/{each.planned}")


def _came_back(connection: Connection, mode: Mode, now: datetime) -> Iterator[Concern]:
    """What servers refused, and it is not the fault of the addresses."""
    for tally in returns.tallies(connection, mode, Verdict.POLICY, since=now - RECENT):
        subject = f"{troubles.named(tally.campaign, tally.announcement, tally.occurrence)} ({tally.channel})"
        detail = f"{tally.count}: {masked(tally.words)}"
        yield Concern(cause=Cause.REJECTED, subject=subject, detail=detail, since=tally.since)
    for junk in troubles.called_junk(connection, mode, since=now - RECENT):
        if (mark := junk_mark(junk.count, junk.planned)) is not None:
            # Not how many: each reader more would be told.
            yield _counted(Cause.COMPLAINTS, junk, f"≥ {100 * mark:.1f} %")
    for each in refusals.doubted(connection, mode, now - RECENT):
        detail = f"{each.people}: {masked(each.words)}"
        yield Concern(cause=Cause.DOUBTED, subject=each.name, detail=detail, since=each.since)


def _silence(connection: Connection, workspace: Workspace, mode: Mode, now: datetime) -> Iterator[Concern]:
    """The mark is near and nothing is planned, or it has passed. Said by its day: a count would be news every day."""
    last = publications.last_on_website(connection, mode)
    if last is None or now <= last + FOUR_MONTHS - WARNING:
        return
    milestones = {
        name: declarations.milestones_of(connection, campaign) for name, campaign in workspace.campaigns.items()
    }
    found = freshness(workspace, milestones, last, now)
    if found is not None and found.needs_a_person:
        mark = f"{found.mark.astimezone(workspace.almanac.zone):%Y-%m-%d}"
        yield Concern(cause=Cause.SILENCE, subject=workspace.settings.public_address, detail=mark, since=last)


def _canary(connection: Connection, settings: Canary | None, now: datetime) -> Iterator[Concern]:
    """Unseen for longer than it may take."""
    if settings is not None:
        missing = canaries.overdue(connection, settings.through, settings.patience, now)
        if missing is not None:
            yield Concern(cause=Cause.CANARY, subject=settings.through, detail=missing.why, since=missing.begun_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """What the daemon saw at one tick."""

    failure: str  #: why the tick did not go through
    put_back: str  #: why the ledger asks a person
    clock: str = ""  #: why this machine's clock is not believed
    held: str  #: why everything waits: for one of these, or for room on disk
    broken: Sequence[Problem]
    unread: Sequence[str] = ()  #: why returned mail cannot be read
    canary_fault: str = ""  #: why the canary's mailbox cannot be read
    waiting: Sequence[Standing] | None  #: due, and does not go; None when the tick did not come so far

    @property
    def causes(self) -> set[Cause]:
        """Those it knows something of, with those of the ledger.

        What may lie in a mailbox that nobody can look into is neither missing nor there.
        """
        known = {
            *IN_LEDGER,
            Cause.LEDGER,
            Cause.CLOCK,
            Cause.DISK,
            Cause.BROKEN,
            Cause.FAILURE,
            Cause.MAILBOX,
            Cause.CANARY_MAILBOX,
        }
        if self.waiting is not None:
            known.add(Cause.HELD)
        return known - ({Cause.CANARY} if self.canary_fault else set())

    def concerns(self, now: datetime) -> Iterator[Concern]:
        """What needs a person."""
        if self.put_back:
            yield Concern(cause=Cause.LEDGER, subject="Communiqué", detail=self.put_back, since=now)
        elif self.clock:
            yield Concern(cause=Cause.CLOCK, subject="Communiqué", detail=self.clock, since=now)
        elif self.held:
            # Without how much is free: each change would be told.
            yield Concern(cause=Cause.DISK, subject="Communiqué", since=now)
        if self.failure:
            yield Concern(cause=Cause.FAILURE, subject="Communiqué", detail=self.failure, since=now)
        for why in self.unread:
            yield Concern(cause=Cause.MAILBOX, subject="Communiqué", detail=why, since=now)
        if self.canary_fault:
            yield Concern(cause=Cause.CANARY_MAILBOX, subject="Communiqué", detail=self.canary_fault, since=now)
        yield from _broken(self.broken, now)
        yield from _waiting(self.waiting or (), now)


def _waiting(standings: Sequence[Standing], now: datetime) -> Iterator[Concern]:
    """What is due and does not go."""
    for each in standings:
        since = each.occurrence.due_at or now
        yield Concern(cause=Cause.HELD, subject=_name(each), detail=masked(each.reason), since=since)


def _broken(problems: Sequence[Problem], now: datetime) -> Iterator[Concern]:
    """Errors in files, each place once and without what stands there."""
    places: dict[str, list[str]] = {}
    for each in problems:
        place = f"{each.file}:{each.line}" if each.line else each.file
        places.setdefault(place, []).append(masked(each.message))
    for place, messages in places.items():
        yield Concern(cause=Cause.BROKEN, subject=place, detail="; ".join(messages), since=now)


def _counted(cause: Cause, trouble: troubles.Trouble, detail: str) -> Concern:
    subject = f"{trouble.announcement} ({trouble.channel})"
    return Concern(cause=cause, subject=subject, detail=detail, since=trouble.since)


def _name(standing: Standing) -> str:
    return troubles.named(*standing.name, standing.occurrence.occurrence)
