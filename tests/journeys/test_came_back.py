"""A mail that cannot be delivered, the whole way: out through Postfix, back, and never to that address again."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from communique.delivery import State
from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from tests.command_line import at
from tests.counterparts.postfix import Postfix, running_postfix
from tests.daemon_process import wait_until
from tests.workspaces import Town, build

pytestmark = pytest.mark.counterpart


class Picky(LocalSink):
    """The mail server of example.org, where Ben has no mailbox."""

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self,
        server: SMTP,  # noqa: ARG002
        session: Any,  # noqa: ARG002
        envelope: Any,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Nobody named Ben lives here."""
        if address.startswith("ben@"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"


@pytest.fixture
def port() -> int:
    """Where returned mail is handed over."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        found: int = probe.getsockname()[1]
    return found


@pytest.fixture
def example_org() -> Iterator[Picky]:
    """The recipients' mail server."""
    with Picky() as running:
        yield running


@pytest.fixture(params=["lmtp", "smtp"])
def protocol(request: pytest.FixtureRequest) -> str:
    """How Postfix hands returned mail over."""
    return str(request.param)


@pytest.fixture
def postfix(example_org: Picky, port: int, protocol: str) -> Iterator[Postfix]:
    """The town's relay."""
    way = f"lmtp:inet:127.0.0.1:{port}" if protocol == "lmtp" else f"smtp:[127.0.0.1]:{port}"
    with running_postfix((example_org.host, example_org.port), transports={"littleton.example.org": way}) as running:
        yield running


def test_who_has_no_mailbox_is_written_to_once(
    tmp_path: Path,
    postfix: Postfix,
    example_org: Picky,
    port: int,
    protocol: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sent, come back, counted, taken off the lists; the next announcement leaves Ben out and says why."""
    town = build(tmp_path)
    relay = (
        f"host: {postfix.host}\n    port: {postfix.port}\n    envelope_sender: bounces+{{tag}}@littleton.example.org"
    )
    town.settings("host: localhost\n    port: 25", relay)
    town.settings("mode: live", f"mode: live\nbounces:\n  listen: {{port: {port}, protocol: {protocol}}}")
    town.invite("ana", "ben")
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    with closing(daemon), closing(town.database):
        daemon.tick()
        assert town.account() == "2 planned = 2 sent"
        handed_over = town.root / "var" / "returned" / "new"
        wait_until(lambda: handed_over.is_dir() and any(handed_over.iterdir()), "the mail to come back")
        _reads(town, daemon)
        assert town.account() == "2 planned = 2 sent; 1 came back"
        assert not any(handed_over.iterdir())
        town.add()
        town.clock.turn(hours=1)
        daemon.tick()
        assert town.account("goodbye") == "2 planned = 1 sent + 1 excluded"
        wait_until(lambda: len(example_org.accepted) == 2, "Ana's mails to arrive")
        (left_out,) = (copy for copy in town.copies() if copy.delivery.state is State.EXCLUDED)
        assert "nobody has this address (5.1.1)" in left_out.delivery.reason
    senders = {mail.envelope_from for mail in example_org.accepted}
    assert len(senders) == 2  # each mail has a return path of its own
    assert all(sender.startswith("bounces+") for sender in senders)
    _says(at(town.root, monkeypatch, town.clock.now))


def _reads(town: Town, daemon: Daemon) -> None:
    town.clock.turn(minutes=2)
    daemon.tick()
    daemon.bounces.wait()


def _says(communique: Any) -> None:
    assert "2 planned = 2 sent; 1 came back" in communique("status").text
    assert communique("status", "--json").json["announcements"][0]["returned"] == {"hard": 1}
    assert "CAME BACK" in communique("log").text
    said = communique("why", "ben@example.org", "news/hello").text
    assert "It came back" in said
    assert "550 5.1.1" in said
    (returned,) = (each["returned"] for each in communique("log", "--json").json["deliveries"] if each["returned"])
    assert (returned["kind"], returned["verdict"], returned["status"]) == ("failed", "hard", "5.1.1")
    assert "nobody has this address" in communique("people", "list", "friends").text
    assert "Nothing waits for a person" in communique("bounces", "unmatched").text
