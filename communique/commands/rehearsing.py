"""The command that plays campaigns: apart from `run`, which need not load it."""

import logging
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from communique.commands.console import (
    PROBLEMS,
    Session,
    counted,
    language,
    local_time,
    refuse,
    show_problems,
    table,
    tell,
)
from communique.commands.names_in_files import campaigns
from communique.commands.new_folder import clear_unfinished, new_folder
from communique.commands.terminal import may_write_over
from communique.phrase import phrase, told_by
from communique.plan.standing import Standing
from communique.problems import did_you_mean, errors
from communique.rehearse.faults import FaultError, Faults, Reader
from communique.rehearse.invented_people import enough
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.rehearse.rehearsal_faults import PAGE
from communique.rehearse.rehearsal_report import write_report
from communique.store.deliveries.accounts import Balance
from communique.workspace import Workspace

_Fault = TypeVar("_Fault")


@click.command("rehearse")
@click.argument("campaigns", nargs=-1, shell_complete=campaigns)
@click.option("--all", "everything", is_flag=True, help="Rehearse every campaign.")
@click.option(
    "--people",
    "number",
    type=click.IntRange(min=1),
    help="How many invented people take part. Default: two for each audience and language, one of them by post.",
)
@click.option("--into", type=click.Path(path_type=Path), help="A new folder for the result. Default: var/rehearsals/…")
@click.option("--outage", "outages", multiple=True, metavar="WORDS", help="A server is away: see below.")
@click.option("--declare", "declared", multiple=True, metavar="WORDS", help="A date that is not known yet: see below.")
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
    number: int | None,
    into: Path | None,
    *,
    everything: bool,
    declared: tuple[str, ...],
    **faults: tuple[str, ...],
) -> None:
    """Play CAMPAIGNS from beginning to end under a virtual clock, on this machine alone.

    Invented people get real mails in a mail sink, pages and feeds are written, posts go to an outbox. The result is a
    folder to click through: the timeline, each message as its reader will see it, the ledger, the balance.

    What waits for a date that nobody knows yet is played with --declare: `plan-published 2027-06-30`, or counted from
    another milestone, `plan-published response + 90 days`.

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
            refuse(phrase("No campaign `{name}`. {hint}", name=name, hint=did_you_mean(name, workspace.campaigns)))
    root = session.installation.root.resolve()
    rehearsals = root / "var" / "rehearsals"
    folder = (into or rehearsals / f"{session.clock():%Y-%m-%d-%H%M%S}").resolve()
    workspace = _with_dates(workspace, chosen, declared)
    found = _faults(workspace, chosen, faults)
    if number is None:
        number = enough(workspace.settings.languages, workspace.settings.audiences)
    clear_unfinished(rehearsals)
    with new_folder(folder):
        seed = random.Random(1)  # noqa: S311 - the same people every time
        rehearsal = prepare(workspace, root, folder, chosen, number=number, chance=seed, faults=found)
        with _without_log() if found else nullcontext():
            balances = _play(rehearsal, chosen, number)
    tell(phrase("\nLook at it: {folder}", folder=folder / "index.html"))
    if found:
        tell(phrase("What went wrong, and what came of it: {folder}", folder=folder / PAGE))
    if not all(each.holds for each in balances):
        refuse(phrase("A balance does not hold: something was lost or invented."))


@contextmanager
def _without_log() -> Iterator[None]:
    """What was asked to go wrong is told by the chapter on it; the daemon's log, by another clock, is for operators."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _play(rehearsal: Rehearsal, chosen: Sequence[str], number: int) -> Sequence[Balance]:
    """From beginning to end, told as it goes; what became of each announcement."""
    tell(
        phrase(
            "Rehearsing {chosen} with {people}.\n",
            chosen=", ".join(chosen),
            people=counted(number, "invented person", "invented people"),
        )
    )
    for channel, what in rehearsal.lacks.items():
        tell(phrase("  Nothing goes through {channel} here. {what}", channel=channel, what=what), fg="yellow")
    try:
        rehearsal.play(
            lambda standing: _say(rehearsal, standing), lambda channel, number: _making(rehearsal, channel, number)
        )
        balances = rehearsal.balances()
        _wipe()
        tell(phrase("\nWriting the pages to look at."))
        write_report(rehearsal, language())
    finally:
        sent = finish(rehearsal)
    tell(phrase("\nBalance (planned = what became of it):"))
    table((f"{each.campaign}/{each.announcement}", str(each)) for each in balances)
    tell(phrase("\nAccepted, by channel:"))
    table((channel, str(count)) for channel, count in sorted(sent.items()))
    _stays(rehearsal)
    return balances


def _with_dates(workspace: Workspace, campaigns: Sequence[str], declared: Sequence[str]) -> Workspace:
    """With milestones as if they had been declared; each may be counted from those before it."""
    for words in declared:
        (name, date), *_ = _read("--declare", [words], _reader(workspace, campaigns).declared)
        known = {
            each: campaign.model_copy(update={"milestones": {**campaign.milestones, name: date}})
            if name in campaign.milestones
            else campaign
            for each, campaign in workspace.campaigns.items()
        }
        workspace = replace(workspace, campaigns=known)
    return workspace


def _reader(workspace: Workspace, campaigns: Sequence[str]) -> Reader:
    return Reader(workspace=workspace, milestones={name: workspace.campaigns[name].milestones for name in campaigns})


def _faults(workspace: Workspace, campaigns: Sequence[str], words: Mapping[str, Sequence[str]]) -> Faults:
    """What is to go wrong, as the options say it."""
    reader = _reader(workspace, campaigns)
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
        refuse(phrase("{option}: {error}", option=option, error=told_by(error)))


def _making(rehearsal: Rehearsal, channel: str, number: int) -> None:
    """On a terminal, what is being made: a film takes longer than all mails."""
    if may_write_over(os.environ):
        _wipe()
        tell(
            phrase(
                "    {done} of {number}: {channel} …",
                done=len(rehearsal.happened),
                number=number,
                channel=channel,
            ),
            nl=False,
        )


def _wipe() -> None:
    """Take the line of what is being made from the terminal."""
    if may_write_over(os.environ):
        tell("\r\x1b[K", nl=False)


def _say(rehearsal: Rehearsal, standing: Standing) -> None:
    _wipe()
    due = standing.occurrence.due_at
    when = local_time(due, rehearsal.workspace.settings.timezone) if due else ""
    number = f" #{standing.occurrence.occurrence}" if standing.occurrence.occurrence != "once" else ""
    note = phrase("  MISSED: {reason}", reason=standing.reason) if standing.missed else ""
    tell(f"  {when}  {'/'.join(standing.name)}{number}{note}")


def _stays(rehearsal: Rehearsal) -> None:
    if rehearsal.stays:
        tell(phrase("\nDid NOT go out:"))
        table(("/".join(each.name), each.reason) for each in rehearsal.stays)
