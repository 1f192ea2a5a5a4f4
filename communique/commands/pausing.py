"""The command by which a person lets a channel, or everything, wait."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from communique.commands.console import Session, as_option, counted, local_time, refuse, table, tell
from communique.commands.names_in_files import channels
from communique.commands.plans import desk
from communique.commands.waiting import resuming
from communique.phrase import phrase, told_by
from communique.plan.pausing import Paused, UnknownChannelError, pause
from communique.plan.plan_view import planned
from communique.plan.planning import Planner
from communique.store.deliveries import pauses
from communique.store.deliveries.pauses import EVERYTHING, Expiring

_TOLD = 10  #: messages to come that are listed


@click.command("pause")
@click.argument("channel", default=EVERYTHING, shell_complete=channels)
@as_option("Who says so.")
@click.option("--why", default="", help="For those who find it waiting.")
@click.pass_obj
def pause_command(session: Session, channel: str, who: str, why: str) -> None:
    """Let a CHANNEL wait, or all of them, until `communique resume`.

    What has been taken up still goes (up to 500 mails); nothing more is. What is due waits, is said to wait by plan
    and status, and is missed when its time passes: the command says how many copies, and when.
    """
    now = session.clock()
    with desk(session) as open_desk:
        planner = open_desk.planner
        zone = planner.workspace.settings.timezone
        try:
            with open_desk.database.begin() as connection:
                paused = pause(planner, connection, channel, who=who, why=why, now=now)
        except UnknownChannelError as error:
            refuse(told_by(error))
        with open_desk.database.reading() as connection:
            owed = pauses.expiring(connection, planner.mode, channel)
            coming = list(_coming(planner, connection, channel, now))
    tell(_said(paused, zone))
    _say_what_would_be_missed(owed, coming, zone)
    tell(phrase("To let it go on: {channel}", channel=resuming(channel)))


def _said(paused: Paused, zone: ZoneInfo) -> str:
    held = paused.pause
    name = held.channel or phrase("every channel")
    if paused.is_new:
        return phrase("Paused: {name}.", name=name)
    return phrase(
        "Paused already: {name}, since {when}, told by {who}.",
        name=name,
        when=local_time(held.since, zone),
        who=held.who,
    )


def _coming(
    planner: Planner, connection: Connection, channel: str, now: datetime
) -> Iterator[tuple[datetime, datetime, str, str, int]]:
    """What falls due next: when, until when it makes sense, what, through what, how many copies."""
    for standing in planner.standings(connection, now):
        due_at, expires_at = standing.occurrence.due_at, standing.occurrence.expires_at
        if due_at is None or expires_at is None or standing.occasion is None:
            continue
        copies: dict[str, int] = {}
        for line in planned(planner, connection, [standing], now):
            if line.will_go and channel in {EVERYTHING, line.channel}:
                copies[line.channel] = copies.get(line.channel, 0) + line.recipients
        for name, number in copies.items():
            yield due_at, expires_at, standing.occasion.name, name, number


def _say_what_would_be_missed(
    owed: Sequence[Expiring], coming: Sequence[tuple[datetime, datetime, str, str, int]], zone: ZoneInfo
) -> None:
    if owed:
        tell(phrase("Due now, and missed unless it goes on in time:"))
        table(
            (counted(each.copies, "copy", "copies"), phrase("by {when}", when=local_time(each.expires_at, zone)))
            for each in owed
        )
    if coming:
        tell(phrase("To come, and missed unless it goes on in time:"))
        table(
            (
                local_time(due, zone),
                name,
                through,
                counted(number, "copy", "copies"),
                phrase("by {when}", when=local_time(end, zone)),
            )
            for due, end, name, through, number in coming[:_TOLD]
        )
    if (more := len(coming) - _TOLD) > 0:
        tell(phrase("  and {more} more (communique plan)", more=more))
    if not owed and not coming:
        tell(phrase("Nothing that is approved is due or to come."))
