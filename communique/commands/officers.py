"""The commands by which an operator lets people in at the desk, and out."""

import click
from sqlalchemy import Connection

from communique.commands.console import JSON_VERSION, Session, as_option, json_option, refuse, show_json, table, tell
from communique.commands.usage import Listing
from communique.phrase import phrase
from communique.problems import did_you_mean
from communique.store.desk import journal, officer_identities, officers
from communique.store.desk.officers import Duty, Officer, TakenError
from communique.web.desk.desk_pages import LANGUAGES
from communique.web.desk.office import office_of
from communique.web.desk.sign_in_pages import invitation

_DAYS = officers.INVITED_FOR.days


@click.group("desk", cls=Listing)
def desk_group() -> None:
    """Let people in at the officers' desk, see who works there, and end it.

    The desk itself is served by `communique run`, at http://localhost:8024 unless told otherwise.
    """


@desk_group.command("invite")
@click.argument("name")
@click.option(
    "--role",
    "duties",
    type=click.Choice([str(duty) for duty in Duty]),
    multiple=True,
    required=True,
    help="What they may do; may be given several times. Everybody may look.",
)
@click.option("--mail", default="", help="Their address, which they can say in the place of their name.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Of the pages they see.")
@as_option("Who invites.")
@click.pass_obj
def invite_command(session: Session, name: str, duties: tuple[str, ...], mail: str, language: str, who: str) -> None:
    """Invite NAME, spelt as it is to stand under approvals: prints a link that opens once, within three days."""
    if not name.strip():
        refuse(phrase("Expected the name of a person, found none."))
    now = session.clock()
    with office_of(session.installation, session.clock) as office, office.database.begin() as connection:
        chosen = [Duty(each) for each in duties]
        try:
            officer = officers.invite(connection, name, chosen, address=mail.strip(), language=language, now=now)
        except TakenError as error:
            refuse(
                phrase(
                    "{error} works at the desk, or has. For a new link: communique desk link {name}",
                    error=error,
                    name=f"{name!r}",
                )
            )
        journal.note(connection, who=who, what=f"invited {officer.name} to the desk as {', '.join(duties)}", now=now)
        link = invitation(connection, office, officer)
    _show_link(officer, link)


@desk_group.command("link")
@click.argument("name")
@as_option("Who gives it.")
@click.pass_obj
def link_command(session: Session, name: str, who: str) -> None:
    """Print a new link for NAME, who has lost a password or the last link. Earlier links open nothing any more."""
    with office_of(session.installation, session.clock) as office, office.database.begin() as connection:
        officer = _named(connection, name)
        journal.note(connection, who=who, what=f"gave {officer.name} a link to the desk", now=session.clock())
        link = invitation(connection, office, officer)
    _show_link(officer, link)


@desk_group.command("people")
@json_option
@click.pass_obj
def people_command(session: Session, *, as_json: bool) -> None:
    """Show who works at the desk, and as what."""
    with office_of(session.installation, session.clock) as office, office.database.reading() as connection:
        found = officers.everybody(connection)
    if as_json:
        people = [
            {"name": each.name, "roles": sorted(map(str, each.duties)), "has_begun": bool(each.password)}
            for each in found
        ]
        show_json({"version": JSON_VERSION, "people": people})
        return
    table(
        (each.name, ", ".join(sorted(each.duties)), "" if each.password else phrase("has not begun")) for each in found
    )
    if not found:
        tell(phrase("Nobody. The first is let in by the link that `communique run` prints."))


@desk_group.command("release")
@click.argument("name")
@as_option("Who says so.")
@click.pass_obj
def release_command(session: Session, name: str, who: str) -> None:
    """Let go of the account by which NAME signs in: the next one with their address is theirs."""
    with office_of(session.installation, session.clock) as office, office.database.begin() as connection:
        officer = _named(connection, name)
        if not officer_identities.release(connection, officer):
            refuse(phrase("{name} has signed in by no account yet: there is nothing to let go of.", name=officer.name))
        what = f"let go of the account by which {officer.name} signs in"
        journal.note(connection, who=who, what=what, now=session.clock())
    tell(phrase("The next account with the address of {name} is theirs.", name=officer.name))


@desk_group.command("end")
@click.argument("name")
@as_option("Who says so.")
@click.pass_obj
def end_command(session: Session, name: str, who: str) -> None:
    """NAME works here no more: signed out everywhere, at once. What they did stays on record under their name."""
    now = session.clock()
    with office_of(session.installation, session.clock) as office, office.database.begin() as connection:
        officer = _named(connection, name)
        officers.end(connection, officer, now)
        journal.note(connection, who=who, what=f"let {officer.name} out of the desk", now=now)
    tell(phrase("{name} works at the desk no more.", name=officer.name))


def _named(connection: Connection, name: str) -> Officer:
    found = officers.by_name(connection, name)
    if found is None:
        names = [each.name for each in officers.everybody(connection)]
        refuse(phrase("Nobody at the desk is called {name}. {hint}", name=name, hint=did_you_mean(name, names)))
    return found


def _show_link(officer: Officer, link: str) -> None:
    tell(phrase("{name} begins here, once, within {days} days:\n  {link}", name=officer.name, days=_DAYS, link=link))
