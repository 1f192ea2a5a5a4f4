"""Who must not be written to: addresses, each with its reason, whatever list they are on."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, delete, insert, or_, select, tuple_, update

from communique.store.database import suppressions
from communique.store.given import ForAll
from communique.store.recipients.people import Person
from communique.store.recipients.ways import Way, barred


def suppress(connection: Connection, key: str, *, reason: str, now: datetime, is_dead: bool = False) -> None:
    """From now on nothing is written to this address, whoever imports it; to one that `is_dead` no mail.

    The first reason stays, unless that was a dead address, and now its owner wants nothing at all.
    """
    known = connection.execute(select(suppressions.c.is_dead).where(suppressions.c.address_key == key)).scalar()
    values = {"reason": reason, "since": now, "is_dead": is_dead}
    if known is None:
        connection.execute(insert(suppressions).values(address_key=key, **values))
    elif known and not is_dead:
        connection.execute(update(suppressions).where(suppressions.c.address_key == key).values(**values))


def allow(connection: Connection, key: str) -> None:
    """Take an address off the suppression list: only its owner may ask for that."""
    connection.execute(delete(suppressions).where(suppressions.c.address_key == key))


def allow_all(connection: Connection, known: Sequence["Suppressed"]) -> None:
    """Take addresses off the suppression list that stand there as they were found: not of who has left since."""
    _ALLOWED.execute(connection, [(each.address_key, each.reason) for each in known])


class Suppressed(NamedTuple):
    """An address that must not be written to."""

    address_key: str
    reason: str
    since: datetime


def suppressed_between(
    connection: Connection, reasons: Sequence[str], first: datetime, last: datetime, domain: str = ""
) -> list[Suppressed]:
    """Addresses, of a domain if one is named, that were suppressed in a span of time for reasons that begin so."""
    found = select(suppressions.c.address_key, suppressions.c.reason, suppressions.c.since).where(
        suppressions.c.since.between(first, last),
        or_(*(suppressions.c.reason.startswith(each, autoescape=True) for each in reasons)),
    )
    if domain:
        found = found.where(suppressions.c.address_key.endswith(f"@{domain.lower()}", autoescape=True))
    return [Suppressed(*row) for row in connection.execute(found.order_by(suppressions.c.address_key))]


def suppression(connection: Connection, key: str, way: Way = Way.MAIL) -> str | None:
    """Why an address, or whoever has it, must not be written to that way, or None."""
    found = select(barred(way)).where(suppressions.c.address_key == key)
    return connection.execute(found).scalar() or None


def wants_nothing(connection: Connection, key: str) -> bool:
    """Whether nothing at all may be written to whoever has an address: they have left, or an officer has said so.

    Of a dead address nobody has said that.
    """
    return suppression(connection, key, Way.POST) is not None


def suppressed_among(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Which of these canonical addresses must not be written to, and why."""
    found = _SUPPRESSIONS_OF.execute(connection, [(key,) for key in keys])
    return {row.address_key: row.reason for row in found}


def suppressions_of(connection: Connection, persons: Sequence[Person]) -> dict[int, str]:
    """Why some of these must not be written to, by id."""
    reasons = suppressed_among(connection, [person.address_key for person in persons])
    return {person.id: reasons[person.address_key] for person in persons if person.address_key in reasons}


_SUPPRESSIONS_OF = ForAll(
    lambda given: select(suppressions.c.address_key, suppressions.c.reason).where(
        suppressions.c.address_key.in_(select(given.column(0, String())).select_from(given.of))
    )
)
_ALLOWED = ForAll(
    lambda given: delete(suppressions).where(
        tuple_(suppressions.c.address_key, suppressions.c.reason).in_(
            select(given.column(0, String()), given.column(1, String())).select_from(given.of)
        )
    )
)
