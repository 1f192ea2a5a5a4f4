"""Who is written to: people, the audiences they are in, and those who must not be written to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection, delete, func, insert, select, update

from communique.channel import Recipient
from communique.store.database import memberships, people, suppressions


class AddressError(ValueError):
    """Not an e-mail address; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody in an audience."""

    id: int
    address: str
    address_key: str
    name: str
    language: str
    organisation: str

    def as_recipient(self, language: str) -> Recipient:
        """As a channel sees them, in the language a message is in."""
        return Recipient(
            id=str(self.id), address=self.address, name=self.name, language=language, organisation=self.organisation
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A person as imported."""

    address: str
    name: str
    language: str
    organisation: str


def address_key(address: str) -> str:
    """The one form by which two spellings of an address are the same: NFC, lower case, domain as A-label.

    Raises:
        AddressError: it is no address.
    """
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=True, strict=True)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from None
    return f"{valid.local_part.lower()}@{valid.ascii_domain.lower()}"


def add(connection: Connection, rows: Iterable[Row], *, audience: str, basis: str, source: str, now: datetime) -> int:
    """Put people into an audience; who is known already is brought up to date. The number that is new in it."""
    added = 0
    for row in rows:
        person = _upsert(connection, row, now)
        known = select(memberships).where(memberships.c.audience == audience, memberships.c.person_id == person)
        if connection.execute(known).first() is None:
            values = {"audience": audience, "person_id": person, "basis": basis, "source": source, "added_at": now}
            connection.execute(insert(memberships).values(**values))
            added += 1
    return added


def _upsert(connection: Connection, row: Row, now: datetime) -> int:
    key = address_key(row.address)
    values = {"address": row.address, "name": row.name, "language": row.language, "organisation": row.organisation}
    known = connection.execute(select(people.c.id).where(people.c.address_key == key)).scalar()
    if known is not None:
        connection.execute(update(people).where(people.c.id == known).values(**values))
        return int(known)
    new = insert(people).values(address_key=key, created_at=now, **values).returning(people.c.id)
    return int(connection.execute(new).scalar_one())


def members(connection: Connection, audiences: Sequence[str]) -> list[tuple[Person, str]]:
    """Everybody in these audiences, each once, with the first audience (in the order given) that has them."""
    found: dict[int, tuple[Person, str]] = {}
    for audience in audiences:
        rows = connection.execute(
            select(people).join(memberships).where(memberships.c.audience == audience).order_by(people.c.id)
        )
        for row in rows:
            found.setdefault(row.id, (_person(row), audience))
    return [found[each] for each in sorted(found)]


def size(connection: Connection, audience: str) -> int:
    """How many are in an audience."""
    counted = select(func.count()).select_from(memberships).where(memberships.c.audience == audience)
    return int(connection.execute(counted).scalar_one())


def by_id(connection: Connection, person: int) -> Person | None:
    """A person, if still known."""
    row = connection.execute(select(people).where(people.c.id == person)).first()
    return _person(row) if row else None


def by_address(connection: Connection, address: str) -> Person | None:
    """A person by any spelling of the address.

    Raises:
        AddressError: it is no address.
    """
    row = connection.execute(select(people).where(people.c.address_key == address_key(address))).first()
    return _person(row) if row else None


def audiences_of(connection: Connection, person: int) -> list[str]:
    """The audiences somebody is in, by name."""
    rows = connection.execute(
        select(memberships.c.audience).where(memberships.c.person_id == person).order_by(memberships.c.audience)
    )
    return [row.audience for row in rows]


def suppress(connection: Connection, key: str, *, reason: str, now: datetime) -> None:
    """From now on nothing is written to this address, whoever imports it."""
    if suppression(connection, key) is None:
        connection.execute(insert(suppressions).values(address_key=key, reason=reason, since=now))


def allow(connection: Connection, key: str) -> None:
    """Take an address off the suppression list: only its owner may ask for that."""
    connection.execute(delete(suppressions).where(suppressions.c.address_key == key))


def suppression(connection: Connection, key: str) -> str | None:
    """Why an address must not be written to, or None."""
    found = select(suppressions.c.reason).where(suppressions.c.address_key == key)
    return connection.execute(found).scalar()


def suppressions_of(connection: Connection, persons: Sequence[Person]) -> dict[int, str]:
    """Why some of these must not be written to, by id."""
    keys = [person.address_key for person in persons]
    found = select(suppressions.c.address_key, suppressions.c.reason).where(suppressions.c.address_key.in_(keys))
    reasons = {row.address_key: row.reason for row in connection.execute(found)} if keys else {}
    return {person.id: reasons[person.address_key] for person in persons if person.address_key in reasons}


def suppressed_keys(connection: Connection) -> dict[str, str]:
    """Every suppressed address with its reason."""
    return {row.address_key: row.reason for row in connection.execute(select(suppressions))}


def _person(row: object) -> Person:
    names = ("id", "address", "address_key", "name", "language", "organisation")
    return Person(**{name: getattr(row, name) for name in names})
