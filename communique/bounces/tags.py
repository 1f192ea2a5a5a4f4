"""The tag in a return path (VERP): which delivery a mail came back from, said so that nobody else can say it.

`<tag>` is base32 in lower case: ten bytes of an HMAC over the delivery's number and reference, then the number. It
holds no address, survives servers that change the case of letters, and is at most 29 characters, so that 35 are left
for the rest of a local part (RFC 5321 4.5.3.1.1).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from communique.channel import Secret
from communique.texts import tokens

_SHAPE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z2-7]{18,29})(?![A-Za-z0-9])(?=[^\s<>@]{0,200}@)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a tag says, before anybody knows whether it is ours."""

    number: int  #: of a delivery, or a person
    mac: bytes

    def holds(self, reference: str, key: Secret) -> bool:
        """Whether it was made for the delivery with this reference, with any line of our key."""
        return tokens.is_keyed(self.mac, tokens.RETURN, _payload(self.number, reference), key)


def tag_of(delivery: int, reference: str, key: Secret) -> str:
    """The tag of a delivery, by its number and the reference that is on its mail."""
    return tokens.tag(tokens.RETURN, delivery, _payload(delivery, reference), key)


def read_tag(tag: str) -> Claim | None:
    """What a tag says; None when it is none."""
    upper = tag.upper()
    try:
        raw = base64.b32decode(upper + "=" * (-len(upper) % 8))
    except (binascii.Error, ValueError):
        return None
    mac, number = raw[: tokens.TAG_MAC], int.from_bytes(raw[tokens.TAG_MAC :])
    is_whole = len(raw) > tokens.TAG_MAC and tokens.tag_of_bytes(mac, number) == tag.lower()
    return Claim(number, mac) if is_whole else None


def candidates(text: str) -> Iterator[str]:
    """What looks like a tag, in the addresses of a text; also where somebody has wrapped one (SRS, BATV)."""
    for found in _SHAPE.finditer(text):
        yield found[1].lower()


def _payload(delivery: int, reference: str) -> bytes:
    return f"{delivery}/{reference}".encode()
