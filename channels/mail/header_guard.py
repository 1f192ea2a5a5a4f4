"""What keeps a header from becoming two: a look at every value before composing, and at the finished bytes after.

Python before 3.11.10 writes an encoded-word with a line break in it as two headers (CVE-2024-6923), so neither look is
enough alone: the first trusts no composer, the second trusts no first.
"""

import re
import unicodedata
from collections.abc import Sequence
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

from communique.channel import PermanentError, phrase

#: Embedding, override and isolate controls: they make a name read as another (Trojan Source). The plain marks
#: U+200E, U+200F and U+061C move nothing but their neighbours, and Arabic subjects need them.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_PART_HEADERS = frozenset(
    {"content-type", "content-transfer-encoding", "content-disposition", "content-id", "mime-version"}
)
_BARE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n|\x00")
_LONGEST_LINE = 998  # RFC 5322 2.1.1, without the line break


def faults(what: str, value: str, *, longest: int) -> list[str]:
    """Why a value must not stand in a header, as sentences; empty when it may. `what` is what an officer calls it."""
    if value.isprintable() and "=?" not in value and len(value) <= longest:
        return []  # nothing printable is refused
    found: list[str] = [
        phrase("{what} contains {character}; remove it.", what=what, character=_named(character))
        for character in _refused(value)
    ]
    if "=?" in value:
        found.append(
            phrase(
                "{what} contains “=?”, by which mail programs mark encoded text; write it in plain letters.", what=what
            )
        )
    if len(value) > longest:
        found.append(
            phrase(
                "{what} is {length} characters long; at most {longest} are allowed. Shorten it.",
                what=what,
                length=len(value),
                longest=longest,
            )
        )
    return found


def _refused(value: str) -> list[str]:
    return sorted({c for c in value if unicodedata.category(c) in _NOT_TEXT or c in _BIDI_CONTROLS})


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character").lower()
    return f"U+{ord(character):04X} ({name})"


def verify(data: bytes, *, headers: Sequence[str], recipient: str) -> None:
    """Read the finished mail again and compare it with what was meant.

    Args:
        data: the whole mail, ready for the wire.
        headers: names of its headers, in order; each must be there exactly once, and no other.
        recipient: the one address that `To` may hold.

    Raises:
        PermanentError: anything differs.
    """
    _verify_lines(data)
    mail = BytesParser(policy=compat32).parsebytes(data)
    found = [name.lower() for name in mail.keys()]  # noqa: SIM118 (iterating a message does not give its names)
    if found != [name.lower() for name in headers]:
        raise _refusal(f"expected the headers {', '.join(headers)}; found {', '.join(found)}")
    _verify_recipient(mail, recipient)
    _verify_parts(mail)


def _verify_lines(data: bytes) -> None:
    if _BARE_BREAK.search(data):
        raise _refusal("a line break that is not CR LF, or a NUL, is in it")
    longest = max(len(line) for line in data.split(b"\r\n"))
    if longest > _LONGEST_LINE:
        raise _refusal(f"a line of {longest} bytes is in it; RFC 5322 allows {_LONGEST_LINE}")


def _verify_recipient(mail: Message, recipient: str) -> None:
    # compat32 hides raw UTF-8 behind a Header object; the address is compared as text.
    raw = str(mail.get("To", "")).replace("\r\n", "")
    written = [value for name, value in mail.raw_items() if name.lower() == "to"]
    text = str(written[0]) if written else raw
    text = text.encode("ascii", "surrogateescape").decode("utf-8", "replace")
    addresses = [address for _, address in getaddresses([text.replace("\r\n", "")])]
    if addresses != [recipient]:
        raise _refusal(f"expected one recipient in To, found {len(addresses)} or another one")


def _verify_parts(mail: Message) -> None:
    for part in mail.walk():
        if part is mail:
            continue
        names = [name.lower() for name in part.keys()]  # noqa: SIM118 (as above)
        if len(set(names)) != len(names) or not _PART_HEADERS.issuperset(names):
            raise _refusal(f"a part has the headers {', '.join(names)}")
        if part.defects:
            raise _refusal(f"a part does not read back: {type(part.defects[0]).__name__}")


def _refusal(found: str) -> PermanentError:
    return PermanentError(
        phrase(
            "The composed mail does not say what it was meant to say: {found}. It was not sent. Look "
            "for unusual characters in names, subject and attachments.",
            found=found,
        )
    )
