"""What is in doubt, looked for in the log of the relay."""

import contextlib
import gzip
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.email import EmailChannel
from communique.channel import Message, Receipt, TemporaryError
from communique.send.mail_sink import LocalSink
from tests.channels.mail_messages import MESSAGE
from tests.counterparts.postfix import Postfix, running_postfix

ID = MESSAGE.reference
SEEN = f"Nov 24 10:00:00 mail postfix/cleanup[2]: 4F1A: message-id=<{ID}>\n"
QUEUED = "Nov 24 10:00:00 mail postfix/qmgr[3]: 4F1A: from=<a@example.org>, size=9, nrcpt=1 (queue active)\n"
OTHER = "Nov 24 10:00:00 mail postfix/cleanup[2]: 4F1A: message-id=<other@example.org>\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the relay writes."""
    return tmp_path / "mail.log"


def channel_with(log: Path, port: int = 25) -> EmailChannel:
    """A channel that knows its relay's log."""
    return EmailChannel(host="127.0.0.1", port=port, sender="a@example.org", tls="none", relay_log=log)


def settled(log: Path, message: Message = MESSAGE) -> Receipt | None:
    """What is found in the end: not having it is believed only when asked again."""
    channel = channel_with(log)
    with contextlib.suppress(TemporaryError):
        return channel.lookup(message)
    return channel.lookup(message)


def test_a_mail_that_was_queued_is_found_with_its_queue_id(log: Path) -> None:
    """Both forms of a log's line, and the proof names where it stands."""
    log.write_text(SEEN + QUEUED)
    assert settled(log) == Receipt(reference="4F1A", detail=f"in {log}: queued as 4F1A")
    log.write_text((SEEN + QUEUED).replace("Nov 24 10:00:00", "2026-11-24T10:00:00.123456+00:00"))
    assert settled(log)


@pytest.mark.parametrize(
    "lines",
    [
        "",
        SEEN,
        SEEN.replace(ID, f"x{ID}") + QUEUED,
        SEEN.replace(ID, ID[1:]) + QUEUED,
        QUEUED + SEEN,
        SEEN + OTHER + QUEUED,
        SEEN + QUEUED.replace("4F1A", "4F1AB"),
        SEEN + "Nov 24 10:00:00 mail postfix/cleanup[2]: 4F1A: milter-reject: END-OF-MESSAGE from a[1]: 5.7.1 no\n",
    ],
    ids=["nothing", "no dot", "longer", "shorter", "another before it", "id used again", "another id", "refused"],
)
def test_what_was_not_queued_is_not_found(log: Path, lines: str) -> None:
    """A Message-ID is in the log before the final dot has come, and that is no proof."""
    log.write_text(lines)
    assert settled(log) is None


def test_logs_that_were_rotated_are_read(log: Path) -> None:
    """Compressed or not, also when a mail's lines are in two of them."""
    with gzip.open(f"{log}.2.gz", "wt") as oldest:
        oldest.write(SEEN)
    log.with_name("mail.log.1").write_text(OTHER.replace("4F1A", "5AAA"))
    log.write_text(QUEUED)
    for age, name in enumerate(("mail.log", "mail.log.1", "mail.log.2.gz")):
        at = MESSAGE.created_at.timestamp() + 600 - age
        os.utime(log.with_name(name), (at, at))
    assert settled(log)
    log.with_name("mail.log.1").write_text(OTHER)
    os.utime(log.with_name("mail.log.1"), (at + 1, at + 1))
    assert settled(log) is None


def test_logs_older_than_the_mail_are_not_read(log: Path) -> None:
    """They may be many; the present one is read, whatever a clock says."""
    older = log.with_name("mail.log.1")
    older.write_text(SEEN + QUEUED)
    before = (MESSAGE.created_at - timedelta(days=1)).timestamp()
    os.utime(older, (before, before))
    log.write_text("")
    assert settled(log) is None
    log.write_text(SEEN + QUEUED)
    os.utime(log, (before, before))
    assert settled(log)


def test_a_log_that_cannot_be_read_is_no_answer(log: Path) -> None:
    """Said by name, as often as it is asked."""
    channel = channel_with(log)
    for _ in range(3):
        with pytest.raises(TemporaryError, match=rf"expected the relay's log {log}, found: .*No such file"):
            channel.lookup(MESSAGE)
    log.write_text("")
    log.with_name("mail.log.1.gz").write_bytes(b"no gzip")
    os.utime(f"{log}.1.gz", (MESSAGE.created_at.timestamp(),) * 2)
    with pytest.raises(TemporaryError, match="found: Not a gzipped file"):
        channel.lookup(MESSAGE)


def test_what_is_not_there_yet_may_come(log: Path) -> None:
    """The first no is not believed: a relay may still be busy with the mail."""
    log.write_text(SEEN)
    channel = channel_with(log)
    with pytest.raises(TemporaryError, match="does not have it yet"):
        channel.lookup(MESSAGE)
    log.write_text(SEEN + QUEUED)
    assert channel.lookup(MESSAGE)


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """A relay that hands on what it takes."""
    with LocalSink() as sink, running_postfix((sink.host, sink.port)) as running:
        yield running


@pytest.mark.counterpart
def test_postfix_is_understood(postfix: Postfix) -> None:
    """What it took is found under the queue id of its answer."""
    message = MESSAGE._replace(created_at=datetime.now(UTC))
    channel = channel_with(postfix.log, postfix.port)
    receipt = channel.send(message, lambda: None)
    channel.close()
    postfix.said(rf"qmgr.*{receipt.reference}: from=")
    found = channel.lookup(message)
    assert found
    assert found.reference == receipt.reference


@pytest.mark.counterpart
def test_a_mail_without_its_dot_is_in_the_log_of_postfix_and_was_not_taken(postfix: Postfix) -> None:
    """The trap: a mail that was cut off has a line with its Message-ID, too."""
    message = MESSAGE._replace(reference="cut.off@example.org", created_at=datetime.now(UTC))
    with socket.create_connection((postfix.host, postfix.port)) as client, client.makefile("rb") as said:
        for line in ("", "HELO me", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA"):
            client.sendall(f"{line}\r\n".encode() if line else b"")
            said.readline()
        client.sendall(b"Message-ID: <cut.off@example.org>\r\n" + b"\r\n".join([b"x" * 70] * 2_000))
        postfix.said(r"cleanup\[\d+\]: \w+: message-id=<cut.off@example.org>")
    postfix.said("lost connection after DATA")
    assert settled(postfix.log, message) is None
