"""Signatures that a real Postfix has carried: still good to dkimpy, and to OpenDKIM, which is a third opinion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.newsletter import NewsletterChannel
from communique.channel import Message
from communique.send.mail_sink import LocalSink
from tests.channels.dkim_keys import DOMAIN, key, records, verified
from tests.channels.mail_messages import INVITED, MESSAGE, NEWSLETTER, RECIPIENT
from tests.counterparts.opendkim import AUTHORITY, running_opendkim
from tests.counterparts.postfix import Postfix, running_postfix

pytestmark = pytest.mark.counterpart

BOTH = {
    "dkim_selector": "rsa",
    "dkim_key": key("rsa").pem,
    "dkim_second_selector": "ed25519",
    "dkim_second_key": key("ed25519").pem,
}
ISSUE = MESSAGE._replace(content=NEWSLETTER, created_at=datetime(2026, 1, 19, 11, 0, tzinfo=UTC))
ISSUES = {
    "text and HTML": ISSUE,
    "an invitation and files": ISSUE._replace(content=replace(NEWSLETTER, attachments=INVITED)),
    "dots and empty lines": ISSUE._replace(content=replace(NEWSLETTER, text="a\n.\n..\n. b \n\n\n\n", html="")),
    "a folded subject in Arabic": ISSUE._replace(content=replace(NEWSLETTER, subject="اجتماع الافتتاح " * 12)),
    "a link as long as may be": ISSUE._replace(
        content=replace(NEWSLETTER, unsubscribe_url="https://x.example/" + "t" * 880)
    ),
    "an address outside ASCII": ISSUE._replace(recipient=RECIPIENT._replace(address="iñés@vecinas.example")),
}


@dataclass(frozen=True)
class Relay:
    """A town's mail server that does not sign, with a filter that verifies, and where its mails end up."""

    postfix: Postfix
    sink: LocalSink

    def carried(self, message: Message, **settings: Any) -> bytes:
        """What comes out behind Postfix."""
        channel = NewsletterChannel(
            host=self.postfix.host,
            port=self.postfix.port,
            tls="none",
            sender=f"Boletín <boletin@{DOMAIN}>",
            list_id=f"boletin.{DOMAIN}",
            **settings,
        )
        receipt = channel.send(message, lambda: None)
        channel.close()
        self.postfix.said(rf"\b{receipt.reference}: to=.* status=sent")
        return self.sink.accepted[-1].data


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    """Postfix, with OpenDKIM in front of its queue, and a sink behind it."""
    with (
        LocalSink() as sink,
        running_opendkim(records()) as filtered,
        running_postfix((sink.host, sink.port), milter=filtered) as postfix,
    ):
        yield Relay(postfix, sink)


def opinions(data: bytes) -> list[str]:
    """What OpenDKIM wrote of each signature."""
    found = re.search(rf"^Authentication-Results: {AUTHORITY};(.*\r\n(?:[ \t].*\r\n)*)".encode(), data, re.MULTILINE)
    assert found, data
    return re.findall(r"dkim=(\w+)", found[1].decode())


@pytest.mark.parametrize("message", ISSUES.values(), ids=ISSUES)
def test_both_signatures_survive_a_relay(relay: Relay, message: Message) -> None:
    """Postfix takes the mail apart into a queue file, and adds headers of its own."""
    data = relay.carried(message, **BOTH)
    assert data.startswith((b"Received:", b"Authentication-Results:"))
    assert opinions(data) == ["pass", "pass"]
    assert (verified(data), verified(data, index=1)) == (True, True)


def test_opendkim_says_no_where_it_should(relay: Relay) -> None:
    """A key that is not the one in the DNS, and no signature at all."""
    wrong = {"dkim_selector": "rsa", "dkim_key": key("rsa", 2049).pem}
    assert opinions(relay.carried(ISSUE, **wrong)) == ["fail"]
    assert opinions(relay.carried(ISSUE)) == ["none"]


def test_the_relays_word_for_a_mail_is_its_queue_id(relay: Relay) -> None:
    """What the receipt says stands in the mail log beside the Message-ID."""
    message = ISSUE._replace(reference="receipt.17@puertoclaro.example")
    relay.carried(message, **BOTH)
    queue_id = relay.postfix.queue_id("receipt.17@puertoclaro.example")
    assert f"ESMTP id {queue_id}".encode() in relay.sink.accepted[-1].data
