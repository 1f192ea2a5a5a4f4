"""The table of announcements that were withdrawn."""

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from communique.store.metadata import UTCDateTime, metadata

retractions = Table(
    "retractions",
    metadata,
    Column("occurrence_id", ForeignKey("occurrences.id"), primary_key=True),  # what is withdrawn
    Column("told_by", ForeignKey("occurrences.id"), nullable=False, unique=True),  # whose deliveries say so
    Column("reasons", JSON, nullable=False),  # by language
    Column("headlines", JSON, nullable=False),  # by language: what was announced
    Column("retracted_by", String(200), nullable=False),
    Column("retracted_at", UTCDateTime, nullable=False),
)

asked_retractions = Table(  # where two have to say so: what one has said, until another confirms it
    "asked_retractions",
    metadata,
    Column("occurrence_id", ForeignKey("occurrences.id"), primary_key=True),
    Column("reasons", JSON, nullable=False),  # by language
    Column("asked_by", String(200), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
)
