"""What somebody has cancelled before it left: no copy of it goes any more, whether it was counted already or not.

A copy that is under way comes to its end; one that comes back from there to be tried again is kept out by whoever
takes it up (`keep_out`), as is one that a newsletter was to carry which did not go. Word of a correction or withdrawal
is cancelled by its own occurrence alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, literal, or_, select, update

from communique.correction import corrected_as
from communique.delivery import Mode, State
from communique.phrase import phrase
from communique.retraction import told_of
from communique.store.announcements import retractions
from communique.store.by_index import scheduled
from communique.store.database import deliveries, occurrences, publications
from communique.store.deliveries.leases import Lease
from communique.store.deliveries.owed import ALL
from communique.store.deliveries.transitions import FREE
from communique.store.recipients.wishes import COLLECTS
from communique.store.tables.cancellation import cancellations
from communique.store.tables.subscriber import subscriptions
from communique.timeline import ONCE

EACH, EVERY = "", ""  #: in place of an occurrence, of a channel: all of them
#: Newsletters that have not gone: what they carry goes with the same one later, or with the next.
_NOT_GONE = (State.SCHEDULED, State.FAILED, State.MISSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancelled:
    """What is not to go."""

    campaign: str
    announcement: str
    occurrence: str = EACH
    channel: str = EVERY

    @property
    def name(self) -> str:
        """As people call it: `news/hello #2, email`."""
        occurrence = f" #{self.occurrence}" if self.occurrence not in {EACH, ONCE} else ""
        return f"{self.campaign}/{self.announcement}{occurrence}" + (f", {self.channel}" if self.channel else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancellation:
    """Somebody's word that something is not to go."""

    what: Cancelled
    who: str
    why: str
    since: datetime

    @property
    def reason(self) -> str:
        """As it stands with each copy, by which it is found again."""
        return phrase("cancelled by {who}: {note}", who=self.who, note=self.why)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A public text, by what shows it, that goes nowhere as long as it is cancelled."""

    occurrence: int
    channel: str
    language: str


def begin(connection: Connection, mode: Mode, cancellation: Cancellation) -> None:
    """Put it on record; what holds already is as it was.

    Raises:
        sqlalchemy.exc.IntegrityError: exactly this is cancelled already.
    """
    what = cancellation.what
    values = {**_key(mode, what), "who": cancellation.who, "why": cancellation.why, "since": cancellation.since}
    connection.execute(insert(cancellations).values(**values))


def end(connection: Connection, mode: Mode, what: Cancelled) -> None:
    """Take it off the record."""
    connection.execute(
        delete(cancellations).where(*(cancellations.c[name] == at for name, at in _key(mode, what).items()))
    )


def _key(mode: Mode, what: Cancelled) -> dict[str, str]:
    return {
        "mode": mode,
        "campaign": what.campaign,
        "announcement": what.announcement,
        "occurrence": what.occurrence,
        "channel": what.channel,
    }


def in_mode(connection: Connection, mode: Mode) -> Sequence[Cancellation]:
    """All of them, the latest first."""
    found = select(cancellations).where(cancellations.c.mode == mode).order_by(cancellations.c.since.desc())
    return [
        Cancellation(
            what=Cancelled(
                campaign=row.campaign, announcement=row.announcement, occurrence=row.occurrence, channel=row.channel
            ),
            who=row.who,
            why=row.why,
            since=row.since,
        )
        for row in connection.execute(found)
    ]


def channels_of(
    found: Sequence[Cancellation], name: tuple[str, str], occurrence: str, through: Sequence[str]
) -> dict[str, str]:
    """Of the channels of an announcement those through which nothing of it goes, each with the reason."""
    mine = [
        each
        for each in found
        if (each.what.campaign, each.what.announcement) == name
        and each.what.occurrence in {_series(occurrence), occurrence}
    ]
    reasons: dict[str, str] = {}
    for each in mine:
        reasons |= {channel: each.reason for channel in through if each.what.channel in {EVERY, channel}}
    return reasons


def _series(occurrence: str) -> str | None:
    """What stands for each of a series; word of something that went out is in none."""
    return None if told_of(corrected_as(occurrence)) != occurrence else EACH


def counted(connection: Connection, mode: Mode, what: Cancelled) -> Mapping[str, Counter[State]]:
    """The copies it is about that are on the ledger: by channel, how many are in which state.

    One that a newsletter carries is in the state of that, unless it has not gone: then it waits.
    """
    carrier = deliveries.alias("carrier")
    begun = and_(deliveries.c.state == State.COLLECTED, carrier.c.state.not_in(_NOT_GONE))
    state = case((begun, carrier.c.state), else_=deliveries.c.state).label("stands")
    query = (
        select(deliveries.c.channel, state, func.count())
        .outerjoin_from(deliveries, carrier, carrier.c.id == deliveries.c.digest_id)
        .where(*_of(mode, what))
        .group_by(deliveries.c.channel, "stands")
        .order_by(deliveries.c.channel)
    )
    found: dict[str, Counter[State]] = {}
    for channel, state, number in connection.execute(query):
        found.setdefault(channel, Counter())[State(state)] = number
    return found


def cancel(connection: Connection, mode: Mode, cancellation: Cancellation) -> tuple[int, Sequence[Shown]]:
    """Cancel what waits to go, and what waits for a newsletter; how many copies, and which of them are public.

    What was to be repeated because it may have gone out is in doubt again.
    """
    return stop(connection, mode, cancellation.what, cancellation.reason, cancellation.since)


def stop(
    connection: Connection, mode: Mode, what: Cancelled, reason: str, now: datetime
) -> tuple[int, Sequence[Shown]]:
    """The same, for a reason that is nobody's word."""
    mine = _of(mode, what)
    shown = _shown(connection, and_(*mine, deliveries.c.state == State.SCHEDULED))
    changed = connection.execute(update(deliveries).where(*mine, _waits()).values(**_gone(reason, now)))
    return changed.rowcount, shown


