"""A certificate authority made up for one test run."""

import ipaddress
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
_YEARS = timedelta(days=3650)


class Authority:
    """Signs certificates for names or addresses. Its own stands in `file`, for a client to trust."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("A test authority")
        self.file = directory / "authority.pem"
        certificate = self._certificate(self._name, self._key, [], (True, _today() - _YEARS, _today() + _YEARS))
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context_for(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        """What a server called `host` needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = _today() + (timedelta(days=-1) if expired else _YEARS)
        certificate = self._certificate(_named(host), key, [_subject(host)], (False, _today() - _YEARS, until))
        chain = self._directory / f"{host}-{expired}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain)
        return context

    def _certificate(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        subjects: list[x509.GeneralName],
        kind: tuple[bool, datetime, datetime],
    ) -> x509.Certificate:
        is_authority, since, until = kind
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=since,
            not_valid_after=until,
        ).add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        # Python 3.13 and later want of a chain what RFC 5280, 4.2.1, asks of it.
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(of_issuer, critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        if is_authority:
            builder = builder.add_extension(_SIGNS, critical=True)
        if subjects:
            builder = builder.add_extension(x509.SubjectAlternativeName(subjects), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _subject(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _today() -> datetime:
    return datetime.now().astimezone()
