"""What a person is to do once a plan has been read: approve it, or start what sends."""

from collections.abc import Sequence
from datetime import datetime

from communique.commands.console import tell
from communique.health import STOPPED_AFTER
from communique.phrase import phrase
from communique.plan.standing import Standing

_UNAPPROVED = ("not approved:", "changed since it was approved")  #: reasons of a standing


def say_next(standings: Sequence[Standing], asked: str, *, is_kept: bool) -> None:
    """How to approve what was shown, where something waits for that and the plan was not kept already."""
    if is_kept or not any(each.reason.startswith(_UNAPPROVED) for each in standings):
        return
    tell(phrase("To approve what you have looked at, keep it, then approve exactly that:"))
    tell(f"  communique plan {f'{asked} ' if asked else ''}--out plan.json")
    tell("  communique approve --plan plan.json --as NAME")


def say_standing_still(standings: Sequence[Standing], approved_at: datetime | None, now: datetime) -> None:
    """That something may go, its time is long over, and nobody has sent it.

    What was approved a moment ago begins with the next tick of the daemon, which may be another machine's.
    """
    since = now - STOPPED_AFTER
    if approved_at is not None and approved_at > since:
        return
    ready = (each for each in standings if each.due and not each.is_frozen)
    late = next((each for each in ready if each.occurrence.due_at and each.occurrence.due_at < since), None)
    if late is not None:
        told = phrase(
            "{name} should have begun, and has not: is the daemon running? It is started by: communique run",
            name="/".join(late.name),
        )
        tell(told, fg="yellow")
