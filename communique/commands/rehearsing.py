"""The command that plays campaigns: apart from `run`, which need not load it."""

import random
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import click

from communique.commands.console import PROBLEMS, Session, counted, local_time, refuse, show_problems, table
from communique.plan.standing import Standing
from communique.problems import did_you_mean, errors
from communique.rehearse.faults import FaultError, Faults, Reader
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.rehearse.rehearsal_faults import PAGE
from communique.rehearse.rehearsal_report import write_report
from communique.workspace import Workspace

_Fault = TypeVar("_Fault")


@click.command("rehearse")
@click.argument("campaigns", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Rehearse every campaign.")
@click.option("--people", "number", default=80, show_default=True, help="How many invented people take part.")
@click.option("--into", type=click.Path(path_type=Path), help="A new folder for the result. Default: var/rehearsals/…")
@click.option("--outage", "outages", multiple=True, metavar="WORDS", help="A server is away: see below.")
@click.option(
    "--bounce", "bounces", multiple=True, metavar="SHARE", help="So many people's mailboxes are no more: `3%`."
)
@click.option("--moved", "moves", multiple=True, metavar="WORDS", help="A milestone moves: see below.")
@click.option("--kill", "kills", multiple=True, metavar="MOMENT", help="The sender is killed among the next mails.")
@click.pass_obj
def rehearse_command(
    session: Session,
    /,
    campaigns: tuple[str, ...],
    number: int,
    into: Path | None,
    *,
    everything: bool,
    **faults: tuple[str, ...],
) -> None:
    """Play CAMPAIGNS from beginning to end under a virtual clock, on this machine alone.

    Invented people get real mails in a mail sink, pages and feeds are written, posts go to an outbox. The result is a
    folder to click through: the timeline, each message as its reader will see it, the ledger, the balance.

    To see what happens when something goes wrong, say what; moments are written as `when:` in a campaign file.
    Each may be given several times; the folder has a chapter on what came of it.

    \b
    --outage "email for 2 hours from kickoff - 1 day"
    --moved "kickoff to kickoff + 7 days on kickoff - 2 days"    (or to a date; without `on` the day before)
    --bounce 3%
    --kill "kickoff - 1 day"
    """  # noqa: D301 (click reads the sign, and not its name)
    workspace = session.installation.workspace()
    if problems := errors(workspace.problems):
        show_problems(problems)
        sys.exit(PROBLEMS)
    chosen = list(workspace.campaigns) if everything or not campaigns else list(campaigns)
    for name in chosen:
        if name not in workspace.campaigns:
            refuse(f"No campaign `{name}`. {did_you_mean(name, workspace.campaigns)}")
    root = session.installation.root.resolve()
    folder = (into or root / "var" / "rehearsals" / f"{session.clock():%Y-%m-%d-%H%M%S}").resolve()
    if folder.exists() and any(folder.iterdir()):
        refuse(f"{folder} is not empty: choose another one.")
    shutil.rmtree(folder, ignore_errors=True)
    found = _faults(workspace, chosen, faults)
    seed = random.Random(1)  # noqa: S311 - the same people every time
    rehearsal = prepare(workspace, root, folder, chosen, number=number, chance=seed, faults=found)
    click.echo(f"Rehearsing {', '.join(chosen)} with {counted(number, 'invented person', 'invented people')}.\n")
    try:
        rehearsal.play(
            lambda standing: _say(rehearsal, standing), lambda channel, number: _making(rehearsal, channel, number)
        )
        balances = rehearsal.balances()
        _wipe()
        click.echo("\nWriting the pages to look at.")
        write_report(rehearsal)
    finally:
        sent = finish(rehearsal)
    click.echo("\nBalance (planned = what became of it):")
    table((f"{each.campaign}/{each.announcement}", str(each)) for each in balances)
    click.echo("\nAccepted, by channel:")
    table((channel, str(count)) for channel, count in sorted(sent.items()))
    _stays(rehearsal)
    click.echo(f"\nLook at it: {folder / 'index.html'}")
    if found:
        click.echo(f"What went wrong, and what came of it: {folder / PAGE}")
    if not all(each.holds for each in balances):
        refuse("A balance does not hold: something was lost or invented.")


def _faults(workspace: Workspace, campaigns: Sequence[str], words: Mapping[str, Sequence[str]]) -> Faults:
    """What is to go wrong, as the options say it."""
    reader = Reader(workspace=workspace, milestones={name: workspace.campaigns[name].milestones for name in campaigns})
    return Faults(
        outages=_read("--outage", words["outages"], reader.outage),
        bounce=max(_read("--bounce", words["bounces"], reader.bounce), default=0),
        moves=_read("--moved", words["moves"], reader.move),
        kills=_read("--kill", words["kills"], reader.moment),
    )


def _read(option: str, words: Sequence[str], read: Callable[[str], _Fault]) -> list[_Fault]:
    try:
        return [read(each) for each in words]
    except FaultError as error:
        refuse(f"{option}: {error}")


def _making(rehearsal: Rehearsal, channel: str, number: int) -> None:
    """On a terminal, what is being made: a film takes longer than all mails."""
    if sys.stdout.isatty():
        _wipe()
        click.echo(f"    {len(rehearsal.happened)} of {number}: {channel} …", nl=False)


def _wipe() -> None:
    """Take the line of what is being made from the terminal."""
    if sys.stdout.isatty():
        click.echo("\r\x1b[K", nl=False)


def _say(rehearsal: Rehearsal, standing: Standing) -> None:
    _wipe()
    due = standing.occurrence.due_at
    when = local_time(due, rehearsal.workspace.settings.timezone) if due else ""
    number = f" #{standing.occurrence.occurrence}" if standing.occurrence.occurrence != "once" else ""
    note = f"  MISSED: {standing.reason}" if standing.missed else ""
    click.echo(f"  {when}  {'/'.join(standing.name)}{number}{note}")


def _stays(rehearsal: Rehearsal) -> None:
    if rehearsal.stays:
        click.echo("\nDid NOT go out:")
        table(("/".join(each.name), each.reason) for each in rehearsal.stays)
