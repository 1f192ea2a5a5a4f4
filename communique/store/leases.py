"""Deliveries under way: taken by one worker under a lease, past the point of no return, to an outcome.

A lease has a token; a worker whose lease was taken over can neither pass the point of no return nor record an outcome.
Every change is one statement for as many deliveries as there are, because thousands pass here in a second.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from communique.channel import Receipt
from communique.delivery import Delivery, Mode, State
from communique.store.database import attempts, deliveries, occurrences, people, suppressions
from communique.store.ledger import ALL
from communique.store.people import Person

#: Longer than the ten minutes an SMTP server may take to answer the final dot (RFC 5321 4.5.3.2.6).
LEASE = timedelta(minutes=20)
FREE: Mapping[str, None] = {"lease_owner": None, "lease_token": None, "lease_until": None}


class LeaseLostError(Exception):
    """Somebody else has taken the delivery over; nothing may be sent or recorded any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """A delivery that this worker, and no other, may attempt until its time is up."""

    delivery: Delivery
    occurrence: int  #: id of the occurrence's row
    role: str
    resends: int  #: how often it was repeated because it may have gone out
    token: str
    started_at: datetime
    person: Person | None  #: None when everyone is reached at once, or the person has been erased
    suppressed: str  #: why the person must not be written to; empty when they may


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """A delivery about to pass the point of no return."""

    lease: Lease
    content_hash: str  #: SHA-256 of what is sent, hex
    content: Mapping[str, Any] | None = None  #: a public post in full


