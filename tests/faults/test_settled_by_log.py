"""Killed around the final dot with a real Postfix behind: its log says what became of the mail."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from communique.delivery import State
from communique.send.mail_sink import LocalSink
from tests.counterparts.postfix import Postfix, running_postfix
from tests.daemon_process import DaemonProcess, wait_until
from tests.fault_proxy import FaultProxy, pass_all
from tests.faults.test_kill import due_now
from tests.workspaces import Town

pytestmark = pytest.mark.counterpart

_DOT = b".\r\n"


@pytest.fixture(scope="module")
def sink() -> Iterator[LocalSink]:
    """Where the relay hands mails to."""
    with LocalSink() as running:
        yield running


@pytest.fixture
def postfix(sink: LocalSink) -> Iterator[Postfix]:
    """The relay, with an empty log: mails of tests have the same Message-ID."""
    with running_postfix((sink.host, sink.port)) as running:
        yield running


@contextmanager
def killed_when_answered(daemon: DaemonProcess, postfix: Postfix) -> Iterator[FaultProxy]:
    """A way to the relay on which its answer to the final dot is swallowed, and the daemon dies."""
    dotted = False

    def judge(data: bytes, by_client: bool) -> int | None:  # noqa: FBT001 - as proxies call it
        nonlocal dotted
        if by_client:
            dotted = dotted or data.endswith(_DOT)
        elif dotted:
            daemon.kill()
            return 0
        return None

    with FaultProxy((postfix.host, postfix.port)) as proxy:
        proxy.judge = judge
        yield proxy


def relayed(town: Town, postfix: Postfix, proxy: FaultProxy) -> None:
    """One mail is owed, strictly once, through the relay behind the proxy."""
    town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
    town.invite("ana")
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {proxy.port}")
    town.settings("tls: none", f"tls: none\n    relay_log: {postfix.log}")


def test_what_the_relay_took_is_sent_with_its_queue_id_as_proof(town: Town, postfix: Postfix, sink: LocalSink) -> None:
    """No person has to decide, and nothing goes twice."""
    before = len(sink.accepted)
    daemon = DaemonProcess(town.root)
    with killed_when_answered(daemon, postfix) as proxy:
        due_now(town)
        relayed(town, postfix, proxy)
        daemon.start()
        assert daemon.process is not None
        daemon.process.wait(60)
        assert town.copies()[0].delivery.state is State.IRREVOCABLE
        proxy.judge = pass_all
        daemon.start()
        wait_until(lambda: town.copies()[0].delivery.state is State.SENT, "it to be settled")
        assert daemon.terminate() == 0
    copy = town.copies()[0]
    assert copy.last
    assert copy.last.reference == postfix.queue_id(copy.delivery.reference)
    assert copy.delivery.reason == "found afterwards"
    wait_until(lambda: len(sink.accepted) == before + 1, "the mail to come out of the relay")


def test_what_the_relay_did_not_take_stays_in_doubt(town: Town, postfix: Postfix, sink: LocalSink) -> None:
    """Though its log has the Message-ID: that is written before the final dot. The first no is not believed."""
    before = len(sink.accepted)
    with FaultProxy((postfix.host, postfix.port)) as proxy:
        proxy.judge = lambda data, by_client: len(data) - len(_DOT) if by_client and data.endswith(_DOT) else None
        relayed(town, postfix, proxy)
        channels = town.opened.channels
        town.freeze()
        town.dispatcher(channels).run()
        postfix.queue_id(town.copies()[0].delivery.reference)
        assert town.copies()[0].delivery.state is State.IRREVOCABLE
        assert town.copies()[0].delivery.reason.endswith(f"could not be looked up: {postfix.log} does not have it yet")
        town.clock.turn(minutes=2)
        town.dispatcher(channels).recover()
    assert town.copies()[0].delivery.state is State.IN_DOUBT
    assert town.copies()[0].delivery.reason == "the sender stopped before the answer came"
    assert len(sink.accepted) == before
