"""The tables of channels: told to wait, stopped, resting, and the mailbox that says whether mails arrive."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

pauses = Table(  # channels that a person has told to wait (communique.store.deliveries.pauses)
    "pauses",
    metadata,
    Column("channel", String(64), primary_key=True),  # empty: all of them
    Column("since", UTCDateTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
)

stops = Table(  # what goes no further because too many of its mails came back (communique.store.deliveries.stops)
    "stops",
    metadata,
    Column("occurrence_id", ForeignKey("occurrences.id"), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("since", UTCDateTime, nullable=False),
    Column("returned", Integer, nullable=False),  # copies, when it was stopped…
    Column("gone", Integer, nullable=False),  # …of so many that had left
    Column("words", Text, nullable=False),  # of the last server
    Column("resumed_at", UTCDateTime),  # NULL: it holds; what had left before counts no more
)

rests = Table(  # channels whose last use failed (communique.store.deliveries.rests)
    "rests",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),  # in a row
    Column("since", UTCDateTime, nullable=False),
    Column("until", UTCDateTime),  # NULL: too few to rest
    Column("why", Text, nullable=False),
)

canaries = Table(  # mails to the mailbox that says whether mails arrive (communique.store.deliveries.canaries)
    "canaries",
    metadata,
    Column("reference", String(32), primary_key=True),  # drawn at random
    Column("channel", String(64), nullable=False),
    Column("begun_at", UTCDateTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UTCDateTime),  # null: it is out, as far as we know
    Column("accepted_at", UTCDateTime),
    Column("arrived_at", UTCDateTime),
    Column("why", Text, nullable=False),  # the last attempt's failure
)
