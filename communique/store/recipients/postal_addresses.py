"""Where letters find people, and what stands in the place of an e-mail address for those who have none."""

import hashlib
import unicodedata
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from communique.postal_address import PostalAddress
from communique.store.tables.postal import postal_addresses

POST = "post:"  #: what a key begins with that stands for a name at a postal address
_FIELDS = ("street", "city", "country", "postcode", "region")


def post_key(name: str, address: PostalAddress) -> str:
    """The one key of somebody without an e-mail address, however the two are spelt: case, accents, full stops.

    It says nothing of either, so that it may stand on a list of those who must not be written to.
    """
    said = (name, *(getattr(address, field) for field in _FIELDS))
    plain = "/".join("".join(each for each in _folded(text) if each.isalnum()) for text in said)
    return f"{POST}{hashlib.sha256(plain.encode()).hexdigest()[:24]}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold())


def keep(connection: Connection, person: int, address: PostalAddress) -> None:
    """This is where a person lives now."""
    forget(connection, person)
    connection.execute(insert(postal_addresses).values(person_id=person, **asdict(address)))


def forget(connection: Connection, person: int) -> None:
    """A person has none any more."""
    connection.execute(delete(postal_addresses).where(postal_addresses.c.person_id == person))


def of(connection: Connection, person: int) -> PostalAddress | None:
    """A person's, if one is known."""
    found = connection.execute(select(postal_addresses).where(postal_addresses.c.person_id == person)).first()
    return PostalAddress(**{field: getattr(found, field) for field in _FIELDS}) if found else None
