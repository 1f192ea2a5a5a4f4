"""Announcements that go no further by themselves, because too many of their mails came back.

Mailbox providers take a sender that writes to many who are not there for a spammer, and refuse what it sends to
everybody else. So what has not left waits for a person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, select, update

from communique.delivery import Mode, State
from communique.store.database import deliveries, occurrences, returns
from communique.store.tables.channel import stops

_WAITING = (State.SCHEDULED, State.SENDING)
_PARTS = 20  #: of what has come back since: with one more of them it is looked at again
_SET_BACK = timedelta(days=1)  #: so far a clock may be set back, and what came back is still found by its time
_WORSE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """One announcement, through one channel, of which copies wait."""

    campaign: str
    announcement: str
    occurrence: str
    channel: str
    since: datetime
    returned: int  #: copies, when it was stopped…
    gone: int  #: …of so many that had left
    words: str  #: of the last server
    waiting: int  #: copies that have not left

    @property
    def name(self) -> str:
        """As people call it: `news/hello`, `news/hello #2`."""
        number = f" #{self.occurrence}" if self.occurrence != "once" else ""
        return f"{self.campaign}/{self.announcement}{number}"


def stopped_occurrences(connection: Connection, channel: str) -> set[int]:
    """Ids of what is stopped on a channel."""
    held = select(stops.c.occurrence_id).where(stops.c.channel == channel, stops.c.resumed_at.is_(None))
    return set(connection.execute(held).scalars())


def stop_if_too_many(
    connection: Connection,
    delivery: int,
    *,
    verdicts: Collection[str],
    copies: int,
    percent: int,
    words: str,
    now: datetime,
) -> Stop | None:
    """After one more mail came back: stop what it is of, if that is one too many and anything of it still waits.

    What had left before a person let it go on counts no more, and of what leaves afterwards a share twice as large as
    that which they have seen must come back.

    Args:
        connection: a transaction that no other writes beside.
        delivery: the mail.
        verdicts: on what came back, which count.
        copies: so many must have come back, at least…
        percent: …and be so much of what has left.
        words: of the server, without addresses.
        now: the present.
    """
    of = select(deliveries.c.occurrence_id, deliveries.c.channel, occurrences.c.frozen_at).join(occurrences)
    occurrence, channel, frozen = connection.execute(of.where(deliveries.c.id == delivery)).one()
    first, last = _numbers_since(connection, frozen - _SET_BACK)
    at_most = last - first + 1
    # To count takes as long as many mails to send: at first it is each time, then with a twentieth more.
    if at_most < copies or last % max(1, at_most // _PARTS):
        return None
    key = (stops.c.occurrence_id == occurrence, stops.c.channel == channel)
    before = connection.execute(select(stops).where(*key)).first()
    if before is not None and before.resumed_at is None:
        return None
    mine = [deliveries.c.occurrence_id == occurrence, deliveries.c.channel == channel]
    left = [*mine, deliveries.c.state.in_((State.SENT, State.FAILED))]
    if before is not None:
        left.append(deliveries.c.finished_at > before.resumed_at)
    returned = _number(connection, _returned(verdicts).where(returns.c.id >= first, *left))
    if returned < copies:
        return None
    gone = _number(connection, select(func.count()).select_from(deliveries).where(*left))
    waits = select(deliveries.c.id).where(*mine, deliveries.c.state.in_(_WAITING)).limit(1)
    share = percent / 100
    if before is not None:  # somebody has seen how many come back of this list, and let it go on
        share = max(share, min(1, _WORSE * before.returned / before.gone))
    if returned < share * gone or connection.execute(waits).first() is None:
        return None
    values = {"since": now, "returned": returned, "gone": gone, "words": words, "resumed_at": None}
    if before is None:
        connection.execute(insert(stops).values(occurrence_id=occurrence, channel=channel, **values))
    else:
        connection.execute(update(stops).where(*key).values(**values))
    return next(each for each in _found(connection, *key))


def _numbers_since(connection: Connection, since: datetime) -> tuple[int, int]:
    """The number of the first that came back since then, and of the last of all."""
    last = _number(connection, select(func.coalesce(func.max(returns.c.id), 0)))
    found = select(returns.c.id).where(returns.c.at >= since).order_by(returns.c.at, returns.c.id).limit(1)
    return connection.execute(found).scalar_one_or_none() or last + 1, last


def _returned(verdicts: Collection[str]) -> Select[Any]:
    return (
        select(func.count(deliveries.c.id.distinct()))
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .where(returns.c.verdict.in_(verdicts))
    )


def _number(connection: Connection, counted: Select[Any]) -> int:
    return int(connection.execute(counted).scalar_one())


def stopped(connection: Connection, mode: Mode) -> Sequence[Stop]:
    """What is stopped, the first to be stopped first; not that of which nothing waits any more."""
    return [each for each in _found(connection, occurrences.c.mode == mode) if each.waiting]


def resume(connection: Connection, mode: Mode, about: tuple[str, str], now: datetime) -> Sequence[Stop]:
    """Let an announcement go on through all its channels; what was stopped."""
    campaign, announcement = about
    own = and_(
        occurrences.c.mode == mode,
        occurrences.c.campaign == campaign,
        occurrences.c.announcement == announcement,
    )
    found = _found(connection, own)
    ids = select(occurrences.c.id).where(own)
    held = update(stops).where(stops.c.occurrence_id.in_(ids), stops.c.resumed_at.is_(None))
    connection.execute(held.values(resumed_at=now))
    return found


def _found(connection: Connection, *where: ColumnElement[bool]) -> list[Stop]:
    waiting = (
        select(func.count())
        .select_from(deliveries)
        .where(
            deliveries.c.occurrence_id == stops.c.occurrence_id,
            deliveries.c.channel == stops.c.channel,
            deliveries.c.state.in_(_WAITING),
        )
        .correlate(stops)
        .scalar_subquery()
    )
    names = (occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence)
    found = (
        select(*names, stops, waiting.label("waiting"))
        .join(occurrences, occurrences.c.id == stops.c.occurrence_id)
        .where(stops.c.resumed_at.is_(None), *where)
        .order_by(stops.c.since, stops.c.occurrence_id, stops.c.channel)
    )
    return [
        Stop(
            campaign=row.campaign,
            announcement=row.announcement,
            occurrence=row.occurrence,
            channel=row.channel,
            since=row.since,
            returned=row.returned,
            gone=row.gone,
            words=row.words,
            waiting=row.waiting,
        )
        for row in connection.execute(found)
    ]
