"""The command that puts on record that somebody has posted what was written for them."""

import click

from communique.commands.console import Session, counted, refuse
from communique.commands.plans import desk
from communique.delivery import State
from communique.problems import did_you_mean
from communique.store import accounts, journal, ledger
from communique.store.accounts import Copy

_IN_A_BATCH = "/letters/"


def pack_of(copy: Copy) -> str:
    """What a person takes in hand for a copy, by its name on disk: a batch of letters, or the files of one post."""
    reference = copy.last.reference if copy.last else ""
    return reference.partition(_IN_A_BATCH)[0].removesuffix(".txt")


@click.command("done")
@click.argument("pack")
@click.option("--as", "who", required=True, help="Who has done it.")
@click.option("--note", default="", help="When and how, if that matters.")
@click.pass_obj
def done_command(session: Session, pack: str, who: str, note: str) -> None:
    """Put on record that PACK is posted: a batch of letters, or a pack for a network.

    Its name is the one that `communique status` and the batch's cover show. Of a batch of which some letters are not to
    count, settle these first: `communique resolve NUMBER resend`, or `failed`.
    """
    now, pack = session.clock(), pack.strip().rstrip("/").removesuffix(".txt")
    if not who.strip():
        refuse("Expected the name of a person after --as, found none.")
    with desk(session) as open_desk, open_desk.database.begin() as connection:
        routes = open_desk.planner.workspace.routes
        waiting = [
            (pack_of(copy), copy)
            for copy in accounts.waiting_for_a_person(connection, open_desk.planner.mode)
            if (route := routes.get(copy.delivery.channel)) and route.is_for_a_person
        ]
        chosen = [copy for name, copy in waiting if name == pack]
        if not chosen:
            refuse(f"No pack `{pack}` waits for a person. {did_you_mean(pack, {name for name, _ in waiting})}")
        reason = f"posted by {who}" + (f": {note}" if note else "")
        for copy in chosen:
            ledger.settle_by_hand(connection, copy.delivery.id, State.SENT, reason=reason, now=now)
        what = f"{pack}, {counted(len(chosen), 'copy', 'copies')}: {reason}"
        journal.note(connection, who=who, what=what, now=now)
    click.echo(what)
