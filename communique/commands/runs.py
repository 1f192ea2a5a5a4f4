"""Commands that carry campaigns out: rehearse, run."""

import random
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from communique import log_lines
from communique.commands.console import PROBLEMS, Session, counted, local_time, refuse, show_problems, table
from communique.plan.standing import Standing
from communique.problems import did_you_mean, errors
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.rehearse.rehearsal_report import write_report

if TYPE_CHECKING:
    from communique.service.service import Service


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


@click.command("run")
@click.argument("part", type=click.Choice(["clock", "worker", "web"]), required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8025,
    show_default=True,
    help="Of the public pages, /healthz, /readyz and /metrics; 0 for no pages.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address at which the pages are served.")
@click.option(
    "--desk-port",
    type=click.IntRange(0, 65535),
    default=8024,
    show_default=True,
    help="Of the officers' desk; 0 for none. There is none either without pages, or besides a worker or web.",
)
@click.option("--desk-host", default="127.0.0.1", show_default=True, help="Address at which the desk is served.")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="Of the log, on standard error. Default: text on a terminal, else one JSON object a line (docs/json.md).",
)
@click.pass_obj
def run_command(
    session: Session,
    part: str | None,
    port: int,
    host: str,
    desk_port: int,
    desk_host: str,
    *,
    once: bool,
    log_format: str | None,
) -> None:
    """Run the daemon: send what is due and approved, on time, once, and account for every copy.

    It reads changed files by itself; a broken file keeps its last approved version going, and is loud. SIGTERM (or
    Ctrl-C) finishes what is in flight. A second daemon on the same workspace (on another port) stands by.

    With a ledger on PostgreSQL it may run in PARTs, on many machines: clocks plan, workers send, web shows pages.
    """
    kind = _kind(session, part)
    chosen = log_format or ("text" if sys.stderr.isatty() else "json")
    log_lines.begin_unattended(sys.stderr, as_json=chosen == "json")
    desk = {"desk_port": (desk_port if port else 0) or None, "desk_host": desk_host}
    sys.exit(session.run_daemon(session.installation, port=port or None, host=host, **desk, once=once, **kind))


def _kind(session: Session, part: str | None) -> Mapping[str, type["Service"]]:
    if part is None:
        return {}
    if reason := session.installation.unfit_for_parts:
        refuse(f"communique run {part}: {reason}.")
    try:
        from communique.machines import PARTS
    except ImportError as error:
        refuse(f"communique run {part}: {error.name} is missing: pip install 'communique[postgresql]'.")
    return {"kind": PARTS[part]}
