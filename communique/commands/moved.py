"""What is said of milestones that have moved: what shifts, what went out with the date as it was, what corrects it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from communique.commands.console import counted, local_time, table
from communique.plan import telling
from communique.plan.moved import Shift, Stale
from communique.plan.planning import Planner

if TYPE_CHECKING:
    from communique.plan.proposed_corrections import Proposed
from communique.store.retractions import Asked


def say_shifts(shifts: Sequence[Shift], zone: ZoneInfo) -> None:
    """What goes at another time than it would have."""
    if not shifts:
        return
    click.echo("What shifts with it:")
    rows = []
    for each in shifts:
        number = "" if each.occurrence == "once" else f" #{each.occurrence}"
        was, is_now = (local_time(at, zone) if at else "no date" for at in (each.was, each.is_now))
        rows.append((f"{each.announcement}{number}", was, "->", is_now))
    table(rows)


def say_naming(pending: Sequence[tuple[str, list[str]]]) -> None:
    """What has not gone, and says the new date when it goes."""
    if pending:
        click.echo("To come, with the new date in it (to be approved anew):")
        table((name, ", ".join(channels)) for name, channels in pending)


def say_stale(planner: Planner, found: Sequence[Stale]) -> None:
    """What went out with a date that holds no more, to how many, and how it is corrected."""
    for one in found:
        moved = "; ".join(f"{name} was {was}, is {is_now}" for name, (was, is_now) in one.moved.items())
        click.secho(f"Went out with an old date: {one.name} ({moved})", fg="yellow")
        owed = [telling.owed_to(planner, line) for line in one.lines]
        table((each.channel, each.language, _whom(each)) for each in owed)
        click.echo(f"  Draft a correction: communique correct {one.row.campaign}/{one.row.announcement} --draft")


def say_waiting(found: "Sequence[Proposed]") -> None:
    """Corrections that are written, and do not go yet."""
    for one in found:
        missing = f"{counted(one.missing, 'approval')} missing" if not one.problems else "it has faults"
        click.secho(f"Waits for approval: correction {one.number} of {one.name} ({missing})", fg="yellow")
        click.echo(f"  Look at it: communique correct {one.row.campaign}/{one.row.announcement}")


def say_withdrawals(found: Sequence[tuple[Any, Asked]]) -> None:
    """What somebody wants withdrawn, until another confirms it."""
    for row, asked in found:
        name = telling.name_of(row)
        said = next(iter(asked.reasons.values()), "")
        click.secho(f"Waits for a second person: {asked.by} asks that {name} be withdrawn: {said}", fg="yellow")
        click.echo(f"  Confirm it: communique retract {row.campaign}/{row.announcement} --as NAME")


def withdrawal_json(row: Any, asked: Asked) -> dict[str, object]:
    """The same, for programs."""
    at = asked.at.isoformat().replace("+00:00", "Z")
    return {"announcement": telling.name_of(row), "asked_by": asked.by, "asked_at": at, "reasons": dict(asked.reasons)}


def waiting_json(one: "Proposed") -> dict[str, object]:
    """The same, for programs."""
    return {
        "announcement": one.name,
        "number": one.number,
        "hash": one.digest,
        "approved_by": list(one.approved_by),
        "asked_for_changes": list(one.objections),
        "missing": one.missing,
        "problems": [each.as_json() for each in one.problems],
    }


def _whom(owed: telling.OwedTo) -> str:
    if owed.by != "each":
        return {"all": "all who read it", "hand": "a person sees to it"}[owed.by]
    left = f"; {owed.left} of them left since" if owed.left else ""
    return f"{counted(owed.copies, 'person', 'people')} who got it{left}"
