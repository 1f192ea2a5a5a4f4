"""The command that plays campaigns: apart from `run`, which need not load it."""

import random
import shutil
import sys
from pathlib import Path

import click

from communique.commands.console import PROBLEMS, Session, counted, local_time, refuse, show_problems, table
from communique.plan.standing import Standing
from communique.problems import did_you_mean, errors
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.rehearse.rehearsal_report import write_report


@click.command("rehearse")
@click.argument("campaigns", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Rehearse every campaign.")
@click.option("--people", "number", default=80, show_default=True, help="How many invented people take part.")
@click.option("--into", type=click.Path(path_type=Path), help="A new folder for the result. Default: var/rehearsals/…")
@click.pass_obj
def rehearse_command(
    session: Session, campaigns: tuple[str, ...], number: int, into: Path | None, *, everything: bool
) -> None:
    """Play CAMPAIGNS from beginning to end under a virtual clock, on this machine alone.

    Invented people get real mails in a mail sink, pages and feeds are written, posts go to an outbox. The result is a
    folder to click through: the timeline, each message as its reader will see it, the ledger, the balance.
    """
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
    seed = random.Random(1)  # noqa: S311 - the same people every time
    rehearsal = prepare(workspace, root, folder, chosen, number=number, chance=seed)
    click.echo(f"Rehearsing {', '.join(chosen)} with {counted(number, 'invented person', 'invented people')}.\n")
    try:
        rehearsal.play(lambda standing: _say(rehearsal, standing))
        balances = rehearsal.balances()
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
    if not all(each.holds for each in balances):
        refuse("A balance does not hold: something was lost or invented.")


def _say(rehearsal: Rehearsal, standing: Standing) -> None:
    due = standing.occurrence.due_at
    when = local_time(due, rehearsal.workspace.settings.timezone) if due else ""
    number = f" #{standing.occurrence.occurrence}" if standing.occurrence.occurrence != "once" else ""
    note = f"  MISSED: {standing.reason}" if standing.missed else ""
    click.echo(f"  {when}  {'/'.join(standing.name)}{number}{note}")


def _stays(rehearsal: Rehearsal) -> None:
    if rehearsal.stays:
        click.echo("\nDid NOT go out:")
        table(("/".join(each.name), each.reason) for each in rehearsal.stays)
