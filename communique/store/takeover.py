"""What workers leave that die: put back what cannot have gone out, take over what may have.

A worker is dead when its lease has run out, or when its owner is known to be `gone`. Of one mode only: in trial,
channels know nothing of what live ones sent.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from communique.delivery import Mode, State
from communique.store.database import attempts, deliveries, occurrences
from communique.store.leases import FREE, Lease, take


def release_unbegun(connection: Connection, mode: Mode, *, gone: Sequence[str], now: datetime) -> int:
    """Put back what a dead worker held before the point of no return: nothing of it can have gone out."""
    ids = _left_behind(connection, mode, State.SENDING, gone, now)
    if not ids:
        return 0
    back = {"state": State.SCHEDULED, "next_attempt_at": now, **FREE}
    left = update(deliveries).where(deliveries.c.id.in_(ids))
    given_up = left.values(**back).returning(deliveries.c.id, deliveries.c.attempts)
    why = "the sender stopped before anything went out"
    ended = {"started_at": now, "finished_at": now, "outcome": "retry", "detail": why}
    tried = [{"delivery_id": row.id, "number": row.attempts, **ended} for row in connection.execute(given_up)]
    connection.execute(insert(attempts), tried)
    return len(tried)


def take_over_irrevocable(
    connection: Connection, mode: Mode, *, owner: str, gone: Sequence[str], now: datetime
) -> list[Lease]:
    """Lease what a dead worker left after the point of no return, so that it can be settled."""
    return take(connection, _left_behind(connection, mode, State.IRREVOCABLE, gone, now), {}, owner=owner, now=now)


def bring_near(connection: Connection, mode: Mode, *, latest: datetime, now: datetime) -> None:
    """Let what waits for a moment after `latest` wait no more: only a clock that was ahead can have written that."""
    of_mode = deliveries.c.occurrence_id.in_(select(occurrences.c.id).where(occurrences.c.mode == mode))
    for state, column in (
        (State.SCHEDULED, deliveries.c.next_attempt_at),
        (State.SENDING, deliveries.c.lease_until),
        (State.IRREVOCABLE, deliveries.c.lease_until),
    ):
        far = of_mode, deliveries.c.state == state, column > latest
        free = select(deliveries.c.id).where(*far).with_for_update(skip_locked=True)
        connection.execute(update(deliveries).where(deliveries.c.id.in_(free), *far).values({column: now}))


def _left_behind(connection: Connection, mode: Mode, state: State, gone: Sequence[str], now: datetime) -> Sequence[int]:
    dead = (deliveries.c.lease_until < now) | deliveries.c.lease_owner.in_(list(gone))
    left = (
        select(deliveries.c.id)
        .join(occurrences)
        .where(occurrences.c.mode == mode, deliveries.c.state == state, dead)
        .order_by(deliveries.c.id)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    return connection.execute(left).scalars().all()
