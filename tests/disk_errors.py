"""A daemon whose disk fails at one call: `python -m tests.disk_errors fsync|write`, with `disk_errors.c` preloaded.

Standard input names attempts, a line each: a folder, and at which call its disk fails, once, during the first of four
ticks. Each runs in a fork. The answer is a line: `failed`, or `passed` when there are not so many calls.
"""

import ctypes
import os
import sys
from pathlib import Path

from communique.service.daemon import Daemon
from tests.workspaces import Town

_KINDS = {"fsync": 0, "write": 1}


def _attempt(root: Path, kind: int, at: int) -> str:
    library = ctypes.CDLL(None)
    calls = ctypes.c_int.in_dll(library, "disk_error_in")
    ctypes.c_int.in_dll(library, "disk_error_kind").value = kind
    town = Town(root=root)
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    calls.value = at
    daemon.tick()
    left, calls.value = calls.value, 0
    for _ in range(3):
        town.clock.turn(minutes=2)
        daemon.tick()
    daemon.close()
    return "passed" if left else "failed"


def main() -> None:
    """Attempts as they are asked for."""
    from tests import warm  # noqa: F401 - what each attempt would load, read and compile anew; before any fork

    for line in sys.stdin:
        folder, at = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            sys.stdout.write(_attempt(Path(folder), _KINDS[sys.argv[1]], int(at)) + "\n")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
