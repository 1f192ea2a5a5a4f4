"""What is said of milestones that have moved: what shifts, and what went out with the date as it was."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click

from communique.commands.console import counted, local_time, table
from communique.plan import telling
from communique.plan.moved import Shift, Stale
from communique.plan.planning import Planner


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
        click.echo(f"  Draft a correction: communique correct {one.row.campaign} {one.row.announcement} --draft")


def _whom(owed: telling.OwedTo) -> str:
    if owed.by != "each":
        return {"all": "all who read it", "hand": "a person sees to it"}[owed.by]
    left = f"; {owed.left} of them left since" if owed.left else ""
    return f"{counted(owed.copies, 'person', 'people')} who got it{left}"
