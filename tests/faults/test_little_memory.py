"""A daemon that may have hardly any memory, or not one more thread."""

import os
import resource
import threading
from pathlib import Path

import pytest

from communique.send.mail_sink import LocalSink
from tests.daemon_process import DaemonProcess, run_daemon, wait_until
from tests.forked import Forked
from tests.killing import at_rest, due_now, toll
from tests.workspaces import Town

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PEOPLE, CONNECTIONS, MEGABYTE = 120, 8, 1 << 20


def limit(process: int, room: int) -> None:
    """Let it have so many bytes of address space more than it has."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (size,) = (int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmSize:"))
    resource.prlimit(process, resource.RLIMIT_AS, (size + room, resource.RLIM_INFINITY))


def written_to_many(town: Town) -> DaemonProcess:
    """A town that is about to write to many over several connections."""
    due_now(town)
    town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
    town.invite(*(f"person{number}" for number in range(PEOPLE)))
    return DaemonProcess(town.root)


def _with_large_threads(root: Path, port: int) -> None:
    """Each thread takes more address space than there will be: it is refused, and nothing else is."""
    threading.stack_size(1024 * MEGABYTE)
    run_daemon(root, port)


@ONLY_SQLITE
def test_without_one_more_thread_mails_go_over_the_connection_that_there_is(town: Town) -> None:
    """Nothing stops, and nobody is in doubt."""
    daemon = written_to_many(town)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: {CONNECTIONS}")
        (town.root / "var").mkdir(exist_ok=True)
        variables = {**os.environ, "COMMUNIQUE_KEY": "key"}
        daemon.process = Forked(_with_large_threads, [town.root, 0], variables, town.root / "var" / "daemon.log")
        wait_until(lambda: "this daemon sends from now on" in daemon.log(), "the threads of its clock")
        limit(daemon.process.pid, 512 * MEGABYTE)
        wait_until(lambda: at_rest(town) == PEOPLE, "all mails on record")
        assert daemon.terminate() == 0
    assert town.account() == f"{PEOPLE} planned = {PEOPLE} sent"
    assert list(toll(town, sink, kills=0, connections=CONNECTIONS).broken()) == []
    assert "a mistake in the program" not in daemon.log()


@ONLY_SQLITE
@pytest.mark.parametrize("room", [0, MEGABYTE])
def test_without_memory_nobody_is_lost_and_nobody_has_two(town: Town, room: int) -> None:
    """It goes on or ends; with memory, or started anew, it writes to the others."""
    daemon = written_to_many(town)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}\n    connections: {CONNECTIONS}")
        daemon.start()
        wait_until(lambda: "this daemon sends from now on" in daemon.log(), "a daemon that is about to send")
        assert daemon.process
        limit(daemon.process.pid, room)
        log = town.root / "var" / "daemon.log"
        wait_until(
            lambda: at_rest(town) == PEOPLE or "tick failed" in log.read_text(encoding="utf-8") or ended(daemon),
            "what becomes of it",
        )
        daemon.kill()
        daemon.start()
        wait_until(lambda: at_rest(town) == PEOPLE, "all mails on record")
        daemon.kill()
    assert list(toll(town, sink, kills=2, connections=CONNECTIONS).broken()) == []


def ended(daemon: DaemonProcess) -> bool:
    """Whether the system, or it itself, has put an end to it."""
    assert daemon.process
    return daemon.process.poll() is not None
