"""Programs from Debian's packages, unpacked beside this file: nothing of them is installed on the machine."""

import os
import select
import signal
from pathlib import Path

from tests.counterparts.presence import require

FOLDER = Path(__file__).parent / "debian"
_LIBRARIES = ("usr/lib", "usr/lib/postfix", "usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu")


def require_root() -> None:
    """Go on where the mail servers are there and may be started: Postfix starts as root and then lets go of it."""
    require((FOLDER / ".installed").exists(), "Postfix and OpenDKIM are not there: run `make counterparts`.")
    require(os.geteuid() == 0, "Postfix starts as root only: run this test as root, in a container for example.")


def environment() -> dict[str, str]:
    """In which the unpacked programs find their libraries."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LD_LIBRARY_PATH": library_path()}


def library_path() -> str:
    """Of the unpacked programs."""
    return ":".join(str(FOLDER / folder) for folder in _LIBRARIES)


def end(pid_file: Path, by: signal.Signals) -> None:
    """End the process that wrote its number there, and wait until it is gone."""
    handle = os.pidfd_open(int(pid_file.read_text()))
    try:
        signal.pidfd_send_signal(handle, by)
        select.select([handle], [], [])
    finally:
        os.close(handle)
