"""What systemd hears, on a datagram socket of its kind."""

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from communique.monitoring.health import STOPPED_AFTER
from communique.service.current_files import CurrentFiles
from communique.service.daemon import Daemon
from communique.service.service_manager import ServiceManager
from tests.channels.recording_smtp import RecordingSmtp
from tests.daemon_process import wait_until
from tests.unattended import unattended
from tests.workspaces import START, Town

UNIT = Path(__file__).parents[2] / "deploy" / "communique.service"
PATIENCE = timedelta(minutes=15)


class Listener:
    """systemd's end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        self._socket.setblocking(False)

    @property
    def variables(self) -> dict[str, str]:
        """What systemd puts into the environment."""
        return {"NOTIFY_SOCKET": self.name, "WATCHDOG_USEC": str(PATIENCE // timedelta(microseconds=1))}

    def heard(self) -> list[str]:
        """What was said since the last time."""
        found = []
        while True:
            try:
                found.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return found

    def close(self) -> None:
        """Gone."""
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    """Of either kind."""
    name = str(tmp_path / "notify") if request.param == "file" else f"@communique-test-{os.getpid()}"
    with closing(Listener(name)) as made:
        yield made


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Listener]:
    """One of them."""
    with closing(Listener(str(tmp_path / "notify"))) as made:
        yield made


def test_it_says_what_there_is_to_say(listener: Listener) -> None:
    """One word a datagram; a status is one line, and said when it changes."""
    manager = ServiceManager(listener.variables)
    manager.ready()
    manager.alive(START)
    manager.status("held:\nno room")
    manager.status("held:\nno room")
    manager.stopping()
    assert listener.heard() == ["READY=1", "WATCHDOG=1", "STATUS=held: no room", "STOPPING=1"]


def test_the_watchdog_hears_of_it_four_times_in_its_patience(systemd: Listener) -> None:
    """Not at each of thousands of mails; a clock that was put back does not silence it."""
    manager = ServiceManager(systemd.variables)
    for second in range(int(PATIENCE.total_seconds())):
        manager.alive(START + timedelta(seconds=second))
    assert systemd.heard() == ["WATCHDOG=1"] * 4
    manager.alive(START - timedelta(days=1))
    assert systemd.heard() == ["WATCHDOG=1"]


@pytest.mark.parametrize("change", [{"WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": ""}, {"WATCHDOG_USEC": "soon"}])
def test_a_watchdog_that_is_not_ours_hears_nothing(systemd: Listener, change: dict[str, str]) -> None:
    """None, or that of another process."""
    ServiceManager(systemd.variables | change).alive(START)
    assert systemd.heard() == []


def test_it_is_told_when_it_is_this_process_that_is_watched(systemd: Listener) -> None:
    """As systemd says it."""
    ServiceManager(systemd.variables | {"WATCHDOG_PID": str(os.getpid())}).alive(START)
    assert systemd.heard() == ["WATCHDOG=1"]


def test_nobody_listens_and_nothing_happens(tmp_path: Path, systemd: Listener) -> None:
    """Without systemd, with a socket that is gone, and with one that nobody empties."""
    ServiceManager({}).ready()
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    full = ServiceManager(systemd.variables)
    for _ in range(5000):
        full.ready()
    assert len(systemd.heard()) < 5000


@pytest.fixture
def daemon(town: Town, systemd: Listener) -> Iterator[Daemon]:
    """Under systemd."""
    town.variables |= systemd.variables
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as made:
        yield made


def test_each_tick_that_comes_to_its_end_is_a_sign_of_life(town: Town, daemon: Daemon, systemd: Listener) -> None:
    """And tells how it is."""
    daemon.tick()
    assert systemd.heard() == ["WATCHDOG=1", "STATUS=faults in files or settings: 4"]
    town.clock.turn(minutes=4)
    daemon.tick()
    assert systemd.heard() == ["WATCHDOG=1"]


def test_a_tick_that_fails_is_a_sign_of_life_too(
    daemon: Daemon, systemd: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart would not mend it; the status says that it failed."""

    def fail(*_: object) -> None:
        raise OSError("the disk does not answer")

    monkeypatch.setattr(CurrentFiles, "refresh", fail)
    daemon.tick()
    assert systemd.heard() == ["WATCHDOG=1", "STATUS=the last tick failed: OSError: the disk does not answer"]


def test_a_tick_that_hangs_gives_no_sign_of_life(town: Town, daemon: Daemon, systemd: Listener) -> None:
    """A mail server takes a mail and says nothing: the watchdog restarts the daemon, and its pages say that it stands.

    When it speaks in time, the mail is sent, and that is a sign of life.
    """
    speaks = threading.Event()
    with RecordingSmtp().answer_late(speaks, times=1) as server:
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
        town.invite("ana")
        tick = threading.Thread(target=daemon.tick)
        tick.start()
        wait_until(lambda: bool(server.accepted), "the server had the mail")
        systemd.heard()
        town.clock.turn(seconds=STOPPED_AFTER.total_seconds() + 1)
        assert systemd.heard() == []
        assert daemon.health.report(town.clock.now)[1]["clock"] == "stopped"
        speaks.set()
        tick.join()
        assert "WATCHDOG=1" in systemd.heard()
    assert town.account() == "1 planned = 1 sent"


def test_many_mails_are_signs_of_life(town: Town, daemon: Daemon, systemd: Listener) -> None:
    """A tick with a long list of people is no stillness."""
    daemon.tick()
    systemd.heard()
    for _ in range(3):
        town.clock.turn(minutes=4)
        daemon._must_stop()
    assert systemd.heard() == ["WATCHDOG=1"] * 3


def test_a_process_says_that_it_is_ready_and_that_it_stops(town: Town, systemd: Listener) -> None:
    """From its beginning to SIGTERM."""
    heard: list[str] = []

    def said(word: str) -> bool:
        heard.extend(systemd.heard())
        return word in heard

    with unattended(town.root) as daemons:
        process = daemons.start(**systemd.variables)
        wait_until(lambda: said("WATCHDOG=1"), "a sign of life")
        assert heard[:2] == ["READY=1", "WATCHDOG=1"]
        assert "this daemon sends from now on" in daemons.log(0)
        process.terminate()
        assert process.wait(timeout=60) == 0
        assert said("STOPPING=1")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_unit_is_one_that_systemd_takes() -> None:
    """Every line of it; only the program is not there. Its watchdog waits as long as the health page."""
    text = UNIT.read_text(encoding="utf-8")
    assert "Type=notify\n" in text
    found = re.search(r"^WatchdogSec=(\d+)min$", text, re.MULTILINE)
    assert found
    assert timedelta(minutes=int(found[1])) == STOPPED_AFTER
    done = subprocess.run(["systemd-analyze", "verify", str(UNIT)], capture_output=True, text=True, check=False)
    said = [
        line for line in done.stderr.splitlines() if "communique.service" in line and "is not executable" not in line
    ]
    assert said == []
