"""Run by Alembic for every upgrade, downgrade and comparison: on the connection it is handed, in its transaction."""

from typing import Any, Literal

from alembic import context

import communique.store.database  # noqa: F401 - its tables
from communique.store.metadata import UTCDateTime, complete, leave_room, metadata


def _without_our_types(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """A revision stays as it was written, whatever becomes of the program's own types."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=complete(metadata),
    render_item=_without_our_types,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
    leave_room(context.config.attributes["connection"])
