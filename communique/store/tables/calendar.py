"""The table of what public calendars have said."""

from sqlalchemy import Boolean, Column, Integer, String, Table

from communique.store.metadata import UTCDateTime, metadata

calendar_entries = Table(  # one row an event, as it was published last (communique.store.recipients.calendar_entries)
    "calendar_entries",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("event", String(150), primary_key=True),
    Column("date", String(130), nullable=False),  # as the process page names it: `campaign/milestone`
    Column("starts_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime),  # NULL: all day
    Column("is_off", Boolean, nullable=False),  # called off
    Column("sequence", Integer, nullable=False),  # RFC 5545 3.8.7.4
)
