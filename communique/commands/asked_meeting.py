"""Which meeting, and whose answer, a command is about."""

from sqlalchemy import Connection

from communique.commands.console import refuse
from communique.problems import did_you_mean
from communique.store import answers, people
from communique.store.people import AddressError
from communique.workspace import Workspace

MOST_COMPANIONS = 1000  #: somebody brings a class


def known_person(connection: Connection, address: str) -> people.Person:
    """Whoever has an address; refuses when that is nobody."""
    try:
        person = people.by_address(connection, address)
    except AddressError as error:
        refuse(f"{address}: {error}")
    if person is None:
        refuse(f"Nobody is known who has {address}. Is it misspelt? Else import them first: communique people import")
    return person


def asked_meeting(workspace: Workspace, connection: Connection, asked: str | None) -> str:
    """The one that is asked for; without being asked, the only one there is."""
    written = {each.meeting(fact) for each in workspace.campaigns.values() for fact in each.facts}
    known = sorted(written.union(answers.meetings(connection, workspace.settings.mode)) - {""})
    if asked is not None:
        return asked if asked in known else refuse(f"No meeting `{asked}`. {did_you_mean(asked, known)}")
    if len(known) == 1:
        return known[0]
    if not known:
        refuse("No campaign has a meeting: a fact with `at: MILESTONE`.")
    return refuse(f"Expected one of these meetings: {', '.join(known)}.")
