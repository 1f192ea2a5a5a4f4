"""What waits although its time has come, or is not to go at all: said first, in words and for programs."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from communique.commands.console import counted, in_words, instant, local_time, table, tell
from communique.language.escaping import in_line
from communique.phrase import phrase
from communique.store.announcements.cancellations import Cancellation, Cancelled
from communique.store.deliveries.pauses import Pause
from communique.store.deliveries.rests import Rest
from communique.store.deliveries.stops import Stop


def say_paused(found: Sequence[Pause], zone: ZoneInfo) -> None:
    """What a person has told to wait, and how it goes on."""
    for each in found:
        name = phrase("The channel {channel}", channel=each.channel) if each.channel else phrase("Every channel")
        why = f": {each.why}" if each.why else ""
        said = phrase(
            "PAUSED: {name} waits since {when}, told by {who}{why}",
            name=name,
            when=local_time(each.since, zone),
            who=each.who,
            why=why,
        )
        tell(in_line(in_words(said)), fg="yellow", bold=True)
        tell(f"  {resuming(each.channel)}\n")


def say_resting(found: Sequence[Rest], zone: ZoneInfo) -> None:
    """Which channels cannot be used at present, and when they are tried again."""
    for each in found:
        since, until = local_time(each.since, zone), local_time(each.until, zone)
        said = phrase(
            "RESTS: The channel {channel} cannot be used since {since}; next try {until}. {why}",
            channel=each.channel,
            since=since,
            until=until,
            why=each.why,
        )
        tell(in_line(in_words(said)), fg="yellow", bold=True)
        tell(phrase("  To try at once: {channel}\n", channel=resuming(each.channel)))


def say_stopped(found: Sequence[Stop], zone: ZoneInfo) -> None:
    """What goes no further because too many of its mails came back, and how it goes on."""
    for each in found:
        said = phrase(
            "STOPPED: {name} through {channel} since {when}: of {gone} mails that had left {returned} came back. "
            "{copies} wait. {words}",
            name=each.name,
            channel=each.channel,
            when=local_time(each.since, zone),
            gone=each.gone,
            returned=each.returned,
            copies=counted(each.waiting, "copy", "copies"),
            words=each.words,
        )
        tell(in_line(in_words(said)), fg="yellow", bold=True)
        tell(f"  {resuming(f'{each.campaign}/{each.announcement}')}\n")


def stopped_json(found: Sequence[Stop]) -> list[dict[str, object]]:
    """As docs/json.md has it."""
    return [
        {
            "campaign": each.campaign,
            "announcement": each.announcement,
            "occurrence": each.occurrence,
            "channel": each.channel,
            "since": _utc(each.since),
            "returned": each.returned,
            "gone": each.gone,
            "waiting": each.waiting,
            "words": each.words,
        }
        for each in found
    ]


def resuming(channel: str) -> str:
    """The command that ends a pause."""
    name = in_words(phrase("--as NAME"))
    return " ".join(filter(None, ("communique resume", channel, name)))


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
    return instant(moment)


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
        tell()
        tell(phrase("Cancelled before it left:"), bold=True)
        table(
            (local_time(each.since, zone), each.what.name, in_line(each.reason), undoing(each.what)) for each in found
        )


def undoing(what: Cancelled) -> str:
    """The command that takes a cancellation back."""
    parts = ["communique cancel", f"{what.campaign}/{what.announcement}"]
    parts += [f"--occurrence {what.occurrence}"] if what.occurrence else []
    parts += [f"--through {what.channel}"] if what.channel else []
    return " ".join([*parts, "--undo", in_words(phrase("--as NAME"))])


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
