"""Those who work at the desk: invited by a link that opens once, signed in by a session that ends."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from communique.store.desk.approvals import folded
from communique.store.tables.officer import desk_sessions, officer_identities, officer_links, officers

MAILED_FOR = timedelta(minutes=15)  #: how long a link works that somebody asked for on the sign-in page
INVITED_FOR = timedelta(days=3)  #: how long a link to begin works
IDLE = timedelta(hours=2)  #: a session that nobody uses ends
LONGEST = timedelta(hours=12)  #: a session ends, whoever uses it: a working day
_SEEN_EVERY = timedelta(minutes=5)  #: looking at pages writes no more often than this


class Duty(StrEnum):
    """What somebody may do at the desk; everybody there may look."""

    EDITOR = "editor"
    APPROVER = "approver"
    OPERATOR = "operator"


class TakenError(Exception):
    """Somebody has this name, or one that is read as the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Officer:
    """Somebody who works at the desk."""

    id: int
    name: str
    address: str
    duties: frozenset[Duty]
    language: str
    password: str  #: hashed; empty when none has been chosen

    def may(self, duties: Collection[Duty]) -> bool:
        """Whether any of the duties is theirs; whoever looks needs none."""
        return not duties or bool(self.duties & set(duties))


def are_there_any(connection: Connection) -> bool:
    """Whether somebody works here."""
    return connection.execute(select(officers.c.id).where(_works_here()).limit(1)).first() is not None


def everybody(connection: Connection) -> Sequence[Officer]:
    """By name."""
    rows = connection.execute(select(officers).where(_works_here()).order_by(officers.c.name_key))
    return [_officer(row) for row in rows]


def invite(
    connection: Connection, name: str, duties: Collection[Duty], *, address: str = "", language: str, now: datetime
) -> Officer:
    """Somebody works here from now on, once they have opened their link.

    Raises:
        TakenError: the name is somebody else's.
    """
    shown = " ".join(name.split())
    if connection.execute(select(officers.c.id).where(officers.c.name_key == folded(shown))).first() is not None:
        raise TakenError(shown)
    values = {
        "name": shown,
        "name_key": folded(shown),
        "address": address,
        "address_key": address.casefold(),
        "roles": " ".join(duty for duty in Duty if duty in set(duties)),
        "language": language,
        "password": "",
        "invited_at": now,
    }
    number = connection.execute(insert(officers).values(values).returning(officers.c.id)).scalar_one()
    found = by_id(connection, number)
    assert found is not None  # noqa: S101 - it has just been written
    return found


def by_id(connection: Connection, number: int) -> Officer | None:
    """Somebody who works here."""
    row = connection.execute(select(officers).where(officers.c.id == number, _works_here())).first()
    return _officer(row) if row is not None else None


def by_name(connection: Connection, name: str) -> Officer | None:
    """Somebody by the name, however it is spelt, or by the address they were invited at."""
    same = or_(
        officers.c.name_key == folded(name),
        (officers.c.address_key == name.strip().casefold()) & (officers.c.address != ""),
    )
    row = connection.execute(select(officers).where(same, _works_here()).order_by(officers.c.id)).first()
    return _officer(row) if row is not None else None


def by_address(connection: Connection, address: str) -> Officer | None:
    """Somebody by the address they were invited at, and by nothing else."""
    same = (officers.c.address_key == address.strip().casefold()) & (officers.c.address != "")
    row = connection.execute(select(officers).where(same, _works_here()).order_by(officers.c.id)).first()
    return _officer(row) if row is not None else None


