"""What waits although its time has come, or is not to go at all: said first, in words and for programs."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from communique.commands.console import local_time, table
from communique.language.escaping import in_line
from communique.store.cancellations import Cancellation, Cancelled
from communique.store.pauses import Pause
from communique.store.rests import Rest


def say_paused(found: Sequence[Pause], zone: ZoneInfo) -> None:
    """What a person has told to wait, and how it goes on."""
    for each in found:
        name = f"The channel {each.channel}" if each.channel else "Every channel"
        why = f": {each.why}" if each.why else ""
        said = f"PAUSED: {name} waits since {local_time(each.since, zone)}, told by {each.who}{why}"
        click.secho(in_line(said), fg="yellow", bold=True)
        click.echo(f"  {resuming(each.channel)}\n")


def say_resting(found: Sequence[Rest], zone: ZoneInfo) -> None:
    """Which channels cannot be used at present, and when they are tried again."""
    for each in found:
        since, until = local_time(each.since, zone), local_time(each.until, zone)
        said = f"RESTS: The channel {each.channel} cannot be used since {since}; next try {until}. {each.why}"
        click.secho(in_line(said), fg="yellow", bold=True)
        click.echo(f"  To try at once: {resuming(each.channel)}\n")


def resuming(channel: str) -> str:
    """The command that ends a pause."""
    return " ".join(filter(None, ("communique resume", channel, "--as NAME")))


def resting_json(found: Sequence[Rest]) -> list[dict[str, object]]:
    """As docs/json.md has it."""
    return [
        {
            "channel": each.channel,
            "since": _utc(each.since),
            "until": _utc(each.until),
            "failures": each.failures,
            "why": each.why,
        }
        for each in found
    ]


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def pauses_json(found: Sequence[Pause]) -> list[dict[str, object]]:
    """As docs/json.md has it."""
    return [
        {
            "channel": each.channel,
            "since": _utc(each.since),
            "who": each.who,
            "why": each.why,
        }
        for each in found
    ]


def say_cancelled(found: Sequence[Cancellation], zone: ZoneInfo) -> None:
    """What is not to go, by whose word, and how that is taken back."""
    if found:
        click.echo()
        click.secho("Cancelled before it left:", bold=True)
        table(
            (local_time(each.since, zone), each.what.name, in_line(each.reason), undoing(each.what)) for each in found
        )


def undoing(what: Cancelled) -> str:
    """The command that takes a cancellation back."""
    parts = ["communique cancel", f"{what.campaign}/{what.announcement}"]
    parts += [f"--occurrence {what.occurrence}"] if what.occurrence else []
    parts += [f"--through {what.channel}"] if what.channel else []
    return " ".join([*parts, "--undo --as NAME"])


def cancelled_json(found: Sequence[Cancellation]) -> list[dict[str, object]]:
    """As docs/json.md has it."""
    return [
        {
            "campaign": each.what.campaign,
            "announcement": each.what.announcement,
            "occurrence": each.what.occurrence or None,
            "channel": each.what.channel or None,
            "since": _utc(each.since),
            "who": each.who,
            "why": each.why,
        }
        for each in found
    ]
