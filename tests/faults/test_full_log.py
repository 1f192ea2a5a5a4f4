"""Nobody reads what the daemon says, and the pipe to whoever should is full: mails go all the same."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from communique.send.mail_sink import LocalSink
from tests.daemon_process import wait_until
from tests.killing import due_now
from tests.workspaces import Town


@pytest.fixture
def full() -> Iterator[int]:
    """The end of a pipe that takes not one byte more; a write to it waits."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    try:
        while True:
            os.write(writes, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writes, True)
    yield writes
    os.close(reads)
    os.close(writes)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_log_that_nobody_reads_keeps_no_mail(town: Town, full: int) -> None:
    """Lines of the log get lost; no mail does, and asked to end it ends well."""
    due_now(town)
    town.invite("ana")
    command = [sys.executable, "-m", "communique", "--workspace", str(town.root), "run", "--port", "0"]
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        daemon = subprocess.Popen(command, env={**os.environ, "COMMUNIQUE_KEY": "key"}, stdout=full, stderr=full)
        try:
            wait_until(lambda: bool(sink.accepted) and town.account() == "1 planned = 1 sent", "a mail on record")
            daemon.terminate()
            assert daemon.wait(timeout=60) == 0
        finally:
            daemon.kill()
            daemon.wait()
