"""Links that only we can have made."""

import base64
import hmac

import pytest

from communique.channel import Secret
from communique.texts.tokens import LEAVE, keyed, sign, verify

KEY = Secret("0" * 64)
TOKEN = sign(LEAVE, "1234", KEY)


def test_a_token_gives_back_its_value() -> None:
    """Signed and read with the same key for the same purpose."""
    assert verify(LEAVE, TOKEN, KEY) == "1234"


@pytest.mark.parametrize("key", ["0", "k" * 64, "k" * 65, "a long line of a key " * 9])
def test_what_stands_for_a_value_is_the_standard_hmac(key: str) -> None:
    """RFC 2104, by the library's own way of making it, with keys shorter and longer than a block."""
    for payload in (b"", b"1234", b"x" * 200):
        assert (
            keyed(LEAVE, payload, Secret(key.strip()))
            == hmac.digest(key.strip().encode(), b"leave\0" + payload, "sha256")[:16]
        )


def test_every_flipped_bit_is_refused() -> None:
    """All bits of the signature and of the value count."""
    raw = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    for bit in range(len(raw) * 8):
        forged = bytearray(raw)
        forged[bit // 8] ^= 1 << (bit % 8)
        assert verify(LEAVE, base64.urlsafe_b64encode(bytes(forged)).rstrip(b"=").decode(), KEY) is None


def test_every_changed_letter_is_refused() -> None:
    """Also where base64 has several spellings for the same bytes."""
    for position in range(len(TOKEN)):
        for letter in "AZaz09-_":
            forged = TOKEN[:position] + letter + TOKEN[position + 1 :]
            assert (verify(LEAVE, forged, KEY) is None) == (forged != TOKEN)


@pytest.mark.parametrize(
    "token",
    ["", "A", "AAAA", "=", "%", "ñ", "../..", "\x00", TOKEN + "=", TOKEN + "A", f" {TOKEN}", TOKEN[:-1], "A" * 100_000],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    """Without an error, whatever stands in the link."""
    assert verify(LEAVE, token, KEY) is None


def test_a_token_of_one_purpose_opens_no_other() -> None:
    """Leaving is not confirming; nor does moving letters between purpose and value help."""
    assert verify("confirm", TOKEN, KEY) is None
    assert verify("leav", sign(LEAVE, "1", KEY), KEY) is None


def test_another_key_is_refused() -> None:
    """A link of another town does nothing here."""
    assert verify(LEAVE, TOKEN, Secret("1" * 64)) is None


def test_a_token_shows_no_address_and_no_key() -> None:
    """It is made of letters that a link may have, and carries a number."""
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_purpose_and_value_cannot_run_together() -> None:
    """Letters taken from the purpose and put before the value give another token."""
    raw = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    shifted = base64.urlsafe_b64encode(raw[:16] + LEAVE[-2:].encode() + raw[16:]).rstrip(b"=").decode()
    assert verify(LEAVE[:-2], shifted, KEY) is None
