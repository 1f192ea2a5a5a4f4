"""The daemon, killed and started again: nothing lost, nothing twice, everything in doubt listed."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from communique.delivery import FINAL, State
from communique.send.mail_sink import LocalSink
from tests.daemon_process import DaemonProcess, wait_until
from tests.workspaces import Town

PEOPLE = 300
KILLS = 5


def due_now(town: Town) -> None:
    """Let the announcement be due at this minute of the real clock."""
    start = datetime.now(UTC).astimezone(ZoneInfo("Europe/Madrid")) - timedelta(minutes=1)
    town.campaign("start: 2026-12-01 10:00", f"start: {start:%Y-%m-%d %H:%M}")


@pytest.mark.parametrize("connections", [1, 4, 32])
def test_killed_at_random_it_loses_nobody_and_writes_to_nobody_twice(town: Town, connections: int) -> None:
    """In strict mode: each has one mail, or is listed as in doubt, of whom a kill makes one a connection at most."""
    due_now(town)
    town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
    town.invite(*(f"person{number}" for number in range(PEOPLE)))
    daemon = DaemonProcess(town.root)
    moments = sorted(random.Random(7).sample(range(10, PEOPLE - 20), KILLS))
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: {connections}")
        for moment in moments:
            daemon.start()
            wait_until(lambda moment=moment: len(sink.accepted) >= moment, f"{moment} mails")  # type: ignore[misc]
            daemon.kill()
        daemon.start()
        wait_until(lambda: all(copy.delivery.state in FINAL | {State.IN_DOUBT} for copy in town.copies()), "the end")
        assert daemon.terminate() == 0

    got = Counter(mail.recipients[0] for mail in sink.accepted)
    in_doubt = {f"{copy.name.lower()}@example.org" for copy in town.copies() if copy.delivery.state is State.IN_DOUBT}
    everybody = {f"person{number}@example.org" for number in range(PEOPLE)}
    assert [address for address, copies in got.items() if copies > 1] == []
    assert everybody - set(got) - in_doubt == set()
    assert len(in_doubt) <= KILLS * connections
    assert town.balances()["hello"].holds


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


def test_a_broken_file_is_loud_and_stops_nothing_else(town: Town) -> None:
    """Another campaign goes on, and the log names the file and the line."""
    due_now(town)
    town.invite("ana")
    town.write("campaigns/broken.yaml", "campaign: broken\ntitle: [\n")
    daemon = DaemonProcess(town.root)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        daemon.start()
        wait_until(lambda: len(sink.accepted) == 1, "the other campaign's mail")
        assert daemon.terminate() == 0

    assert "campaigns/broken.yaml:" in daemon.log()
