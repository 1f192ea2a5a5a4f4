"""Mails signed ahead, on several processors: the same mails in the same order."""

import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest

from channels.mail.envelope import Envelope
from channels.mail.return_path import return_path
from channels.mail.senders import senders
from channels.mail.signing import Signing
from channels.mail.writing import Writer
from channels.mail.writing_ahead import Written, written
from communique.channel import ChannelError, Message, Post, TemporaryError
from tests.channels.dkim_keys import DOMAIN, key, verified
from tests.channels.mail_messages import MESSAGE, RECIPIENT

POST = Post(text="x", link="", headline="", summary="")
PAST = MESSAGE._replace(created_at=datetime(2026, 1, 19, 11, 0, tzinfo=UTC))  # verifiers refuse what is of the future
#: More than are in work at once, and no multiple of what one thread does in one go.
MESSAGES = [
    PAST._replace(reference=f"{number}@{DOMAIN}", recipient=RECIPIENT._replace(name=f"Inés {number}"))
    for number in range(61)
]


class _Watched(Signing):
    """Knows in which threads it signed, and breaks over one mail."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.threads: set[int] = set()
        self.breaks_over = b"nothing"

    def signed(self, data: bytes, at: datetime) -> bytes:
        self.threads.add(threading.get_ident())
        if self.breaks_over in data:
            raise RuntimeError("the key fell out of its memory")
        return super().signed(data, at)


def _writer(algorithm: str | None) -> tuple[Writer, _Watched]:
    keys = {"dkim_key": (algorithm, key(algorithm).pem)} if algorithm else {}
    signing = _Watched(sender_domain=DOMAIN, domain=None, keys=keys)
    sender = senders(f"Ciudad <abierto@{DOMAIN}>")
    writer = Writer(senders=sender, bounces=return_path(sender.address), signing=signing, complete=lambda mail: mail)
    return writer, signing


def _all(messages: Iterable[Message], writer: Writer, threads: int) -> Iterator[Written]:
    given = iter(messages)
    with written(lambda: next(given, None), writer, threads) as next_written:
        yield from iter(next_written, None)
        assert next_written() is None


def _data(of: Iterable[Written]) -> list[bytes]:
    return [each.data for _, each in of if isinstance(each, Envelope)]


def test_they_are_the_same_mails_in_the_same_order() -> None:
    """Whoever looks at the wire sees no difference, and dkimpy takes them."""
    writer, signing = _writer("rsa")
    ahead = _data(_all(MESSAGES, writer, 2))
    assert threading.get_ident() not in signing.threads
    assert ahead == [writer.envelope(each).data for each in MESSAGES]
    assert verified(ahead[0])
    assert verified(ahead[-1])


@pytest.mark.parametrize("algorithm", [None, "ed25519"])
def test_what_is_quick_is_done_at_once(algorithm: str | None) -> None:
    """Handing a mail to another thread would take longer than signing it."""
    writer, signing = _writer(algorithm)
    assert len(_data(_all(MESSAGES, writer, 2))) == len(MESSAGES)
    assert signing.threads == {threading.get_ident()}


@pytest.mark.parametrize("threads", [1, 2])
def test_one_that_cannot_be_written_stops_no_other(threads: int) -> None:
    """Whether it is no mail at all, or breaks what signs it."""
    writer, signing = _writer("rsa")
    signing.breaks_over = b"Message-ID: <40@"
    found = list(_all([*MESSAGES[:20], MESSAGE._replace(content=POST), *MESSAGES[20:]], writer, threads))
    refused = {place: each for place, (_, each) in enumerate(found) if isinstance(each, ChannelError)}
    assert sorted(refused) == [20, 41]
    assert "expected a mail to one person" in str(refused[20])
    assert isinstance(refused[41], TemporaryError)
    assert str(refused[41]) == "unexpected: RuntimeError: the key fell out of its memory"
    assert [message.reference for message, _ in found] == [
        *(each.reference for each in MESSAGES[:20]),
        MESSAGE.reference,
        *(each.reference for each in MESSAGES[20:]),
    ]


def test_no_more_is_taken_up_than_can_be_signed_meanwhile() -> None:
    """What is taken up is under a lease, and a machine that stops gives it back."""
    writer, _ = _writer("rsa")
    taken = []

    def following() -> Message:
        taken.append(1)
        return MESSAGES[0]

    with written(following, writer, 2) as next_written:
        next_written()
        assert len(taken) < len(MESSAGES)
