"""What workers leave that stop or die: put back what cannot have gone out, take over what may have."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from communique.delivery import Mode, State
from communique.store.database import attempts, deliveries, occurrences
from communique.store.ledger import Lease, joined, lease_columns, lease_of


def put_back(connection: Connection, leases: Sequence[Lease], now: datetime) -> None:
    """Leased and not begun, because it is time to stop: as if nobody had taken them."""
    for lease in leases:
        held = (deliveries.c.id == lease.delivery.id) & (deliveries.c.lease_token == lease.token)
        free = {"state": State.SCHEDULED, "attempts": lease.delivery.attempts, "next_attempt_at": now}
        free |= {"lease_owner": None, "lease_token": None, "lease_until": None}
        if connection.execute(update(deliveries).where(held).values(**free)).rowcount:
            connection.execute(delete(attempts).where(attempts.c.id == lease.attempt))


def release_unbegun(connection: Connection, mode: Mode, *, gone: Sequence[str], now: datetime) -> int:
    """Put back what a dead worker held before the point of no return: nothing of it can have gone out.

    A worker is dead when its lease has run out, or when its owner is known to be `gone`.
    """
    left = _left_behind(mode, State.SENDING, gone, now)
    ids = [row.id for row in connection.execute(left)]
    back = {"state": State.SCHEDULED, "next_attempt_at": now, "lease_token": None, "lease_until": None}
    for each in ids:
        connection.execute(
            update(attempts)
            .where(attempts.c.delivery_id == each, attempts.c.finished_at.is_(None))
            .values(finished_at=now, outcome="retry", detail="the sender stopped before anything went out")
        )
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**back))
    return len(ids)


def take_over_irrevocable(
    connection: Connection, mode: Mode, *, owner: str, gone: Sequence[str], now: datetime
) -> list[Lease]:
    """Lease what a dead worker left after the point of no return, so that it can be settled."""
    rows = connection.execute(_left_behind(mode, State.IRREVOCABLE, gone, now)).all()
    taken = []
    for row in rows:
        token = secrets.token_hex(8)
        connection.execute(
            update(deliveries).where(deliveries.c.id == row.id).values(**lease_columns(owner, token, now))
        )
        last = select(func.max(attempts.c.id)).where(attempts.c.delivery_id == row.id)
        attempt = connection.execute(last).scalar_one()
        taken.append(lease_of(row, token, attempt))
    return taken


def _left_behind(mode: Mode, state: State, gone: Sequence[str], now: datetime) -> Any:
    """Of one mode only: in trial, channels know nothing of what live ones sent."""
    dead = (deliveries.c.lease_until < now) | deliveries.c.lease_owner.in_(list(gone))
    return joined().where(occurrences.c.mode == mode, deliveries.c.state == state, dead)
