"""The command that puts on record that somebody has posted what was written for them."""

import click

from communique.commands.console import Session, as_option, recorded, refuse, tell
from communique.commands.plans import desk
from communique.phrase import phrase
from communique.problems import did_you_mean
from communique.store.deliveries import packs


@click.command("done")
@click.argument("pack")
@as_option("Who has done it.")
@click.option("--note", default="", help="When and how, if that matters.")
@click.pass_obj
def done_command(session: Session, pack: str, who: str, note: str) -> None:
    """Put on record that PACK is posted: a batch of letters, or a pack for a network.

    Its name is the one that `communique status` and the batch's cover show. Of a batch of which some letters are not to
    count, settle these first: `communique resolve NUMBER resend`, or `failed`.
    """
    now, pack = session.clock(), pack.strip().rstrip("/").removesuffix(".txt")
    with desk(session) as open_desk, open_desk.database.begin() as connection:
        planner = open_desk.planner
        waiting = packs.waiting(connection, planner.mode, planner.workspace.for_a_person)
        if pack not in waiting:
            if (before := packs.posted(connection, planner.mode, pack)) is not None:
                refuse(
                    phrase("{pack} is on record already: {reason}.", pack=pack, reason=recorded(before.delivery.reason))
                )
            refuse(phrase("No pack `{pack}` waits for a person. {hint}", pack=pack, hint=did_you_mean(pack, waiting)))
        what = packs.done(connection, pack, waiting[pack], who=who, note=note, now=now)
    tell(recorded(what, "deeds"))
