"""The command that shows how long what is about people is kept, and erases what is over."""

import click

from communique.commands.console import (
    JSON_VERSION,
    Session,
    acting,
    counted,
    json_option,
    misused,
    refuse,
    show_json,
    table,
    tell,
)
from communique.commands.plans import desk
from communique.phrase import phrase
from communique.retention import past_retention
from communique.store.desk import journal
from communique.store.recipients.retention import Kept

_SAID = {
    Kept.ACCESS_NEEDS: phrase("what people need to take part, after the meeting"),
    Kept.ANSWERS: phrase("who answered what, after the meeting"),
    Kept.RETURNED_MAIL: phrase("what returned mail said"),
    Kept.DELIVERIES: phrase("who got which announcement"),
    Kept.LETTERS: phrase("batches of printed letters that were posted"),
    Kept.LEFT: phrase("people who have left, and proof of their consent"),
}


@click.command("retention")
@click.option("--act", is_flag=True, help="Erase what is over now, as the daemon does once an hour.")
@click.option("--as", "who", default="", help="Who does it; needed with --act.")
@json_option
@click.pass_obj
def retention_command(session: Session, who: str, *, act: bool, as_json: bool) -> None:
    """Show how long what is about people is kept, and how much of it is over.

    The periods stand in config/settings.yaml (`retention`). Nothing is changed without --act.
    """
    if act and as_json:
        misused(phrase("Expected --act or --json, found both: to erase is for people to read."))
    if act:
        who = acting(who)
    if act and (unbelieved := session.installation.clock_objection):
        refuse(unbelieved)
    now = session.clock()
    with desk(session) as open_desk:
        workspace, database = open_desk.planner.workspace, open_desk.database
        past = past_retention(session.installation, workspace, database)
        over = past.counted(now)
        periods = {kept: getattr(workspace.settings.retention, kept).days for kept in Kept}
        if as_json and not act:
            parts = [{"what": str(kept), "days": days, "over": over[kept]} for kept, days in periods.items()]
            show_json({"version": JSON_VERSION, "kept": parts})
            return
        table(
            (
                kept,
                phrase("{days} days", days=days),
                str(over[kept]),
                _SAID[kept],
            )
            for kept, days in periods.items()
        )
        if not act:
            number = sum(over.values())
            longer = phrase("{rows} kept longer. Nothing has been changed.", rows=counted(number, "row"))
            tell(longer if number else phrase("Nothing kept longer. Nothing has been changed."))
            return
        gone = sum(past.erase(now).values())
        with database.begin() as connection:
            what = f"erased {counted(gone, 'row')} that were kept long enough"
            journal.note(connection, who=who, what=what, now=now)
        why = past.wipe(now, session.installation.room(workspace, database))
        tell(phrase("{rows} erased.", rows=counted(gone, "row")) if gone else phrase("Nothing erased."))
        if why:
            tell(
                phrase(
                    "It can still be seen in the ledger's files: {why}. The daemon tries again once an hour.", why=why
                )
            )
