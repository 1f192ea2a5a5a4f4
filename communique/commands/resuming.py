"""The command by which a person lets a ledger send again that was put back from a copy."""

import click

from communique.channel import InDoubt
from communique.commands.console import Session, counted, refuse
from communique.commands.plans import Desk, desk
from communique.store import epochs, journal, ledger

_AFTER_RESTORE = ("in-doubt", "send")


@click.command("resume")
@click.option(
    "--after-restore",
    "decision",
    type=click.Choice(_AFTER_RESTORE),
    required=True,
    help="What is due in an older ledger.",
)
@click.option("--as", "who", required=True, help="Who decides.")
@click.pass_obj
def resume_command(session: Session, decision: str, who: str) -> None:
    """Let messages go again.

    --after-restore in-doubt: what is due by now may have gone out before the ledger was put back. Copies to people
    and posts count as in doubt, for `communique resolve`; pages and files are written again. --after-restore send:
    nothing of it has gone out, send it.
    """
    with desk(session) as open_desk:
        if not session.installation.hold(open_desk.database):
            refuse("Nothing is held: the ledger is the one that this machine has sent from.")
        _settle(session, open_desk, decision, who)


def _settle(session: Session, open_desk: Desk, decision: str, who: str) -> None:
    now, planner, seen = session.clock(), open_desk.planner, session.installation.seen_epoch
    doubtful = 0
    if decision == "in-doubt":
        planner.freeze_due(now)
    with open_desk.database.begin() as connection:
        if decision == "in-doubt":
            harmless = [each.name for each in planner.workspace.routes.values() if each.in_doubt is InDoubt.REWRITE]
            reason = "the ledger was put back from a copy: it may have gone out before"
            doubtful = ledger.doubt_all(connection, planner.mode, but_for=harmless, reason=reason, now=now)
        epoch = epochs.advance(connection, beyond=seen.number())
        what = f"let the ledger send after it was put back: {decision}, {counted(doubtful, 'copy', 'copies')} in doubt"
        journal.note(connection, who=who, what=what, now=now)
    seen.keep(epoch)
    click.echo(f"The ledger may send again; {counted(doubtful, 'copy', 'copies')} in doubt (communique status).")
