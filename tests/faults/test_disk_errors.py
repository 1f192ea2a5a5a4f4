"""The ledger's disk fails at one call: at each fsync there is, one after the other, and at every fifth write."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.recording_smtp import RecordingSmtp
from tests.preloaded import preloaded
from tests.workspaces import Town, build

_PEOPLE = ("ana", "ben")
_MOST = 500
_TESTS = Path(__file__).parents[1]


@pytest.fixture
def server() -> Iterator[RecordingSmtp]:
    """A mail server that outlives everybody."""
    with RecordingSmtp() as running:
        yield running


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """What lets calls fail."""
    return preloaded("disk_errors", tmp_path)


@pytest.mark.parametrize(("kind", "step"), [("fsync", 1), ("write", 5)])
def test_a_disk_that_fails_once_loses_nobody_and_doubles_nobody(
    tmp_path: Path, server: RecordingSmtp, library: Path, kind: str, step: int
) -> None:
    """Whichever call it is: each has one mail in the end, and nobody is in doubt, though the policy is strict."""
    ready = tmp_path / "ready"
    ready.mkdir()
    town = build(ready)
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}\n    connections: 1")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.invite(*_PEOPLE)
    town.database.close()
    command = [sys.executable, "-m", "tests.disk_errors", kind]
    variables = {**os.environ, "LD_PRELOAD": str(library)}
    with subprocess.Popen(
        command, cwd=_TESTS.parent, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for at in range(1, _MOST, step):
            root = tmp_path / f"{at}"
            shutil.copytree(ready, root)
            server.accepted.clear()
            print(root, at, sep="\t", file=process.stdin, flush=True)
            said = process.stdout.readline().strip()
            assert said in {"failed", "passed"}
            after = Town(root=root)
            assert (at, after.account()) == (at, "2 planned = 2 sent")
            after.database.close()
            got = Counter(mail.recipients[0] for mail in server.accepted)
            assert (at, got) == (at, {f"{name}@example.org": 1 for name in _PEOPLE})
            shutil.rmtree(root)
            if said == "passed":
                break
        process.stdin.close()
    assert at > 5
