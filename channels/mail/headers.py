"""The closed list of headers a mail of ours carries, and what may stand in each."""

import binascii
import re
from collections.abc import Iterator
from email import quoprimime
from email.charset import SHORTEST, Charset
from email.header import Header
from email.utils import quote
from urllib.parse import quote as percent_encoded

from channels.mail.address import Mailbox, parse_mailbox, wire_address
from channels.mail.header_guard import faults
from communique.channel import Mail, Message, PermanentError, Recipient, phrase, told_by

_HTTPS = re.compile(r"https://[!-~]+")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]+@[A-Za-z0-9.-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+(; ?[a-z0-9-]+=(\"?)[A-Za-z0-9._-]+\2)*", re.IGNORECASE)
_LONGEST_URL = 900  # an address cannot be folded, and a line ends at 998
_LONGEST_LIST_ID = 255  # RFC 2919 2
LONGEST_NAME = 200
_ONE_WORD = 40  #: characters that surely fit the first line
_SUBJECT = 400
_UNQUOTED = bytes(byte for byte in range(256) if quoprimime.header_length(bytes([byte])) == 1)  # RFC 2047 4.2


def recipient_mailbox(recipient: Recipient) -> Mailbox:
    """Whom the mail is for.

    Raises:
        PermanentError: the address is none.
    """
    return Mailbox(recipient.name.strip(), wire_address(recipient.address, _RECIPIENTS_ADDRESS))


#: What officers call it; made once, for every mail is looked at.
RECIPIENT, _RECIPIENTS_ADDRESS = phrase("The recipient's name"), phrase("The recipient's address")
_THE_SUBJECT, _ATTACHMENT = phrase("The subject"), phrase("The name of an attachment")
_LIST, _LEAVING, _ARCHIVE = phrase("The list's name"), phrase("The unsubscribe link"), phrase("The archive's link")


def header_faults(message: Message, mail: Mail) -> Iterator[str]:
    """Why a value of this message must not stand in a header, one sentence each."""
    if message.recipient is not None:
        yield from faults(RECIPIENT, message.recipient.name, longest=LONGEST_NAME)
        yield from _address_faults(message.recipient.address, _RECIPIENTS_ADDRESS)
    yield from faults(_THE_SUBJECT, mail.subject, longest=_SUBJECT)
    if not mail.subject.strip():
        yield phrase("The subject is empty; write one in the template's front matter.")
    if mail.reply_to:
        yield from _address_faults(mail.reply_to, phrase("The address for answers"))
    yield from _shape_faults("The message's reference", message.reference, _MESSAGE_ID, "left@right")
    if message.answers:
        yield from _shape_faults("The reference of what it answers", message.answers, _MESSAGE_ID, "left@right")
    yield from _shape_faults("The message's language", message.language, _LANGUAGE, "a language tag such as pt-BR")
    yield from _list_faults(mail)
    for attachment in mail.attachments:
        yield from faults(_ATTACHMENT, attachment.filename, longest=LONGEST_NAME)
        yield from _shape_faults("An attachment's type", attachment.media_type, _MEDIA_TYPE, "such as text/calendar")


def _list_faults(mail: Mail) -> Iterator[str]:
    if mail.list_id:
        yield from list_id_faults(_LIST, mail.list_id)
    for what, url in ((_LEAVING, mail.unsubscribe_url), (_ARCHIVE, mail.archive_url)):
        if url:
            yield from _shape_faults(what, url, _HTTPS, "an https address without spaces")
            yield from faults(what, url, longest=_LONGEST_URL)
    if mail.unsubscribe_mailto:
        yield from _address_faults(mail.unsubscribe_mailto, phrase("The address for unsubscribing"))


def list_id_faults(what: str, list_id: str) -> Iterator[str]:
    """Why this cannot name a list (RFC 2919 2), one sentence each."""
    yield from _shape_faults(what, list_id, _LIST_ID, "a name with dots such as news.town.example")
    yield from faults(what, list_id, longest=_LONGEST_LIST_ID)


def _shape_faults(what: str, value: str, shape: re.Pattern[str], expected: str) -> Iterator[str]:
    if not shape.fullmatch(value) or any(bracket in value for bracket in "<>"):
        yield f"{what} is {value[:120]!a}; expected {expected}."


def _address_faults(given: str, what: str) -> Iterator[str]:
    try:
        wire_address(given, what)
    except PermanentError as error:
        yield told_by(error)


def address_headers(mail: Mail, sender: Mailbox, recipient: Mailbox) -> Iterator[tuple[str, str]]:
    """`From`, `To`, `Reply-To`. Non-ASCII addresses come as surrogate-escaped UTF-8, which the generator writes raw."""
    yield "From", _mailbox_value("From", sender)
    yield "To", to_value(recipient)
    if mail.reply_to:
        yield "Reply-To", _mailbox_value("Reply-To", parse_mailbox(mail.reply_to, phrase("The address for answers")))


def thread_headers(message: Message) -> Iterator[tuple[str, str]]:
    """Which mail this one answers, so that programs show the two together (RFC 5322 3.6.4)."""
    if message.answers:
        yield "In-Reply-To", f"<{message.answers}>"
        yield "References", f"<{message.answers}>"


def to_value(recipient: Mailbox) -> str:
    """What `To` says."""
    return _mailbox_value("To", recipient)


def list_headers(mail: Mail, sender: Mailbox) -> Iterator[tuple[str, str]]:
    """How a reader's mail program files the list and leaves it (RFC 2369, 2919, 8058).

    `List-Id` begins with the sender's name, because it is what readers are shown; programs compare the brackets only.
    """
    if mail.list_id:
        yield "List-Id", _mailbox_value("List-Id", Mailbox(sender.name, mail.list_id), brackets=True)
    ways = [f"<{mail.unsubscribe_url}>"] if mail.unsubscribe_url else []
    if mail.unsubscribe_mailto:
        ways.append(f"<mailto:{percent_encoded(_wire(mail.unsubscribe_mailto), safe='@+')}>")
    if ways:
        yield "List-Unsubscribe", ",\r\n ".join(ways)
    if mail.unsubscribe_url:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    if mail.archive_url:
        yield "List-Archive", f"<{mail.archive_url}>"


def _wire(address: str) -> str:
    return wire_address(address, phrase("The address for unsubscribing"))


def _mailbox_value(header: str, mailbox: Mailbox, *, brackets: bool = False) -> str:
    address = mailbox.address.encode().decode("ascii", "surrogateescape")
    if not mailbox.name:
        return f"<{address}>" if brackets else address
    return f"{_phrase(header, mailbox.name)} <{address}>"


def _encoded_word(data: bytes) -> str | None:
    """One encoded-word (RFC 2047), as `Header` writes a short phrase; None when it is too long for one."""
    quoted = len(data) + 2 * len(data.translate(None, _UNQUOTED))  # as `quoprimime.header_length` counts, sooner
    based = 4 * ((len(data) + 2) // 3)
    if min(quoted, based) > _ONE_WORD:
        return None
    if based < quoted:
        return f"=?utf-8?b?{binascii.b2a_base64(data, newline=False).decode('ascii')}?="
    return quoprimime.header_encode(data, "utf-8")


def _phrase(header: str, name: str) -> str:
    if name.isascii():
        return f'"{quote(name)}"'
    if (word := _encoded_word(name.encode())) is not None:
        return word
    charset = Charset("utf-8")
    charset.header_encoding = SHORTEST
    return Header(name, charset, header_name=header).encode(linesep="\r\n")
