"""Against smtp-sink, Postfix's own server of faults: what each of its switches makes of a mail."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from channels.email import EmailChannel
from communique.channel import PermanentError, Receipt, TemporaryError, UncertainError
from tests.channels.mail_messages import MESSAGE
from tests.counterparts import debian
from tests.counterparts.presence import require
from tests.daemon_process import wait_until

pytestmark = pytest.mark.counterpart

_KINDS = (TemporaryError, PermanentError, UncertainError)
_HANG_UP, _GOODBYE, _LATER, _NEVER = "-q", "-Q", "-r", "-f"


def listens(port: int) -> bool:
    """Whether somebody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def smtp_sink(*switches: str) -> Iterator[int]:
    """Its port."""
    program = debian.FOLDER / "usr" / "sbin" / "smtp-sink"
    require(program.exists(), "smtp-sink is not there: run `make counterparts`.")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, *user, *switches, f"127.0.0.1:{port}", "10"], env=debian.environment()) as sink:
        try:
            wait_until(lambda: listens(port), "smtp-sink")
            yield port
        finally:
            sink.kill()


def outcome(port: int) -> tuple[type, int]:
    """What a mail becomes, and how often the point of no return was passed."""
    crossed = []
    channel = EmailChannel(host="127.0.0.1", port=port, tls="none", sender="Town <town@example.org>")
    try:
        return type(channel.send(MESSAGE, lambda: crossed.append(1))), len(crossed)
    except _KINDS as error:
        return next(kind for kind in _KINDS if isinstance(error, kind)), len(crossed)
    finally:
        channel.close()


@pytest.mark.parametrize("command", ["connect", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("switch", [_HANG_UP, _GOODBYE, _LATER])
def test_before_the_dot_it_is_tried_again(switch: str, command: str) -> None:
    """Whatever happens: nothing can have gone out."""
    with smtp_sink(switch, command) as port:
        assert outcome(port) == (TemporaryError, 0)


@pytest.mark.parametrize("command", ["rcpt", "."])
def test_a_final_no_to_the_mail_is_one(command: str) -> None:
    """Before the dot and at it."""
    with smtp_sink(_NEVER, command) as port:
        assert outcome(port) == (PermanentError, int(command == "."))


@pytest.mark.parametrize("switch", [_GOODBYE, _LATER])
def test_a_no_at_the_dot_is_an_answer(switch: str) -> None:
    """Not in doubt: the server has said that it did not take the mail."""
    with smtp_sink(switch, ".") as port:
        assert outcome(port) == (TemporaryError, 1)


def test_no_answer_to_the_dot_is_in_doubt() -> None:
    """And nothing else is."""
    with smtp_sink(_HANG_UP, ".") as port:
        assert outcome(port) == (UncertainError, 1)


@pytest.mark.parametrize("switch", [_HANG_UP, _GOODBYE, _LATER, _NEVER])
def test_how_it_takes_leave_does_not_matter(switch: str) -> None:
    """The mail is sent."""
    with smtp_sink(switch, "quit") as port:
        assert outcome(port) == (Receipt, 1)


@pytest.mark.parametrize("switches", [("-W", ".:1"), ("-p",), ("-8",)])
def test_a_slow_or_plain_server_takes_it(switches: tuple[str, ...]) -> None:
    """An answer after a second, no PIPELINING, no 8BITMIME."""
    with smtp_sink(*switches) as port:
        assert outcome(port) == (Receipt, 1)
