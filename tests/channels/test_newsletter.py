"""The newsletter channel."""

import email
from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels.newsletter import NewsletterChannel
from communique.channel import Message
from tests.channels.contract import Bench, ChannelContract, LostAnswerContract, RefusalContract
from tests.channels.mail_messages import MESSAGE, NEWSLETTER
from tests.channels.recording_smtp import RecordingSmtp

ISSUE = MESSAGE._replace(content=NEWSLETTER)


@pytest.fixture
def smtp() -> Iterator[RecordingSmtp]:
    """A mail server on this machine."""
    with RecordingSmtp() as server:
        yield server


def channel_at(smtp: RecordingSmtp, list_id: str = "boletin.puertoclaro.example") -> NewsletterChannel:
    """The channel of a town's newsletter."""
    return NewsletterChannel(
        host=smtp.host, port=smtp.port, tls="none", sender="Boletín <boletin@puertoclaro.example>", list_id=list_id
    )


class TestContract(ChannelContract, RefusalContract, LostAnswerContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, smtp: RecordingSmtp) -> Bench:
        """The channel and its server."""
        return Bench(
            make=lambda: channel_at(smtp),
            message=ISSUE,
            invalid=ISSUE._replace(content=replace(NEWSLETTER, unsubscribe_url="")),
            complaint="no link to unsubscribe",
            accepted=lambda: len(smtp.accepted),
            looks_up=False,
            refuse_for_a_while=lambda: smtp.refuse(".", "451 4.3.0 Later", times=1),
            refuse_for_good=lambda: smtp.refuse(".", "554 5.7.1 Looks like spam", times=1),
            lose_answer=lambda: smtp.lose_answer(times=1),
        )


def _sent(smtp: RecordingSmtp, message: Message) -> dict[str, str]:
    channel = channel_at(smtp)
    channel.send(message, lambda: None)
    channel.close()
    return {name: value.replace("\r\n", "") for name, value in email.message_from_bytes(smtp.accepted[0].data).items()}


def test_every_issue_names_its_list(smtp: RecordingSmtp) -> None:
    """The headers by which mail programs file a list and offer to leave it."""
    headers = _sent(smtp, ISSUE)
    assert headers["List-Id"].endswith(" <boletin.puertoclaro.example>")
    assert headers["List-Unsubscribe"].startswith(f"<{NEWSLETTER.unsubscribe_url}>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Archive"] == f"<{NEWSLETTER.archive_url}>"


def test_a_message_may_belong_to_another_list(smtp: RecordingSmtp) -> None:
    """A list named in the message wins over the channel's."""
    headers = _sent(smtp, ISSUE._replace(content=replace(NEWSLETTER, list_id="foro.puertoclaro.example")))
    assert headers["List-Id"].endswith("<foro.puertoclaro.example>")


@pytest.mark.parametrize("list_id", ["", "boletin", "<boletin.example>", "a b.example", "a.\r\nb", "x." * 200 + "x"])
def test_a_list_needs_a_name(smtp: RecordingSmtp, list_id: str) -> None:
    """The constructor refuses what RFC 2919 would not take."""
    with pytest.raises(ValueError, match="`list_id`"):
        channel_at(smtp, list_id)
