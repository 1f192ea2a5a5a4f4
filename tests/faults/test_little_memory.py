"""A daemon that may have hardly any memory, or not one more thread."""

import os
import resource
import threading
from pathlib import Path

import pytest

import scheduler
from communique.send.mail_sink import LocalSink
from tests.daemon_process import DaemonProcess, run_daemon, wait_until
from tests.forked import Forked
from tests.killing import at_rest, due_now, toll
from tests.workspaces import Town

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PEOPLE, CONNECTIONS, MEGABYTE = 120, 8, 1 << 20
_TOO_LARGE = 1 << 46  #: a thread's stack: more than a process can address


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


def _with_no_more_threads_than(most: int, root: Path, port: int, *, as_a_file: bool = False) -> int | None:
    """The system refuses each that comes after so many."""
    begin, begun = threading.Thread.start, list[threading.Thread]()

    def start(thread: threading.Thread) -> None:
        threading.stack_size(_TOO_LARGE if len(begun) >= most else 0)
        begin(thread)
        begun.append(thread)

    threading.Thread.start = start  # type: ignore[method-assign] # of a process of its own
    if as_a_file:
        return scheduler.main()
    run_daemon(root, port)
    return None


def _as_a_file(most: int, root: Path) -> int | None:
    """`python scheduler.py`, without its threads."""
    return _with_no_more_threads_than(most, root, 0, as_a_file=True)


@ONLY_SQLITE
def test_the_clock_started_as_a_file_says_so_too(town: Town) -> None:
    """With the same sentence and exit code as the command."""
    (town.root / "var").mkdir(exist_ok=True)
    log = town.root / "var" / "daemon.log"
    variables = {**os.environ, "COMMUNIQUE_KEY": "key", "COMMUNIQUE_WORKSPACE": str(town.root)}
    assert Forked(_as_a_file, [1, town.root], variables, log).wait(timeout=60) == 1
    said = log.read_text(encoding="utf-8")
    assert "scheduler.py has ended: expected to start one more thread" in said
    assert "Traceback" not in said


@ONLY_SQLITE
@pytest.mark.parametrize("most", [0, 1])
def test_a_daemon_that_may_start_no_thread_ends_and_says_so(town: Town, most: int) -> None:
    """Which limit is to be raised, and no traceback; whoever started it sees that it has failed."""
    (town.root / "var").mkdir(exist_ok=True)
    log = town.root / "var" / "daemon.log"
    variables = {**os.environ, "COMMUNIQUE_KEY": "key"}
    daemon = Forked(_with_no_more_threads_than, [most, town.root, 0], variables, log)
    assert daemon.wait(timeout=60) == 1
    said = log.read_text(encoding="utf-8")
    assert "communique run has ended: expected to start one more thread" in said
    assert "TasksMax=" in said
    assert "Traceback" not in said
    assert "apscheduler" not in said


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
