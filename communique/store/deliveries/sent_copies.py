"""Copies that have left, with what the ledger keeps of what they said: the hash of each, and public words in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from communique.delivery import Delivery, Mode, State
from communique.store.by_index import in_mode
from communique.store.database import attempts, deliveries, occurrences
from communique.store.deliveries.leases import Lease, delivery_of
from communique.store.recipients import people

#: A copy in one of these may be with its reader.
_LEFT = (State.SENT, State.IN_DOUBT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A copy that has passed the point of no return, at least once."""

    lease: Lease  #: as if it were taken up again, with nothing in it that lets anybody send
    row: Any  #: of its occurrence
    is_erased: bool  #: it was to a person who has been erased since
    content_hash: str  #: SHA-256 (hex) of what left last
    content: Mapping[str, Any] | None  #: of a public post

    @property
    def delivery(self) -> Delivery:
        """The copy."""
        return self.lease.delivery


def left(connection: Connection, mode: Mode, number: int) -> Left | None:
    """The copy with a number; None where there is none, or it has not left."""
    row = connection.execute(select(deliveries).where(deliveries.c.id == number, in_mode(mode))).first()
    crossed = connection.execute(
        select(attempts)
        .where(attempts.c.delivery_id == number, attempts.c.content_hash != "")
        .order_by(attempts.c.id.desc())
    ).first()
    if row is None or crossed is None:
        return None
    person = people.by_id(connection, row.person_id) if row.person_id else None
    of = connection.execute(select(occurrences).where(occurrences.c.id == row.occurrence_id)).one()
    lease = Lease(
        delivery=delivery_of(row, of),
        occurrence=row.occurrence_id,
        role=row.role,
        attempt=crossed.number,
        resends=row.resends,
        token="",
        started_at=crossed.started_at,
        person=person,
        suppressed="",
    )
    return Left(
        lease=lease,
        row=of,
        is_erased=bool(row.person_id) and person is None,
        content_hash=crossed.content_hash,
        content=crossed.content,
    )


def first_ones(
    connection: Connection, mode: Mode, name: tuple[str, str], occurrence: str
) -> Sequence[tuple[str, str, int]]:
    """Of each channel and language, the number of a copy that has left."""
    found = (
        select(deliveries.c.channel, deliveries.c.language, func.min(deliveries.c.id))
        .where(*_have_left(mode, name, occurrence))
        .group_by(deliveries.c.channel, deliveries.c.language)
        .order_by(func.min(deliveries.c.id))
    )
    return [tuple(row) for row in connection.execute(found)]


def of_person(connection: Connection, mode: Mode, name: tuple[str, str], occurrence: str, person: int) -> Sequence[int]:
    """The numbers of somebody's copies that have left, the newest first."""
    mine = select(deliveries.c.id).where(*_have_left(mode, name, occurrence), deliveries.c.person_id == person)
    return connection.execute(mine.order_by(deliveries.c.id.desc())).scalars().all()


def _have_left(mode: Mode, name: tuple[str, str], occurrence: str) -> tuple[Any, ...]:
    mine = select(occurrences.c.id).where(
        occurrences.c.mode == mode,
        occurrences.c.campaign == name[0],
        occurrences.c.announcement == name[1],
        occurrences.c.occurrence == occurrence,
    )
    return deliveries.c.occurrence_id.in_(mine), deliveries.c.state.in_(_LEFT)
