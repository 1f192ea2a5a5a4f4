"""The command that sends mails to somebody who is to look at them."""

import sys
from collections.abc import Sequence

import click

from communique.commands.console import PROBLEMS, Session, as_option, refuse, show_problems, table
from communique.commands.names_in_files import announcements, channels
from communique.commands.naming import announcements_of, find_announcement
from communique.commands.plans import desk
from communique.phrase import phrase, told_by
from communique.send.asked_specimens import Asked, CannotBeSentError, send_asked
from communique.send.specimens import Viewer


@click.command("test-send")
@click.argument("announcement", shell_complete=announcements)
@click.option("--to", "address", required=True, help="Who is to look at them: an address of `allow_list`.")
@as_option("Who sends them.")
@click.option("--language", "languages", multiple=True, help="May be given again. Default: all of the announcement.")
@click.option(
    "--channel",
    "channels",
    multiple=True,
    help="May be given again. Default: all that send mails.",
    shell_complete=channels,
)
@click.option("--name", default="", help="The name they are written to. Default: an invented one.")
@click.option("--organisation", default="", help="The organisation of that person.")
@click.option("--occurrence", default="", help="Of a recurring one: which, by its number. Default: the next one.")
@click.pass_obj
def test_send_command(
    session: Session,
    announcement: str,
    address: str,
    who: str,
    languages: Sequence[str],
    channels: Sequence[str],
    name: str,
    organisation: str,
    occurrence: str,
) -> None:
    """Send the mails of ANNOUNCEMENT (campaign/announcement), as they are now, to somebody who is to look at them.

    Their subject begins with [TEST]. They go over the same server, signed by the same key, and in trial and in live
    mode only to who is on the allow-list. No balance knows them; that they were sent is on record. Their links are
    nobody's and change nothing. A milestone without a date has one made up.
    """
    with desk(session) as open_desk:
        planner = open_desk.planner
        campaign_name, announcement_name = find_announcement(announcement, announcements_of(planner))
        asked = Asked(
            campaign=campaign_name,
            announcement=announcement_name,
            occurrence=occurrence,
            channels=channels,
            languages=languages,
            viewer=Viewer(address=address, name=name, organisation=organisation),
        )
        try:
            sent = send_asked(planner, asked, who=who, now=session.clock())
        except CannotBeSentError as error:
            refuse(told_by(error))
    if problems := [problem for each in sent for problem in each.problems]:
        show_problems(problems)
    table(
        (
            each.channel,
            each.language,
            phrase("NOT sent: {refused}", refused=each.refused)
            if each.refused
            else phrase("accepted: {accepted}", accepted=each.accepted),
        )
        for each in sent
    )
    if any(each.refused for each in sent):
        sys.exit(PROBLEMS)
