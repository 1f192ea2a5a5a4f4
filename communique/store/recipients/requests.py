"""What people ask for on a page: it stands here until their address has confirmed it, or seven days have passed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from communique.store.recipients import letters, traces
from communique.store.recipients.letters import LetterKind
from communique.store.tables.subscriber import limits, requests, wordings
from communique.subscription import Choices, Frequency, How

VALID = timedelta(days=7)  #: how long a link to confirm works


class Kind(StrEnum):
    """What a request asks for."""

    SUBSCRIBE = "subscribe"
    CHANGE = "change"  #: another address for a person we know


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What was asked for."""

    reference: str
    kind: Kind
    address: str
    address_key: str
    person: int | None  #: whose address is to change
    how: How
    choices: Choices
    wording: str  #: SHA-256 of what the person was shown
    asked_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None  #: by the address that was given
    old_confirmed_at: datetime | None  #: by the one that is to give way
    done_at: datetime | None


def ask(connection: Connection, request: Request, kinds: Mapping[LetterKind, str], wording: str) -> None:
    """Keep a request, and owe the letters that ask its addresses to confirm it.

    Args:
        connection: in whose transaction.
        request: what was asked for.
        kinds: the letters, and the address each goes to.
        wording: what the person was shown.
    """
    keep_wording(connection, wording)
    connection.execute(
        insert(requests).values(
            reference=request.reference,
            kind=request.kind,
            address=request.address,
            address_key=request.address_key,
            person_id=request.person,
            how=request.how,
            language=request.choices.language,
            frequency=request.choices.frequency,
            topics=list(request.choices.topics),
            wording=request.wording,
            asked_at=request.asked_at,
            expires_at=request.expires_at,
        )
    )
    for kind, address in kinds.items():
        letters.owe(connection, kind, request.reference, address, request.choices.language, request.asked_at)


def find(connection: Connection, reference: str, now: datetime) -> Request | None:
    """A request whose time has not passed."""
    row = connection.execute(
        select(requests).where(requests.c.reference == reference, requests.c.expires_at > now)
    ).first()
    return _request(row) if row is not None else None


def confirm(connection: Connection, reference: str, now: datetime, *, old: bool = False) -> None:
    """An address has confirmed; with `old`, the one that is to give way."""
    column = "old_confirmed_at" if old else "confirmed_at"
    mine = (requests.c.reference == reference, requests.c[column].is_(None))
    connection.execute(update(requests).where(*mine).values({column: now}))


def void_other_changes(connection: Connection, done: Request, now: datetime) -> None:
    """What else was asked for the same person's address is void: the mailbox that gave way has no say in the new one.

    Its links show no more than those of a request whose time has passed.
    """
    others = requests.c.person_id == done.person, requests.c.kind == Kind.CHANGE, requests.c.reference != done.reference
    letters.forget(connection, select(requests.c.reference).where(*others))
    if connection.execute(delete(requests).where(*others)).rowcount:
        traces.leave(connection, now)


def done(connection: Connection, reference: str, now: datetime) -> None:
    """What was asked for has been done: its links show so, and do nothing more."""
    connection.execute(update(requests).where(requests.c.reference == reference).values(done_at=now))


def are_over(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to forget: requests, or limits whose span has ended."""
    for column in (requests.c.expires_at, limits.c.until):
        if connection.execute(select(column).where(column <= now).limit(1)).first() is not None:
            return True
    return False


def forget(connection: Connection, now: datetime) -> int:
    """Delete what nobody confirmed in time, with its letters, and what is long done; the number of requests."""
    over = select(requests.c.reference).where(requests.c.expires_at <= now)
    letters.forget(connection, over)
    gone = connection.execute(delete(requests).where(requests.c.expires_at <= now)).rowcount
    if gone:
        traces.leave(connection, now)
    return gone


def digest_of(wording: str) -> str:
    """By which a wording is known."""
    return hashlib.sha256(wording.encode()).hexdigest()


def keep_wording(connection: Connection, wording: str) -> None:
    """Each wording once."""
    digest = digest_of(wording)
    if connection.execute(select(wordings.c.sha256).where(wordings.c.sha256 == digest)).first() is None:
        connection.execute(insert(wordings).values(sha256=digest, text=wording))


def _request(row: Any) -> Request:
    return Request(
        reference=row.reference,
        kind=Kind(row.kind),
        address=row.address,
        address_key=row.address_key,
        person=row.person_id,
        how=How(row.how),
        choices=Choices(language=row.language, frequency=Frequency(row.frequency), topics=tuple(row.topics)),
        wording=row.wording,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        confirmed_at=row.confirmed_at,
        old_confirmed_at=row.old_confirmed_at,
        done_at=row.done_at,
    )
