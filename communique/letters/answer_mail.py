"""The mail that tells somebody what their answer to a meeting is. It repeats no word that was typed into a form."""

from dataclasses import asdict, replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Connection

from communique.answering import Answer
from communique.channel import Attachment, Mail, Secret
from communique.delivery import Mode
from communique.language.formatting import locale_of, time_of_day
from communique.letters.letter_mail import language_of
from communique.localisation.localised import localise
from communique.service_mail import service_mail
from communique.store.announcements import declarations
from communique.store.recipients import answers, meeting_revisions, meeting_terms, people, suppression_list
from communique.store.recipients.answers import Given
from communique.store.recipients.letters import Letter
from communique.store.recipients.people import Person
from communique.texts import addresses, agendas, answer_addresses, tokens
from communique.texts.meetings import Meeting, meeting_of, uid_of
from communique.workspace import Workspace

_LAYOUT = "answer.md"


class NothingToSayError(Exception):
    """The answer or the meeting is there no more, or the person must not be written to; the message says which."""


def answer_mail(workspace: Workspace, connection: Connection, letter: Letter, key: Secret, now: datetime) -> Mail:
    """The mail about the answer as it stands now, with the meeting for the calendar of those who come.

    Raises:
        NothingToSayError: there is nothing to be told, or nobody.
        TemplateProblemError: a layout or phrase is missing or wrong.
        KeyError: the phrases of the letter are missing.
    """
    language = language_of(workspace, letter)
    person, meeting, given = _looked_up(workspace, connection, letter, language, now)
    phrases = workspace.words.of(language)["letters"]["answer"][str(given.answer)]
    value = answer_addresses.linked(workspace.settings.mode, str(person.id), meeting.id)
    token = tokens.sign(tokens.ANSWER, value, key)
    link = addresses.page(workspace.settings.public_address, f"answer/{token}")
    context = {
        "letter": phrases,
        "link": Markup(link),  # noqa: S704 - ours: letters, digits, `-`, `_`, `/`
        "meeting": asdict(meeting),
        "companions": given.companions,
    }
    mail = service_mail(workspace, language, _LAYOUT, phrases["subject"], context, role="invited")
    entry = (_entry(workspace, letter, meeting, person, connection),) if given.answer is Answer.YES else ()
    return replace(mail, reply_to=meeting.organizer_address, attachments=entry)


def known_meeting(
    workspace: Workspace, connection: Connection, mode: Mode, meeting: str, language: str, now: datetime
) -> Meeting | None:
    """What is known of a meeting; None when no campaign has it, with a date, any more."""
    milestones = {name: declarations.milestones_of(connection, each) for name, each in workspace.campaigns.items()}
    is_meant = meeting_terms.meant(connection, mode, meeting, now)
    told = meeting_terms.told(connection, mode, meeting)
    facts = workspace.renderer.facts
    return meeting_of(facts, workspace.campaigns, milestones, meeting, language, is_meant=is_meant, told=told)


def is_over(workspace: Workspace, connection: Connection, mode: Mode, meeting: str, now: datetime) -> bool:
    """Whether it has begun or is called off, so that nobody is told any more what they have answered."""
    language = workspace.settings.languages[0]
    found = known_meeting(workspace, connection, mode, meeting, language, now)
    return found is None or found.start <= now or meeting_revisions.latest(connection, mode, meeting).is_off


def _looked_up(
    workspace: Workspace, connection: Connection, letter: Letter, language: str, now: datetime
) -> tuple[Person, Meeting, Given]:
    person = people.by_id(connection, letter.person or 0)
    if person is None:
        raise NothingToSayError("the person has been erased")
    if suppression_list.suppression(connection, person.address_key) is not None:
        raise NothingToSayError("must not be written to")
    given = answers.find(connection, workspace.settings.mode, letter.meeting, person.id)
    mode = workspace.settings.mode
    meeting = known_meeting(workspace, connection, mode, letter.meeting, language, now)
    if given is None or meeting is None:
        raise NothingToSayError("there is no such answer or meeting any more")
    if meeting.start <= now:
        raise NothingToSayError("the meeting has begun")
    if meeting_revisions.latest(connection, mode, meeting.id).is_off:
        raise NothingToSayError("the meeting is called off")
    return person, meeting, given


def _entry(
    workspace: Workspace, letter: Letter, meeting: Meeting, person: Person, connection: Connection
) -> Attachment:
    from communique.texts.invitations import Event, accepted  # loads icalendar, for those who come

    settings, language = workspace.settings, language_of(workspace, letter)
    locale, title = locale_of(language, settings.locales), workspace.words.of(language)["agenda"]["title"]
    event = Event(
        sequence=meeting_revisions.latest(connection, settings.mode, meeting.id).sequence,
        uid=uid_of(settings.public_address, meeting.id),
        start=meeting.start,
        end=meeting.end,
        summary=meeting.title,
        description=agendas.described(meeting.access, meeting.agenda, title, lambda at: time_of_day(at, locale)),
        place=meeting.place,
        organizer=str(localise(settings.government.name, language, settings.languages)),
        organizer_address=answer_addresses.organizer_address(
            settings, workspace.key, str(person.id), meeting.id, meeting.organizer_address
        ),
        stamped_at=letter.owed_at,
    )
    return accepted(event, person.as_recipient(language))
