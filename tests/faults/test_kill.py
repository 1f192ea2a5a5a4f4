"""The daemon, killed and started again: nothing lost, nothing twice, everything in doubt listed."""

import random
import resource
import signal
from collections import Counter

import pytest

from communique.send.mail_sink import LocalSink
from tests.daemon_process import DaemonProcess, wait_until
from tests.killing import at_rest, due_now, killed_again_and_again, toll
from tests.workspaces import Town


@pytest.mark.parametrize(("connections", "repeats"), [(1, False), (4, False), (32, False), (4, True)])
def test_killed_at_random_it_loses_nobody_and_writes_to_nobody_twice(
    town: Town,
    connections: int,
    repeats: bool,  # noqa: FBT001
) -> None:
    """Strict: each has one mail, or is listed as in doubt. Resend: some have two, none three."""
    toll = killed_again_and_again(
        town, people=500, kills=10, connections=connections, repeats=repeats, chance=random.Random(7)
    )
    assert list(toll.broken()) == []
    assert toll.kills == 10


def test_a_second_daemon_stands_by_and_takes_over(town: Town) -> None:
    """Two daemons on one workspace write once; when the first is killed, the second goes on."""
    due_now(town)
    town.invite("ana", "ben")
    first, second = DaemonProcess(town.root), DaemonProcess(town.root)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        first.start()
        second.start()
        wait_until(lambda: len(sink.accepted) == 2 and town.account() == "2 planned = 2 sent", "two mails on record")
        first.kill()
        town.add()
        town.campaign("start + 1 hours", "start")
        wait_until(lambda: len(sink.accepted) == 4, "two more mails")
        assert second.terminate() == 0

    assert max(Counter(mail.data.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in sink.accepted).values()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_daemon_that_stands_still_keeps_its_place(town: Town) -> None:
    """On one machine a second one stands by as long as the first is there; awake again, it goes on: nobody has two."""
    due_now(town)
    town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
    town.invite(*(f"person{number}" for number in range(300)))
    first, second = DaemonProcess(town.root), DaemonProcess(town.root)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: 4")
        first.start()
        wait_until(lambda: len(sink.accepted) >= 20, "twenty mails")
        assert first.process
        first.process.send_signal(signal.SIGSTOP)
        second.start()
        wait_until(lambda: "another daemon of this workspace sends" in second.log(), "a second daemon that stands by")
        first.process.send_signal(signal.SIGCONT)
        wait_until(lambda: at_rest(town) == 300, "the end")
        assert (first.terminate(), second.terminate()) == (0, 0)
    assert list(toll(town, sink, kills=0, connections=4).broken()) == []
    assert town.account() == "300 planned = 300 sent"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_daemon_that_may_open_hardly_any_files_makes_do(town: Town) -> None:
    """Fewer connections than the settings ask for; nobody is lost, and nobody has two."""
    due_now(town)
    town.invite(*(f"person{number}" for number in range(60)))
    daemon = DaemonProcess(town.root)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: 32")
        daemon.start()
        assert daemon.process
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (24, 24))
        wait_until(lambda: at_rest(town) == 60, "sixty mails on record")
        assert daemon.terminate() == 0

    assert len({mail.recipients for mail in sink.accepted}) == len(sink.accepted) == 60


def test_a_broken_file_is_loud_and_stops_nothing_else(town: Town) -> None:
    """Another campaign goes on, and the log names the file and the line."""
    due_now(town)
    town.invite("ana")
    town.write("campaigns/broken.yaml", "campaign: broken\ntitle: [\n")
    daemon = DaemonProcess(town.root, anew=True)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        daemon.start()
        wait_until(lambda: len(sink.accepted) == 1, "the other campaign's mail")
        assert daemon.terminate() == 0

    assert "campaigns/broken.yaml:" in daemon.log()
