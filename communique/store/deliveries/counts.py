"""How many copies are in which state, counted in indexes: a row of a copy that is done with is not looked at.

Each copy is done with (`finished_at`), or waits, or is under way with a lease. One that were none of these would be
missing, and its account would not balance.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select, union_all

from communique.delivery import SETTLED, State
from communique.store.by_index import scheduled
from communique.store.database import deliveries

_AT_ONCE = 1_000  #: occurrences asked for in one statement


class Count(NamedTuple):
    """Copies of an occurrence through a channel that are in one state."""

    occurrence: int
    state: State
    channel: str
    number: int


def by_state(connection: Connection, among: Sequence[int] | None = None) -> list[Count]:
    """Of these occurrences, or of all."""
    if among is None:
        return _by_state(connection, None)
    found: list[Count] = []
    for begin in range(0, len(among), _AT_ONCE):
        found += _by_state(connection, among[begin : begin + _AT_ONCE])
    return found


def _by_state(connection: Connection, among: Sequence[int] | None) -> list[Count]:
    of, is_over = deliveries.c.occurrence_id, deliveries.c.finished_at.is_not(None)
    # Coalesced: by the key of all deliveries SQLite would go through those that are done with.
    named = func.coalesce(of, 0)
    is_leased = deliveries.c.lease_token.is_not(None)
    parts: tuple[tuple[ColumnElement[int], tuple[ColumnElement[bool], ...]], ...] = (
        # With the states, SQLite knows the index for the one that says most, before it has counted anything.
        (of, (is_over, deliveries.c.state.in_(sorted(SETTLED)))),
        (named, (scheduled(), ~is_over)),
        (named, (is_leased, deliveries.c.state != State.SCHEDULED, ~is_over)),
    )
    counted = []
    for by, where in parts:
        groups = by.label("of"), deliveries.c.state, deliveries.c.channel
        chosen = where if among is None else (*where, by.in_(among))
        counted.append(select(*groups, func.count()).where(*chosen).group_by(by, *groups[1:]))
    rows = connection.execute(union_all(*counted))
    return [Count(of, State(state), channel, number) for of, state, channel, number in rows]
