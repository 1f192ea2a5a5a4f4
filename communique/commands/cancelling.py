"""The command by which a person cancels what has not left, and takes that back."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from communique.commands.console import Session, agreed, as_option, counted, local_time, misused, refuse, table, tell
from communique.commands.names_in_files import announcements, channels
from communique.commands.naming import find_announcement
from communique.commands.plans import Desk, desk
from communique.commands.waiting import undoing
from communique.delivery import MODES
from communique.phrase import phrase, told_by
from communique.plan.cancelling import CannotCancelError, Effect, cancel, effect, known, undo
from communique.plan.plan_view import Planned
from communique.store.announcements.cancellations import EACH, EVERY, Cancelled

_TOLD = 12  #: messages to come that are listed


@click.command("cancel")
@click.argument("announcement", shell_complete=announcements)
@as_option("Who says so.")
@click.option("--why", default="", help="For those who ask why it did not go. Needed, but with --undo.")
@click.option(
    "--through",
    "channel",
    default=EVERY,
    help="A channel: what goes through the others goes on.",
    shell_complete=channels,
)
@click.option("--occurrence", default=EACH, help="Of a recurring one: which, by its number. Without it: all to come.")
@click.option("--undo", "back", is_flag=True, help="Take it back, named as it was cancelled.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def cancel_command(
    session: Session, announcement: str, who: str, why: str, channel: str, occurrence: str, *, back: bool, yes: bool
) -> None:
    """Cancel what of ANNOUNCEMENT (campaign/announcement) has not left, and let nothing of it go any more.

    It says what would not go, and asks. Copies that wait are cancelled; what is to come does not fall due; what is
    being sent comes to its end. What has gone is not touched: `communique retract` takes that back.

    `--undo` takes it back: what is to come goes as planned, and copies are owed again while their time lasts. What
    somebody would have to approve has to be approved as ever.
    """
    if not (back or why.strip()):
        misused(phrase("Expected after --why, for those who ask later, why it does not go; found nothing."))
    with desk(session) as open_desk:
        with open_desk.database.reading() as connection:
            name = find_announcement(announcement, known(open_desk.planner, connection))
        what = Cancelled(campaign=name[0], announcement=name[1], occurrence=occurrence.lstrip("#"), channel=channel)
        try:
            if back:
                _undo(open_desk, what, who, session.clock())
            else:
                _cancel(open_desk, what, who, why, session, yes=yes)
        except CannotCancelError as error:
            refuse(told_by(error))


def _cancel(open_desk: Desk, what: Cancelled, who: str, why: str, session: Session, *, yes: bool) -> None:
    planner, now = open_desk.planner, session.clock()
    zone = planner.workspace.settings.timezone
    with open_desk.database.reading() as connection:
        before = effect(planner, connection, what, now)
    if why.strip() and before.stops_something and not any(each.what == what for each in before.held):
        _say(before, zone)
        if not yes and not agreed(phrase("Cancel it ({mode} mode)?", mode=MODES[planner.mode])):
            refuse(phrase("Nothing was cancelled. Where nobody can answer: --yes"))
    with open_desk.database.begin() as connection:
        done = cancel(planner, connection, what, who=who, why=why, now=session.clock())
    waited = counted(sum(done.waiting.values()), "copy", "copies")
    had_not_left = phrase("Cancelled: {name}. {copies} had not left.", name=what.name, copies=waited)
    does_not_fall_due = phrase("Cancelled: {name}. It does not fall due.", name=what.name)
    tell(had_not_left if done.waiting else does_not_fall_due)
    tell(phrase("To take it back: {what}", what=undoing(what)))


def _say(found: Effect, zone: ZoneInfo) -> None:
    tell(f"{found.what.name}:", bold=True)
    _say_copies(phrase("Would not go any more (counted, and not sent yet):"), found.waiting)
    _say_copies(phrase("Are being sent now: they come to their end, and are not tried again:"), found.under_way)
    _say_copies(phrase("Have gone, or may have, and stay as they are:"), found.gone)
    if found.coming:
        tell(phrase("Would not fall due:"))
        table(_row(each, zone) for each in found.coming[:_TOLD])
        if (more := len(found.coming) - _TOLD) > 0:
            tell(phrase("  and {more} more (communique plan)", more=more))
    if found.behind:
        tell(phrase("Wait for it, and would not go either (let them wait for something else, or cancel them too):"))
        table((f"{found.what.campaign}/{name}",) for name in found.behind)


def _say_copies(what: str, copies: Mapping[str, int]) -> None:
    if copies:
        tell(what)
        table((channel, counted(number, "copy", "copies")) for channel, number in copies.items())


def _row(line: Planned, zone: ZoneInfo) -> tuple[str, ...]:
    when = local_time(line.due_at, zone) if line.due_at else phrase("no date yet")
    return (when, line.channel, line.language, counted(line.recipients, "copy", "copies"))


def _undo(open_desk: Desk, what: Cancelled, who: str, now: datetime) -> None:
    with open_desk.database.begin() as connection:
        done = undo(open_desk.planner, connection, what, who=who, now=now)
    owed = counted(done.owed, "copy", "copies")
    again = phrase("Goes again: {name}. {copies} owed again.", name=what.name, copies=owed)
    tell(again if done.owed else phrase("Goes again: {name}.", name=what.name))
    if done.too_late:
        tell(
            phrase(
                "{copies} stay cancelled: their time has passed.",
                copies=counted(done.too_late, "copy", "copies"),
            )
        )
    for each in done.still:
        tell(phrase("Still cancelled: {name} ({what})", name=each.what.name, what=undoing(each.what)))