def waits(connection: Connection, occurrence: int) -> bool:
    """Whether a copy of an occurrence waits to go, or for a newsletter; by the indexes of what does."""
    owed = scheduled(), func.coalesce(deliveries.c.occurrence_id, 0) == occurrence
    collected = (
        deliveries.c.occurrence_id == occurrence,
        deliveries.c.state == State.COLLECTED,
        deliveries.c.digest_id.is_(None),
        deliveries.c.finished_at.is_not(None),
    )
    found = (select(deliveries.c.id).where(*each).limit(1) for each in (owed, collected))
    return any(connection.execute(each).first() for each in found)


def _waits() -> ColumnElement[bool]:
    carrier = deliveries.alias("carrier")
    not_gone = select(carrier.c.id).where(carrier.c.id == deliveries.c.digest_id, carrier.c.state.in_(_NOT_GONE))
    return or_(
        deliveries.c.state == State.SCHEDULED,
        and_(
            deliveries.c.state == State.COLLECTED,
            or_(deliveries.c.digest_id.is_(None), not_gone.correlate(deliveries).exists()),
        ),
    )


def restore(
    connection: Connection, mode: Mode, cancellation: Cancellation, *, newsletters: Sequence[str], now: datetime
) -> tuple[int, Sequence[Shown]]:
    """Owe again what was cancelled by it and whose time has not passed; how many copies, and which are public.

    `newsletters`: channels whose readers may want it by day or week: for those it waits again.
    """
    in_time = select(occurrences.c.id).where(occurrences.c.expires_at > now)
    mine = (
        *_of(mode, cancellation.what),
        deliveries.c.state == State.CANCELLED,
        deliveries.c.reason == cancellation.reason,
        deliveries.c.occurrence_id.in_(in_time),
    )
    shown = _shown(connection, and_(*mine))
    collects = (
        select(subscriptions.c.person_id)
        .where(subscriptions.c.person_id == deliveries.c.person_id, COLLECTS)
        .correlate(deliveries)
        .exists()
    )
    waits = and_(deliveries.c.channel.in_(newsletters), collects)
    values: dict[str, Any] = {
        "state": case((waits, literal(str(State.COLLECTED))), else_=literal(str(State.SCHEDULED))),
        "reason": "",
        "next_attempt_at": now,
        "finished_at": case((waits, literal(now, deliveries.c.finished_at.type)), else_=None),
    }
    return connection.execute(update(deliveries).where(*mine).values(**values)).rowcount, shown


