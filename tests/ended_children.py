"""What ends the children of a process for want of memory."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST = 30 << 10  #: kilobytes that a child may have: fewer than printing and coding take


@contextmanager
def no_memory_for(module: str, parent: int, most: int = _MOST) -> Iterator[list[int]]:
    """As the kernel, or systemd-oomd, does: the child that has too much is ended (SIGKILL); which ones.

    Args:
        module: what the child runs.
        parent: its parent.
        most: kilobytes.
    """
    over, ended = threading.Event(), list[int]()

    def look() -> None:
        while not over.wait(0.005):
            for each in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):  # gone meanwhile
                    if _is_ended(each, module.encode(), parent, most):
                        ended.append(int(each.name))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield ended
    finally:
        over.set()
        thread.join()


def _is_ended(process: Path, module: bytes, parent: int, most: int) -> bool:
    if module not in (process / "cmdline").read_bytes().split(b"\0"):
        return False
    status = dict(line.split(":", 1) for line in (process / "status").read_text(encoding="utf-8").splitlines())
    if int(status["PPid"]) != parent or int(status.get("VmRSS", "0 kB").split()[0]) <= most:
        return False
    os.kill(int(process.name), signal.SIGKILL)
    return True
