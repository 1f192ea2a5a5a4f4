"""Newsletters by day and by week: each carries what waits for a person, and nothing that another mail carries.

An announcement to somebody who wants it by day or week is frozen as `collected`: a copy that never leaves by itself.
A round of newsletters is an occurrence like any other; each of its deliveries takes the collected copies of its person
(`digest_id`), in the transaction that writes it down. A copy has one place for the number of what carries it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, insert, select, update

from communique.delivery import Delivery, Mode, State
from communique.phrase import phrase
from communique.store.by_index import in_mode
from communique.store.database import DIGEST, deliveries, occurrences, people
from communique.store.deliveries.leases import delivery_of
from communique.store.deliveries.ledger import LATE, miss_expired
from communique.store.deliveries.owed import OwedToEach, write
from communique.store.recipients.people import wishing
from communique.store.recipients.wishes import Waiting
from communique.store.tables.subscriber import subscriptions
from communique.subscription import Frequency

#: Nothing of it has gone out, nor will: what it was to carry waits again.
_GIVEN_BACK = (State.FAILED, State.MISSED)
_waiting = (deliveries.c.state == State.COLLECTED, deliveries.c.digest_id.is_(None))


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """The newsletters of one day or week."""

    mode: Mode
    frequency: Frequency
    day: str  #: local date, ISO 8601: there is one a day at most
    due_at: datetime  #: UTC
    expires_at: datetime  #: UTC; right before the next one


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """A collected copy."""

    occurrence: int
    delivery: Delivery


def is_to_be_held(connection: Connection, one: Round) -> bool:
    """Whether a round has not been, and there is anybody it could be for."""
    known = select(occurrences.c.id).where(
        occurrences.c.mode == one.mode,
        occurrences.c.campaign == DIGEST,
        occurrences.c.announcement == one.frequency,
        occurrences.c.occurrence == one.day,
    )
    if connection.execute(known).first() is not None:
        return False
    chosen = select(subscriptions.c.person_id).where(subscriptions.c.frequency == one.frequency).limit(1)
    waits = select(deliveries.c.id).where(*_waiting, in_mode(one.mode)).limit(1)
    return any(connection.execute(each).first() is not None for each in (chosen, waits))


def freeze(connection: Connection, one: Round, owed: Sequence[OwedToEach], now: datetime) -> int:
    """Write down who gets a newsletter, and what it carries; how many there are.

    A round for which nothing waits is written down as well, without a delivery: what is announced after it waits for
    the next one.
    """
    miss_expired(connection, one.mode, now)
    _give_back(connection, one.mode)
    _miss_late(connection, one.mode, now)
    values = {
        "mode": one.mode,
        "campaign": DIGEST,
        "announcement": one.frequency,
        "occurrence": one.day,
        "due_at": one.due_at,
        "expires_at": one.expires_at,
        "frozen_at": now,
        "late": now - one.due_at > LATE,
        "planned": 0,
        "hash": "",
        "milestones": {},
    }
    number = connection.execute(insert(occurrences).values(**values).returning(occurrences.c.id)).scalar_one()
    planned = write(connection, number, owed, now)
    if planned:
        connection.execute(update(occurrences).where(occurrences.c.id == number).values(planned=planned))
        _hand_over(connection, one.mode, number)
    return planned


def carried(connection: Connection, digest: int) -> list[Carried]:
    """What a newsletter carries, in the order in which it was announced."""
    rows = connection.execute(
        select(deliveries, *(occurrences.c[name] for name in _OF_OCCURRENCES))
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(deliveries.c.digest_id == digest)
        .order_by(occurrences.c.due_at, occurrences.c.id)
    ).all()
    return [Carried(occurrence=row.occurrence_id, delivery=delivery_of(row, row)) for row in rows]


_OF_OCCURRENCES = ("campaign", "announcement", "occurrence", "due_at", "expires_at", "frozen_at")


def carrier_of(connection: Connection, delivery: int) -> int | None:
    """The newsletter that carries a collected copy, by its number; None while it waits for one."""
    found = select(deliveries.c.digest_id).where(deliveries.c.id == delivery)
    number: int | None = connection.execute(found).scalar()
    return number


def count_readers(connection: Connection, wish: Waiting) -> int:
    """How many people something waits for, as they want it now."""
    counted = select(func.count()).select_from(people)
    return int(connection.execute(wishing(counted, wish)).scalar_one())


def _hand_over(connection: Connection, mode: Mode, occurrence: int) -> None:
    digest = deliveries.alias()
    mine = select(digest.c.id).where(
        digest.c.occurrence_id == occurrence,
        digest.c.person_id == deliveries.c.person_id,
        digest.c.channel == deliveries.c.channel,
    )
    connection.execute(
        update(deliveries)
        .where(*_waiting, in_mode(mode), exists(mine))
        .values(digest_id=mine.limit(1).scalar_subquery())
    )


def _give_back(connection: Connection, mode: Mode) -> None:
    digest = deliveries.alias()
    own = select(occurrences.c.id).where(occurrences.c.mode == mode, occurrences.c.campaign == DIGEST)
    given_back = select(digest.c.id).where(digest.c.state.in_(_GIVEN_BACK), digest.c.occurrence_id.in_(own))
    connection.execute(update(deliveries).where(deliveries.c.digest_id.in_(given_back)).values(digest_id=None))


def _miss_late(connection: Connection, mode: Mode, now: datetime) -> None:
    over = select(occurrences.c.id).where(occurrences.c.mode == mode, occurrences.c.not_after < now)
    reason = phrase("its time had passed before the newsletter that was to carry it")
    connection.execute(
        update(deliveries)
        .where(*_waiting, func.coalesce(deliveries.c.occurrence_id, 0).in_(over))
        .values(state=State.MISSED, reason=reason, finished_at=now)
    )
