"""What channels have made of announcements for people to take (spots, videos, infographics), as the ledger knows it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from communique.delivery import Mode, State
from communique.store.database import attempts, deliveries, occurrences

_EVERYBODY = 0  #: the person of what reaches all at once
#: By hand, it counts as in doubt until a person says that it is done; the files are there from the beginning.
_MADE = (State.IN_DOUBT, State.SENT)


def made(connection: Connection, mode: Mode, channels: Collection[str]) -> Sequence[Any]:
    """A row for each: of what it was made, its language and channel, the receipt's reference, its content, its time."""
    names = occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence
    told = attempts.c.reference, attempts.c.content, attempts.c.finished_at
    found = (
        select(*names, deliveries.c.language, deliveries.c.channel, *told)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(*_is_made(mode, channels))
        .order_by(attempts.c.id)
    )
    return connection.execute(found).all()


def last_made_at(connection: Connection, mode: Mode, channels: Collection[str]) -> datetime | None:
    """When (UTC) the newest of them was made; None without any."""
    last: datetime | None = connection.execute(
        select(func.max(attempts.c.finished_at))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(*_is_made(mode, channels))
    ).scalar()
    return last


def _is_made(mode: Mode, channels: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        occurrences.c.mode == mode,
        deliveries.c.person_id == _EVERYBODY,
        deliveries.c.channel.in_(channels),
        deliveries.c.state.in_(_MADE),
        attempts.c.outcome.in_(_MADE),
        attempts.c.reference != "",
    )
