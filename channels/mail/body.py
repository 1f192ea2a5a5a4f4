"""The body of a mail: its parts in their order, encoded so that no relay needs to touch them."""

import binascii
import hashlib
from collections.abc import Callable
from email.message import Message as Part
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

from communique.channel import Attachment

BASE64_LINE = 57  #: bytes; 76 characters encoded (RFC 2045 6.8)
#: Makes the part of a text and its subtype.
WriteText = Callable[[str, str], Part]


def arranged(texts: list[Part], files: list[Part]) -> Part:
    """Alternatives from plainest to richest (RFC 2046 5.1.4), and files beside them; no container holds one thing."""
    alternatives = texts[0] if len(texts) == 1 else _container("alternative", texts)
    return _container("mixed", [alternatives, *files]) if files else alternatives


def _container(subtype: str, parts: list[Part]) -> Part:
    container = MIMEMultipart(subtype, boundary=_boundary(subtype))
    for part in parts:
        del part["MIME-Version"]
        container.attach(part)
    return container


def _boundary(subtype: str) -> str:
    # The same in every mail: no body can hold it, since `=_` is neither quoted-printable nor base64 (RFC 2045 6.7).
    return "=_" + hashlib.sha256(f"communique\0{subtype}".encode()).hexdigest()[:32]


def text_part(text: str, subtype: str) -> Part:
    """A text in UTF-8, quoted-printable or base64, whichever is shorter: prose stays readable, Arabic stays small."""
    data = wire_text(text)
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    quoted = binascii.b2a_qp(data, istext=True)
    if len(quoted) <= len(data) * 4 // 3:
        _fill(part, quoted.replace(b"\r\n", b"\n"), "quoted-printable")
    else:
        _fill(part, base64_lines(data), "base64")
    return part


def wire_text(text: str) -> bytes:
    """UTF-8 with CR LF line ends, whatever line ends it had."""
    if text.isprintable():
        return text.encode()  # it has no line ends, and most names are no longer than that
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def calendar_part(attachment: Attachment, write_text: WriteText) -> Part:
    """The invitation as one more way to read the mail, with METHOD as its parameter says (RFC 6047 2.4)."""
    declared = Part()
    declared["Content-Type"] = attachment.media_type
    part = write_text(attachment.data.decode(), declared.get_content_subtype())
    if isinstance(method := declared.get_param("method"), str):
        part.set_param("method", method, replace=True)
    return part


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 characters (RFC 2045 6.8)."""
    lines = (data[start : start + BASE64_LINE] for start in range(0, len(data), BASE64_LINE))
    return b"".join(binascii.b2a_base64(line) for line in lines)


def _fill(part: Part, payload: bytes, encoding: str) -> None:
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload.decode("ascii"))
