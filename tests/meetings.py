"""A town that invites people to a meeting, reminds those who are silent, and greets those who come."""

import re
from email.message import EmailMessage

from icalendar import Calendar

from communique.answering import Answer
from communique.store.recipients import answers
from communique.store.recipients.answers import Given
from tests.subscribing import PUBLIC, Post
from tests.workspaces import Town

MEETING = "kickoff.meeting"
CAMPAIGN = """\
campaign: news
title: News
languages: [en, es, fr]
milestones:
  start: 2026-12-01 10:00
  kickoff: 2026-12-15 10:00 to 12:00
facts:
  colour: blue
  meeting:
    at: kickoff
    title: {en: Kickoff meeting, es: Reunión de arranque, fr: Réunion de lancement}
    place: {en: "Town Hall, Room 2", es: "Ayuntamiento, sala 2", fr: "Mairie, salle 2"}
    access: {en: Step-free access., es: Sin escalones., fr: De plain-pied.}
    rsvp: rsvp@littleton.example.org
announcements:
  hello:
    when: start
    to: [friends]
    through: [email]
    invite: meeting
  remind:
    when: kickoff - 5 days at 10:00
    to: [friends]
    only: {meeting: not-answered}
    through: [email]
  tomorrow:
    when: kickoff - 1 day at 10:00
    to: [friends]
    only: {meeting: coming}
    through: [email]
"""
_LINK = re.compile(rf"{re.escape(PUBLIC)}(/answer/[\w-]+)")


def hold_a_meeting(town: Town) -> None:
    """From now on the town's campaign is about a meeting."""
    town.write("campaigns/news.yaml", CAMPAIGN)
    for announcement in ("hello", "remind", "tomorrow"):
        town.say(announcement)


def text_of(mail: EmailMessage) -> str:
    """Its plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def answer_link(post: Post, name: str) -> str:
    """The path of the link in the last mail to somebody."""
    return _LINK.findall(text_of(post.mails(f"{name}@example.org")[-1]))[-1]


def given(post: Post, name: str, meeting: str = MEETING) -> Given | None:
    """What somebody answered."""
    person = post.person(name)
    assert person is not None
    with post.town.database.reading() as connection:
        return answers.find(connection, post.town.workspace.settings.mode, meeting, person.id)


def answered(post: Post, name: str) -> Answer | None:
    """Whether somebody comes."""
    found = given(post, name)
    return found.answer if found else None


def calendars(mail: EmailMessage) -> list[Calendar]:
    """What the mail says to calendars, part by part."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [Calendar.from_ical(part.get_payload(decode=True)) for part in parts]  # type: ignore[arg-type]
