"""Deliveries under way: taken by one worker under a lease, past the point of no return, to an outcome.

A lease has a token; a worker whose lease was taken over can neither pass the point of no return nor record an outcome.
An attempt is counted when it passes that point or has an outcome: what was only taken has not been tried.
Every change is one statement for as many deliveries as there are, because thousands pass here in a second.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Update,
    bindparam,
    case,
    insert,
    literal,
    not_,
    select,
    update,
)

from communique.answering import Only, parse_only
from communique.channel import Receipt
from communique.delivery import Delivery, Mode, State
from communique.store.database import attempts, deliveries, occurrences, people, suppressions
from communique.store.deliveries.held_changes import HeldChange
from communique.store.deliveries.owed import ALL
from communique.store.deliveries.transitions import CROSS, FREE, RECORD_SENT, SETTLE
from communique.store.given import ForAll, Given
from communique.store.held_back import held_back
from communique.store.metadata import UTCDateTime
from communique.store.recipients.people import Person

#: Longer than the ten minutes an SMTP server may take to answer the final dot (RFC 5321 4.5.3.2.6).
LEASE = timedelta(minutes=20)
#: So long after it was claimed a delivery may be begun: what follows has the rest of the lease.
_BEGUN_WITHIN = LEASE / 2


class LeaseLostError(Exception):
    """Somebody else has taken the delivery over; nothing may be sent or recorded any more."""


class Lease(NamedTuple):
    """A delivery that this worker, and no other, may attempt until its time is up."""

    delivery: Delivery
    occurrence: int  #: id of the occurrence's row
    role: str
    attempt: int  #: its number: one more than have begun, or the number of the one that is past the point of no return
    resends: int  #: how often it was repeated because it may have gone out
    token: str
    started_at: datetime
    person: Person | None  #: None when everyone is reached at once, or the person has been erased
    suppressed: str  #: why the person must not be written to; empty when they may
    only: Only | None = None  #: how the person must stand towards a meeting to get it
    is_dead: bool = False  #: suppressed is the address alone: a letter may go

    def may_begin(self, now: datetime) -> bool:
        """Whether its time lasts to the end of an attempt that begins now; else it is to be claimed anew."""
        return now - self.started_at <= _BEGUN_WITHIN


class Crossing(NamedTuple):
    """A delivery about to pass the point of no return."""

    lease: Lease
    content_hash: str  #: SHA-256 of what is sent, hex
    content: Mapping[str, Any] | None = None  #: a public post in full


def claim(connection: Connection, mode: Mode, channel: str, *, owner: str, now: datetime, most: int) -> list[Lease]:
    """Take due deliveries of a channel, of those that are not sorted by domain."""
    due = (
        select(deliveries.c.id)
        .join(occurrences)
        .where(
            occurrences.c.mode == mode,
            deliveries.c.channel == channel,
            deliveries.c.domain == "",
            deliveries.c.state == State.SCHEDULED,
            deliveries.c.next_attempt_at <= now,
            occurrences.c.expires_at >= now,
            not_(held_back(channel)),
        )
        .order_by(deliveries.c.next_attempt_at, deliveries.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    ids = connection.execute(due).scalars().all()
    return begin(connection, ids, owner=owner, now=now)


def begin(connection: Connection, ids: Sequence[int], *, owner: str, now: datetime) -> list[Lease]:
    """Take deliveries that are due."""
    return _take(connection, ids, _BEGIN, owner=owner, now=now)


def take(
    connection: Connection, ids: Sequence[int], change: Mapping[str, Any], *, owner: str, now: datetime
) -> list[Lease]:
    """Put deliveries under one new lease, and change them; in the order of `ids`."""
    return _take(connection, ids, _taken(change), owner=owner, now=now)


def _taken(change: Mapping[str, Any]) -> ForAll:
    held = {
        "lease_owner": bindparam("owner", type_=String),
        "lease_token": bindparam("token", type_=String),
        "lease_until": bindparam("until", type_=UTCDateTime),
    }
    return ForAll(lambda given: update(deliveries).where(_among(given)).values(**change, **held))


def _take(connection: Connection, ids: Sequence[int], change: ForAll, *, owner: str, now: datetime) -> list[Lease]:
    if not ids:
        return []
    token = secrets.token_hex(8)
    rows = [(each,) for each in ids]
    change.execute(connection, rows, owner=owner, token=token, until=now + LEASE)
    found = _LEASED_ROWS.found(connection, rows)
    occasions = _occasions(connection, {row[1] for row in found})
    leases = {row[0]: _lease(row, occasions[row[1]], token, now) for row in found}
    return [leases[each] for each in ids]


def _among(given: Given) -> ColumnElement[bool]:
    return deliveries.c.id.in_(select(given.column(0, Integer())).select_from(given.of))


#: In the order in which `_lease` takes them: by place, which is sooner than by name.
_LEASED: Select[Any] = (
    select(
        *(deliveries.c[name] for name in ("id", "occurrence_id", "channel", "language", "person_id", "state")),
        *(deliveries.c[name] for name in ("reason", "reference", "attempts", "role", "resends")),
        people.c.id.label("known"),
        *(people.c[name] for name in ("address", "address_key", "name")),
        people.c.language.label("own_language"),
        people.c.organisation,
        suppressions.c.reason.label("suppressed"),
        suppressions.c.is_dead,
    )
    .outerjoin(people, people.c.id == deliveries.c.person_id)
    .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
)
_LEASED_ROWS = ForAll(lambda given: _LEASED.where(_among(given)))
_BEGIN = _taken({"state": State.SENDING})


class _Occasion(NamedTuple):
    """What all copies of an occurrence share, in the order in which a delivery has it."""

    names: tuple[str, str, str]
    times: tuple[datetime, datetime, datetime]
    only: Only | None


_OCCASIONS = select(
    *(occurrences.c[name] for name in ("id", "campaign", "announcement", "occurrence")),
    *(occurrences.c[name] for name in ("frozen_at", "due_at", "expires_at", "mode", "only")),
).where(occurrences.c.id.in_(bindparam("ids", expanding=True)))


def _occasions(connection: Connection, ids: Collection[int]) -> dict[int, _Occasion]:
    found = {}
    for number, campaign, announcement, occurrence, frozen, due, expires, mode, only in connection.execute(
        _OCCASIONS, {"ids": list(ids)}
    ):
        names, times = (campaign, announcement, occurrence), (frozen, due, expires)
        found[number] = _Occasion(names, times, parse_only(Mode(mode), only))
    return found


def _lease(row: Sequence[Any], occasion: _Occasion, token: str, now: datetime) -> Lease:
    number, occurrence_id, channel, language, person, state, reason, reference, attempts, role, resends, *others = row
    known, address, key, name, own_language, organisation, suppressed, is_dead = others
    names, times, only = occasion
    whom = None if person == ALL else person
    delivery = Delivery._make(  # in a third less time than by its names
        (number, *names, channel, language, whom, _STATES[state], reason, reference, *times, attempts)
    )
    reader = None if known is None else Person._make((known, address, key, name, own_language, organisation))
    attempt = attempts + (state == State.SENDING)
    suppressed = suppressed or ""
    return Lease._make(
        (delivery, occurrence_id, role, attempt, resends, token, now, reader, suppressed, only, bool(is_dead))
    )


_STATES = {state.value: state for state in State}  # sooner than asking the class


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
        state=_STATES[row.state],
        reason=row.reason,
        reference=row.reference,
        created_at=occurrence.frozen_at,
        due_at=occurrence.due_at,
        expires_at=occurrence.expires_at,
        attempts=row.attempts,
    )


def cross(connection: Connection, crossings: Sequence[Crossing], now: datetime) -> set[int]:
    """The point of no return, written down before the byte that cannot be taken back.

    The ids of the deliveries that may pass; the others have been taken over by somebody, or their readers must not be
    written to any more, or have been erased.
    """
    held = CROSS.execute(connection, _begun(crossings), now=now, until=now + LEASE)
    for lease, _, content in crossings:
        if content is not None and lease.delivery.id in held:
            connection.execute(_attempt_of(lease).values(content=content))
    return held


def _attempt_of(lease: Lease) -> Update:
    return update(attempts).where(attempts.c.delivery_id == lease.delivery.id, attempts.c.number == lease.attempt)


def _attempt(lease: Lease) -> dict[str, Any]:
    return {"delivery_id": lease.delivery.id, "number": lease.attempt, "started_at": lease.started_at}


def record_sent(connection: Connection, sent: Sequence[tuple[Lease, Receipt]], now: datetime) -> set[int]:
    """What the next system has accepted after the point of no return, with its own words; as `cross` otherwise."""
    return RECORD_SENT.execute(connection, _ended(sent), now=now)


def settle(
    connection: Connection, sent: Sequence[tuple[Lease, Receipt]], crossings: Sequence[Crossing], now: datetime
) -> tuple[set[int], set[int]]:
    """`record_sent` and `cross` of mails, of which no content is kept; on PostgreSQL by one statement.

    There nobody passes who is given beside somebody that must not be written to any more: `cross` lets the others pass,
    in one transaction with leaving that one out.
    """
    if connection.dialect.name == "sqlite":
        recorded = record_sent(connection, sent, now) if sent else set[int]()
        return recorded, cross(connection, crossings, now) if crossings else set()
    if not (sent or crossings):
        return set(), set()
    return SETTLE.execute(connection, _ended(sent), _begun(crossings), now=now, until=now + LEASE)


def _begun(crossings: Sequence[Crossing]) -> list[tuple[Any, ...]]:
    """In the order in which `_begin_attempts` and `_nobody_has_left` take them."""
    return [
        (lease.delivery.id, lease.token, lease.attempt, lease.started_at, content_hash, lease.delivery.person)
        for lease, content_hash, _ in crossings
    ]


def _ended(sent: Sequence[tuple[Lease, Receipt]]) -> list[tuple[Any, ...]]:
    """In the order in which `_close_attempts` takes them."""
    return [
        (lease.delivery.id, lease.token, lease.attempt, receipt.reference, receipt.url, receipt.detail)
        for lease, receipt in sent
    ]


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
    values: dict[str, Any] = {"state": state, "reason": reason, **FREE, "attempts": lease.attempt}
    values |= {"resends": deliveries.c.resends + int(resent)}
    values |= {"next_attempt_at": when_due(retry_at)} if retry_at else {"finished_at": now}
    _change_one(connection, lease, values, State.SENDING, State.IRREVOCABLE)
    proof = receipt or Receipt(detail=reason)
    closed = {
        "finished_at": now,
        "outcome": "retry" if retry_at else state,
        "reference": proof.reference,
        "url": proof.url,
        "detail": proof.detail or reason,
    }
    known = connection.execute(_attempt_of(lease).values(**closed))
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
    _change(connection, leases, HeldChange(owed_again(now), State.SENDING))


def owed_again(now: datetime) -> dict[str, Any]:
    """What a delivery is changed to that nobody holds any more."""
    return {"state": State.SCHEDULED, "next_attempt_at": when_due(now), **FREE}


def when_due(now: datetime) -> ColumnElement[datetime]:
    """Now, but not before its time: the clock may have been set back since it was taken."""
    due = select(occurrences.c.due_at).where(occurrences.c.id == deliveries.c.occurrence_id).scalar_subquery()
    return case((due > now, due), else_=literal(now, UTCDateTime()))


def _change_one(connection: Connection, lease: Lease, change: Mapping[str, Any], *expected: State) -> None:
    if not _change(connection, [lease], HeldChange(change, *expected)):
        raise LeaseLostError(lease.delivery.key)


def _change(connection: Connection, leases: Iterable[Lease], change: HeldChange, **values: Any) -> set[int]:
    """Change what is still held; the ids."""
    return change.execute(connection, [(lease.delivery.id, lease.token) for lease in leases], **values)
