"""The command by which a person has what failed tried again, once what was in the way is put right."""

import click

from communique.commands.console import Session, agreed, as_option, counted, refuse, say_held, table, tell
from communique.commands.names_in_files import announcements, channels
from communique.commands.naming import find_announcement
from communique.commands.plans import desk
from communique.delivery import MODES
from communique.phrase import phrase, told_by
from communique.plan.trying_again import REASONS, Again, NoneFailedError, foreseen, try_again
from communique.store.deliveries import accounts


@click.command("retry")
@click.argument("announcement", shell_complete=announcements)
@as_option("Who says so.")
@click.option("--through", "channel", default="", help="Only through this channel.", shell_complete=channels)
@click.option("--note", default="", help="What was put right, for the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def retry_command(session: Session, announcement: str, who: str, channel: str, note: str, *, yes: bool) -> None:
    """Try again the copies of ANNOUNCEMENT (campaign/announcement) that failed.

    For when what was in the way has been put right: the size a relay takes, a sender it refused, a password. It says
    how many would go, and asks.

    Only what the next system has refused each time is tried again, and what was in doubt never. Left out is whoever has
    left since or must not be written to, and whose address was given up; and everything once its time has passed. Who
    has got a copy gets no second one.
    """
    now = session.clock()
    with desk(session) as open_desk:
        planner = open_desk.planner
        try:
            with open_desk.database.reading() as connection:
                name = find_announcement(announcement, accounts.fallen_due(connection, planner.mode))
                found = foreseen(planner, connection, name, now, channel=channel)
        except NoneFailedError as error:
            refuse(told_by(error))
        _say(found)
        if not yes and not agreed(phrase("Try them again ({mode} mode)?", mode=MODES[planner.mode])):
            refuse(phrase("Nothing was changed. Where nobody can answer: --yes"))
        done = try_again(planner, found, who=who, note=note, now=session.clock())
        tell(phrase("{copies} on their way again.", copies=counted(done, "copy", "copies")))
        say_held(session.installation.held(planner.workspace, open_desk.database))


def _say(found: Again) -> None:
    tell(phrase("Failed, and can be tried again:"))
    table((channel, counted(number, "copy", "copies")) for channel, number in found.copies.items())
    if found.left:
        tell(phrase("Stay as they are:"))
        table((counted(number, "copy", "copies"), REASONS[kept]) for kept, number in found.left.items())