def claim(connection: Connection, mode: Mode, channel: str, *, owner: str, now: datetime, most: int) -> list[Lease]:
    """Take due deliveries of a channel."""
    due = (
        select(deliveries.c.id)
        .join(occurrences)
        .where(
            occurrences.c.mode == mode,
            deliveries.c.channel == channel,
            deliveries.c.state == State.SCHEDULED,
            deliveries.c.next_attempt_at <= now,
            occurrences.c.expires_at >= now,
        )
        .order_by(deliveries.c.next_attempt_at, deliveries.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    ids = connection.execute(due).scalars().all()
    begun = {"state": State.SENDING, "attempts": deliveries.c.attempts + 1}
    return take(connection, ids, begun, owner=owner, now=now)


def take(
    connection: Connection, ids: Sequence[int], change: Mapping[str, Any], *, owner: str, now: datetime
) -> list[Lease]:
    """Put deliveries under one new lease, and change them; in the order of `ids`."""
    if not ids:
        return []
    token = secrets.token_hex(8)
    held = {"lease_owner": owner, "lease_token": token, "lease_until": now + LEASE}
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(**change, **held))
    rows = {row.id: row for row in connection.execute(_LEASED.where(deliveries.c.id.in_(ids)))}
    occasions = _occurrences(connection, {row.occurrence_id for row in rows.values()})
    return [_lease(rows[each], occasions[rows[each].occurrence_id], token, now) for each in ids]


_LEASED: Select[Any] = (
    select(
        *(
            deliveries.c[name]
            for name in (
                "id",
                "occurrence_id",
                "channel",
                "person_id",
                "language",
                "role",
                "state",
                "reason",
                "reference",
                "attempts",
                "resends",
            )
        ),
        people.c.id.label("known"),
        people.c.address,
        people.c.address_key,
        people.c.name,
        people.c.language.label("own_language"),
        people.c.organisation,
        suppressions.c.reason.label("suppressed"),
    )
    .outerjoin(people, people.c.id == deliveries.c.person_id)
    .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
)


def _occurrences(connection: Connection, ids: Collection[int]) -> dict[int, Any]:
    return {row.id: row for row in connection.execute(select(occurrences).where(occurrences.c.id.in_(ids)))}


def _lease(row: Any, occurrence: Any, token: str, now: datetime) -> Lease:
    person = None
    if row.known is not None:
        person = Person(
            id=row.known,
            address=row.address,
            address_key=row.address_key,
            name=row.name,
            language=row.own_language,
            organisation=row.organisation,
        )
    return Lease(
        delivery=delivery_of(row, occurrence),
        occurrence=row.occurrence_id,
        role=row.role,
        resends=row.resends,
        token=token,
        started_at=now,
        person=person,
        suppressed=row.suppressed or "",
    )


def delivery_of(row: Any, occurrence: Any) -> Delivery:
    """A row of deliveries, with the row of its occurrence (or a row that has the columns of both)."""
    return Delivery(
        id=row.id,
        campaign=occurrence.campaign,
        announcement=occurrence.announcement,
        occurrence=occurrence.occurrence,
        channel=row.channel,
        language=row.language,
        person=None if row.person_id == ALL else row.person_id,
        state=State(row.state),
        reason=row.reason,
        reference=row.reference,
        created_at=occurrence.frozen_at,
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        attempts=row.attempts,
    )


def cross(connection: Connection, crossings: Sequence[Crossing], now: datetime) -> set[int]:
    """The point of no return, written down before the byte that cannot be taken back.

    The ids of the deliveries that may pass; the others have been taken over by somebody.
    """
    change = {"state": State.IRREVOCABLE, "lease_until": now + LEASE}
    held = _change(connection, [each.lease for each in crossings], change, State.SENDING)
    begun = [
        {
            **_attempt(each.lease),
            "irrevocable_at": now,
            "outcome": State.IRREVOCABLE,
            "content_hash": each.content_hash,
            "content": each.content,
        }
        for each in crossings
        if each.lease.delivery.id in held
    ]
    if begun:
        connection.execute(insert(attempts), begun)
    return held


def _attempt(lease: Lease) -> dict[str, Any]:
    return {"delivery_id": lease.delivery.id, "number": lease.delivery.attempts, "started_at": lease.started_at}


def record_sent(connection: Connection, sent: Sequence[tuple[Lease, Receipt]], now: datetime) -> set[int]:
    """What the next system has accepted after the point of no return, with its own words; as `cross` otherwise."""
    change = {"state": State.SENT, "reason": "", "finished_at": now, **FREE}
    held = _change(connection, [lease for lease, _ in sent], change, State.IRREVOCABLE)
    closed = [
        {
            "of": lease.delivery.id,
            "nth": lease.delivery.attempts,
            "finished_at": now,
            "outcome": State.SENT,
            "reference": receipt.reference,
            "url": receipt.url,
            "detail": receipt.detail,
        }
        for lease, receipt in sent
        if lease.delivery.id in held
    ]
    if closed:
        connection.execute(_CLOSE_ATTEMPT, closed)
    return held


_CLOSE_ATTEMPT = update(attempts).where(
    attempts.c.delivery_id == bindparam("of"), attempts.c.number == bindparam("nth")
)


def record(
    connection: Connection,
    lease: Lease,
    state: State,
    *,
    reason: str = "",
    receipt: Receipt | None = None,
    retry_at: datetime | None = None,
    resent: bool = False,
    now: datetime,
) -> None:
    """An attempt's outcome, with the next system's own words.

    `state` is `SCHEDULED`, with `retry_at`, when there is to be another attempt; `resent` says that the next one
    repeats one that may have gone out.

    Raises:
        LeaseLostError: another worker has the delivery.
    """
    values: dict[str, Any] = {"state": state, "reason": reason, **FREE, "resends": deliveries.c.resends + int(resent)}
    values |= {"next_attempt_at": retry_at} if retry_at else {"finished_at": now}
    _change_one(connection, lease, values, State.SENDING, State.IRREVOCABLE)
    proof = receipt or Receipt(detail=reason)
    closed = {
        "finished_at": now,
        "outcome": "retry" if retry_at else state,
        "reference": proof.reference,
        "url": proof.url,
        "detail": proof.detail or reason,
    }
    known = connection.execute(
        _CLOSE_ATTEMPT.values(**closed), {"of": lease.delivery.id, "nth": lease.delivery.attempts}
    )
    if not known.rowcount:  # it ended before the point of no return
        connection.execute(insert(attempts).values(**_attempt(lease), **closed))


def settle_later(connection: Connection, lease: Lease, *, reason: str, again_at: datetime) -> None:
    """It may have gone out and could not be looked up: its lease runs out when it is to be asked for again.

    Raises:
        LeaseLostError: another worker has the delivery.
    """
    _change_one(connection, lease, {"reason": reason, "lease_until": again_at}, State.IRREVOCABLE)


def put_back(connection: Connection, leases: Iterable[Lease], now: datetime) -> None:
    """Leased and not begun, because it is time to stop: as if nobody had taken them."""
    back = {"state": State.SCHEDULED, "attempts": deliveries.c.attempts - 1, "next_attempt_at": now, **FREE}
    _change(connection, leases, back, State.SENDING)


def _change_one(connection: Connection, lease: Lease, change: Mapping[str, Any], *expected: State) -> None:
    if not _change(connection, [lease], change, *expected):
        raise LeaseLostError(lease.delivery.key)


def _change(connection: Connection, leases: Iterable[Lease], change: Mapping[str, Any], *expected: State) -> set[int]:
    """Change what is still held; the ids."""
    by_token: defaultdict[str, list[int]] = defaultdict(list)
    for lease in leases:
        by_token[lease.token].append(lease.delivery.id)
    held: set[int] = set()
    for token, ids in by_token.items():
        changed = (
            update(deliveries)
            .where(deliveries.c.lease_token == token, deliveries.c.id.in_(ids), deliveries.c.state.in_(expected))
            .values(**change)
            .returning(deliveries.c.id)
        )
        held.update(connection.execute(changed).scalars())
    return held
