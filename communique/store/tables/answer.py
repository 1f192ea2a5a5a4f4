"""The tables of what invited people answered, and of what they wrote in words for an officer to read."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

answers = Table(  # what holds now; an answer that is changed leaves no trace of the one before
    "answers",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("meeting", String(150), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("answer", String(8), nullable=False),
    Column("companions", Integer, nullable=False),
    Column("access_needs", Text, nullable=False),  # may say something of somebody's health (GDPR Art. 9)
    Column("interpretation", Text, nullable=False),
    Column("came", String(16), nullable=False),
    Column("first_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime, nullable=False),
)

written_answers = Table(  # what is settled keeps its digest alone, so that the same mail is not taken for another one
    "written_answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("mode", String(8), nullable=False),  # empty: nothing says in which they were invited
    Column("meeting", String(150), nullable=False),  # empty: nothing says to which it is
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("proof", String(8), nullable=False),
    Column("sender", String(320), nullable=False),  # as it stands in From: anybody can write it
    Column("sender_key", String(320), nullable=False, index=True),
    Column("sender_name", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("words", Text, nullable=False),  # may say something of somebody's health (GDPR Art. 9)
    Column("place", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),  # when it was read
    Column("settled_at", UTCDateTime),
)
