"""Who agreed to what."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, UniqueConstraint

from communique.store.metadata import UTCDateTime, metadata

approvals = Table(  # what people said of one state of an announcement
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign", String(64), nullable=False),
    Column("announcement", String(64), nullable=False),
    Column("occurrence", String(32), nullable=False),
    Column("hash", String(64), nullable=False),  # of content, audience definition and time
    Column("approved_by", String(200), nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("approved_at", UTCDateTime, nullable=False),
    Column("asks_for_changes", Boolean, nullable=False, default=False),  # the same person's last word counts
    UniqueConstraint("campaign", "announcement", "occurrence", "hash", "approved_by"),
)
