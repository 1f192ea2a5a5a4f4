"""The command that lets people back in whose addresses were given up, when it was a mail server that failed."""

from datetime import datetime

import click

from communique.bounces.consequences import GIVEN_UP
from communique.commands.console import Session, counted, local_time, misused, refuse, table, tell
from communique.commands.plans import desk
from communique.moments import MomentError, parse_when
from communique.phrase import phrase, told_by
from communique.store.desk import journal
from communique.store.recipients import suppression_list
from communique.store.turns import Turns
from communique.timeline import Almanac, resolve

_PIECE = 2_000  #: addresses in a transaction: some hundredths of a second


@click.command("restore")
@click.option("--since", required=True, help="When the failure began, local time: `2026-12-01 10:00`.")
@click.option("--until", default=None, help="When it was over; default: now.")
@click.option("--domain", default="", help="Only addresses there: `example.org`.")
@click.option("--act", is_flag=True, help="Do it; otherwise it is only shown.")
@click.option("--note", default="", help="What had happened, for the record; needed with --act.")
@click.option("--as", "who", default="", help="Who does it; needed with --act.")
@click.pass_obj
def restore_command(
    session: Session, since: str, until: str | None, domain: str, note: str, who: str, *, act: bool
) -> None:
    """Write again to addresses that were given up in a span of time because their mail came back.

    For when a provider has refused mails by mistake. Who has left, has called a mail junk, or was suppressed by hand is
    not touched: only they themselves come back. What came back stays on record. Nothing is changed without --act.
    """
    if act and not (who and note):
        misused(phrase("Expected --as and --note with --act, so that it is on record who let people back in, and why."))
    now = session.clock()
    with desk(session) as open_desk:
        workspace = open_desk.planner.workspace
        first = _instant(since, workspace.almanac)
        last = _instant(until, workspace.almanac) if until else now
        with open_desk.database.reading() as connection:
            found = suppression_list.suppressed_between(connection, GIVEN_UP, first, last, domain)
        zone = workspace.settings.timezone
        table((each.address_key, local_time(each.since, zone), each.reason) for each in found)
        if not act:
            tell(
                phrase(
                    "{addresses}. Nothing has been changed.",
                    addresses=counted(len(found), "address", "addresses"),
                )
            )
            return
        span = phrase("{when} to {last}", when=local_time(first, zone), last=local_time(last, zone))
        where = f" of {domain}" if domain else ""
        what = f"let {counted(len(found), 'address', 'addresses')}{where} back in, given up from {span}: {note}"
        turns = Turns(open_desk.database)
        with turns.begin() as connection:  # first: should this be killed in between, it is on record who wanted it
            journal.note(connection, who=who, what=what, now=now)
        for begin in range(0, len(found), _PIECE):
            with turns.begin() as connection:
                suppression_list.allow_all(connection, found[begin : begin + _PIECE])
    tell(phrase("{addresses} will be written to again.", addresses=counted(len(found), "address", "addresses")))


def _instant(written: str, almanac: Almanac) -> datetime:
    try:
        when = parse_when(written)
        if when.milestone is not None:
            refuse(phrase("{written}: expected a date and time, such as `2026-12-01 10:00`.", written=written))
        return resolve(when, {}, almanac)
    except (MomentError, OverflowError) as error:
        refuse(phrase("{written}: {error}", written=written, error=told_by(error)))
