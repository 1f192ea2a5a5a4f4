"""How fast each channel may send, and how long that takes: in words and for programs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import ceil

import click

from communique.commands.console import counted
from communique.language.escaping import in_line
from communique.pace import EVERY_DOMAIN, Pace

_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def say_paces(paces: Mapping[str, Pace], waiting: Mapping[str, int], now: datetime) -> None:
    """For each channel that has copies waiting and may send so many only, how long they take."""
    for name, pace in paces.items():
        if waiting.get(name):
            click.echo(in_line(f"The channel {name}: {takes(pace, waiting[name], now)}."))
    if any(waiting.get(name) for name in paces):
        click.echo()


def takes(pace: Pace, copies: int, now: datetime) -> str:
    """`12,400 copies at 300 a minute: about 42 minutes`."""
    many = f"{copies:,} {'copy' if copies == 1 else 'copies'}"
    time = pace.time_for(copies, now)
    least = "at least " if pace.per_domain and time else ""
    words = "as long as the fullest domain takes" if pace.per_domain and not time else in_words(time)
    return f"{many} at {' and '.join(_limits(pace, now))}: {least}{words}"


def in_words(time: timedelta) -> str:
    """Rounded up, in the largest unit of which there are at least two."""
    if not time:
        return "all at once"
    name, length = next(((name, length) for name, length in _UNITS if time >= 2 * length), _UNITS[-1])
    return f"about {counted(ceil(time / length), name)}"


def _limits(pace: Pace, now: datetime) -> Iterator[str]:
    if pace.rate:
        yield str(pace.rate)
    if pace.warm_up_begins:
        today = [rate for rate in pace.limits(now) if rate is not pace.rate]
        yield f"{today[0]} (warm-up, today)" if today else "no limit of a warm-up any more"
    for domain, rate in pace.per_domain.items():
        yield f"{rate} to {'each other domain' if domain == EVERY_DOMAIN else domain}"


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
