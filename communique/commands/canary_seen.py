"""Whether the canary arrives, in words and for programs."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from communique.commands.console import in_words, instant, local_time, tell
from communique.language.escaping import in_line
from communique.phrase import phrase
from communique.settings.mailboxes import Canary as CanarySettings
from communique.store.deliveries import canaries
from communique.store.deliveries.canaries import Canary


@dataclass(frozen=True, kw_only=True, slots=True)
class CanarySeen:
    """The one that arrived last, and the one that ought to be there by now."""

    channel: str
    last: datetime | None
    missing: Canary | None


def look_for_canary(connection: Connection, settings: CanarySettings | None, now: datetime) -> CanarySeen | None:
    """None where there is no canary."""
    if settings is None:
        return None
    return CanarySeen(
        channel=settings.through,
        last=canaries.last_arrival(connection, settings.through),
        missing=canaries.overdue(connection, settings.through, settings.patience, now),
    )


def say_canary(seen: CanarySeen | None, zone: ZoneInfo) -> None:
    """Only when it is missing."""
    if seen is None or seen.missing is None:
        return
    begun = local_time(seen.missing.begun_at, zone)
    last = (
        phrase("the last one arrived {when}", when=local_time(seen.last, zone))
        if seen.last
        else phrase("none has arrived yet")
    )
    said = phrase(
        "MISSING: The canary that went through {channel} on {begun} has not arrived; {last}. ",
        channel=seen.channel,
        begun=begun,
        last=last,
    )
    tell(
        in_line(in_words(said) + (seen.missing.why or in_words(phrase("The mail server had accepted it.")))),
        fg="red",
        bold=True,
    )
    tell(
        phrase(
            "  Other mails may not arrive either: look into its mailbox, its spam folder and the mail "
            "server's log.\n  `communique doctor` says whether the mailbox can be read.\n"
        )
    )


def canary_json(seen: CanarySeen | None) -> dict[str, str | None] | None:
    """As docs/json.md has it."""
    if seen is None:
        return None
    missing = seen.missing
    return {
        "channel": seen.channel,
        "last_arrived_at": _utc(seen.last),
        "missing_since": _utc(missing.begun_at) if missing else None,
        "accepted_at": _utc(missing.accepted_at) if missing else None,
        "why": missing.why if missing else "",
    }


def _utc(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None
