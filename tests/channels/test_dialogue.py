"""The talk with the mail server, command by command, against a real one."""

import smtplib
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from channels.mail.dialogue import Dialogue
from channels.mail.envelope import stuffed
from channels.mail.server import Patience
from communique.channel import PermanentError, TemporaryError, UncertainError
from tests.channels.mail_dialogues import LONG, LONG_MAIL, MAIL, SHORT, SHORT_AT_THE_DOT, Commits, server_at, talking
from tests.channels.recording_smtp import RecordingSmtp
from tests.daemon_process import wait_until


def test_a_mail_arrives_as_it_was(smtp: RecordingSmtp, commits: Commits) -> None:
    """Dots are doubled on the wire and single again behind it; the receipt holds the queue id and the words."""
    with talking(smtp) as dialogue:
        receipt = dialogue.hand_over(MAIL, commits)
    assert smtp.accepted == [(MAIL.sender, (MAIL.recipient,), MAIL.data + b"\r\n")]
    assert commits.seen == [0]
    assert (receipt.reference, receipt.detail) == ("00000001", "250 2.0.0 Ok: queued as 00000001")


def test_one_connection_carries_many(smtp: RecordingSmtp, commits: Commits) -> None:
    """The connection is kept."""
    with talking(smtp) as dialogue:
        for _ in range(3):
            dialogue.hand_over(MAIL, commits)
    assert (smtp.connections, len(smtp.accepted)) == (1, 3)
    assert smtp.commands[-1] == "QUIT"


def test_nothing_is_delayed_by_the_kernel(smtp: RecordingSmtp, commits: Commits) -> None:
    """The final dot leaves at once (TCP_NODELAY)."""
    with talking(smtp) as dialogue:
        dialogue.hand_over(MAIL, commits)
        (link,) = dialogue.connections.links
        assert link.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


BEFORE_THE_DOT = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY"]


@pytest.mark.parametrize("command", BEFORE_THE_DOT)
@pytest.mark.parametrize("fault", ["451 4.3.0 Later", "421 4.3.2 Closing", "hang up", "silence", "nonsense"])
def test_what_fails_before_the_dot_is_temporary(
    smtp: RecordingSmtp, commits: Commits, command: str, fault: str
) -> None:
    """Put off, hung up on, left waiting, or answered with nonsense: nothing was committed and nothing is out."""
    if fault == "hang up":
        smtp.hang_up(command)
    elif fault == "silence":
        smtp.fall_silent(command)
    else:
        smtp.refuse(command, fault)
    with talking(smtp, SHORT if fault == "silence" else LONG) as dialogue:
        with pytest.raises(TemporaryError, match=f"{smtp.host}:{smtp.port}"):
            dialogue.hand_over(LONG_MAIL if command == "BODY" else MAIL, commits)
        assert commits.seen == []
        assert smtp.accepted == []
        smtp.heal()
        wait_until(lambda: _goes(dialogue, commits), "it to go at another try")
    assert len(smtp.accepted) == 1


def _goes(dialogue: Dialogue, commits: Commits) -> bool:
    """Whether it does; a machine that has much to do may be too slow for the little patience of these tests."""
    with suppress(TemporaryError):
        dialogue.hand_over(MAIL, commits)
        return True
    return False


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_a_final_no_is_permanent(smtp: RecordingSmtp, commits: Commits, command: str) -> None:
    """5yz is passed on in the server's words; the connection serves the next mail."""
    smtp.refuse(command, "550 5.1.1 No such <user>", times=1)
    with talking(smtp) as dialogue:
        with pytest.raises(PermanentError, match=r"550 5\.1\.1 No such <user>"):
            dialogue.hand_over(MAIL, commits)
        assert smtp.accepted == []
        dialogue.hand_over(MAIL, commits)
    assert (smtp.connections, len(smtp.accepted)) == (1, 1)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO"])
def test_a_no_to_us_is_not_a_no_to_the_mail(smtp: RecordingSmtp, commits: Commits, command: str) -> None:
    """A server that wants nothing from us at all may be mended; the mail waits."""
    smtp.refuse(command, "554 5.7.1 Go away")
    with talking(smtp) as dialogue, pytest.raises(TemporaryError, match=r"554 5\.7\.1 Go away"):
        dialogue.hand_over(MAIL, commits)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "."])
def test_asking_for_a_login_is_not_a_no_to_the_mail(smtp: RecordingSmtp, commits: Commits, command: str) -> None:
    """530 would meet every mail of the campaign: the settings are wrong, not the recipients."""
    smtp.refuse(command, "530 5.7.0 Authentication required")
    with talking(smtp) as dialogue, pytest.raises(TemporaryError, match="530"):
        dialogue.hand_over(MAIL, commits)


def test_put_off_at_the_dot(smtp: RecordingSmtp, commits: Commits) -> None:
    """4yz after the dot is an answer: nothing is out, and nothing is in doubt."""
    smtp.refuse(".", "452 4.3.1 Disk full")
    with talking(smtp) as dialogue, pytest.raises(TemporaryError, match="452"):
        dialogue.hand_over(MAIL, commits)
    assert (commits.seen, smtp.accepted) == ([0], [])


