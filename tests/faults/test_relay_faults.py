"""A real Postfix as the town's relay: stopped and started in the middle, full, and with limits of its own."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from tests.command_line import at
from tests.counterparts.postfix import Postfix, running_postfix
from tests.daemon_process import wait_until
from tests.fault_proxy import FaultProxy
from tests.workspaces import Town

pytestmark = [pytest.mark.counterpart, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_PEOPLE = 30
_DOT = b".\r\n"
_QUEUED = re.compile(rb"\(Postfix\) with \w+ id (\w+)")
_COUNT_US = {"smtpd_client_event_limit_exceptions": ""}  #: who may send as much as they like is on no network


@pytest.fixture
def sink() -> Iterator[LocalSink]:
    """Where the relay hands mails to."""
    with LocalSink() as running:
        yield running


@pytest.fixture
def relay(sink: LocalSink) -> Iterator[Postfix]:
    """The town's."""
    with running_postfix((sink.host, sink.port)) as running:
        yield running


@pytest.fixture
def daemon(town: Town, relay: Postfix) -> Iterator[Daemon]:
    """Of a town that writes to many, by mail alone and strictly once."""
    settings = (town.root / "config/settings.yaml").read_text(encoding="utf-8")
    town.write("config/settings.yaml", settings[: settings.index("  website: {kind: website")])
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {relay.port}\n    connections: 4")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.invite(*(f"person{number}" for number in range(_PEOPLE)))
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as running:
        yield running


def restarted(relay: Postfix, **settings: str) -> None:
    """With other settings."""
    relay.stop()
    relay.set(**settings)
    relay.start()


def status(town: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command says, in one line."""
    return " ".join(at(town.root, monkeypatch, town.clock.now)("status").text.split())


def ticks(town: Town, daemon: Daemon, most: int = 30) -> None:
    """Until all is sent, two minutes apart."""
    for _ in range(most):
        daemon.tick()
        if town.account() == f"{_PEOPLE} planned = {_PEOPLE} sent":
            return
        town.clock.turn(minutes=2)
    raise AssertionError(town.account())


def assert_one_each(sink: LocalSink) -> None:
    """All have come out of the relay, and none twice."""
    wait_until(lambda: len(sink.accepted) >= _PEOPLE, "all mails to come out of the relay")
    assert set(Counter(mail.recipients[0] for mail in sink.accepted).values()) == {1}


def at_each(every: int, do: Callable[[], object]) -> Callable[[bytes, bool], None]:
    """As a proxy's judge: something happens at each so manieth final dot, before the relay has it."""
    dots, one = 0, threading.Lock()  # each connection has a thread of the proxy's

    def judge(data: bytes, by_client: bool) -> None:  # noqa: FBT001 - as proxies call it
        nonlocal dots
        if by_client and (data.startswith(_DOT) or b"\n" + _DOT in data):  # what comes behind may be the next mail
            with one:
                dots += 1
                if dots % every == 0:
                    do()

    return judge


def test_a_relay_that_is_restarted_again_and_again_loses_nobody(
    town: Town, relay: Postfix, sink: LocalSink, daemon: Daemon
) -> None:
    """Stopped whenever another seven mails are about to be taken: who may have one is in doubt, or found in its log."""
    town.settings("tls: none", f"tls: none\n    relay_log: {relay.log}")
    being_restarted = threading.Lock()

    def restart() -> None:
        with being_restarted:
            restarted(relay)

    with FaultProxy((relay.host, relay.port)) as proxy:
        town.settings(f"port: {relay.port}", f"port: {proxy.port}")
        proxy.judge = at_each(7, restart)
        for _ in range(30):
            daemon.tick()
            with being_restarted:  # it is there again by the next tick, which is five minutes later
                town.clock.turn(minutes=5)
        assert relay.log.read_text(encoding="utf-8").count("daemon started") > 3
        states = Counter(str(copy.delivery.state) for copy in town.copies())
        assert states["sent"] + states["in_doubt"] == _PEOPLE
    sent = {f"{copy.name.lower()}@example.org" for copy in town.copies() if copy.delivery.state == "sent"}
    wait_until(lambda: sent <= {mail.recipients[0] for mail in sink.accepted}, "all mails to come out of the relay")
    # A relay that is stopped while it hands on does so again (RFC 1047); what it was given twice has two numbers there.
    queued = {(mail.recipients[0], number) for mail in sink.accepted for number in _QUEUED.findall(mail.data)}
    assert set(Counter(recipient for recipient, _ in queued).values()) == {1}


def test_a_relay_without_room_rests_and_is_told(
    town: Town, relay: Postfix, sink: LocalSink, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands are not offered to it one by one; with room again everybody has one mail."""
    restarted(relay, queue_minfree="999999999999")
    for _ in range(4):
        daemon.tick()
        town.clock.turn(minutes=2)
    said = status(town, monkeypatch)
    assert "RESTS: The channel email" in said
    assert "452 4.3.1 Insufficient system storage" in said
    assert "its disk is full, for example" in said
    assert relay.log.read_text(encoding="utf-8").count("NOQUEUE: reject: MAIL") < _PEOPLE
    restarted(relay, queue_minfree="0")
    town.clock.turn(minutes=30)
    ticks(town, daemon)
    assert_one_each(sink)


@pytest.mark.parametrize("limit", ["smtpd_client_message_rate_limit", "smtpd_client_recipient_rate_limit"])
def test_a_relay_that_takes_few_at_a_time_is_waited_for(
    town: Town, relay: Postfix, sink: LocalSink, daemon: Daemon, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """The channel rests for a minute: nobody's mail is offered again and again, and none is given up."""
    restarted(relay, **_COUNT_US, **{limit: "10"})
    daemon.tick()
    assert town.account() == f"{_PEOPLE} planned = {_PEOPLE - 10} scheduled + 10 sent"
    said = status(town, monkeypatch)
    assert "RESTS: The channel email" in said
    assert "takes so many from us at a time" in said
    assert relay.log.read_text(encoding="utf-8").count("NOQUEUE: reject") < _PEOPLE - 10
    restarted(relay, **{limit: "0"})  # as after its minute, which would have to be waited for
    ticks(town, daemon)
    assert_one_each(sink)


def test_mails_that_are_larger_than_the_relay_takes_are_told_with_both_sizes(
    town: Town, relay: Postfix, sink: LocalSink, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is begun; `status` says how many have failed, and what to do."""
    restarted(relay, message_size_limit="2000")
    daemon.tick()
    assert town.account() == f"{_PEOPLE} planned = {_PEOPLE} failed"
    said = status(town, monkeypatch)
    assert f"FAILED: {_PEOPLE} of {_PEOPLE} copies of news/hello through email. The mail has 7 kB" in said
    assert "takes 2 kB at most" in said
    assert sink.accepted == []


def test_limits_that_can_be_kept_are_kept(town: Town, relay: Postfix, sink: LocalSink, daemon: Daemon) -> None:
    """Few connections, few new ones a minute, one recipient a mail: everybody has their mail at once."""
    few = {"smtpd_client_connection_count_limit": "2", "smtpd_client_connection_rate_limit": "3"}
    restarted(relay, **_COUNT_US, **few, smtpd_recipient_limit="1", smtpd_recipient_overshoot_limit="1")
    daemon.tick()
    assert town.account() == f"{_PEOPLE} planned = {_PEOPLE} sent"
    assert_one_each(sink)
