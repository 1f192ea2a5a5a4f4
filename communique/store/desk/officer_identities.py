"""Accounts at a provider by which officers sign in, and the browsers that are on their way there and back."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from communique.store.desk import officers
from communique.store.desk.officers import Officer
from communique.store.tables.officer import officer_identities, openid_journeys

JOURNEY = timedelta(minutes=10)  #: for passwords, second factors, and whoever is called away
_LONGEST_TARGET = 400


def officer_of(connection: Connection, issuer: str, subject: str) -> Officer | None:
    """Whose account it is."""
    mine = (officer_identities.c.issuer == issuer, officer_identities.c.subject == subject)
    number = connection.execute(select(officer_identities.c.officer_id).where(*mine)).scalar()
    return officers.by_id(connection, number) if number is not None else None


def has_another(connection: Connection, officer: Officer, issuer: str) -> bool:
    """Whether an officer already signs in by an account there: an address may have been given to a successor."""
    theirs = (officer_identities.c.issuer == issuer, officer_identities.c.officer_id == officer.id)
    return connection.execute(select(officer_identities.c.subject).where(*theirs)).first() is not None


def bind(connection: Connection, officer: Officer, issuer: str, subject: str, now: datetime) -> None:
    """From now on it is their account, whatever address it has."""
    values = {"issuer": issuer, "subject": subject, "officer_id": officer.id, "bound_at": now}
    connection.execute(insert(officer_identities).values(values))


def release(connection: Connection, officer: Officer) -> bool:
    """The next account with their address is theirs; whether they had one."""
    theirs = officer_identities.c.officer_id == officer.id
    return bool(connection.execute(delete(officer_identities).where(theirs)).rowcount)


def set_out(connection: Connection, secret: str, target: str, now: datetime) -> None:
    """A browser goes to the provider; `secret` is what it alone has, `target` where it wants to go on afterwards."""
    connection.execute(delete(openid_journeys).where(openid_journeys.c.expires_at <= now))
    values = {
        "digest": officers.digest_of(secret),
        "target": target[:_LONGEST_TARGET],
        "expires_at": now + JOURNEY,
    }
    connection.execute(insert(openid_journeys).values(values))


def come_back(connection: Connection, secret: str, now: datetime) -> str | None:
    """Where the browser wanted to go on; None if it is not expected, or not any more. It is expected once."""
    mine = openid_journeys.c.digest == officers.digest_of(secret)
    row = connection.execute(select(openid_journeys).where(mine)).first()
    gone = connection.execute(delete(openid_journeys).where(mine)).rowcount
    # A clock that was put back lengthens nothing.
    in_time = row is not None and now < row.expires_at <= now + JOURNEY
    return str(row.target) if row is not None and in_time and gone else None
