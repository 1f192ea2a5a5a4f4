"""The table of releases to the media, as the website has them for everybody."""

from sqlalchemy import JSON, Column, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

releases = Table(
    "releases",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("announcement", String(64), primary_key=True),
    Column("occurrence", String(16), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("mode", String(8), primary_key=True),
    Column("about", String(64), nullable=False),  # an announcement of the campaign, or itself
    Column("headline", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),  # nobody but newsrooms sees it earlier
    Column("picture", JSON, nullable=False),  # as that of a publication
)
