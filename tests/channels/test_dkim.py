"""Signatures by DKIM, verified by dkimpy."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_public_key
from dkim.canonicalization import Relaxed
from hypothesis import example, given
from hypothesis import strategies as st

from channels.mail.dkim import Signer, canonical_body, canonical_fields, digest, signed
from communique.channel import Secret
from tests.channels.dkim_keys import DOMAIN, key, verified
from tests.channels.mail_messages import INVITED, MAIL, MESSAGE, NEWSLETTER
from tests.channels.test_composition import bytes_of

AT = datetime(2026, 1, 19, 11, 0, tzinfo=UTC)  # verifiers refuse a signature of the future
ISSUE = MESSAGE._replace(content=replace(NEWSLETTER, list_id="boletin.puertoclaro.example", attachments=INVITED))
FINE = b"From: a@puertoclaro.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\ny z\r\n"
ALGORITHMS = ["rsa", "ed25519"]

#: RFC 8463, appendix A.
SIX_PACK = (
    b"From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n"
    b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n\r\n\r\n"
)
SIX_PACK_HASH = b"2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
ED25519_KEY = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
ED25519_SIGNATURE = "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
RSA_SIGNATURE = (
    "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz"
    "dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8="
)
RSA_PUBLIC_KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3Fu"
    "tACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)


def signer(algorithm: str) -> Signer:
    """One that signs with this run's key."""
    return Signer(DOMAIN, algorithm, key(algorithm).pem)


def _six_pack_to_sign(signature_header: bytes) -> bytes:
    """What the example's signatures are over: `h=` names Cc and the like nowhere, and three headers twice."""
    fields = dict(canonical_fields(SIX_PACK.partition(b"\r\n\r\n")[0]))
    chosen = b"".join(fields[name] for name in (b"from", b"to", b"subject", b"date", b"message-id"))
    return chosen + canonical_fields(signature_header)[0][1].removesuffix(b"\r\n")


def test_the_body_hash_is_that_of_the_standard() -> None:
    """RFC 8463 appendix A.3: two spaces, and empty lines at the end."""
    assert digest(SIX_PACK).body_hash == SIX_PACK_HASH


def test_an_ed25519_signature_is_that_of_the_standard() -> None:
    """RFC 8463 appendix A: the same key over the same mail gives the same bytes."""
    private = Ed25519PrivateKey.from_private_bytes(b64decode(ED25519_KEY))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    canonical = _six_pack_to_sign(
        b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; "
        b"i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
        b" subject : date : message-id : from : subject : date;\r\n bh=" + SIX_PACK_HASH + b";\r\n b="
    )
    brisbane = Signer("football.example.com", "brisbane", Secret(pem))
    assert brisbane.signature(canonical) == b64decode(ED25519_SIGNATURE)


def test_an_rsa_signature_of_the_standard_is_over_our_canonical_form() -> None:
    """RFC 8463 appendix A. Its key is too short for us to sign with."""
    canonical = _six_pack_to_sign(
        b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=football.example.com; "
        b"i=@football.example.com;\r\n q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
        b" date : message-id : from : subject : date;\r\n bh=" + SIX_PACK_HASH + b";\r\n b="
    )
    public = load_der_public_key(b64decode(RSA_PUBLIC_KEY))
    assert isinstance(public, RSAPublicKey)
    public.verify(b64decode(RSA_SIGNATURE), canonical, PKCS1v15(), SHA256())


