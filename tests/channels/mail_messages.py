"""A valid mail, and the same with something changed."""

from dataclasses import replace
from datetime import UTC, datetime

from communique.channel import Attachment, Mail, Message, Recipient

INVITATION = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    b"UID:kickoff@puertoclaro.example\r\nSUMMARY:Reuni\xc3\xb3n de apertura\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CALENDAR_TYPE = "text/calendar; method=REQUEST; charset=UTF-8"

MAIL = Mail(
    subject="Invitación a la reunión de apertura",
    text="Estimada Inés:\n\nLe invitamos a la reunión de apertura.\n\n.\n.. y final\n",
    html="<!doctype html><html lang='es'><head><title>Invitación</title><style>p { color: #14508c }\n"
    "@media (prefers-color-scheme: dark) { p { color: white } }</style></head>"
    "<body><p>Estimada Inés:</p><p>Le invitamos a la reunión de apertura.</p></body></html>",
    reply_to="gobiernoabierto@puertoclaro.example",
)

RECIPIENT = Recipient(id="17", address="ines.vidal@vecinas.example", name="Inés Vidal", language="es")

MESSAGE = Message(
    key="accepted-into-ogp/thank-the-promoters/once/email/17/es",
    reference="accepted-into-ogp.thank-the-promoters.17.es@puertoclaro.example",
    created_at=datetime(2027, 1, 18, 11, 0, tzinfo=UTC),
    language="es",
    content=MAIL,
    recipient=RECIPIENT,
)

NEWSLETTER = replace(
    MAIL,
    unsubscribe_url="https://abierto.puertoclaro.example/leave/" + "t" * 180,
    unsubscribe_mailto="boletin+leave@puertoclaro.example",
    archive_url="https://abierto.puertoclaro.example/es/",
)

INVITED = (
    Attachment(filename="invite.ics", media_type=CALENDAR_TYPE, data=INVITATION, inline=True),
    Attachment(filename="invitación.ics", media_type=CALENDAR_TYPE, data=INVITATION),
)


def with_mail(**changes: object) -> Message:
    """The valid message with something in its mail changed."""
    return MESSAGE._replace(content=replace(MAIL, **changes))  # type: ignore[arg-type]


def to(**changes: str) -> Message:
    """The valid message to somebody a little different."""
    return MESSAGE._replace(recipient=RECIPIENT._replace(**changes))
