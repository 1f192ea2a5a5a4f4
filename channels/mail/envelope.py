"""What goes over the wire to a mail server."""

import re
from dataclasses import dataclass, field

_LEADING_DOT = re.compile(rb"\r\n\.")


@dataclass(kw_only=True, slots=True, eq=False)  # not frozen: it would take three times as long, thousands of times
class Envelope:
    """Two addresses in wire form, and a whole mail with CR LF line ends. Each is itself, whatever is in it."""

    sender: str
    recipient: str
    data: bytes
    id: str = ""  #: RFC 3461 4.4, printable and without spaces: comes back with what bounces
    international: bool = field(init=False)  #: whether the server must offer SMTPUTF8 (RFC 6531)

    def __post_init__(self) -> None:
        self.international = not (self.data.isascii() and self.sender.isascii() and self.recipient.isascii())


def stuffed(data: bytes) -> bytes:
    """The mail with leading dots doubled (RFC 5321 4.5.2) and a line end at its end, without the final dot."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    if ended.startswith(b"."):
        ended = b"." + ended
    # Few mails have such a line, and a pattern sees that in half the time.
    return ended.replace(b"\r\n.", b"\r\n..") if _LEADING_DOT.search(ended) else ended
