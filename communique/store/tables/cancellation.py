"""The table of what somebody has cancelled before it left."""

from sqlalchemy import Column, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

cancellations = Table(
    "cancellations",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("campaign", String(64), primary_key=True),
    Column("announcement", String(64), primary_key=True),
    Column("occurrence", String(32), primary_key=True),  # empty: each of a series
    Column("channel", String(64), primary_key=True),  # empty: all of them
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("since", UTCDateTime, nullable=False),
)
