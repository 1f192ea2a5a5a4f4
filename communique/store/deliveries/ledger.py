"""What is owed and what became of it: every change of a delivery's state is one function here, in one transaction.

The states are in `communique.delivery`; what is under way is in `communique.store.deliveries.leases`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, insert, select, update

from communique.delivery import SETTLED, Mode, State
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.store import fallen_due
from communique.store.by_index import in_mode, scheduled
from communique.store.database import deliveries, occurrences
from communique.store.deliveries.owed import Owed, OwedToEach, write
from communique.store.deliveries.owed_anew import nobody_got
from communique.store.read_once import read_once
from communique.store.recipients.meeting_revisions import next_sequence
from communique.store.recipients.meeting_terms import as_frozen
from communique.store.tables.retraction import retractions

LATE = timedelta(minutes=5)  #: later than this is said to be late
_NOT_GONE = {State.MISSED, State.FAILED, State.CANCELLED}


class Shut(NamedTuple):
    """A gate that is not open."""

    reason: str  #: for officers
    for_good: bool = False  #: unless somebody does something about it


def freeze(
    connection: Connection,
    mode: Mode,
    occasion: Occasion,
    owed: Iterable[Owed | OwedToEach],
    *,
    expires_at: datetime,
    digest: str,
    now: datetime,
) -> int:
    """Write down who gets what, once: freezing again adds nothing. The number of copies that are owed.

    An occurrence that nobody got and that has been given a later time is owed anew.
    """
    known = connection.execute(_of(mode, occasion)).first()
    if known is not None:
        return _revive(connection, mode, known.id, occasion, owed, expires_at=expires_at, digest=digest, now=now)
    values = {
        "mode": mode,
        "campaign": occasion.campaign.campaign,
        "announcement": occasion.announcement,
        "occurrence": occasion.occurrence,
        "planned": 0,
        **_times(connection, mode, occasion, expires_at, digest, now),
    }
    occurrence = connection.execute(insert(occurrences).values(**values).returning(occurrences.c.id)).scalar_one()
    planned = write(connection, occurrence, owed, now)
    connection.execute(update(occurrences).where(occurrences.c.id == occurrence).values(planned=planned))
    return planned


def _revive(
    connection: Connection,
    mode: Mode,
    occurrence: int,
    occasion: Occasion,
    owed: Iterable[Owed | OwedToEach],
    *,
    expires_at: datetime,
    digest: str,
    now: datetime,
) -> int:
    """Counted anew, if nobody got it and it is not too late any more; what has gone is never touched."""
    if not nobody_got(connection, occurrence):
        return 0
    own = deliveries.c.occurrence_id == occurrence
    counted = select(func.count()).select_from(deliveries).where(own)
    with connection.begin_nested() as attempt:
        write(connection, occurrence, owed, now, anew=True)
        going = connection.execute(
            counted.where(deliveries.c.state.in_([State.SCHEDULED, State.COLLECTED]))
        ).scalar_one()
        if not going:
            attempt.rollback()
            return 0
    again = {
        **_times(connection, mode, occasion, expires_at, digest, now),
        "planned": connection.execute(counted).scalar_one(),
    }
    connection.execute(update(occurrences).where(occurrences.c.id == occurrence).values(**again))
    return going


def _times(
    connection: Connection, mode: Mode, occasion: Occasion, expires_at: datetime, digest: str, now: datetime
) -> dict[str, Any]:
    return {
        "due_at": occasion.due_at,
        "expires_at": expires_at,
        "frozen_at": now,
        "late": now - occasion.due_at > LATE,
        "hash": digest,
        "milestones": occasion.dates,
        "meeting": occasion.meeting,
        "method": occasion.method,
        "sequence": next_sequence(connection, mode, occasion),
        "meeting_at": occasion.meeting_at,
        "meeting_place": occasion.meeting_place if occasion.meeting else "",
        "only": str(occasion.only(mode) or ""),
        "not_after": expires_at if occasion.has_an_end else None,
    }


def frozen(connection: Connection, mode: Mode, occasion: Occasion) -> Any | None:
    """The occurrence's row, if its audience has been frozen."""
    known = fallen_due.rows(connection, mode)
    if known is not None:
        return known.get((occasion.campaign.campaign, occasion.announcement, occasion.occurrence))
    return connection.execute(_of(mode, occasion)).first()


