"""The command by which a person lets messages go again: after a pause, or in a ledger put back from a copy."""

from collections.abc import Sequence

import click

from communique.channel import InDoubt
from communique.commands.console import Session, as_option, counted, misused, refuse, say_held, tell
from communique.commands.names_in_files import channels
from communique.commands.naming import announcements_of, find_announcement
from communique.commands.plans import Desk, desk
from communique.commands.waiting import resuming
from communique.phrase import as_phrase, phrase, told_by
from communique.plan.pausing import NotPausedError, UnknownChannelError, resume, resume_announcement
from communique.send.seen_clock import Course
from communique.store import epochs, ledger_file
from communique.store.damage import REMEDY, damage
from communique.store.deliveries import accounts, ledger
from communique.store.deliveries.pauses import EVERYTHING, Pause
from communique.store.desk import journal

_AFTER_RESTORE = ("in-doubt", "send")

#: More claims than other machines can have made since this one made its last.
_OTHERS_AHEAD = 1_000_000


@click.command("resume")
@click.argument("channel", default=EVERYTHING, shell_complete=channels)
@click.option(
    "--after-restore",
    "decision",
    type=click.Choice(_AFTER_RESTORE),
    help="What is due in an older ledger.",
)
@click.option("--clock-is-right", is_flag=True, help="This machine's clock was put forward, and is right.")
@as_option("Who decides.")
@click.pass_obj
def resume_command(session: Session, channel: str, decision: str | None, who: str, *, clock_is_right: bool) -> None:
    """Let messages go again: end what `communique pause` began, for one CHANNEL or for all.

    Or, with CAMPAIGN/ANNOUNCEMENT, an announcement that was stopped because too many of its mails came back. It is not
    stopped again for those.

    A channel that was paused by its name goes on by its name. One that rests because its server was away is tried at
    once. What is due goes out, unless its time has passed.

    After a restore everything is held until somebody says what is true. --after-restore in-doubt: what is due by now
    may have gone out before the ledger was put back. Copies to people and posts count as in doubt, for `communique
    resolve`; pages and files are written again. --after-restore send: nothing of it has gone out, send it.

    When this machine's clock was put forward by more than a little, everything is held as well, until it is right again
    or somebody has looked at it: --clock-is-right.
    """
    if decision and channel:
        misused(phrase("--after-restore is about the whole ledger: leave out `{channel}`.", channel=channel))
    if clock_is_right and (channel or decision):
        misused(phrase("--clock-is-right is about this machine: leave out everything else but --as."))
    with desk(session) as open_desk:
        if clock_is_right:
            _believe(session, open_desk, who)
            return
        held = session.installation.hold(open_desk.database)
        if "/" in channel or _names_announcement(open_desk, channel):
            _go_on_with(session, open_desk, channel, who)
            return
        if not decision:
            _go_on(session, open_desk, channel, who, held)
            return
        if not held:
            refuse(phrase("Nothing is held: the ledger is the one that this machine has sent from."))
        if unbelieved := session.installation.clock_objection:
            refuse(unbelieved)  # what is due by it would be taken for gone
        _settle(session, open_desk, decision, who)


def _believe(session: Session, open_desk: Desk, who: str) -> None:
    """This machine's clock, though it was put forward."""
    now, machine = session.clock(), session.installation.machine_clock
    if machine is None or not session.installation.clock_objection:
        refuse(phrase("Nothing is held because of the clock. It shows {moment} UTC.", moment=f"{now:%Y-%m-%d %H:%M}"))
    with open_desk.database.begin() as connection:
        journal.note(connection, who=who, what=f"said that the clock is right: {now:%Y-%m-%d %H:%M} UTC", now=now)
    session.installation.seen_clock.keep(Course(now, machine.uptime(), machine.start))
    tell(
        phrase(
            "By this machine's clock it is {moment} UTC: what is due by it goes out, and what is over by it is missed.",
            moment=f"{now:%Y-%m-%d %H:%M}",
        )
    )
    say_held(session.installation.held(open_desk.planner.workspace, open_desk.database))


def _names_announcement(open_desk: Desk, word: str) -> bool:
    """Alone, as other commands take it; a channel of that name comes first."""
    workspace = open_desk.planner.workspace
    return word not in workspace.routes and any(word == name for _, name in announcements_of(open_desk.planner))


def _go_on(session: Session, open_desk: Desk, channel: str, who: str, held: str) -> None:
    """After a pause."""
    try:
        with open_desk.database.begin() as connection:
            now_on = resume(open_desk.planner, connection, channel, who=who, now=session.clock())
    except UnknownChannelError as error:
        refuse(told_by(error))
    except NotPausedError as error:
        refuse(
            held
            if held and not channel
            else phrase("{error}{still}", error=told_by(error), still=as_phrase(_still(error.still)))
        )
    if now_on.was_paused:
        tell(
            phrase("Goes on: {channel}.{still}", channel=channel or phrase("every channel"), still=_still(now_on.still))
        )
    if now_on.tries_now:
        tell(
            phrase(
                "{channel} rests because it could not be used: one message tries now, and the others follow it.",
                channel=channel,
            )
        )
    say_held(held)


def _go_on_with(session: Session, open_desk: Desk, announcement: str, who: str) -> None:
    """After too many of its mails came back."""
    planner = open_desk.planner
    with open_desk.database.begin() as connection:
        about = find_announcement(announcement, accounts.fallen_due(connection, planner.mode))
        try:
            found = resume_announcement(planner, connection, about, who=who, now=session.clock())
        except NotPausedError:
            refuse(phrase("{name} is not stopped. communique status lists what is.", name="/".join(about)))
    for each in found:
        copies = counted(each.waiting, "copy", "copies")
        tell(
            phrase(
                "{name} goes on through {channel}: {copies} to go.", name=each.name, channel=each.channel, copies=copies
            )
        )


def _still(left: Sequence[Pause]) -> str:
    names = ", ".join(each.channel or phrase("every channel") for each in left)
    return (
        phrase(
            " Still paused: {names} ({commands}).",
            names=names,
            commands="; ".join(resuming(each.channel) for each in left),
        )
        if left
        else ""
    )


def _settle(session: Session, open_desk: Desk, decision: str, who: str) -> None:
    with open_desk.database.reading() as connection:
        broken = damage(connection)
    if broken:
        refuse(
            phrase(
                "Expected a whole copy of a ledger, found one that is damaged: {broken}{remedy}.",
                broken=broken,
                remedy=REMEDY,
            )
        )
    now, planner, seen = session.clock(), open_desk.planner, session.installation.seen_epoch
    doubtful = 0
    if decision == "in-doubt":
        planner.freeze_due(now)
    with open_desk.database.begin() as connection:
        if decision == "in-doubt":
            harmless = [each.name for each in planner.workspace.routes.values() if each.in_doubt is InDoubt.REWRITE]
            reason = "the ledger was put back from a copy: it may have gone out before"
            doubtful = ledger.doubt_all(connection, planner.mode, but_for=harmless, reason=reason, now=now)
        # Other machines that send from it may have seen more than this one.
        beyond = seen.number() + (_OTHERS_AHEAD if open_desk.database.is_shared else 0)
        epoch = epochs.advance(connection, beyond=beyond)
        ledger_file.adopt(connection)
        what = f"let the ledger send after it was put back: {decision}, {counted(doubtful, 'copy', 'copies')} in doubt"
        journal.note(connection, who=who, what=what, now=now)
    seen.keep(epoch)
    tell(
        phrase(
            "The ledger may send again; {copies} in doubt (communique status).",
            copies=counted(doubtful, "copy", "copies"),
        )
    )
