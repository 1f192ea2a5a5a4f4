"""What workers leave that die: put back what cannot have gone out, take over what may have.

A worker is dead when its lease has run out, or when its owner is known to be `gone`. Of one mode only: in trial,
channels know nothing of what live ones sent.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, select, true, update

from communique.delivery import Mode, State
from communique.store.by_index import in_mode, scheduled
from communique.store.database import deliveries
from communique.store.deliveries.leases import Lease, owed_again, take, when_due

#: So long has a worker that gives no sign of life to come back and say what became of what it had sent.
_SILENCE = timedelta(minutes=2)


def release_unbegun(connection: Connection, mode: Mode, *, gone: Sequence[str], now: datetime) -> int:
    """Put back what a dead worker held before the point of no return: nothing of it can have gone out.

    It counts as no attempt: what was claimed by the hundred had mostly not begun, and is not to wait for that.
    """
    ids = _left_behind(connection, mode, State.SENDING, gone, now)
    if ids:
        connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**owed_again(now)))
    return len(ids)


def take_over_irrevocable(
    connection: Connection,
    mode: Mode,
    *,
    owner: str,
    gone: Sequence[str],
    but_for: Collection[str] = (),
    now: datetime,
) -> list[Lease]:
    """Lease what a dead worker left after the point of no return, but for some channels, so that it can be settled."""
    ids = _left_behind(connection, mode, State.IRREVOCABLE, gone, now, but_for)
    return take(connection, ids, {}, owner=owner, now=now)


def shorten(connection: Connection, mode: Mode, *, silent: Sequence[str], now: datetime) -> None:
    """Let the leases of workers that give no sign of life end soon: if they live, what they know is still heard."""
    end = now + _SILENCE
    theirs = deliveries.c.lease_owner.in_(list(silent))
    _bring(connection, mode, deliveries.c.lease_until, end, theirs, State.IRREVOCABLE, after=end)


def bring_near(connection: Connection, mode: Mode, *, latest: datetime, now: datetime) -> None:
    """Let what waits for a moment after `latest` wait no more: only a clock that was ahead can have written that."""
    _bring(connection, mode, deliveries.c.next_attempt_at, when_due(now), true(), State.SCHEDULED, after=latest)
    for state in (State.SENDING, State.IRREVOCABLE):
        _bring(connection, mode, deliveries.c.lease_until, now, true(), state, after=latest)


def _bring(
    connection: Connection,
    mode: Mode,
    column: Column[datetime],
    to: datetime | ColumnElement[datetime],
    which: ColumnElement[bool],
    state: State,
    *,
    after: datetime,
) -> None:
    by_index = scheduled() if state is State.SCHEDULED else deliveries.c.lease_token.is_not(None)
    far = in_mode(mode), by_index, deliveries.c.state == state, column > after, which
    free = select(deliveries.c.id).where(*far).with_for_update(skip_locked=True)
    connection.execute(update(deliveries).where(deliveries.c.id.in_(free), *far).values({column: to}))


def _left_behind(
    connection: Connection,
    mode: Mode,
    state: State,
    gone: Sequence[str],
    now: datetime,
    but_for: Collection[str] = (),
) -> Sequence[int]:
    dead = (deliveries.c.lease_until < now) | deliveries.c.lease_owner.in_(list(gone))
    left = (
        select(deliveries.c.id)
        .where(in_mode(mode), deliveries.c.lease_token.is_not(None), deliveries.c.state == state, dead)
        .with_for_update(skip_locked=True)
    )
    if but_for:
        left = left.where(deliveries.c.channel.not_in(list(but_for)))
    # Sorted here: SQLite would go through all deliveries to spare itself that.
    return sorted(connection.execute(left).scalars())
