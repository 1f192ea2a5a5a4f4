"""The agenda of a meeting: when each row begins and ends, and how long all of them take together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from unicodedata import bidirectional


def with_times(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign's facts, the `agenda` among them with what follows from its minutes.

    `agenda_minutes` becomes the sum of the rows, whatever an officer has written there. Where one fact is a meeting
    with a known start, each row has the `start` and `end` that it follows from; so have the rows of `agenda` within
    that meeting, and within each meeting with `agenda: true` where there are several.
    """
    rows = _complete(facts.get("agenda"))
    if not rows:
        return dict(facts)
    meetings = {name: fact for name, fact in facts.items() if isinstance(fact, Mapping) and "start" in fact}
    timed = {name: list(_timed(rows, fact["start"])) for name, fact in meetings.items()}
    alone = len(meetings) == 1
    own = {name: {**fact, "agenda": timed[name]} for name, fact in meetings.items() if alone or fact.get("agenda")}
    agenda = next(iter(timed.values())) if alone else rows
    return {**facts, **own, "agenda": agenda, "agenda_minutes": sum(row["minutes"] for row in rows)}


def described(summary: str, rows: Any, title: str, time: Callable[[datetime], str]) -> str:
    """What an entry in a calendar, which shows plain text, says: the summary, and the meeting's own agenda if any.

    Its `rows` stand as `10:00–10:10 Welcome` below `title`; `time` writes a time of day.
    """
    timed = rows if isinstance(rows, list | tuple) else ()
    # Among Arabic letters the end would stand left of the beginning.
    dash = "\u200e–" if bidirectional(title[:1] or "-") in {"R", "AL"} else "–"
    lines = [f"{time(row['start'])}{dash}{time(row['end'])} {row.get('moment', '')}" for row in timed]
    agenda = "\n".join([f"{title}:", *lines]) if lines else ""
    return "\n\n".join(part for part in (summary, agenda) if part)


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
