"""The talk with the mail server, command by command, against a real one."""

import select
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from channels.mail.dialogue import Dialogue, Envelope, stuffed
from channels.mail.replies import read_reply
from channels.mail.server import Patience, Server
from channels.mail.session import Session
from communique.channel import PermanentError, Secret, TemporaryError, UncertainError
from tests.channels.certificates import Authority
from tests.channels.recording_smtp import RecordingSmtp

MAIL = Envelope(
    sender="boletin@puertoclaro.example",
    recipient="ines@vecinas.example",
    data=b"Subject: x\r\n\r\n.\r\n..two\r\nthree\r\n.",
)
#: More than the kernel keeps for a server that has stopped reading.
LONG_MAIL = replace(MAIL, data=(b"x" * 70 + b"\r\n") * 400_000)
#: Long enough for loopback, short enough to wait for when a server is told to stay silent.
SHORT = Patience(command=0.5, data=0.5, block=0.5, final=0.5)
LONG = Patience(command=20, data=20, block=20, final=20)


def server_at(host: str, port: int, **changes: object) -> Server:
    """The settings for a server on loopback."""
    plain = Server(
        host=host,
        port=port,
        tls="none",
        username=None,
        password=None,
        helo_name=None,
        connect_timeout=20,
        ca_file=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


class Commits:
    """Counts commits, and notes how much was accepted at each."""

    def __init__(self, smtp: RecordingSmtp) -> None:
        self._smtp = smtp
        self.seen: list[int] = []

    def __call__(self) -> None:
        """Called right before the final dot."""
        self.seen.append(len(self._smtp.accepted))


@pytest.fixture
def smtp() -> Iterator[RecordingSmtp]:
    """A plain server without encryption."""
    with RecordingSmtp() as server:
        yield server


@pytest.fixture
def commits(smtp: RecordingSmtp) -> Commits:
    """What the ledger would see."""
    return Commits(smtp)


@contextmanager
def talking(smtp: RecordingSmtp, patience: Patience = LONG, **changes: object) -> Iterator[Dialogue]:
    """A dialogue with the server, closed at the end."""
    dialogue = Dialogue(server_at(smtp.host, smtp.port, **changes), patience)
    try:
        yield dialogue
    finally:
        dialogue.close()


def test_a_mail_arrives_as_it_was(smtp: RecordingSmtp, commits: Commits) -> None:
    """Dots are doubled on the wire and single again behind it; the receipt holds the queue id and the words."""
    with talking(smtp) as dialogue:
        receipt = dialogue.hand_over(MAIL, commits)
    assert smtp.accepted == [(MAIL.sender, (MAIL.recipient,), MAIL.data + b"\r\n")]
    assert commits.seen == [0]
    assert (receipt.reference, receipt.detail) == ("00000001", "250 2.0.0 Ok: queued as 00000001")


def test_one_connection_carries_many(smtp: RecordingSmtp, commits: Commits) -> None:
    """The connection is kept, and reset before it is used again."""
    with talking(smtp) as dialogue:
        for _ in range(3):
            dialogue.hand_over(MAIL, commits)
    assert (smtp.connections, len(smtp.accepted)) == (1, 3)
    assert smtp.commands.count("RSET") == 2
    assert smtp.commands[-1] == "QUIT"


def test_nothing_is_delayed_by_the_kernel(smtp: RecordingSmtp, commits: Commits) -> None:
    """The final dot leaves at once (TCP_NODELAY)."""
    with talking(smtp) as dialogue:
        dialogue.hand_over(MAIL, commits)
        session = dialogue._session
        assert session is not None
        assert session.sock is not None
        assert session.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


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
        dialogue.hand_over(MAIL, commits)
    assert len(smtp.accepted) == 1


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
        (lambda smtp: smtp.lose_answer(silent=True, times=1), SHORT),
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
        assert dialogue._session is None
        assert smtp.accepted == []
        dialogue.hand_over(MAIL, commits)
    assert [mail.data for mail in smtp.accepted] == [MAIL.data + b"\r\n"]


@pytest.mark.parametrize("idle_end", ["RSET hang up", "RSET 421", "MAIL hang up", "MAIL 421", "closed"])
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
            assert dialogue._session is not None
            assert dialogue._session.sock is not None
            dialogue._session.sock.shutdown(socket.SHUT_RDWR)
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
        with pytest.raises(PermanentError, match=r"2,0\d\d bytes.*1,000 at most"):
            dialogue.hand_over(replace(MAIL, data=b"x" * 2000 + MAIL.data), commits)
        dialogue.hand_over(MAIL, commits)
        assert smtp.commands[2] == f"MAIL FROM:<{MAIL.sender}> SIZE={len(MAIL.data)}"


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


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of our own."""
    return Authority(tmp_path_factory.mktemp("authority"))


Encrypted = Callable[[ssl.SSLContext], AbstractContextManager[RecordingSmtp]]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_good_certificate_is_trusted(authority: Authority, tls: str) -> None:
    """Encrypted both ways; a kept TLS connection is used again."""
    with _encrypting(tls, authority.context_for("127.0.0.1")) as smtp:
        with talking(smtp, tls=tls, ca_file=str(authority.file)) as dialogue:
            dialogue.hand_over(MAIL, lambda: None)
            dialogue.hand_over(MAIL, lambda: None)
        assert (len(smtp.accepted), smtp.connections) == (2, 1)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("fault", ["unknown authority", "another name", "expired"])
def test_a_bad_certificate_is_not(authority: Authority, tls: str, fault: str) -> None:
    """Self-signed, made out to another, or out of date: no mail and no login is shown to that server."""
    host = "mail.elsewhere.example" if fault == "another name" else "127.0.0.1"
    certificate = authority.context_for(host, expired=fault == "expired")
    ca_file = None if fault == "unknown authority" else str(authority.file)
    login = {"username": "city", "password": Secret("hunter2-hunter2")}
    with _encrypting(tls, certificate) as smtp, talking(smtp, tls=tls, ca_file=ca_file, **login) as dialogue:
        with pytest.raises(TemporaryError, match="certificate"):
            dialogue.hand_over(MAIL, lambda: None)
        assert [command for command in smtp.commands if not command.startswith(("EHLO", "STARTTLS"))] == []


def _encrypting(tls: str, context: ssl.SSLContext) -> RecordingSmtp:
    logins = {"city": "hunter2-hunter2"}
    if tls == "implicit":
        return RecordingSmtp(implicit_tls=context, logins=logins)
    return RecordingSmtp(starttls=context, logins=logins)


def test_encryption_is_not_given_up(smtp: RecordingSmtp) -> None:
    """A server, or somebody before it, that no longer offers STARTTLS gets no mail in clear text."""
    with talking(smtp, tls="starttls") as dialogue, pytest.raises(TemporaryError, match="does not offer encryption"):
        dialogue.hand_over(MAIL, lambda: None)
    assert [command.split()[0] for command in smtp.commands] == ["EHLO"]


@pytest.mark.parametrize("fault", ["454 4.7.0 No TLS today", "554 5.5.1 Never", "hang up"])
def test_encryption_refused(authority: Authority, fault: str) -> None:
    """Whatever becomes of STARTTLS concerns the channel; the mail waits."""
    with _encrypting("starttls", authority.context_for("127.0.0.1")) as smtp:
        smtp.hang_up("STARTTLS") if fault == "hang up" else smtp.refuse("STARTTLS", fault)
        encrypted = talking(smtp, tls="starttls", ca_file=str(authority.file))
        with encrypted as dialogue, pytest.raises(TemporaryError):
            dialogue.hand_over(MAIL, lambda: None)
        assert not [command for command in smtp.commands if command.startswith("MAIL")]


def test_words_slipped_in_before_tls_are_not_believed(authority: Authority) -> None:
    """What stands in clear behind the answer to STARTTLS was put there by somebody in between (CVE-2011-0411)."""
    with _encrypting("starttls", authority.context_for("127.0.0.1")) as smtp:
        smtp.refuse("STARTTLS", "220 Go ahead\r\n250-localhost\r\n250 AUTH PLAIN")
        encrypted = talking(smtp, tls="starttls", ca_file=str(authority.file))
        with encrypted as dialogue, pytest.raises(TemporaryError, match="spoke in clear"):
            dialogue.hand_over(MAIL, lambda: None)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_logging_in(authority: Authority, mechanism: str) -> None:
    """Both mechanisms, with letters of any script, under TLS."""
    logins = {"ciudad-ñ": "contraseña-secreta"}
    other = "LOGIN" if mechanism == "PLAIN" else "PLAIN"
    with RecordingSmtp(starttls=authority.context_for("127.0.0.1"), logins=logins, without=other) as smtp:
        login = {"username": "ciudad-ñ", "password": Secret("contraseña-secreta")}
        with talking(smtp, tls="starttls", ca_file=str(authority.file), **login) as dialogue:
            dialogue.hand_over(MAIL, lambda: None)
        assert (smtp.logged_in, len(smtp.accepted)) == (["ciudad-ñ"], 1)


def test_a_wrong_password_concerns_the_channel() -> None:
    """The mail waits, and neither the password nor an echo of it is in the words."""
    with RecordingSmtp(logins={"city": "right"}) as smtp:
        smtp.refuse("AUTH", "535 5.7.8 AUTH PLAIN AGNpdHkAaHVudGVyMg== hunter2")
        refused = pytest.raises(TemporaryError, match="refused the login as city")
        with talking(smtp, username="city", password=Secret("hunter2")) as dialogue, refused as caught:
            dialogue.hand_over(MAIL, lambda: None)
    assert "hunter2" not in str(caught.value)
    assert "AGNpdHkA" not in str(caught.value)


def test_a_missing_password_is_named_before_connecting() -> None:
    """The error names the setting; no server is troubled."""
    dialogue = Dialogue(server_at("127.0.0.1", 1, username="city"), LONG)
    with pytest.raises(PermanentError, match="`password` is not set"):
        dialogue.hand_over(MAIL, lambda: None)


def test_an_answer_nobody_asked_for_is_no_receipt(commits: Commits) -> None:
    """A server that answers DATA twice in one breath cannot turn the second answer into a receipt."""
    with scripted(b"354 go\r\n250 2.0.0 queued as FAKE\r\n") as port:
        dialogue = Dialogue(server_at("127.0.0.1", port), LONG)
        with pytest.raises(TemporaryError, match="queued as FAKE"):
            dialogue.hand_over(MAIL, commits)
    assert commits.seen == []


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


def test_patience_is_the_standards() -> None:
    """RFC 5321 4.5.3.2: five minutes for a command, two for DATA, three for a block, ten for the final dot."""
    assert Patience() == Patience(command=300, data=120, block=180, final=600)


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


def test_the_path_of_an_authority_is_read_when_needed(tmp_path: Path) -> None:
    """A missing file is the channel's trouble, named."""
    missing = server_at("127.0.0.1", 1, tls="implicit", ca_file=str(tmp_path / "none.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dialogue = Dialogue(replace(missing, port=listener.getsockname()[1]), LONG)
        with pytest.raises(TemporaryError, match=r"none\.pem"):
            dialogue.hand_over(MAIL, lambda: None)


@pytest.mark.parametrize("answer", ["250-\r\n" * 20_000, "2" * 100_000])
def test_an_answer_comes_to_an_end(smtp: RecordingSmtp, commits: Commits, answer: str) -> None:
    """A server that goes on and on is hung up on; it cannot fill the memory."""
    smtp.refuse("RCPT", answer)
    with talking(smtp) as dialogue, pytest.raises(TemporaryError, match="without an end"):
        dialogue.hand_over(MAIL, commits)


def test_a_password_does_not_leave_the_machine_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a name that should mean this machine leads elsewhere."""
    monkeypatch.setattr(Session, "is_on_this_machine", lambda _: False)
    login = {"username": "city", "password": Secret("hunter2-hunter2")}
    with RecordingSmtp(logins={"city": "hunter2-hunter2"}) as smtp:
        with talking(smtp, **login) as dialogue, pytest.raises(TemporaryError, match="clear text"):
            dialogue.hand_over(MAIL, lambda: None)
        assert smtp.commands[1:] == []


def test_a_session_ticket_is_not_a_word(authority: Authority) -> None:
    """What TLS itself sends while nobody speaks does not end a session; a word of the server does."""
    ours, theirs = socket.socketpair()
    speak = threading.Event()
    thread = threading.Thread(target=_speak_once, args=(theirs, authority.context_for("127.0.0.1"), speak))
    thread.start()
    server = server_at("127.0.0.1", 25, ca_file=str(authority.file))
    session = Session(server, LONG)
    with server.context().wrap_socket(ours, server_hostname="127.0.0.1") as session.sock:
        _wait_for_bytes(session.sock)
        assert not session.has_spoken()
        speak.set()
        _wait_for_bytes(session.sock)
        assert session.has_spoken()
    thread.join()


def _speak_once(connection: socket.socket, context: ssl.SSLContext, speak: threading.Event) -> None:
    with context.wrap_socket(connection, server_side=True) as encrypted:
        speak.wait(20)
        encrypted.sendall(b"421 Goodbye\r\n")


def _wait_for_bytes(connection: socket.socket) -> None:
    assert select.select([connection], [], [], 20)[0]


def test_a_line_comes_to_an_end(commits: Commits) -> None:
    """Nor can a single line without an end."""
    with scripted(b"3" * 100_000) as port:
        dialogue = Dialogue(server_at("127.0.0.1", port), LONG)
        with pytest.raises(TemporaryError, match="without an end"):
            dialogue.hand_over(MAIL, commits)
