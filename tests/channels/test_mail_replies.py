"""The words of a mail server: read, shown, and never believed further than they reach."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from channels.mail.dialogue import Dialogue
from channels.mail.replies import read_reply
from communique.channel import TemporaryError
from tests.channels.mail_dialogues import LONG, MAIL, Commits, server_at, talking
from tests.channels.recording_smtp import RecordingSmtp


@contextmanager
def scripted(answer_to_data: bytes) -> Iterator[int]:
    """A server that says 250 to everything up to DATA: its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_follow_script, args=(listener, answer_to_data))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def _follow_script(listener: socket.socket, answer_to_data: bytes) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 hello\r\n")
        for line in lines:
            if line.upper().startswith(b"DATA"):
                connection.sendall(answer_to_data)
                # Whoever is hung up on with words unread sees a reset.
                with suppress(ConnectionError):
                    lines.read()
                return
            connection.sendall(b"250 fine\r\n")


@pytest.mark.parametrize(
    ("words", "queue_id"),
    [
        (b"2.0.0 Ok: queued as 4F2ab9XYZ", "4F2ab9XYZ"),
        (b"OK id=1rABcd-0007Xy-2Z", "1rABcd-0007Xy-2Z"),
        (b"ok 1700000000 qp 12345", "12345"),
        (b"2.0.0 4ANB3xYz012345 Message accepted for delivery", "4ANB3xYz012345"),
        (b"OK", ""),
    ],
)
def test_queue_ids(words: bytes, queue_id: str) -> None:
    """Postfix, Exim, qmail and Sendmail name the message in their answer; others do not."""
    assert read_reply((250, words)).queue_id == queue_id


def test_a_server_s_words_can_be_shown() -> None:
    """Escaped and cut: an answer may hold anything."""
    reply = read_reply((550, b"one\ntwo\0\x1b[31m\xff \xe2\x80\xae" + b"x" * 9000))
    assert reply.words.startswith(r"one / two\x00\x1b[31m\xff \u202e")
    assert len(reply.words) == 500
    assert reply.words.isprintable()


def test_an_answer_nobody_asked_for_is_no_receipt(commits: Commits) -> None:
    """A server that answers DATA twice in one breath cannot turn the second answer into a receipt."""
    with scripted(b"354 go\r\n250 2.0.0 queued as FAKE\r\n") as port:
        dialogue = Dialogue(server_at("127.0.0.1", port), LONG)
        with pytest.raises(TemporaryError, match="queued as FAKE"):
            dialogue.hand_over(MAIL, commits)
    assert commits.seen == []


@pytest.mark.parametrize("answer", ["250-\r\n" * 20_000, "2" * 100_000])
def test_an_answer_comes_to_an_end(smtp: RecordingSmtp, commits: Commits, answer: str) -> None:
    """A server that goes on and on is hung up on; it cannot fill the memory."""
    smtp.refuse("RCPT", answer)
    with talking(smtp) as dialogue, pytest.raises(TemporaryError, match="without an end"):
        dialogue.hand_over(MAIL, commits)


def test_a_line_comes_to_an_end(commits: Commits) -> None:
    """Nor can a single line without an end."""
    with scripted(b"3" * 100_000) as port:
        dialogue = Dialogue(server_at("127.0.0.1", port), LONG)
        with pytest.raises(TemporaryError, match="without an end"):
            dialogue.hand_over(MAIL, commits)
