"""The table of what invited people answered."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

answers = Table(  # what holds now; an answer that is changed leaves no trace of the one before
    "answers",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("meeting", String(130), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("answer", String(8), nullable=False),
    Column("companions", Integer, nullable=False),
    Column("access_needs", Text, nullable=False),  # may say something of somebody's health (GDPR Art. 9)
    Column("interpretation", Text, nullable=False),
    Column("came", String(16), nullable=False),
    Column("first_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime, nullable=False),
)
