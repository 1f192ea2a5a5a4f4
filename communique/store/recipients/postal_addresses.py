"""Where letters find people, and what stands in the place of an e-mail address for those who have none."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection, Integer, bindparam, delete, insert, select

from communique.postal_address import PostalAddress
from communique.store.given import ForAll
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


def keep(connection: Connection, homes: Mapping[int, PostalAddress]) -> None:
    """This is where these people live now, by id; what is the same already is not written."""
    found = _OF_THESE.execute(connection, [(each,) for each in homes]) if homes else ()
    known = {row.person_id: PostalAddress(**{field: getattr(row, field) for field in _FIELDS}) for row in found}
    moved = {person: home for person, home in homes.items() if known.get(person) != home}
    if gone := [{"known": person} for person in moved if person in known]:
        connection.execute(delete(postal_addresses).where(postal_addresses.c.person_id == bindparam("known")), gone)
    if moved:
        rows = [{"person_id": person, **asdict(home)} for person, home in moved.items()]
        connection.execute(insert(postal_addresses), rows)


def forget(connection: Connection, person: int) -> None:
    """A person has none any more."""
    connection.execute(delete(postal_addresses).where(postal_addresses.c.person_id == person))


def of(connection: Connection, person: int) -> PostalAddress | None:
    """A person's, if one is known."""
    found = connection.execute(select(postal_addresses).where(postal_addresses.c.person_id == person)).first()
    return PostalAddress(**{field: getattr(found, field) for field in _FIELDS}) if found else None


_OF_THESE = ForAll(
    lambda given: select(postal_addresses).where(
        postal_addresses.c.person_id.in_(select(given.column(0, Integer())).select_from(given.of))
    )
)
