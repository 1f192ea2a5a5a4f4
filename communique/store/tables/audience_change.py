"""The table by which somebody sees that who is written to may have changed since they looked."""

from sqlalchemy import Column, Integer, Table

from communique.store.metadata import metadata

audience_changes = Table(  # a row for each transaction that changed it (communique.store.audience_changes)
    "audience_changes",
    metadata,
    Column("id", Integer, primary_key=True),
)
