"""Of copies that are due: whether they wait because too many mails of their announcement came back."""

from typing import Any

from sqlalchemy import ColumnElement, select

from communique.store.database import deliveries
from communique.store.tables.channel import stops


def held_back(channel: Any) -> ColumnElement[bool]:
    """Whether a copy's announcement is stopped on a channel (communique.store.deliveries.stops)."""
    held = select(stops.c.occurrence_id).where(stops.c.channel == channel, stops.c.resumed_at.is_(None))
    return deliveries.c.occurrence_id.in_(held)
