"""A form letter, composed and encoded once: what differs per person is filled into the finished bytes.

The mail is composed whole, and cut where people differ. A filled mail has the headers and the decoded parts of one that
was composed whole for the person; whether it has is tried with hostile values before a pattern is used.
"""

import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from email.message import Message as Part
from email.mime.nonmultipart import MIMENonMultipart
from email.parser import BytesParser
from email.policy import compat32
from typing import NamedTuple

from channels.mail.address import Mailbox
from channels.mail.body import BASE64_LINE, base64_lines, text_part, wire_text
from channels.mail.composition import compose, composed, inlined, to_header
from channels.mail.header_guard import verify
from communique.channel import Attachment, FormLetter, Mail, MergedMail, Message, PermanentError, phrase

#: What HTML, its serialiser, an encoding or a wire could treat in a way of its own.
_PROBE = ".É A&B <i> \"q\" 'a' \u00a0=3D &amp;.\u4e2d \U0001f468\u200d\U0001f469 " + "x" * 80
_TRIAL = "Zz-_09"
_LINE = 76  # RFC 2045 6.7
_LINE_END, _SOFT_BREAK = b"\r\n", b"=\r\n"
#: Values that are quoted-printable and HTML as they stand, in one line of their own; names in ASCII, and tokens.
_AS_IT_STANDS = re.compile(r"[A-Za-z0-9 ,'()_-]{0,70}[A-Za-z0-9_-]")
_ONE_HEADER = re.compile(rb"[^\r\n]+(\r\n[ \t][^\r\n]+)*\r\n")
_REFERENCE = re.compile(r"[!-;=?-~]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")

Values = Mapping[str, str]
Hole = Callable[[Message, Values, Mailbox], bytes]
Show = Callable[[str], str]


class _Quote(NamedTuple):
    """A hole in a quoted-printable text, which holds a value alone on its lines, as the text's format shows it."""

    mark: str
    show: Show


Piece = bytes | Hole | _Quote


class Pattern:
    """The finished bytes of a form letter, with holes.

    `mail` is the letter's mail with what the channel adds to it; `message` is to any of its recipients.

    Raises:
        PermanentError: the letter cannot be composed, or filling it would not give what composing gives.
    """

    def __init__(self, letter: FormLetter, message: Message, mail: Mail, sender: Mailbox, to: Mailbox) -> None:
        marks = (*letter.free, *letter.tokens)
        parts = {"plain": _EncodedText(mail.text, "plain", marks)}
        if mail.html:
            parts["html"] = _EncodedText(inlined(mail.html), "html", marks, _serialised)
        entries = [_entry(each, letter.lines) for each in mail.attachments]
        parts |= {"calendar" if each.is_shown else "file": each for each in entries if isinstance(each, _EncodedText)}
        attachments = tuple(
            replace(each, data=entry.hole) if isinstance(entry, _EncodedText) else entry
            for each, entry in zip(mail.attachments, entries, strict=True)
        )
        names, data = composed(
            message, replace(mail, attachments=attachments), sender, to, lambda _text, subtype: parts[subtype].part()
        )
        pieces = _cut(data, _holes(letter, message, to, parts))
        self._pieces = [piece if isinstance(piece, bytes) else b"" for piece in pieces]
        self._holes: dict[Hole, list[int]] = {}  #: and where in the mail each is
        self._quotes: dict[str, dict[Show, list[int]]] = {}  #: by mark, and by how its texts write a value
        for place, piece in enumerate(pieces):
            if isinstance(piece, _Quote):
                self._quotes.setdefault(piece.mark, {}).setdefault(piece.show, []).append(place)
            elif not isinstance(piece, bytes):
                self._holes.setdefault(piece, []).append(place)
        self._try(letter, message, mail, sender, to, names)

    def fill(self, message: Message, values: Values, to: Mailbox) -> bytes:
        """One person's mail, ready for the wire.

        Raises:
            PermanentError: it would not have the headers it is meant to have.
        """
        pieces = self._pieces.copy()
        for hole, places in self._holes.items():
            filled = hole(message, values, to)
            for place in places:
                pieces[place] = filled
        for mark, texts in self._quotes.items():
            value = values[mark]
            plain = value.encode("ascii") if _AS_IT_STANDS.fullmatch(value) else b""
            for show, places in texts.items():
                filled = plain or _quoted(wire_text(show(value)))
                for place in places:
                    pieces[place] = filled
        return b"".join(pieces)

    def _try(
        self, letter: FormLetter, message: Message, mail: Mail, sender: Mailbox, to: Mailbox, headers: Sequence[str]
    ) -> None:
        values = dict.fromkeys(letter.free, _PROBE) | dict.fromkeys(letter.tokens, _TRIAL)
        values |= dict.fromkeys(letter.lines, f"X-TRIAL:{_PROBE}\r\n {_PROBE}")
        whole = MergedMail(letter=replace(letter, mail=mail), values=values).whole()
        filled = self.fill(message, values, to)
        verify(filled, headers=headers, recipient=to.address)
        if not reads_alike(filled, compose(message, whole, sender=sender, recipient=to)):
            raise PermanentError(
                phrase("The form letter does something else with a person than to show a name in its text.")
            )


def reads_alike(one: bytes, other: bytes) -> bool:
    """Whether two mails have the same headers and the same decoded parts."""
    return _read(one) == _read(other)


def _read(data: bytes) -> list[tuple[object, ...]]:
    mail = BytesParser(policy=compat32).parsebytes(data)
    top = [(name, str(value)) for name, value in mail.items()]
    return [(top,), *((part.get_content_type(), part.get_payload(decode=True)) for part in mail.walk())]


