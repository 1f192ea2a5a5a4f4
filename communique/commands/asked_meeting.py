"""Which meeting, and whose answer, a command is about."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from communique.answering import MOST_BY_HAND, Answer, Came
from communique.commands.console import refuse
from communique.language.escaping import in_line, in_text
from communique.phrase import Phrase, phrase, told_by
from communique.problems import did_you_mean
from communique.store.announcements import declarations
from communique.store.recipients import answers, meeting_terms, people
from communique.store.recipients.answers import Given
from communique.store.recipients.people import AddressError
from communique.workspace import Workspace

_COMPANIONS = click.IntRange(0, MOST_BY_HAND)
_DETAILS = (
    click.option("--companions", type=_COMPANIONS, default=0, help="How many people come along."),
    click.option("--access-needs", default="", help="What the person needs to take part."),
    click.option("--interpretation", default="", help="Into which language, or sign language."),
)


def with_details(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that go with an answer."""
    for option in reversed(_DETAILS):
        command = option(command)
    return command


#: Of what an officer puts down.
without_mail = click.option("--no-mail", is_flag=True, help="Send them no mail about it: they know.")


def said_of_mail(*, owed: bool, meeting_is_over: bool) -> str:
    """Whether the person is told."""
    if owed:
        return phrase(" A mail confirms it to them.")
    return phrase(" No mail confirms it: the meeting is over.") if meeting_is_over else phrase(" No mail confirms it.")


def given_by_hand(answer: str, companions: int, access_needs: str, interpretation: str, at: datetime) -> Given:
    """An answer that an officer has been told of."""
    return Given(
        answer=Answer(answer),
        companions=companions,
        access_needs=in_text(access_needs).strip(),
        interpretation=in_line(interpretation),
        came=Came.HAND,
        answered_at=at,
    )


def known_person(connection: Connection, address: str) -> people.Person:
    """Whoever has an address; refuses when that is nobody."""
    try:
        person = people.by_address(connection, address)
    except AddressError as error:
        refuse(phrase("{address}: {error}", address=address, error=told_by(error)))
    if person is None:
        refuse(
            phrase(
                "Nobody is known who has {address}. Is it misspelt? Else import them first: communique people import",
                address=address,
            )
        )
    return person


def asked_meeting(workspace: Workspace, connection: Connection, asked: str | None, now: datetime) -> str:
    """The one that is asked for; without being asked, the only one there is, or that anybody is invited to."""
    mode = workspace.settings.mode
    called = [
        meeting_terms.of_campaign(connection, mode, each, declarations.milestones_of(connection, each), now)
        for each in workspace.campaigns.values()
    ]
    written = {identity for each in called for identity in each.values()}
    invited_to = answers.meetings(connection, mode)
    known = sorted(written.union(invited_to))
    if asked is not None:
        return (
            asked
            if asked in known
            else refuse(phrase("No meeting `{asked}`. {hint}", asked=asked, hint=did_you_mean(asked, known)))
        )
    if len(known) == 1 or len(invited_to) == 1:
        return (invited_to or known)[0]
    if not known:
        refuse(phrase("No campaign has a meeting: a fact with `at: MILESTONE`."))
    return refuse(_which_of(sorted(invited_to) or known))


def _which_of(known: Sequence[str]) -> Phrase:
    """How the command that runs is told which one is meant."""
    told = {"known": ", ".join(known), "first": known[0]}
    command = click.get_current_context().command
    if any(isinstance(each, click.Argument) and each.name == "meeting" for each in command.params):
        return phrase(
            "There are several meetings: {known}. Name one: communique answers {command} {first}",
            **told,
            command=command.name,
        )
    return phrase("There are several meetings: {known}. Say which: --meeting {first}", **told)
