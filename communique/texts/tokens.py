"""Links that only we can have made: HMAC-SHA256 over purpose and value, so a token of one purpose opens no other."""

import base64
import hmac

from communique.channel import Secret

LEAVE = "leave"  #: purpose of the link that takes a person off a list
_MAC = 16  #: bytes kept of the HMAC: 128 bits


def sign(purpose: str, value: str, key: Secret) -> str:
    """A token that carries a value; safe in URLs."""
    payload = value.encode()
    return _text(_mac(purpose, payload, key) + payload)


def verify(purpose: str, token: str, key: Secret) -> str | None:
    """The value a token carries, or None when it is not ours for this purpose."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, payload = raw[:_MAC], raw[_MAC:]
    # Comparing the text as well refuses the other spellings base64 has for the same bytes.
    if not hmac.compare_digest(mac, _mac(purpose, payload, key)) or _text(raw) != token:
        return None
    return payload.decode(errors="replace")


def _mac(purpose: str, payload: bytes, key: Secret) -> bytes:
    message = purpose.encode() + b"\0" + payload
    return hmac.digest(key.reveal().encode(), message, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
