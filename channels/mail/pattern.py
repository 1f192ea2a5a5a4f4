"""A form letter, composed and encoded once: what differs per person is filled into the finished bytes.

The mail is composed whole, and cut where people differ. A filled mail has the headers and the decoded parts of one that
was composed whole for the person; whether it has is tried with hostile values before a pattern is used.
"""

import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.message import Message as Part
from email.mime.nonmultipart import MIMENonMultipart
from email.parser import BytesParser
from email.policy import compat32

from channels.mail.address import Mailbox
from channels.mail.body import base64_lines, text_part, wire_text
from channels.mail.composition import compose, composed, inlined, to_header
from channels.mail.header_guard import header_names, verify
from communique.channel import FormLetter, Mail, MergedMail, Message, PermanentError

#: What HTML, its serialiser, an encoding or a wire could treat in a way of its own.
_PROBE = ".É A&B <i> \"q\" 'a' \u00a0=3D &amp;.\u4e2d \U0001f468\u200d\U0001f469 " + "x" * 80
_TRIAL = "Zz-_09"
_LINE = 76  # RFC 2045 6.7

Values = Mapping[str, str]
Hole = Callable[[Message, Values, Mailbox], bytes]


class Pattern:
    """The finished bytes of a form letter, with holes.

    `mail` is the letter's mail with what the channel adds to it; `message` is to any of its recipients.

    Raises:
        PermanentError: the letter cannot be composed, or filling it would not give what composing gives.
    """

    def __init__(self, letter: FormLetter, message: Message, mail: Mail, sender: Mailbox, to: Mailbox) -> None:
        parts = {"plain": _EncodedText(mail.text, letter, str)}
        if mail.html:
            parts["html"] = _EncodedText(inlined(mail.html), letter, _serialised)
        names, data = composed(message, mail, sender, to, lambda _text, subtype: parts[subtype].part())
        self._names = [name.encode() for name in names]
        self._pieces = _cut(data, _holes(letter, message, to, parts))
        self._try(letter, message, mail, sender, to)

    def fill(self, message: Message, values: Values, to: Mailbox) -> bytes:
        """One person's mail, ready for the wire.

        Raises:
            PermanentError: it does not have the headers it was meant to have.
        """
        data = b"".join([piece if isinstance(piece, bytes) else piece(message, values, to) for piece in self._pieces])
        if header_names(data) != self._names:
            raise PermanentError(f"The mail to {to.address!a} has other headers than it was meant to have.")
        return data

    def _try(self, letter: FormLetter, message: Message, mail: Mail, sender: Mailbox, to: Mailbox) -> None:
        values = dict.fromkeys(letter.free, _PROBE) | dict.fromkeys(letter.tokens, _TRIAL)
        whole = MergedMail(letter=replace(letter, mail=mail), values=values).whole()
        filled = self.fill(message, values, to)
        verify(filled, headers=[name.decode() for name in self._names], recipient=to.address)
        if not reads_alike(filled, compose(message, whole, sender=sender, recipient=to)):
            raise PermanentError("The form letter does something else with a person than to show a name in its text.")


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


def _holes(letter: FormLetter, message: Message, to: Mailbox, parts: Mapping[str, "_EncodedText"]) -> dict[bytes, Hole]:
    """What stands in the composed mail where people differ, and what is put there."""

    def token(mark: str) -> Hole:
        return lambda _message, values, _to: values[mark].encode("ascii")

    return {
        # With what stands before them: `Reply-To` ends in `To`, and may hold the same address.
        b"\r\n" + to_header(to): lambda _message, _values, to: b"\r\n" + to_header(to),
        f"<{message.reference}>".encode(): lambda message, _values, _to: f"<{message.reference}>".encode(),
        **{text.hole: text.fill for text in parts.values()},
        **{mark.encode(): token(mark) for mark in letter.tokens},
    }


def _cut(data: bytes, holes: Mapping[bytes, Hole]) -> list[bytes | Hole]:
    found = re.split(b"(" + b"|".join(re.escape(mark) for mark in holes) + b")", data)
    return [holes.get(piece, piece) for piece in found if piece]


class _EncodedText:
    """One text of a mail, encoded between its marks. `show` is how its format writes a value."""

    def __init__(self, text: str, letter: FormLetter, show: Callable[[str], str]) -> None:
        self._show = show
        marks = (*letter.free, *letter.tokens)
        pieces = re.split("(" + "|".join(map(re.escape, marks)) + ")", text) if marks else [text]
        self._marks = [pieces[index] for index in range(1, len(pieces), 2)]
        self._plain = [wire_text(piece) for piece in pieces[::2]]
        self._encoding = text_part(text, "plain")["Content-Transfer-Encoding"]
        self._quoted = [_quoted(piece) for piece in self._plain]
        self.hole = f"q7v{'html' if show is _serialised else 'text'}hole4xj".encode()

    def part(self) -> Part:
        """The part with a hole for its content."""
        part = MIMENonMultipart("text", "html" if self._show is _serialised else "plain", charset="utf-8")
        part["Content-Transfer-Encoding"] = self._encoding
        part.set_payload(self.hole.decode())
        return part

    def fill(self, _message: Message, values: Values, _to: Mailbox) -> bytes:
        """The content for one person."""
        shown = [wire_text(self._show(values[mark])) for mark in self._marks]
        if self._encoding == "base64":
            return base64_lines(b"".join(_alternating(self._plain, shown))).replace(b"\n", b"\r\n")
        return b"=\r\n".join(_alternating(self._quoted, [_quoted(value) for value in shown]))


def _alternating(pieces: list[bytes], values: list[bytes]) -> list[bytes]:
    found = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=True):
        found += (value, piece)
    return found


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
