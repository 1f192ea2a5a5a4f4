"""What an operator writes to have mail signed, and what becomes of it."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.email import EmailChannel
from channels.newsletter import NewsletterChannel
from communique.channel import PermanentError, Secret, UncertainError
from tests.channels.dkim_keys import DOMAIN, key, verified
from tests.channels.mail_messages import MESSAGE, NEWSLETTER
from tests.channels.recording_smtp import RecordingSmtp

ROOT = Path(__file__).parents[2]
SENDER = f"Gobierno abierto <gobiernoabierto@{DOMAIN}>"
SIGNED = {"dkim_selector": "rsa", "dkim_key": key("rsa").pem}
BOTH = {**SIGNED, "dkim_second_selector": "ed25519", "dkim_second_key": key("ed25519").pem}
LETTER = MESSAGE._replace(created_at=datetime(2026, 1, 19, 11, 0, tzinfo=UTC))  # no verifier takes one of the future


@pytest.fixture
def smtp() -> Iterator[RecordingSmtp]:
    """A mail server on this machine."""
    with RecordingSmtp() as server:
        yield server


def channel_at(smtp: RecordingSmtp, **settings: Any) -> EmailChannel:
    """The channel of a town whose relay does not sign."""
    return EmailChannel(host=smtp.host, port=smtp.port, sender=SENDER, tls="none", **settings)


def test_a_mail_arrives_signed(smtp: RecordingSmtp) -> None:
    """In the name of the sender's domain; with two keys, twice."""
    with_one, with_both = channel_at(smtp, **SIGNED), channel_at(smtp, **BOTH)
    for channel in (with_one, with_both):
        channel.send(LETTER, lambda: None)
        channel.close()
    one, both = (mail.data for mail in smtp.accepted)
    assert (one.count(b"DKIM-Signature"), both.count(b"DKIM-Signature")) == (1, 2)
    assert verified(one)
    assert (verified(both), verified(both, index=1)) == (True, True)


def test_the_newsletter_signs_the_way_to_leave(smtp: RecordingSmtp) -> None:
    """RFC 8058 4: both headers, or mail programs show no button."""
    channel = NewsletterChannel(
        host=smtp.host, port=smtp.port, sender=SENDER, tls="none", list_id="boletin.puertoclaro.example", **SIGNED
    )
    channel.send(LETTER._replace(content=NEWSLETTER), lambda: None)
    channel.close()
    data = smtp.accepted[0].data
    assert verified(data)
    assert not verified(data.replace(b"One-Click", b"One-Clack"))
    assert not verified(data.replace(b"/leave/t", b"/leave/u"))


def test_a_second_attempt_is_signed_alike(smtp: RecordingSmtp) -> None:
    """What is sent once more after doubt is the first copy byte for byte."""
    smtp.lose_answer(times=1)
    channel = channel_at(smtp, **BOTH)
    with pytest.raises(UncertainError):
        channel.send(LETTER, lambda: None)
    channel.send(LETTER, lambda: None)
    channel.close()
    assert smtp.accepted[0] == smtp.accepted[1]


def test_a_key_that_is_named_and_not_there_stops_the_mail(smtp: RecordingSmtp) -> None:
    """A mail that was to be signed never goes out without; the words say what to set."""
    for setting in ("dkim_key", "dkim_second_key"):
        channel = channel_at(smtp, **{**BOTH, setting: None})
        with pytest.raises(PermanentError, match=f"`{setting}` is not set"):
            channel.send(LETTER, lambda: None)
        channel.close()
    assert smtp.accepted == []


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("a@puertoclaro.example", "puertoclaro.example"),
        ("a@puertoclaro.example", "PuertoClaro.Example"),
        ("a@news.puertoclaro.example", "puertoclaro.example"),
        ("a@puertoclaro.example", "mail.puertoclaro.example"),
        ("a@bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_domain_may_be_the_senders_or_one_above_or_below(sender: str, domain: str) -> None:
    """Which DMARC takes for the same organisation."""
    EmailChannel(host="localhost", sender=sender, dkim_domain=domain, **SIGNED)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"dkim_domain": "provider.example"}, "`dkim_domain` is provider.example, which receivers do not take"),
        ({"dkim_domain": "claro.example"}, "`dkim_domain` is claro.example, which receivers do not take"),
        ({"dkim_domain": "example"}, "`dkim_domain` is 'example'; expected a domain"),
        ({"dkim_domain": "puertoclaro.example; l=1"}, "`dkim_domain` is 'puertoclaro.example; l=1'"),
        ({"dkim_selector": "a; l=0"}, "`dkim_selector` is 'a; l=0'; expected letters"),
        ({"dkim_selector": "a\r\nBcc: v@evil.example"}, "`dkim_selector` is 'a\\r\\nBcc: v@evil.example'"),
        ({"dkim_selector": None}, "`dkim_key` needs `dkim_selector`"),
        ({"dkim_second_key": key("ed25519").pem}, "`dkim_second_key` needs `dkim_second_selector`"),
        ({"dkim_second_key": key("ed25519").pem, "dkim_second_selector": "RSA"}, "Both keys have the selector rsa"),
        ({"dkim_key": Secret("hunter2")}, "`dkim_key`: expected a private key in PEM"),
        ({"dkim_key": key("rsa", 1024).pem}, "found RSA with 1024 bits. Make one as docs/mail.md shows"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], complaint: str) -> None:
    """The constructor says which setting, what it expected and what it found, and shows no key."""
    with pytest.raises(ValueError, match=r"expected|needs") as caught:
        EmailChannel(host="mail.puertoclaro.example", sender=SENDER, **{**SIGNED, **settings})
    assert complaint in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


def test_no_key_is_shown() -> None:
    """Not in the channel's own words for itself either."""
    assert "PRIVATE" not in repr(EmailChannel(host="localhost", sender=SENDER, **BOTH))


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_the_commands_for_operators_make_a_key_and_its_record(
    algorithm: str, smtp: RecordingSmtp, tmp_path: Path
) -> None:
    """As docs/mail.md shows them, word by word."""
    shown = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    commands = re.findall(rf"^openssl .*dkim-{algorithm}\.pem.*$", shown, re.MULTILINE)
    assert len(commands) == 2
    run = [subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=True) for command in commands]
    record = f"v=DKIM1; k={algorithm}; p={run[1].stdout.decode().strip()}"
    pem = Secret((tmp_path / f"dkim-{algorithm}.pem").read_text(encoding="utf-8"))
    channel = channel_at(smtp, dkim_selector="ogp2026", dkim_key=pem)
    channel.send(LETTER, lambda: None)
    channel.close()
    assert verified(smtp.accepted[0].data, found={f"ogp2026._domainkey.{DOMAIN}": record})