def _serialised(value: str) -> str:
    """As an HTML serialiser writes text (HTML 13.3)."""
    return value.replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace("<", "&lt;").replace(">", "&gt;")


def _holes(
    letter: FormLetter, message: Message, to: Mailbox, parts: Mapping[str, "_EncodedText"]
) -> dict[bytes, list[Piece]]:
    """What stands in the composed mail where people differ, and what is put there."""
    return {
        # With what stands before them: `Reply-To` ends in `To`, and may hold the same address.
        b"\r\n" + to_header(to): [b"\r\n", _to],
        f"<{message.reference}>".encode(): [_reference],
        **({f"<{message.answers}>".encode(): [_answers]} if message.answers else {}),
        **{text.mark: text.pieces() for text in parts.values()},
        **{mark.encode(): [_token(mark)] for mark in letter.tokens},
    }


def _to(_message: Message, _values: Values, to: Mailbox) -> bytes:
    header = to_header(to)
    if not _ONE_HEADER.fullmatch(header):
        raise PermanentError(
            phrase("The mail to {address} has other headers than it was meant to have.", address=f"{to.address!a}")
        )
    return header


def _reference(message: Message, _values: Values, to: Mailbox) -> bytes:
    return _bracketed(message.reference, to)


def _answers(message: Message, _values: Values, to: Mailbox) -> bytes:
    return _bracketed(message.answers, to)


def _bracketed(reference: str, to: Mailbox) -> bytes:
    if not _REFERENCE.fullmatch(reference):
        raise PermanentError(
            phrase("The mail to {address} has other headers than it was meant to have.", address=f"{to.address!a}")
        )
    return f"<{reference}>".encode("ascii")


def _token(mark: str) -> Hole:
    def token(_message: Message, values: Values, to: Mailbox) -> bytes:
        if not _TOKEN.fullmatch(values[mark]):
            raise PermanentError(
                phrase("The mail to {address} has other headers than it was meant to have.", address=f"{to.address!a}")
            )
        return values[mark].encode("ascii")

    return token


def _cut(data: bytes, holes: Mapping[bytes, list[Piece]]) -> list[Piece]:
    found = re.split(b"(" + b"|".join(re.escape(mark) for mark in holes) + b")", data)
    return [each for piece in found if piece for each in holes.get(piece, [piece])]


def _entry(attachment: Attachment, lines: Sequence[str]) -> "_EncodedText | Attachment":
    """A calendar entry of which lines differ from person to person; any other attachment as it is."""
    if not any(mark.encode("ascii") in attachment.data for mark in lines):
        return attachment
    return _EncodedText(attachment.data.decode(), "calendar", lines, is_shown=attachment.inline)


class _EncodedText:
    """One text of a mail, encoded between its marks.

    `show` is how its format writes a value. One that is not shown is a file beside the text, in base64.
    """

    def __init__(
        self, text: str, subtype: str, marks: Sequence[str], show: Show = str, *, is_shown: bool = True
    ) -> None:
        self._subtype, self._show, self.is_shown = subtype, show, is_shown
        pieces = re.split("(" + "|".join(map(re.escape, marks)) + ")", text) if marks else [text]
        self._marks = [pieces[index] for index in range(1, len(pieces), 2)]
        self._plain = [wire_text(piece) for piece in pieces[::2]]
        self._encoding = text_part(text, subtype)["Content-Transfer-Encoding"] if is_shown else "base64"
        self.hole = f"q7v{subtype if is_shown else 'file'}hole4xj".encode()
        self.mark = self.hole if is_shown else binascii.b2a_base64(self.hole, newline=False)  #: in the composed mail
        self._head = b""  #: in base64: what stands before the first value, which moves all that follows
        if self._encoding == "base64":
            fixed = len(self._plain[0]) // BASE64_LINE * BASE64_LINE
            self._head = base64_lines(self._plain[0][:fixed]).replace(b"\n", b"\r\n")
            self._plain[0] = self._plain[0][fixed:]

    def part(self) -> Part:
        """The part with a hole for its content."""
        part = MIMENonMultipart("text", self._subtype, charset="utf-8")
        part["Content-Transfer-Encoding"] = self._encoding
        part.set_payload(self.hole.decode())
        return part

    def pieces(self) -> list[Piece]:
        """The content; in base64 it has one hole, to its end."""
        if self._encoding == "base64":
            return [self._head, self._in_base64]
        found: list[Piece] = [_quoted(self._plain[0])]
        for mark, before, behind in zip(self._marks, self._plain, self._plain[1:], strict=False):
            # Each value stands alone on its lines, between soft line breaks where the text itself has none.
            found += (
                b"" if before.endswith(_LINE_END) else _SOFT_BREAK,
                _Quote(mark, self._show),
                (b"" if behind.startswith(_LINE_END) else _SOFT_BREAK) + _quoted(behind),
            )
        return found

    def _in_base64(self, _message: Message, values: Values, _to: Mailbox) -> bytes:
        found = [self._plain[0]]
        for mark, piece in zip(self._marks, self._plain[1:], strict=True):
            found += (wire_text(self._show(values[mark])), piece)
        return base64_lines(b"".join(found)).replace(b"\n", b"\r\n")


def _quoted(data: bytes) -> bytes:
    """In quoted-printable, with room for a soft line break behind it."""
    encoded = binascii.b2a_qp(data, istext=True)
    if b"\n" in encoded:  # `binascii` breaks lines as the data does, if it does
        encoded = encoded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    start = encoded.rfind(b"\n") + 1
    if len(encoded) - start < _LINE:
        return encoded
    middle = start + _LINE // 2
    while b"=" in encoded[middle - 2 : middle]:
        middle -= 1
    return encoded[:middle] + b"=\r\n" + encoded[middle:]
