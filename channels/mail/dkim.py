"""DKIM signatures over whole mails (RFC 6376; RFC 8301 for RSA, RFC 8463 for Ed25519), relaxed/relaxed.

Every header that is there is signed, and with it that there is no second one of its name: nobody between us and the
reader can change or add one (RFC 6376 8.15; RFC 8058 4 asks for both headers of the way to leave a list). There is no
`l=`, by which text could be added at the end (8.2). The same mail gets the same signature whenever it is signed: `t=`
is the message's own time, and both algorithms are deterministic.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from communique.channel import Secret, SigningKey, phrase

_FOLD = b"\r\n "
_LONGEST_VALUE = 74  # bytes of a line, beside a space, a tag in front and a mark at the end; RFC 5322 2.1.1 asks for 78
_RSA_BITS = range(2048, 4096 + 1)  # what RFC 8301 3.2 asks of signers, and of every verifier


class Digest(NamedTuple):
    """What all signatures of one mail have in common."""

    headers: bytes  #: canonical, as they are hashed
    names: bytes  #: the value of `h=`, folded
    body_hash: bytes  #: the value of `bh=`


class Signer:
    """Signs with one key.

    Args:
        domain: `d=`, in A-labels.
        selector: `s=`: the key's record is at `<selector>._domainkey.<domain>`.
        key: private, in PEM, without a password: Ed25519, or RSA of 2048 to 4096 bits.

    Raises:
        ValueError: the key is no such key; the words go after its name.
    """

    def __init__(self, domain: str, selector: str, key: Secret) -> None:
        self._key = _private_key(key)
        algorithm = "rsa" if isinstance(self._key, RSAPrivateKey) else "ed25519"
        self.public = SigningKey(
            selector=selector, domain=domain, algorithm=algorithm, public=_public_key(self._key)
        )  #: as the DNS should have it
        self._tags = f"v=1; a={algorithm}-sha256; c=relaxed/relaxed;\r\n d={domain}; s={selector}; t=".encode()

    def sign(self, data: bytes, at: datetime) -> bytes:
        """The header to put in front of a mail with CR LF line ends: one or more lines, with their line ends."""
        return self.header(digest(data), at)

    def header(self, mail: Digest, at: datetime) -> bytes:
        """As `sign`, when the mail's digest is there already."""
        tags = b"%b%d;\r\n h=%b;\r\n bh=%b;\r\n b=" % (self._tags, at.timestamp(), mail.names, mail.body_hash)
        signature = self.signature(mail.headers + b"dkim-signature:" + tags.replace(b"\r\n", b""))
        return b"DKIM-Signature: " + tags + _folded(b64encode(signature)) + b"\r\n"

    def signature(self, canonical: bytes) -> bytes:
        """The bytes of `b=` over canonical headers, the signature's own among them (RFC 6376 3.7)."""
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(canonical, PKCS1v15(), SHA256())
        return self._key.sign(sha256(canonical).digest())  # RFC 8463 3: of the hash, by PureEdDSA


def signed(data: bytes, at: datetime, signers: Iterable[Signer]) -> bytes:
    """The mail with the signatures in front; its hash is made once. Without signers: the mail as it is."""
    signing = list(signers)
    if not signing:
        return data
    mail = digest(data)
    return b"".join([*(signer.header(mail, at) for signer in signing), data])


def digest(data: bytes) -> Digest:
    """What is signed of a mail with CR LF line ends."""
    head, _, body = data.partition(b"\r\n\r\n")
    fields = canonical_fields(head)
    return Digest(
        headers=b"".join([line for _, line in fields]),
        names=_names(tuple([name for name, _ in fields])),
        body_hash=b64encode(sha256(canonical_body(body)).digest()),
    )


def canonical_fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Name and relaxed form (RFC 6376 3.4.2) of each header, last one first: the order of verifiers (5.4.2)."""
    unfolded = _single_spaced(head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" "))
    fields = []
    for line in reversed(unfolded.split(b"\r\n")):
        name, _, value = line.partition(b":")
        name = name.rstrip().lower()
        fields.append((name, name + b":" + value.strip(b" ") + b"\r\n"))
    return fields


def canonical_body(body: bytes) -> bytes:
    """The relaxed form (RFC 6376 3.4.4) of a body as it goes over the wire, where the last line has its end."""
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    body = _single_spaced(body).replace(b" \r\n", b"\r\n")
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""


def _single_spaced(data: bytes) -> bytes:
    # Replacing is some ten times as fast as a pattern, and most mails need one pass.
    data = data.replace(b"\t", b" ")
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data


@lru_cache(maxsize=64)
def _names(present: tuple[bytes, ...]) -> bytes:
    """Each as often as it is there, and once more for the one that must not be added (RFC 6376 5.4.2)."""
    lines = [b""]
    for name in (*present, *dict.fromkeys(present)):
        if len(lines[-1]) + len(name) >= _LONGEST_VALUE:
            lines.append(b"")
        lines[-1] += name + b":"
    return _FOLD.join(lines).removesuffix(b":")


def _folded(text: bytes) -> bytes:
    return _FOLD.join(re.findall(b".{1,%d}" % _LONGEST_VALUE, text))


def _private_key(key: Secret) -> RSAPrivateKey | Ed25519PrivateKey:
    wanted = phrase("expected a private key in PEM, Ed25519 or RSA with 2048 to 4096 bits, without a password")
    try:
        found = load_pem_private_key(key.reveal().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The words of these errors are left out, and the errors with them: some repeat what they could not read.
        raise ValueError(phrase("{wanted}; what is there cannot be read as one", wanted=wanted)) from None
    if isinstance(found, RSAPrivateKey) and found.key_size not in _RSA_BITS:
        raise ValueError(phrase("{wanted}; found RSA with {bits} bits", wanted=wanted, bits=found.key_size))
    if not isinstance(found, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError(phrase("{wanted}; found a key for another algorithm", wanted=wanted))  # noqa: TRY004 - a wrong value in the settings
    return found


def _public_key(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """As it stands in `p=`, decoded: for RSA with its algorithm (RFC 6376 3.6.1), for Ed25519 bare (RFC 8463 4)."""
    if isinstance(key, RSAPrivateKey):
        return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