HOSTILE = {
    "an issue of the newsletter": bytes_of(ISSUE),
    "a folded subject in Arabic": bytes_of(MESSAGE._replace(content=replace(MAIL, subject="اجتماع الافتتاح " * 12))),
    "an address outside ASCII": bytes_of(
        MESSAGE._replace(recipient=MESSAGE.recipient._replace(address="iñés@vecinas.example"))  # type: ignore[type-var]
    ),
    "leading dots": FINE + b".\r\n..\r\n. a\r\n",
    "empty lines at the end": FINE + b"\r\n" * 300,
    "a body of spaces": FINE.replace(b"y z", b" \t "),
    "a body of nothing": FINE.removesuffix(b"y z\r\n"),
    "a body of empty lines": FINE.replace(b"y z", b"\r\n\r\n"),
    "white space everywhere": FINE.replace(b"y z\r\n", b"\ty  \t z \t\r\n \r\n\t\tx\t\r\n"),
    "eight bits": FINE + "reunión\r\n".encode(),
    "folded by tabs": FINE.replace(b"Subject: x", b"SUBJECT:\r\n\t x\r\n\t\ty \t"),
    "a very long link": FINE.replace(
        b"Subject", b"List-Unsubscribe: <https://x.example/" + b"t" * 900 + b">\r\nSubject"
    ),
    "an empty header": FINE.replace(b"Subject: x", b"Subject:"),
    "a header twice": FINE.replace(b"Subject: x", b"Comments: x\r\nSubject: x\r\nComments: y"),
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_every_mail_verifies(data: bytes, algorithm: str) -> None:
    """Whatever stands in it, the other implementation computes the same."""
    header = signer(algorithm).sign(data, AT)
    assert verified(header + data)
    assert max(map(len, header.split(b"\r\n"))) <= 78
    assert header.endswith(b"\r\n")


def test_a_mail_can_have_two_signatures() -> None:
    """RFC 8463 3: old verifiers take RSA, new ones may take either; each verifies beside the other."""
    data = signed(HOSTILE["an issue of the newsletter"], AT, [signer("rsa"), signer("ed25519")])
    assert re.findall(rb"a=(\S+);", data.partition(b"\r\nFrom")[0]) == [b"rsa-sha256", b"ed25519-sha256"]
    assert (verified(data, index=0), verified(data, index=1)) == (True, True)


def test_without_signers_the_mail_stays_as_it_is() -> None:
    """A relay may sign in our place."""
    assert signed(FINE, AT, []) is FINE


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_mail_gets_the_same_signature(algorithm: str) -> None:
    """A second attempt is the first copy byte for byte; only the message's own time is in it."""
    assert signer(algorithm).sign(FINE, AT) == signer(algorithm).sign(FINE, AT)
    assert b" t=1768820400;" in signer(algorithm).sign(FINE, AT)


def _tags(header: bytes) -> Mapping[str, str]:
    text = re.sub(r"\s", "", header.decode().partition(":")[2])
    return dict(tag.split("=", 1) for tag in text.split(";"))


def test_everything_in_front_is_signed_and_nothing_can_be_added() -> None:
    """Every header once, and once more for the one that is not there; RFC 8058 4 names two of them; no `l=`."""
    data = HOSTILE["an issue of the newsletter"]
    tags = _tags(signer("ed25519").sign(data, AT))
    present = [name.decode() for name, _ in canonical_fields(data.partition(b"\r\n\r\n")[0])]
    assert sorted(tags["h"].split(":")) == sorted(present * 2)
    assert {"from", "list-unsubscribe", "list-unsubscribe-post", "list-id", "reply-to", "content-type"} <= set(present)
    assert "l" not in tags


def test_no_byte_can_be_changed() -> None:
    """Of headers and body, one by one. A CR is left out: a line that LF alone ends is never let through."""
    data = HOSTILE["an issue of the newsletter"]
    header = signer("ed25519").sign(data, AT)
    changed = (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data)) if data[at] != ord("\r"))
    assert [other for other in changed if verified(header + other)] == []


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Reply-To", "List-Unsubscribe", "Content-Type"])
def test_no_header_can_be_added(name: str) -> None:
    """A second one, which mail programs might show instead, above or below the signature or as the last."""
    data = HOSTILE["an issue of the newsletter"]
    header = signer("ed25519").sign(data, AT)
    more = f"{name}: victim@evil.example\r\n".encode()
    assert verified(header + data)
    assert not verified(more + header + data)
    assert not verified(header + more + data)
    assert not verified(header + data.replace(b"\r\n\r\n", b"\r\n" + more + b"\r\n", 1))


def test_nothing_can_be_put_at_the_end() -> None:
    """Neither text nor another part."""
    header = signer("ed25519").sign(FINE, AT)
    assert verified(header + FINE + b"\r\n\r\n")  # empty lines are none (RFC 6376 3.4.4)
    assert not verified(header + FINE + b"more\r\n")


_PIECES = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"=", b".", b"\xc3\xb3", b"\r", b"\n"]), max_size=40)


def _by_the_letter(body: bytes) -> bytes:
    """RFC 6376 3.4.4 line by line."""
    lines = body.split(b"\r\n")
    lines = [re.sub(rb"[ \t]+", b" ", re.sub(rb"[ \t]+$(?!\n)", b"", line)) for line in lines]
    while lines and not lines[-1]:
        del lines[-1]
    return b"".join(line + b"\r\n" for line in lines)


@given(pieces=_PIECES)
@example(pieces=[b" ", b"\t", b" "])
@example(pieces=[b"a", b" ", b"\r\n", b"\r\n"])
def test_a_body_is_reduced_as_the_standard_says(pieces: list[bytes]) -> None:
    """The quick way gives what the slow one does, and what dkimpy makes of the mail as it comes over the wire."""
    body = b"".join(pieces)
    ended = body if not body or body.endswith(b"\r\n") else body + b"\r\n"
    assert canonical_body(body) == _by_the_letter(body) == Relaxed.canonicalize_body(ended)


_VALUES = st.lists(st.sampled_from([b" ", b"\t", b"\r\n ", b"\r\n\t", b"a", b":", b"\xc3\xb3"]), max_size=30)


@given(value=_VALUES.map(b"".join), name=st.sampled_from([b"Subject", b"SUBJECT ", b"X-a\t"]))
def test_a_header_is_reduced_as_the_standard_says(value: bytes, name: bytes) -> None:
    """Folds, runs of white space, case: as dkimpy has it."""
    ((_, line),) = canonical_fields(name + b":" + value)
    ((expected_name, expected),) = Relaxed.canonicalize_headers([(name, value)])
    assert line == expected_name + b":" + expected


def _pem(words: str) -> Secret:
    return Secret(f"-----BEGIN PRIVATE KEY-----\n{words}\n-----END PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    ("given_key", "complaint"),
    [
        (Secret("hunter2"), "cannot be read"),
        (_pem("aHVudGVyMg=="), "cannot be read"),
        (key("rsa", 1024).pem, "found RSA with 1024 bits"),
        (key("rsa", 1536).pem, "found RSA with 1536 bits"),
    ],
)
def test_a_key_that_is_none_is_refused(given_key: Secret, complaint: str) -> None:
    """In words that show nothing of it."""
    with pytest.raises(ValueError, match=f"expected a private key in PEM.*{complaint}") as caught:
        Signer(DOMAIN, "s", given_key)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_for_another_algorithm_is_refused() -> None:
    """DKIM knows two."""
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="found a key for another algorithm"):
        Signer(DOMAIN, "s", Secret(pem))
