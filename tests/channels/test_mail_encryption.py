"""Encryption and logins: what is shown to a mail server, and to which one."""

import select
import socket
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from channels.mail.conversation import BrokenError
from channels.mail.dialogue import Dialogue
from channels.mail.link import Link
from channels.mail.session import Session
from communique.channel import PermanentError, Secret, TemporaryError, UnavailableError
from tests.channels.certificates import Authority
from tests.channels.mail_dialogues import LONG, MAIL, SHORT, server_at, talking
from tests.channels.recording_smtp import RecordingSmtp


def _encrypting(tls: str, context: ssl.SSLContext) -> RecordingSmtp:
    logins = {"city": "hunter2-hunter2"}
    if tls == "implicit":
        return RecordingSmtp(implicit_tls=context, logins=logins)
    return RecordingSmtp(starttls=context, logins=logins)


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


def test_encryption_is_not_given_up(smtp: RecordingSmtp) -> None:
    """A server, or somebody before it, that no longer offers STARTTLS gets no mail in clear text."""
    with talking(smtp, tls="starttls") as dialogue, pytest.raises(TemporaryError, match="does not offer encryption"):
        dialogue.hand_over(MAIL, lambda: None)
    assert [command.split()[0] for command in smtp.commands] == ["EHLO"]


def test_tls_where_a_server_begins_in_clear_is_no_matter_of_certificates(smtp: RecordingSmtp) -> None:
    """What is wrong is the setting or the port, and both are named."""
    with talking(smtp, tls="implicit") as dialogue, pytest.raises(UnavailableError) as refused:
        dialogue.hand_over(MAIL, lambda: None)
    assert "write `tls: starttls`; or correct `port`" in str(refused.value)
    assert "certificate" not in str(refused.value)


def test_a_port_that_says_nothing_is_another_kind_of_server() -> None:
    """A web server, say, or one that waits for TLS: it could be reached, and does not greet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dialogue = Dialogue(server_at("127.0.0.1", listener.getsockname()[1]), SHORT)
        with pytest.raises(UnavailableError, match="says nothing"):
            dialogue.hand_over(MAIL, lambda: None)


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


def test_the_path_of_an_authority_is_read_when_needed(tmp_path: Path) -> None:
    """A missing file is the channel's trouble, named."""
    missing = server_at("127.0.0.1", 1, tls="implicit", ca_file=str(tmp_path / "none.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dialogue = Dialogue(replace(missing, port=listener.getsockname()[1]), LONG)
        with pytest.raises(TemporaryError, match=r"none\.pem"):
            dialogue.hand_over(MAIL, lambda: None)


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
        link = Link(session, server, LONG, lambda: 0.0)
        _wait_for_bytes(session.sock)
        link.read()
        speak.set()
        with pytest.raises(BrokenError, match="421 Goodbye"):
            _read_on(link)
    thread.join()


def _read_on(link: Link) -> None:
    """For good: a second ticket may come before a word."""
    while True:
        _wait_for_bytes(link.socket)
        link.read()


def _speak_once(connection: socket.socket, context: ssl.SSLContext, speak: threading.Event) -> None:
    with context.wrap_socket(connection, server_side=True) as encrypted:
        speak.wait(20)
        encrypted.sendall(b"421 Goodbye\r\n")


def _wait_for_bytes(connection: socket.socket) -> None:
    assert select.select([connection], [], [], 20)[0]
