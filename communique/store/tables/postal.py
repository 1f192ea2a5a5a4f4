"""The table of postal addresses."""

from sqlalchemy import Column, ForeignKey, String, Table

from communique.store.metadata import metadata

postal_addresses = Table(  # of those whom letters reach; they may have no e-mail address (`people.address` is empty)
    "postal_addresses",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("street", String(200), nullable=False),
    Column("postcode", String(32), nullable=False),
    Column("city", String(200), nullable=False),
    Column("region", String(200), nullable=False),
    Column("country", String(2), nullable=False),
)
