"""Commands about answers in words: see what people have written, put down what it means or that it is no answer."""

from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from communique.answering import Answer, Proof
from communique.bounces.written_answers import CannotRecordError, record, set_aside
from communique.commands.asked_meeting import (
    asked_meeting,
    given_by_hand,
    known_person,
    said_of_mail,
    with_details,
    without_mail,
)
from communique.commands.console import Session, as_option, counted, in_words, local_time, refuse, tell
from communique.commands.plans import desk
from communique.language.escaping import in_line, in_text
from communique.letters.answer_mail import is_over
from communique.phrase import phrase
from communique.store.recipients import people, written_answers
from communique.store.recipients.people import Person
from communique.store.recipients.written_answers import Written

_ASIDE = "aside"
_PROVEN = {
    Proof.TAG: phrase("it came to the address that only their invitation names"),
    Proof.REPLY: phrase("it answers a mail of ours to them"),
    Proof.ADDRESS: phrase("by its sender's address alone, which anybody can write"),
    Proof.NOBODY: phrase("nobody is known who has this address"),
}


@click.command("written")
@click.pass_obj
def written_command(session: Session) -> None:
    """List what people have answered in words, and nobody has settled: who, when, and what they wrote.

    Nothing guesses what they mean. Automatic answers are not among them.
    """
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        settings = open_desk.planner.workspace.settings
        found = written_answers.waiting(connection, settings.mode)
        known = {each.id: people.by_id(connection, each.person or 0) for each in found}
    tell(phrase("{mails} to be read.", mails=counted(len(found), "mail")))
    for each in found:
        _say(each, known[each.id], settings.timezone)


def _say(each: Written, person: Person | None, zone: ZoneInfo) -> None:
    whose = f"{person.name or person.address} <{person.address}>" if person else phrase("nobody known")
    tell()
    tell(f"{each.id}  {in_words(whose)}: {in_words(_PROVEN[each.proof])}", bold=True)
    if person is None or each.sender_key != person.address_key:
        tell(
            phrase(
                "    from {sender_name} <{address}>",
                sender_name=each.sender_name,
                address=each.sender or phrase("no address"),
            )
        )
    tell(f"    {local_time(each.at, zone)}  {each.meeting or in_words(phrase('it does not say to which meeting'))}")
    tell(f"    {in_line(each.subject)}")
    for line in in_text(each.words).splitlines():
        tell(f"    | {line}")
    tell(f"    {each.place}")


@click.command("settle")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("answer", type=click.Choice([*(str(each) for each in Answer), _ASIDE]))
@click.option("--for", "address", default="", help="Whose answer it is, if not of whom the list names.")
@click.option("--meeting", default=None, help="To which meeting, if the list does not say: `kickoff.meeting`.")
@with_details
@without_mail
@as_option("Who has read it.")
@click.pass_obj
def settle_command(
    session: Session,
    number: int,
    answer: str,
    address: str,
    meeting: str | None,
    companions: int,
    access_needs: str,
    interpretation: str,
    no_mail: bool,  # noqa: FBT001 - click hands it over
    who: str,
) -> None:
    """Put down what mail NUMBER of the list means: yes, no, maybe, or `aside` when it is no answer.

    It is as if they had answered on the page: a mail confirms it
    before the meeting, and nobody reminds them. The words are erased then.
    """
    now, key = session.clock(), session.installation.key
    with desk(session) as open_desk, open_desk.database.begin() as connection:
        workspace = open_desk.planner.workspace
        mode = workspace.settings.mode
        mail = written_answers.find(connection, mode, number)
        if mail is None:
            refuse(phrase("No mail {number} waits to be read. See them: communique answers written", number=number))
        if answer == _ASIDE:
            set_aside(connection, mail, who=who, now=now)
            tell(phrase("Set aside: mail {number} is no answer.", number=number))
            return
        person = _whose(connection, mail, address)
        name = asked_meeting(workspace, connection, meeting or mail.meeting or None, now)
        over = is_over(workspace, connection, mode, name, now)
        given = given_by_hand(answer, companions, access_needs, interpretation, mail.at)
        try:
            owed = record(
                connection, mode, mail, person, name, given, who=who, key=key, now=now, confirms=not (over or no_mail)
            )
        except CannotRecordError as error:
            refuse(
                phrase(
                    "Not noted: {error}. See what is noted: communique answers list. If this holds all the "
                    "same: communique answers add; then communique answers settle {number} {aside}",
                    error=error,
                    number=number,
                    aside=_ASIDE,
                )
            )
    tell(
        phrase(
            "Noted: {answer} of {address} ({name}).{said_of_mail}",
            answer=answer,
            address=person.address,
            name=name,
            said_of_mail=said_of_mail(owed=owed, meeting_is_over=over),
        )
    )


def _whose(connection: Connection, mail: Written, address: str) -> Person:
    if address:
        return known_person(connection, address)
    person = people.by_id(connection, mail.person or 0)
    if person is None:
        refuse(
            phrase("Nobody is known who has written this. Say whose answer it is: --for ADDRESS; or set it `aside`.")
        )
    return person
