"""The agenda of a meeting: when each row begins and ends, and how long all of them take together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any


def with_times(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign's facts, the `agenda` among them with what follows from its minutes.

    `agenda_minutes` becomes the sum of the rows, whatever an officer has written there. Where one fact is a meeting
    with a known start, each row has the `start` and `end` that it follows from.
    """
    rows = _complete(facts.get("agenda"))
    if not rows:
        return dict(facts)
    starts = [fact["start"] for fact in facts.values() if isinstance(fact, Mapping) and "start" in fact]
    timed = list(_timed(rows, starts[0])) if len(starts) == 1 else rows
    return {**facts, "agenda": timed, "agenda_minutes": sum(row["minutes"] for row in rows)}


def _complete(rows: Any) -> list[Mapping[str, Any]]:
    """The rows, when each of them says how long it takes; else none."""
    if not isinstance(rows, list):
        return []
    complete = [row for row in rows if isinstance(row, Mapping) and isinstance(row.get("minutes"), int)]
    return complete if len(complete) == len(rows) else []


def _timed(rows: Sequence[Mapping[str, Any]], start: datetime) -> Iterator[dict[str, Any]]:
    """One after the other, on the clock on the wall."""
    for row in rows:
        end = start + timedelta(minutes=row["minutes"])
        yield {**row, "start": start, "end": end}
        start = end