@pytest.mark.parametrize(
    ("lose", "patience"),
    [
        (lambda smtp: smtp.lose_answer(times=1), LONG),
        (lambda smtp: smtp.lose_answer(silent=True, times=1), SHORT_AT_THE_DOT),
        (lambda smtp: smtp.lose_answer(reply=b"Welcome to the machine", times=1), LONG),
        (lambda smtp: smtp.lose_answer(reply=b"354 What?", times=1), LONG),
        (lambda smtp: smtp.lose_answer(reply=b"250-half\r\n250-an\r\n250-answer" * 9000, times=1), LONG),
    ],
)
def test_a_lost_answer_is_in_doubt(
    smtp: RecordingSmtp, commits: Commits, lose: Callable[[RecordingSmtp], object], patience: Patience
) -> None:
    """Hung up, silent or nonsense after it accepted: one copy, never a second, and a new connection for the next."""
    lose(smtp)
    with talking(smtp, patience) as dialogue:
        with pytest.raises(UncertainError):
            dialogue.hand_over(MAIL, commits)
        assert (commits.seen, len(smtp.accepted), smtp.connections) == ([0], 1, 1)
        dialogue.hand_over(MAIL, commits)
    assert (len(smtp.accepted), smtp.connections) == (2, 2)


class LedgerError(Exception):
    """What a ledger that cannot write raises."""


@pytest.mark.parametrize("error", [LedgerError, TemporaryError, smtplib.SMTPServerDisconnected, KeyboardInterrupt])
def test_no_commit_no_dot(smtp: RecordingSmtp, commits: Commits, error: type[BaseException]) -> None:
    """A commit that fails, with whatever error, takes the mail back, and its remains do not reach the next one."""

    def fail() -> None:
        raise error("no")

    with talking(smtp) as dialogue:
        with pytest.raises(error):
            dialogue.hand_over(MAIL, fail)
        assert dialogue.connections.links == []
        assert smtp.accepted == []
        dialogue.hand_over(MAIL, commits)
    assert [mail.data for mail in smtp.accepted] == [MAIL.data + b"\r\n"]


@pytest.mark.parametrize("idle_end", ["MAIL hang up", "MAIL 421", "closed"])
def test_a_connection_that_died_idle_is_replaced(smtp: RecordingSmtp, commits: Commits, idle_end: str) -> None:
    """Servers end idle or long connections: the next mail goes over a new one, once, with no error."""
    with talking(smtp) as dialogue:
        dialogue.hand_over(MAIL, commits)
        command, _, how = idle_end.partition(" ")
        if how == "hang up":
            smtp.hang_up(command, times=1)
        elif how == "421":
            smtp.refuse(command, "421 4.7.0 Enough", times=1)
        else:
            (link,) = dialogue.connections.links
            link.socket.shutdown(socket.SHUT_RDWR)
        dialogue.hand_over(MAIL, commits)
    assert (len(smtp.accepted), smtp.connections, commits.seen) == (2, 2, [0, 1])


def test_goodbye_does_not_matter(smtp: RecordingSmtp, commits: Commits) -> None:
    """What was accepted stays accepted when the server hangs up at QUIT; closing twice is fine."""
    smtp.hang_up("QUIT")
    with talking(smtp) as dialogue:
        receipt = dialogue.hand_over(MAIL, commits)
        dialogue.close()
        dialogue.close()
    assert receipt.detail.startswith("250")


def test_nobody_listens() -> None:
    """No server at all: the mail waits, and the words name the server."""
    with socket.create_server(("127.0.0.1", 0)) as vacant:
        port = vacant.getsockname()[1]
    dialogue = Dialogue(server_at("127.0.0.1", port), LONG)
    with pytest.raises(TemporaryError, match=f"127.0.0.1:{port} could not be reached"):
        dialogue.hand_over(MAIL, lambda: None)


def test_an_announced_size_is_kept(commits: Commits) -> None:
    """A mail larger than the server takes is refused before it is sent, with both numbers."""
    with RecordingSmtp(largest=1000) as smtp, talking(smtp) as dialogue:
        with pytest.raises(PermanentError, match=r"has 3 kB.*takes 1 kB at most"):
            dialogue.hand_over(replace(MAIL, data=b"x" * 2000 + MAIL.data), commits)
        dialogue.hand_over(MAIL, commits)
        assert smtp.commands[1] == f"MAIL FROM:<{MAIL.sender}> SIZE={len(MAIL.data)}"


def test_an_international_address_needs_a_server_for_it(commits: Commits) -> None:
    """SMTPUTF8 is used where offered; where not, the words say what to do, and the next mail goes."""
    ours = replace(MAIL, recipient="iñés@vecinas.example")
    with RecordingSmtp() as smtp, talking(smtp) as dialogue:
        dialogue.hand_over(ours, commits)
        dialogue.hand_over(MAIL, commits)
        assert [mail.recipients for mail in smtp.accepted] == [(ours.recipient,), (MAIL.recipient,)]
        assert smtp.commands[1].endswith(" BODY=8BITMIME SMTPUTF8")
    with RecordingSmtp(international=False) as smtp, talking(smtp) as dialogue:
        with pytest.raises(PermanentError, match="letters outside ASCII"):
            dialogue.hand_over(ours, commits)
        dialogue.hand_over(MAIL, commits)


def test_patience_is_the_standards() -> None:
    """RFC 5321 4.5.3.2: five minutes for a command, two for DATA, three for a block, ten for the final dot."""
    assert Patience() == Patience(command=300, data=120, block=180, final=600)


@pytest.mark.parametrize(
    ("data", "wire"),
    [
        (b".", b"..\r\n"),
        (b".\r\n", b"..\r\n"),
        (b"a\r\n.\r\nb", b"a\r\n..\r\nb\r\n"),
        (b"a\r\n..\r\n", b"a\r\n...\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_no_line_of_a_mail_ends_it(data: bytes, wire: bytes) -> None:
    """A leading dot is doubled, and the last line has an end."""
    assert stuffed(data) == wire
