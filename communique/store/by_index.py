"""Conditions that leave SQLite the partial indexes of deliveries, and no way through all that was ever sent."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from communique.store.database import deliveries, occurrences


def in_mode(mode: str) -> ColumnElement[bool]:
    """Whose ledger a delivery is in; asked of each that another condition finds.

    Coalesced, so that going through all deliveries of an occurrence never looks useful: there may be a million, and a
    partial index knows the three that matter.
    """
    own = select(occurrences.c.id).where(occurrences.c.mode == mode)
    return func.coalesce(deliveries.c.occurrence_id, 0).in_(own)


def scheduled() -> ColumnElement[bool]:
    """What waits; said with the first column of its partial index, so that SQLite sees a use for that."""
    return and_(deliveries.c.state == "scheduled", deliveries.c.channel > "")


def of_person(person: Any) -> ColumnElement[bool]:
    """Somebody's copies: in the unique key, which begins with the occurrence, one look for each that there is."""
    return and_(deliveries.c.occurrence_id.in_(select(occurrences.c.id)), deliveries.c.person_id == person)
