"""A message turned into the bytes of a mail: the same message always gives the same bytes.

`emails` builds the subject, the date, the Message-ID and the files. Three things are made here, because it has no way
to say them: an invitation among the alternatives (it nests mixed, related and alternative, needed or not), boundaries
that are not random, and addresses outside ASCII (it breaks them). Its transformer for style sheets loses `@media`,
and its sender sends again by itself; neither is used.
"""

import io
import re
from datetime import UTC
from email.errors import MessageError
from email.generator import BytesGenerator
from email.message import Message as Part
from email.policy import Compat32
from email.utils import format_datetime
from functools import lru_cache

import css_inline

from channels.mail.address import Mailbox
from channels.mail.body import WriteText, arranged, calendar_part, text_part
from channels.mail.header_guard import verify
from channels.mail.headers import address_headers, header_faults, list_headers, thread_headers, to_value
from communique.channel import Attachment, Mail, Message, PermanentError, in_turn, phrase


class _Wire(Compat32):
    """CR LF, folded at 78. Links stay on their header's line, which a fold before them would leave empty."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header's lines, as the generator writes them."""
        if name in {"List-Unsubscribe", "List-Archive"}:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_SHORT = 70  #: characters of a value that is not folded
_WIRE = _Wire(linesep="\r\n", max_line_length=78)
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


#: The start of the head, the rules that css-inline has put there, what stood there before, and the end.
_KEPT_RULES = re.compile(r"(<head[^>]*>)(<style>[^<]*</style>)(.*?)(</head>)", re.DOTALL)


@lru_cache(maxsize=2)  # a mail is measured, composed, and composed again for another question
def inlined(html: str) -> str:
    """The page with its style rules at the elements, as mail programs need them; `@media` rules stay in the head.

    At its end: what says how the page is encoded belongs into its first 1,024 bytes (HTML 4.2.5.4), for who saves it.

    Raises:
        PermanentError: the style sheet cannot be read.
    """
    try:
        return _KEPT_RULES.sub(r"\1\3\2\4", _INLINER.inline(html), count=1)
    except ValueError as error:  # InlineError and UnicodeError are among them
        raise PermanentError(
            phrase("The style sheet of the HTML text cannot be read: {error}. Mend the layout.", error=f"{error!a}")
        ) from error


def compose(message: Message, mail: Mail, *, sender: Mailbox, recipient: Mailbox) -> bytes:
    """The whole mail with CR LF line ends, 7-bit unless an address is not ASCII.

    Raises:
        PermanentError: a value may not stand in a header, or the finished mail does not read back as it was meant.
    """
    wrong = list(header_faults(message, mail))
    if wrong:
        raise PermanentError(in_turn(wrong))
    names, data = composed(message, mail, sender, recipient, text_part)
    verify(data, headers=names, recipient=recipient.address)
    return data


def composed(
    message: Message, mail: Mail, sender: Mailbox, recipient: Mailbox, write_text: WriteText
) -> tuple[list[str], bytes]:
    """Names of the headers, and the mail; not yet verified. `write_text` makes parts of texts and their subtypes.

    Raises:
        PermanentError: it cannot be put together.
    """
    try:
        return _composed(message, mail, sender, recipient, write_text)
    except (MessageError, ValueError) as error:  # BadHeaderError of `emails` and UnicodeError are among the latter
        raise PermanentError(
            phrase("The mail cannot be put together: {error}. Look for unusual characters in it.", error=f"{error!a}")
        ) from error


def _composed(
    message: Message, mail: Mail, sender: Mailbox, recipient: Mailbox, write_text: WriteText
) -> tuple[list[str], bytes]:
    built = _built(message, mail)
    root = _body(built, mail, write_text)
    headers = [*_headers(message, mail, built, sender, recipient), *_taken(root)]
    for name, value in headers:
        root[name] = value
    return [name for name, _ in headers], _written(root)


def _built(message: Message, mail: Mail) -> Part:
    from emails.message import Message as Draft  # loads much that only who writes needs

    draft = Draft(
        subject=mail.subject,
        date=format_datetime(message.created_at.astimezone(UTC)),
        message_id=f"<{message.reference}>",
        text=mail.text,
        html=inlined(mail.html) if mail.html else None,
    )
    for attachment in mail.attachments:
        if not attachment.inline:
            draft.attach(filename=attachment.filename, data=attachment.data, mime_type=attachment.media_type)
    built: Part = draft.build_message()
    return built


def to_header(recipient: Mailbox) -> bytes:
    """The header that names the recipient, with its line end, as it stands in a composed mail."""
    value = to_value(recipient)
    if value.isascii() and len(value) <= _SHORT and "\n" not in value:
        return f"To: {value}\r\n".encode("ascii")  # as `fold_binary` writes it, sooner
    return _WIRE.fold_binary("To", value)


def _body(built: Part, mail: Mail, write_text: WriteText) -> Part:
    leaves = [part for part in built.walk() if not part.is_multipart()]
    files = [leaf for leaf in leaves if leaf.get_content_disposition()]
    texts = [_reencoded(leaf, write_text) for leaf in leaves if not leaf.get_content_disposition()]
    calendars = [
        calendar_part(_calendar(attachment), write_text) for attachment in mail.attachments if attachment.inline
    ]
    return arranged([*texts, *calendars], files)


def _reencoded(leaf: Part, write_text: WriteText) -> Part:
    # `emails` writes base64 over LF line ends; RFC 2045 6.8 asks for CR LF below base64.
    payload = leaf.get_payload(decode=True)
    return write_text(bytes(payload).decode(), leaf.get_content_subtype())


def _calendar(attachment: Attachment) -> Attachment:
    if not attachment.media_type.lower().startswith("text/calendar"):
        raise PermanentError(
            phrase(
                "The attachment {filename} is marked as a part of the text, which only an invitation "
                "(text/calendar) can be; its type is {media_type}. Attach it as a file.",
                filename=f"{attachment.filename!r}",
                media_type=attachment.media_type,
            )
        )
    return attachment


def _headers(message: Message, mail: Mail, built: Part, sender: Mailbox, recipient: Mailbox) -> list[tuple[str, str]]:
    # RFC 3834 5: `auto-generated` keeps absence notices away. No `Precedence`: its section 3.1.8 advises against it.
    return [
        *address_headers(mail, sender, recipient),
        *((name, built[name]) for name in ("Subject", "Date", "Message-ID")),
        *thread_headers(message),
        ("Content-Language", message.language),
        ("Auto-Submitted", "auto-generated"),
        *list_headers(mail, sender),
    ]


def _taken(root: Part) -> list[tuple[str, str]]:
    """The root's own headers, taken off it so that they come last; exactly one `MIME-Version`."""
    own = [(name, value) for name, value in root.items() if name != "MIME-Version"]
    for name in set(root.keys()):
        del root[name]
    return [("MIME-Version", "1.0"), *own]


def _written(root: Part) -> bytes:
    buffer = io.BytesIO()
    BytesGenerator(buffer, mangle_from_=False, policy=_WIRE).flatten(root)
    return buffer.getvalue()
