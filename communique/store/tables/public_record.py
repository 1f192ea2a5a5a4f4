"""The table of the public record."""

from sqlalchemy import Column, Integer, String, Table, Text

from communique.store.metadata import metadata

public_record = Table(  # entries are added, and never changed (communique.store.announcements.public_record)
    "public_record",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),  # canonical JSON
    Column("hash", String(64), nullable=False),
)
