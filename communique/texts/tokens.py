"""Links that only we can have made: HMAC-SHA256 over purpose and value, so a token of one purpose opens no other.

A key may have several lines. The first signs; what another one has signed is still ours, so that a key can be changed
without voiding the links in mails that are out.
"""

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

from communique.channel import Secret

LEAVE = "leave"  #: takes a person off all lists; the value is the person's id
PREFERENCES = "preferences"  #: lets a person choose what to get; the value is the person's id
ANSWER = "answer"  #: lets a person answer to a meeting; the value is the person's id, a slash, and the meeting
CONFIRM = "confirm"  #: proves the address a request was made with; the value is the request's reference
CONFIRM_OLD = "confirm-old"  #: of a change of address: proves the one that is to give way
DESK = "desk"  #: begins at the desk, or signs in there; the value is the reference of a link that opens once
DESK_FORM = "desk-form"  #: of the forms in a session at the desk: no other page can have made them
DESK_CALENDAR = "desk-calendar"  #: shows the timeline as a calendar; the value is the officer's id
ERASED = "erased"  #: of what is kept of an address that was erased
REFERENCE = "reference"  #: of Message-IDs: a stranger who could guess one could say that the mail came back
RETURN = "return"  #: of the tag in a return path (VERP)
CALENDAR_ANSWER = "calendar-answer"  #: of the tag in the address to which a person's calendar answers
TAG_MAC = 10  #: bytes of the HMAC in a tag: 80 bits, which are 16 letters
_MAC = 16  #: bytes kept of the HMAC: 128 bits
_BLOCK = 64  #: bytes that SHA-256 takes at once
_SAFE_IN_URLS = bytes.maketrans(b"+/", b"-_")  # RFC 4648 5


def sign(purpose: str, value: str, key: Secret) -> str:
    """A token that carries a value; safe in URLs."""
    payload = value.encode()
    return _text(keyed(purpose, payload, key) + payload)


def verify(purpose: str, token: str, key: Secret) -> str | None:
    """The value a token carries, or None when it is not ours for this purpose."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, payload = raw[:_MAC], raw[_MAC:]
    # Comparing the text as well refuses the other spellings base64 has for the same bytes.
    if not is_keyed(mac, purpose, payload, key) or len(mac) != _MAC or _text(raw) != token:
        return None
    return payload.decode(errors="replace")


@lru_cache(maxsize=16)
def keys_of(key: Secret) -> tuple[bytes, ...]:
    """The lines of a key, the one that signs first. Every mail is signed, so it is not taken apart for each."""
    return tuple(line.strip().encode() for line in key.reveal().splitlines() if line.strip())


def digests(purpose: str, value: str, key: Secret) -> list[str]:
    """What stands for a value that must not be kept itself, by each line of the key: 64 hexadecimal digits."""
    message = purpose.encode() + b"\0" + value.encode()
    return [hmac.digest(each, message, "sha256").hex() for each in keys_of(key)]


def keyed(purpose: str, payload: bytes, key: Secret) -> bytes:
    """What stands for a value, and can be known only by who has the key: 16 bytes."""
    return _mac(purpose, payload, keys_of(key)[0])


def tag(purpose: str, number: int, payload: bytes, key: Secret) -> str:
    """For the local part of an address: letters and digits in one case, of what stands for a payload, and a number."""
    return tag_of_bytes(keyed(purpose, payload, key)[:TAG_MAC], number)


def tag_of_bytes(mac: bytes, number: int) -> str:
    """Base32 in lower case."""
    raw = mac + number.to_bytes(max(1, (number.bit_length() + 7) // 8))
    return base64.b32encode(raw).rstrip(b"=").decode().lower()


def is_keyed(mac: bytes, purpose: str, payload: bytes, key: Secret) -> bool:
    """Whether these are the first bytes of what stands for a value, by any line of the key."""
    return any(hmac.compare_digest(mac, _mac(purpose, payload, each)[: len(mac)]) for each in keys_of(key))


def _mac(purpose: str, payload: bytes, key: bytes) -> bytes:
    inner, outer = _begun(key, purpose)
    inner, outer = inner.copy(), outer.copy()
    inner.update(payload)
    outer.update(inner.digest())
    return outer.digest()[:_MAC]


@lru_cache(maxsize=64)
def _begun(key: bytes, purpose: str) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """The two hashes of an HMAC with key and purpose taken in (RFC 2104 4): the rest takes a seventh as long."""
    block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    inner.update(purpose.encode() + b"\0")
    return inner, outer


def _text(raw: bytes) -> str:
    # As `base64.urlsafe_b64encode`, in half the time: each mail has such a token.
    return binascii.b2a_base64(raw, newline=False).translate(_SAFE_IN_URLS, b"=").decode("ascii")