def show(
    connection: Connection, shown: Sequence[Shown], *, on_website: Sequence[str], in_feed: Sequence[str], is_so: bool
) -> None:
    """Have public texts on the website and in feeds, or not; by the channels that show them there."""
    for column, channels in ((publications.c.on_website, on_website), (publications.c.in_feed, in_feed)):
        for each in shown:
            if each.channel in channels:
                own = select(
                    occurrences.c.mode, occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence
                ).where(occurrences.c.id == each.occurrence)
                row = connection.execute(own).one()
                names = (publications.c[name] == value for name, value in row._mapping.items())  # noqa: SLF001
                language = publications.c.language == each.language
                connection.execute(update(publications).where(*names, language).values({column: is_so}))


def keep_out(connection: Connection, mode: Mode, taken: Sequence[Lease], now: datetime) -> list[Lease]:
    """Of what was taken up, what may go: nothing has been tried of the rest, which is cancelled.

    Of newsletters, what they carry: those that carry nothing any more are left out by whoever fills them.
    """
    found = in_mode(connection, mode)
    if not found or not taken:
        return list(taken)
    _keep_out_of_newsletters(connection, found, [each.delivery.id for each in taken], now)
    may_go, reasons = [], dict[str, list[int]]()
    for lease in taken:
        one = lease.delivery
        stopped = channels_of(found, (one.campaign, one.announcement), one.occurrence, [one.channel])
        if stopped:
            reasons.setdefault(stopped[one.channel], []).append(one.id)
        else:
            may_go.append(lease)
    for reason, ids in reasons.items():
        connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**_gone(reason, now)))
    return may_go


def _keep_out_of_newsletters(
    connection: Connection, found: Sequence[Cancellation], taken: Sequence[int], now: datetime
) -> None:
    carried = (
        select(deliveries.c.id, deliveries.c.channel, *(occurrences.c[name] for name in _NAMES))
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(
            deliveries.c.digest_id.in_(taken),
            deliveries.c.state == State.COLLECTED,
            occurrences.c.campaign.in_({each.what.campaign for each in found}),
        )
    )
    reasons = dict[str, list[int]]()
    for row in connection.execute(carried):
        stopped = channels_of(found, (row.campaign, row.announcement), row.occurrence, [row.channel])
        if stopped:
            reasons.setdefault(stopped[row.channel], []).append(row.id)
    for reason, ids in reasons.items():
        connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**_gone(reason, now)))


_NAMES = ("campaign", "announcement", "occurrence")


def _gone(reason: str, now: datetime) -> dict[str, Any]:
    may_have_gone = and_(deliveries.c.resends > 0, deliveries.c.state != State.COLLECTED)
    state = case((may_have_gone, literal(str(State.IN_DOUBT))), else_=literal(str(State.CANCELLED)))
    return {"state": state, "reason": reason, "finished_at": now, "digest_id": None, **FREE}


def _of(mode: Mode, what: Cancelled) -> tuple[ColumnElement[bool], ...]:
    own = select(occurrences.c.id).where(
        occurrences.c.mode == mode,
        occurrences.c.campaign == what.campaign,
        occurrences.c.announcement == what.announcement,
    )
    if what.occurrence == EACH:
        own = own.where(occurrences.c.tells_of.is_(None))
    else:
        own = own.where(occurrences.c.occurrence == what.occurrence)
    mine: tuple[ColumnElement[bool], ...] = (deliveries.c.occurrence_id.in_(own),)
    return mine if what.channel == EVERY else (*mine, deliveries.c.channel == what.channel)


def _shown(connection: Connection, where: ColumnElement[bool]) -> list[Shown]:
    found = select(deliveries.c.occurrence_id, deliveries.c.channel, deliveries.c.language).where(
        where, deliveries.c.person_id == ALL
    )
    return [
        Shown(occurrence=row.occurrence_id, channel=row.channel, language=row.language)
        for row in connection.execute(found)
    ]


def is_withdrawn(connection: Connection, mode: Mode, what: Cancelled) -> bool:
    """Whether it was withdrawn since: then nothing of it goes again. Of a series, what was not withdrawn does."""
    mine = {what.occurrence, ONCE if what.occurrence == EACH else what.occurrence}
    return any(
        (campaign, announcement) == (what.campaign, what.announcement) and occurrence in mine
        for campaign, announcement, occurrence in retractions.in_mode(connection, mode)
    )
