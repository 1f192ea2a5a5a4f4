"""How fast each channel may send, and how long that takes: in words and for programs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import ceil

from communique.commands import console
from communique.commands.console import counted, tell
from communique.joined_phrases import all_of
from communique.language.escaping import in_line
from communique.pace import EVERY_DOMAIN, Pace
from communique.phrase import phrase

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def say_paces(paces: Mapping[str, Pace], waiting: Mapping[str, int], now: datetime) -> None:
    """For each channel that has copies waiting and may send so many only, how long they take."""
    for name, pace in paces.items():
        if waiting.get(name):
            said = phrase("The channel {name}: {pace}.", name=name, pace=takes(pace, waiting[name], now))
            tell(in_line(console.in_words(said)))
    if any(waiting.get(name) for name in paces):
        tell()


def takes(pace: Pace, copies: int, now: datetime) -> str:
    """`12,400 copies at 300 a minute: about 42 minutes`."""
    many = phrase("1 copy") if copies == 1 else phrase("{number:,} copies", number=copies)
    time = pace.time_for(copies, now)
    limits = all_of(list(_limits(pace, now)))
    words = phrase("as long as the fullest domain takes") if pace.per_domain and not time else in_words(time)
    if pace.per_domain and time:
        return phrase("{copies} at {pace}: at least {time}", copies=many, pace=limits, time=words)
    return phrase("{copies} at {pace}: {time}", copies=many, pace=limits, time=words)


def in_words(time: timedelta) -> str:
    """Rounded up, in the largest unit of which there are at least two."""
    if not time:
        return phrase("all at once")
    if time >= 2 * _DAY:
        return phrase("about {time}", time=counted(ceil(time / _DAY), "day"))
    if time >= 2 * _HOUR:
        return phrase("about {time}", time=counted(ceil(time / _HOUR), "hour"))
    return phrase("about {time}", time=counted(ceil(time / _MINUTE), "minute"))


def _limits(pace: Pace, now: datetime) -> Iterator[str]:
    if pace.rate:
        yield str(pace.rate)
    if pace.warm_up_begins:
        today = [rate for rate in pace.limits(now) if rate is not pace.rate]
        yield phrase("{today} (warm-up, today)", today=today[0]) if today else phrase("no limit of a warm-up any more")
    for domain, rate in pace.per_domain.items():
        other = phrase("each other domain") if domain == EVERY_DOMAIN else domain
        yield phrase("{rate} to {domain}", rate=rate, domain=other)


def paces_json(paces: Mapping[str, Pace], waiting: Mapping[str, int], now: datetime) -> list[dict[str, object]]:
    """As docs/json.md has it."""
    return [
        {
            "channel": name,
            "limits": list(_limits(pace, now)),
            "copies": waiting.get(name, 0),
            "seconds": ceil(pace.time_for(waiting.get(name, 0), now).total_seconds()),
        }
        for name, pace in paces.items()
    ]
