"""The ledger's disk runs full in the middle of everything: a small file system of its own, and a real mail server."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from communique.delivery import State
from communique.service.daemon import Daemon
from tests.channels.recording_smtp import Fault, RecordingSmtp
from tests.counterparts.presence import require
from tests.workspaces import Town, build

_PEOPLE = 20


class Telling(RecordingSmtp):
    """Calls back at every command, and at every final dot."""

    def __init__(self) -> None:
        super().__init__(pipelining=True)
        self.told: Callable[[str], None] = lambda _command: None

    def fault_at(self, command: str) -> Fault | None:
        """As told."""
        self.told(command)
        return super().fault_at(command)


@pytest.fixture
def server() -> Iterator[Telling]:
    """A mail server."""
    with Telling() as running:
        yield running


@contextmanager
def small_disk(folder: Path, *options: str) -> Iterator[None]:
    """A file system of two megabytes there."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(["size=2m", *options]), "none", folder], check=False
    )
    require(
        mounted.returncode == 0, "No file system can be mounted: run this test as root, in a container for example."
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def town(tmp_path: Path, server: Telling) -> Iterator[Town]:
    """A town whose ledger has little room."""
    with small_disk(tmp_path / "var"):
        town = build(tmp_path)
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}\n    connections: 4")
        town.settings("mode: live", "mode: live\ndisk_reserve: 0")  # as when somebody else fills the disk at once
        town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
        town.invite(*(f"person{number}" for number in range(_PEOPLE)))
        yield town
        town.database.close()


@pytest.fixture
def daemon(town: Town) -> Iterator[Daemon]:
    """Its daemon, in this process."""
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    yield daemon
    daemon.close()


def fill(town: Town) -> None:
    """Not a byte is left."""
    with (town.root / "var" / "ballast").open("ab", buffering=0) as ballast:
        for size in (65_536, 512, 1):
            try:
                while True:
                    ballast.write(b"x" * size)
            except OSError:
                continue


def at_the(number: int, command: str, do: Callable[[], None]) -> Callable[[str], None]:
    """Something happens when a command comes for the so manieth time."""
    left = number

    def told(said: str) -> None:
        nonlocal left
        if said == command:
            left -= 1
            if left == 0:
                do()

    return told


def unrecorded(town: Town, server: Telling) -> set[str]:
    """Who has a mail that the ledger knows nothing of."""
    known = {
        f"{copy.name.lower()}@example.org"
        for copy in town.copies()
        if copy.delivery.state in {State.IRREVOCABLE, State.SENT}
    }
    return {mail.recipients[0] for mail in server.accepted} - known


@pytest.mark.parametrize(("number", "command"), [(1, "CONNECT"), (1, "MAIL"), (7, "DATA"), (1, "."), (9, ".")])
def test_it_stops_before_it_sends_and_goes_on_alone(
    town: Town, server: Telling, daemon: Daemon, number: int, command: str
) -> None:
    """Nothing goes that is not on record; what was answered is not forgotten; with room again each has one mail."""
    server.told = at_the(number, command, lambda: fill(town))
    daemon.tick()
    assert unrecorded(town, server) == set()
    sent = len(server.accepted)
    assert sent < _PEOPLE
    daemon.tick()
    assert "full" in str(daemon.health.report(town.clock()))
    assert len(server.accepted) == sent

    (town.root / "var" / "ballast").unlink()
    daemon.tick()
    town.clock.turn(minutes=1)  # what was about to go has paused
    daemon.tick()
    assert town.account() == f"{_PEOPLE} planned = {_PEOPLE} sent"
    assert set(Counter(mail.recipients[0] for mail in server.accepted).values()) == {1}
    assert "full" not in str(daemon.health.report(town.clock()))


def test_a_full_disk_at_the_start_holds_everything(town: Town, server: Telling, daemon: Daemon) -> None:
    """Not even a connection is made."""
    fill(town)
    daemon.tick()
    assert server.connections == 0
    (town.root / "var" / "ballast").unlink()
    daemon.tick()
    assert town.account() == f"{_PEOPLE} planned = {_PEOPLE} sent"


def test_a_disk_that_can_only_be_read_holds_everything(town: Town, server: Telling, daemon: Daemon) -> None:
    """It says so, and goes on when it can be written again."""
    town.database.engine.dispose()
    subprocess.run(["mount", "-o", "remount,ro", town.root / "var"], check=True)
    daemon.tick()
    assert server.connections == 0
    assert "Read-only" in str(daemon.health.report(town.clock()))
    subprocess.run(["mount", "-o", "remount,rw", town.root / "var"], check=True)
    daemon.tick()
    assert town.account() == f"{_PEOPLE} planned = {_PEOPLE} sent"
