"""Mails that answer what somebody asked for on a page: owed in the transaction that keeps the request, sent once.

A letter is taken for a while, so that a sender that dies before the point of no return loses nothing; after it,
a letter is never taken again, so that none goes twice. Whoever misses one asks again on the next day.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from communique.store.recipients import traces
from communique.store.tables.subscriber import letters

_TAKEN_FOR = timedelta(minutes=20)  #: longer than a mail server may take for its answer (RFC 5321 4.5.3.2.6)
_RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))


class LetterKind(StrEnum):
    """What a letter asks its reader to confirm, or confirms itself."""

    CONFIRM = "confirm"  #: a subscription
    CHANGE_NEW = "change_new"  #: that this is to be the address from now on
    CHANGE_OLD = "change_old"  #: that this is no longer to be it
    ANSWER = "answer"  #: says what somebody's answer to a meeting is


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail that is owed."""

    reference: str
    kind: LetterKind
    request: str = ""  #: empty when it is about an answer to a meeting
    person: int | None = None  #: whose answer
    meeting: str = ""
    address: str
    language: str
    owed_at: datetime
    attempts: int


def owe(connection: Connection, kind: LetterKind, request: str, address: str, language: str, now: datetime) -> None:
    """From now on it is owed."""
    connection.execute(
        insert(letters).values(
            reference=secrets.token_hex(16),
            kind=kind,
            request=request,
            address=address,
            language=language,
            owed_at=now,
            attempts=0,
            next_attempt_at=now,
            outcome="",
        )
    )


def owe_about_answer(
    connection: Connection, person: int, meeting: str, address: str, language: str, now: datetime
) -> None:
    """A letter about somebody's answer is owed, in the place of one that has not gone: it says what holds by then."""
    mine = letters.c.person_id == person, letters.c.meeting == meeting
    connection.execute(delete(letters).where(*mine, letters.c.irrevocable_at.is_(None)))
    connection.execute(
        insert(letters).values(
            reference=secrets.token_hex(16),
            kind=LetterKind.ANSWER,
            person_id=person,
            meeting=meeting,
            address=address,
            language=language,
            owed_at=now,
            attempts=0,
            next_attempt_at=now,
            outcome="",
        )
    )


def are_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to take."""
    due = select(letters.c.reference).where(letters.c.next_attempt_at <= now, letters.c.irrevocable_at.is_(None))
    return connection.execute(due.limit(1)).first() is not None


def take(connection: Connection, now: datetime, most: int) -> Sequence[Letter]:
    """Letters whose time has come, the oldest first; nobody else takes them for a while."""
    due = (letters.c.next_attempt_at <= now, letters.c.irrevocable_at.is_(None))
    rows = connection.execute(select(letters).where(*due).order_by(letters.c.owed_at).limit(most)).all()
    for row in rows:
        _change(connection, row.reference, next_attempt_at=now + _TAKEN_FOR, attempts=row.attempts + 1)
    return [
        Letter(
            reference=row.reference,
            kind=LetterKind(row.kind),
            request=row.request or "",
            person=row.person_id,
            meeting=row.meeting or "",
            address=row.address,
            language=row.language,
            owed_at=row.owed_at,
            attempts=row.attempts + 1,
        )
        for row in rows
    ]


def irrevocable(connection: Connection, letter: Letter, now: datetime) -> bool:
    """It passes the point of no return; False when it must not: somebody else has sent it, or it is gone."""
    mine = (letters.c.reference == letter.reference, letters.c.attempts == letter.attempts)
    untouched = letters.c.irrevocable_at.is_(None)
    changed = connection.execute(
        update(letters).where(*mine, untouched).values(irrevocable_at=now, next_attempt_at=None)
    )
    return bool(changed.rowcount)


def close(connection: Connection, letter: Letter, outcome: str) -> None:
    """Nothing more is to be done; `outcome` names no address."""
    _change(connection, letter.reference, next_attempt_at=None, outcome=outcome)


def put_off(connection: Connection, letter: Letter, now: datetime, outcome: str) -> None:
    """Try it again later, or no more when that has been done often enough."""
    tries = letter.attempts - 1
    later = now + _RETRIES[tries] if tries < len(_RETRIES) else None
    _change(connection, letter.reference, next_attempt_at=later, outcome=outcome)


def forget(connection: Connection, requests: Select[Any]) -> None:
    """Those of requests that go."""
    connection.execute(delete(letters).where(letters.c.request.in_(requests)))


def forget_about_answers(connection: Connection, before: datetime, now: datetime) -> None:
    """Those that are done with, and were owed before a moment."""
    done = letters.c.request.is_(None), letters.c.next_attempt_at.is_(None), letters.c.owed_at < before
    if connection.execute(delete(letters).where(*done)).rowcount:
        traces.leave(connection, now)


def forget_person(connection: Connection, person: int) -> None:
    """Those about somebody's answers."""
    connection.execute(delete(letters).where(letters.c.person_id == person))


def _change(connection: Connection, reference: str, **values: object) -> None:
    connection.execute(update(letters).where(letters.c.reference == reference).values(values))
