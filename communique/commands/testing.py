"""The command that sends mails to somebody who is to look at them."""

import sys
from collections.abc import Sequence
from datetime import datetime

import click
from sqlalchemy import Connection

from communique.channel import Form
from communique.commands.console import PROBLEMS, Session, refuse, show_problems, table
from communique.commands.plans import desk
from communique.commands.records import find_announcement
from communique.occasion import Occasion
from communique.plan.checking import with_stand_ins
from communique.plan.findings import routes_and_languages
from communique.plan.owing import allowed
from communique.plan.planning import HORIZON, Planner
from communique.problems import did_you_mean
from communique.routes import Route
from communique.send.specimens import Viewer, send_specimens
from communique.store import declarations, journal, meeting_terms, people
from communique.store.people import AddressError
from communique.timeline import occurrences


@click.command("test-send")
@click.argument("announcement")
@click.option("--to", "address", required=True, help="Who is to look at them: an address of `allow_list`.")
@click.option("--as", "who", required=True, help="Who sends them.")
@click.option("--language", "languages", multiple=True, help="May be given again. Default: all of the announcement.")
@click.option("--channel", "channels", multiple=True, help="May be given again. Default: all that send mails.")
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
    if not who.strip():
        refuse("Expected the name of a person after --as, found none.")
    now = session.clock()
    with desk(session) as open_desk:
        planner = open_desk.planner
        with open_desk.database.reading() as connection:
            _must_be_allowed(planner, connection, address)
            occasion = _occasion(planner, connection, announcement, occurrence, now)
        ways = _ways(planner, occasion, channels, languages)
        viewer = Viewer(address=address, name=name, organisation=organisation)
        sent = list(send_specimens(planner.workspace, planner.channels, occasion, ways, viewer, now))
        with open_desk.database.begin() as connection:
            spoken = ", ".join(dict.fromkeys(each.language for each in sent if each.accepted))
            if spoken:
                journal.note(connection, who=who, what=f"sent a test of {occasion.name} ({spoken})", now=now)
    if problems := [problem for each in sent for problem in each.problems]:
        show_problems(problems)
    table(
        (each.channel, each.language, f"NOT sent: {each.refused}" if each.refused else f"accepted: {each.accepted}")
        for each in sent
    )
    if any(each.refused for each in sent):
        sys.exit(PROBLEMS)


def _must_be_allowed(planner: Planner, connection: Connection, address: str) -> None:
    try:
        key = people.address_key(address)
    except AddressError as error:
        refuse(f"{address}: {error}")
    if key not in allowed(planner.workspace):
        refuse(
            f"{address} is not on the allow-list: tests go to nobody else. Add it to `allow_list` in "
            "config/settings.yaml if it is of somebody who knows of it."
        )
    if why := people.suppression(connection, key):
        refuse(f"{address} must not be written to: {why}.")


def _occasion(planner: Planner, connection: Connection, announcement: str, occurrence: str, now: datetime) -> Occasion:
    campaigns = planner.workspace.campaigns
    written = [(name, each) for name, campaign in campaigns.items() for each in campaign.announcements]
    campaign_name, announcement_name = find_announcement(announcement, written)
    campaign = campaigns[campaign_name]
    milestones = with_stand_ins(campaign, declarations.milestones_of(connection, campaign), now)
    listed = occurrences(campaign, milestones, planner.workspace.almanac, now + HORIZON)
    found = {each.occurrence: each for each in listed if each.announcement == announcement_name and each.due_at}
    if not found:
        refuse(f"{announcement} has no time at which it could go out: see communique check.")
    if occurrence and occurrence not in found:
        refuse(f"No occurrence `{occurrence}` of {announcement}. {did_you_mean(occurrence, found)}")
    to_come = [name for name, each in found.items() if each.due_at and each.due_at >= now]
    chosen = found[occurrence or next(iter(to_come or found))]
    occasion = planner.occasion(campaign, milestones, chosen)
    assert occasion is not None  # noqa: S101 - it has a date
    return meeting_terms.in_term(connection, planner.mode, occasion, now)


def _ways(
    planner: Planner, occasion: Occasion, channels: Sequence[str], languages: Sequence[str]
) -> list[tuple[Route, str]]:
    mails = [each for each in routes_and_languages(planner.workspace, occasion) if each[0].form is Form.MAIL]
    known = {route.name for route, _ in mails}
    if not known:
        refuse(f"{occasion.name} goes through no channel that sends mails.")
    for asked, among, what in ((channels, known, "channel"), (languages, {each for _, each in mails}, "language")):
        for each in asked:
            if each not in among:
                refuse(f"{occasion.name} sends no mails in the {what} `{each}`. {did_you_mean(each, among)}")
    shut = known - planner.channels.keys()
    if shut:
        refuse(f"The channel {', '.join(sorted(shut))} is not open: see communique check.")
    return [
        (route, language)
        for route, language in mails
        if (not channels or route.name in channels) and (not languages or language in languages)
    ]
