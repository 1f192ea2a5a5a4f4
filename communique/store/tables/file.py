"""Tables about the files that officers edit."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from communique.store.metadata import UTCDateTime, metadata

file_versions = Table(  # what a file has been, in the order it was seen so
    "file_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", String(400), nullable=False, index=True),  # below the workspace, with forward slashes
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("who", String(200), nullable=False),  # empty: it was changed outside the desk, and then seen
    Column("sha256", String(64), nullable=False),  # of its bytes
    Column("packed", LargeBinary, nullable=False),  # its bytes, by zlib
)
