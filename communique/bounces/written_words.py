"""What a person has written in a mail, and as whom: words without what they quote, and no longer than anybody reads."""

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr
from html import unescape

from communique.bounces.mail_parts import content_type, decoded, headers, parts, source
from communique.language.escaping import in_line, in_text

MOST_WORDS = 2000  #: characters
#: Outlook's own form of a mail with its attachments (TNEF), which nobody but Outlook reads; nor do we.
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
UNREAD = "[winmail.dat]"  #: the last line of what was written, where such a part was not read
_LONGEST_ADDRESS, _LONGEST_NAME = 320, 200
_NOT_SHOWN = re.compile(r"<(/?)(?:style|script|head|blockquote)\b[^<>]{0,500}>", re.IGNORECASE)
_ENDS_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")
_BLANK = re.compile(r"\n{3,}")


def written_words(message: Message) -> str:
    """The text of a mail, else its HTML without tags; quoted lines (RFC 3676 4.5) are left out.

    Where a part is Outlook's alone, a line more says that it was not read.
    """
    plain = (source(part) for part in parts(message) if content_type(part) == "text/plain")
    html = (_shown(source(part)) for part in parts(message) if content_type(part) == "text/html")
    found = next((each for each in (*plain, *html) if each.strip()), "")
    lines = (line.strip() for line in in_text(found).splitlines())
    own = "\n".join(line for line in lines if not line.startswith(">"))
    words = _BLANK.sub("\n\n", own).strip()[:MOST_WORDS].rstrip()
    is_unread = any(content_type(part) in _TNEF for part in parts(message))
    return f"{words[: MOST_WORDS - len(UNREAD) - 1]}\n{UNREAD}".lstrip() if is_unread else words


def _shown(html: str) -> str:
    return unescape(_TAG.sub(" ", _ENDS_LINE.sub("\n", "".join(_outside(html)))))


def _outside(html: str) -> Iterator[str]:
    """What stands in no element that is not read, or is quoted."""
    depth, at = 0, 0
    for tag in _NOT_SHOWN.finditer(html):
        if not depth:
            yield html[at : tag.start()]
        depth, at = max(0, depth + (-1 if tag[1] else 1)), tag.end()
    if not depth:
        yield html[at:]


def sender(message: Message) -> tuple[str, str]:
    """Name and address in From, if that is one only; both are a stranger's word."""
    written = next((value for name, value in headers(message) if name == "from"), "")
    name, address = parseaddr(written)
    return in_line(decoded(name))[:_LONGEST_NAME], address if len(address) <= _LONGEST_ADDRESS else ""