def link(
    connection: Connection, officer: Officer | None, valid: timedelta, now: datetime, *, is_mailed: bool = False
) -> str:
    """A new one-time link's reference; earlier links of theirs open nothing any more. None: for the first of all.

    Whoever asks for a mail on the sign-in page voids no link that an operator has handed over.
    """
    theirs = officer_links.c.officer_id == officer.id if officer else officer_links.c.officer_id.is_(None)
    alike = and_(theirs, officer_links.c.is_mailed == is_mailed)
    connection.execute(delete(officer_links).where(or_(alike, officer_links.c.expires_at <= now)))
    reference = secrets.token_hex(16)
    values = {
        "reference": reference,
        "officer_id": officer.id if officer is not None else None,
        "expires_at": now + valid,
        "is_mailed": is_mailed,
        "next_attempt_at": now if is_mailed else None,
    }
    connection.execute(insert(officer_links).values(values))
    return reference


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens."""

    officer: Officer | None  #: None: the desk of an installation in which nobody works yet
    is_mailed: bool = False  #: its reader has the officer's mailbox, and signs in by it


def opened_by(connection: Connection, reference: str, now: datetime) -> Opened | None:
    """What a link opens, while it opens something."""
    mine = (officer_links.c.reference == reference, officer_links.c.expires_at > now)
    row = connection.execute(select(officer_links.c.officer_id, officer_links.c.is_mailed).where(*mine)).first()
    if row is None:
        return None
    if row.officer_id is None:
        return None if are_there_any(connection) else Opened(None)
    found = by_id(connection, row.officer_id)
    return Opened(found, row.is_mailed) if found is not None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class DueLink:
    """A link that is to be mailed."""

    reference: str
    officer: Officer
    expires_at: datetime


def links_to_mail(connection: Connection, now: datetime, again: timedelta) -> list[DueLink]:
    """Those to be mailed now; nobody else takes them before `again` has passed."""
    due = and_(officer_links.c.next_attempt_at <= now, officer_links.c.expires_at > now)
    rows = connection.execute(select(officer_links).where(due).order_by(officer_links.c.expires_at)).all()
    connection.execute(update(officer_links).where(due).values(next_attempt_at=now + again))
    found = ((row, by_id(connection, row.officer_id)) for row in rows)
    return [
        DueLink(reference=row.reference, officer=officer, expires_at=row.expires_at)
        for row, officer in found
        if officer is not None and officer.address
    ]


def mailed(connection: Connection, reference: str) -> None:
    """It has gone, or never will."""
    connection.execute(update(officer_links).where(officer_links.c.reference == reference).values(next_attempt_at=None))


def use_link(connection: Connection, reference: str, now: datetime) -> Opened | None:
    """Open it: nobody opens it again, not even at the same time."""
    found = opened_by(connection, reference, now)
    gone = connection.execute(delete(officer_links).where(officer_links.c.reference == reference)).rowcount
    return found if gone else None


def set_password(connection: Connection, officer: Officer, hashed: str) -> None:
    """A new one; whoever was signed in by the old one is no more."""
    connection.execute(update(officers).where(officers.c.id == officer.id).values(password=hashed))
    connection.execute(delete(desk_sessions).where(desk_sessions.c.officer_id == officer.id))


def set_language(connection: Connection, officer: Officer, language: str) -> None:
    """Of the pages they see."""
    connection.execute(update(officers).where(officers.c.id == officer.id).values(language=language))


def set_duties(connection: Connection, officer: Officer, duties: Collection[Duty]) -> None:
    """What they may do from now on, in the sessions they have, too."""
    roles = " ".join(duty for duty in Duty if duty in set(duties))
    connection.execute(update(officers).where(officers.c.id == officer.id).values(roles=roles))


def end(connection: Connection, officer: Officer, now: datetime) -> None:
    """They work here no more: no session, no link, no password, no account elsewhere. What they did stays."""
    connection.execute(delete(desk_sessions).where(desk_sessions.c.officer_id == officer.id))
    connection.execute(delete(officer_links).where(officer_links.c.officer_id == officer.id))
    connection.execute(delete(officer_identities).where(officer_identities.c.officer_id == officer.id))
    values = {"ended_at": now, "password": "", "address": "", "address_key": ""}
    connection.execute(update(officers).where(officers.c.id == officer.id).values(values))


def count(connection: Connection, duty: Duty) -> int:
    """How many have a duty."""
    return sum(duty in each.duties for each in everybody(connection))


def begin_session(connection: Connection, officer: Officer, now: datetime) -> str:
    """Sign somebody in; what their browser is given, and nobody else ever has."""
    connection.execute(delete(desk_sessions).where(desk_sessions.c.began_at <= now - LONGEST))
    token = secrets.token_urlsafe(32)
    values = {"digest": digest_of(token), "officer_id": officer.id, "began_at": now, "seen_at": now}
    connection.execute(insert(desk_sessions).values(values))
    return token


def signed_in(connection: Connection, token: str, now: datetime) -> tuple[Officer | None, bool]:
    """Whose session it is while it lasts, and whether it is time to write down that it was used."""
    row = connection.execute(select(desk_sessions).where(desk_sessions.c.digest == digest_of(token))).first()
    # A clock that was set back ends no session, and lengthens none beyond a day.
    if row is None or now - row.seen_at > IDLE or abs(now - row.began_at) > LONGEST:
        return None, False
    return by_id(connection, row.officer_id), now - row.seen_at > _SEEN_EVERY


def saw(connection: Connection, token: str, now: datetime) -> None:
    """The session was used."""
    connection.execute(update(desk_sessions).where(desk_sessions.c.digest == digest_of(token)).values(seen_at=now))


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A browser in which somebody is signed in; nothing is kept by which it could be told from others but when."""

    digest: str
    began_at: datetime  #: UTC
    seen_at: datetime  #: to some minutes


def sessions_of(connection: Connection, officer: Officer, now: datetime) -> list[SignedIn]:
    """Those that have not ended, the last used first."""
    theirs = (desk_sessions.c.officer_id == officer.id, desk_sessions.c.seen_at >= now - IDLE)
    rows = connection.execute(select(desk_sessions).where(*theirs).order_by(desk_sessions.c.seen_at.desc()))
    return [
        SignedIn(digest=row.digest, began_at=row.began_at, seen_at=row.seen_at)
        for row in rows
        if abs(now - row.began_at) <= LONGEST
    ]


def end_other_sessions(connection: Connection, officer: Officer, token: str) -> int:
    """All but the one with this token; how many."""
    others = (desk_sessions.c.officer_id == officer.id, desk_sessions.c.digest != digest_of(token))
    return connection.execute(delete(desk_sessions).where(*others)).rowcount


def end_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(desk_sessions).where(desk_sessions.c.digest == digest_of(token)))


def digest_of(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _works_here() -> Any:
    return officers.c.ended_at.is_(None)


def _officer(row: Any) -> Officer:
    return Officer(
        id=row.id,
        name=row.name,
        address=row.address,
        duties=frozenset(map(Duty, row.roles.split())),
        language=row.language,
        password=row.password,
    )
