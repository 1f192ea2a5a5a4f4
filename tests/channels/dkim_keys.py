"""Keys to sign with, made up for one test run, and the DNS as verifiers would find it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from communique.channel import Secret

DOMAIN = "puertoclaro.example"


@dataclass(frozen=True)
class DkimKey:
    """A private key for the settings, and its record for the DNS."""

    pem: Secret
    record: str


@cache
def key(algorithm: str, bits: int = 2048) -> DkimKey:
    """The run's own key for `rsa` or `ed25519`."""
    made = generate_private_key(65_537, bits) if algorithm == "rsa" else Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return DkimKey(Secret(pem), f"v=DKIM1; k={algorithm}; p={b64encode(_public_bytes(made)).decode()}")


def _public_bytes(made: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """RFC 6376 3.6.1: the whole structure for RSA; RFC 8463 4.2: the bare key for Ed25519."""
    if isinstance(made, RSAPrivateKey):
        return made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def records() -> Mapping[str, str]:
    """Name to TXT record, for the keys of this run: the selector is the algorithm."""
    return {f"{algorithm}._domainkey.{DOMAIN}": key(algorithm).record for algorithm in ("rsa", "ed25519")}


def verified(data: bytes, *, index: int = 0, found: Mapping[str, str] | None = None) -> bool:
    """Whether dkimpy takes the signature at this index, from the top, for good."""
    table = records() if found is None else found

    def txt(name: bytes, timeout: int = 5) -> bytes:
        return table[name.decode().rstrip(".")].encode()

    try:
        return bool(dkim.DKIM(data, minkey=1024).verify(index, dnsfunc=txt))
    except dkim.DKIMException:
        return False
