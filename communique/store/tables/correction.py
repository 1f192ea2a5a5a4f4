"""The table of corrections; what each is about stands in `occurrences.tells_of`."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, Table, Text

from communique.store.metadata import UTCDateTime, metadata

corrections = Table(
    "corrections",
    metadata,
    Column("told_by", ForeignKey("occurrences.id"), primary_key=True),  # whose deliveries say so
    Column("number", Integer, nullable=False),  # of the announcement's
    Column("texts", JSON, nullable=False),  # by language: headline, wrong, right, more
    Column("headlines", JSON, nullable=False),  # by language: what was announced
    Column("corrected_by", Text, nullable=False),
    Column("corrected_at", UTCDateTime, nullable=False),
)