def _of(mode: Mode, occasion: Occasion) -> Any:
    return select(occurrences).where(
        occurrences.c.mode == mode,
        occurrences.c.campaign == occasion.campaign.campaign,
        occurrences.c.announcement == occasion.announcement,
        occurrences.c.occurrence == occasion.occurrence,
    )


def finished(connection: Connection, mode: Mode, campaign: str, announcement: str) -> Shut | None:
    """None when a gate is open: something of it went out or may have, or nobody was left whom it may reach."""
    what = "gate", str(mode), campaign, announcement  # several may wait for it
    known = read_once(connection, what, lambda: {announcement: _finished(connection, mode, campaign, announcement)})
    return known[announcement] if known is not None else _finished(connection, mode, campaign, announcement)


def _finished(connection: Connection, mode: Mode, campaign: str, announcement: str) -> Shut | None:
    own = (
        occurrences.c.mode == mode,
        occurrences.c.campaign == campaign,
        occurrences.c.announcement == announcement,
        occurrences.c.tells_of.is_(None),
    )
    if not fallen_due.announced(connection, mode, campaign, announcement):
        return Shut(phrase("waits for {gate}, which has not gone out", gate=announcement))
    begun = connection.execute(
        select(occurrences.c.only, retractions.c.retracted_at)
        .outerjoin(retractions, retractions.c.occurrence_id == occurrences.c.id)
        .where(*own)
    ).all()
    if any(row.retracted_at for row in begun):
        return Shut(phrase("waits for {gate}, which was withdrawn", gate=announcement), for_good=True)
    rows = connection.execute(select(deliveries.c.state).join(occurrences).where(*own).distinct())
    states = {State(row.state) for row in rows}
    if not states <= SETTLED:
        return Shut(phrase("waits for {gate}, which is still going out", gate=announcement))
    if not states and all(row.only for row in begun):
        return None  # it was for those who stand so towards a meeting, and nobody did
    if not states or (states & _NOT_GONE and states <= {*_NOT_GONE, State.EXCLUDED}):
        cancelled = states - {State.EXCLUDED} == {State.CANCELLED}
        nothing = phrase("waits for {gate}, of which nothing went out", gate=announcement)
        return Shut(waits_for_cancelled(announcement) if cancelled else nothing, for_good=True)
    return None


def waits_for_cancelled(announcement: str) -> str:
    """Why it does not go, and what may be done: nothing will open such a gate by itself."""
    return phrase(
        "waits for {gate}, which was cancelled: let it wait for something else, or cancel it too", gate=announcement
    )


def was_for_nobody(connection: Connection, mode: Mode, campaign: str, announcement: str) -> bool:
    """Whether an announcement has fallen due, and there was nobody who stood towards a meeting as it asks."""
    rows = fallen_due.announced(connection, mode, campaign, announcement)
    return bool(rows) and all(row.only and not row.planned for row in rows)


def due_channels(connection: Connection, mode: Mode, now: datetime) -> dict[str, int]:
    """Names of the channels that have something to do, and how much."""
    rows = connection.execute(
        select(deliveries.c.channel, func.count())
        .where(in_mode(mode), scheduled(), deliveries.c.next_attempt_at <= now)
        .group_by(deliveries.c.channel)
        .order_by(deliveries.c.channel)
    )
    return {row[0]: row[1] for row in rows}


def miss_expired(connection: Connection, mode: Mode, now: datetime) -> int:
    """What has not gone by its time will not go any more; the last reason stays visible.

    What was to be repeated because it may have gone out is in doubt again instead. Of an announcement that was
    withdrawn it is cancelled: an attempt that was past the point of no return then may have been put off since.
    """
    # Asked again once the row is ours: somebody may have given it a later time.
    ended = select(occurrences.c.id).where(occurrences.c.expires_at < now)
    over = func.coalesce(deliveries.c.occurrence_id, 0).in_(ended)  # coalesced: as `in_mode`
    rows = connection.execute(
        select(
            deliveries.c.id,
            deliveries.c.reason,
            deliveries.c.resends,
            func.coalesce(deliveries.c.occurrence_id, 0).in_(select(retractions.c.occurrence_id)).label("withdrawn"),
        )
        .where(in_mode(mode), scheduled(), over)
        .with_for_update(skip_locked=True)
    ).all()
    missed = 0
    for row in sorted(rows, key=lambda row: row.id):  # sorted here: SQLite would go through all to spare itself that
        over_by = "it was withdrawn" if row.withdrawn else "its time had passed"
        reason = f"{over_by}; last: {row.reason}" if row.reason else over_by
        state = State.IN_DOUBT if row.resends else State.CANCELLED if row.withdrawn else State.MISSED
        values = {"state": state, "reason": reason, "finished_at": now}
        missed += connection.execute(
            update(deliveries).where(deliveries.c.id == row.id, over).values(**values)
        ).rowcount
    return missed


def doubt_all(connection: Connection, mode: Mode, *, but_for: Sequence[str], reason: str, now: datetime) -> int:
    """All that is under way may have gone out already, but for channels where repeating does no harm; how many."""
    under_way = {State.SCHEDULED, State.SENDING, State.IRREVOCABLE}
    of_mode = select(occurrences.c.id).where(occurrences.c.mode == mode)
    changed = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.occurrence_id.in_(of_mode),
            deliveries.c.state.in_(under_way),
            deliveries.c.channel.not_in(but_for),
        )
        .values(
            state=State.IN_DOUBT, reason=reason, finished_at=now, lease_owner=None, lease_token=None, lease_until=None
        )
    )
    return changed.rowcount


def settle_by_hand(connection: Connection, delivery: int, state: State, *, reason: str, now: datetime) -> bool:
    """A person's decision on what is in doubt or was handed over; False when it is not waiting for one."""
    waiting = {State.IN_DOUBT, State.SCHEDULED, State.MISSED, State.FAILED}
    values: dict[str, Any] = {"state": state, "reason": reason, "finished_at": now}
    if state is State.SCHEDULED:
        # Counted as a repeat: should it find no time, the earlier copy is in doubt again.
        may_have_gone = case((deliveries.c.state == State.IN_DOUBT, 1), else_=0)
        values |= {"next_attempt_at": now, "finished_at": None, "resends": deliveries.c.resends + may_have_gone}
    changed = connection.execute(
        update(deliveries).where(deliveries.c.id == delivery, deliveries.c.state.in_(waiting)).values(**values)
    )
    return changed.rowcount == 1


def extend(connection: Connection, mode: Mode, delivery: int, until: datetime, now: datetime) -> None:
    """Let a delivery go until a later time; those beside it whose time has passed are missed first."""
    miss_expired(connection, mode, now)
    occurrence = select(deliveries.c.occurrence_id).where(deliveries.c.id == delivery).scalar_subquery()
    connection.execute(update(occurrences).where(occurrences.c.id == occurrence).values(expires_at=until))


def sequence_of(connection: Connection, delivery: int) -> int:
    """The revision of the meeting that a delivery invites to or cancels."""
    found = select(occurrences.c.sequence).join(deliveries).where(deliveries.c.id == delivery)
    return int(connection.execute(found).scalar_one())


def terms_of(connection: Connection, delivery: int) -> Mapping[str, str]:
    """The identities of the meetings that a delivery is about, by name."""
    of = select(occurrences.c.mode, occurrences.c.meeting, occurrences.c.only)
    return as_frozen(connection.execute(of.join(deliveries).where(deliveries.c.id == delivery)).one())


def milestones_of(connection: Connection, delivery: int) -> Mapping[str, str]:
    """The milestones as they held when a delivery was frozen (`communique.occasion.dates_of`)."""
    found = select(occurrences.c.milestones).join(deliveries).where(deliveries.c.id == delivery)
    kept: Mapping[str, str] = connection.execute(found).scalar_one()
    return kept
