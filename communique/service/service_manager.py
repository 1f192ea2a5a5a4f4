"""What systemd is told about the daemon (sd_notify(3)): that it is ready, goes on, stops, and how it is."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta


class ServiceManager:
    """The datagram socket that the process's environment names; without one, nobody is told anything.

    Whoever listens there may be slow or gone: it is never waited for.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        address = variables.get("NOTIFY_SOCKET", "")
        # A name that begins with @ stands in no file system: its first byte is zero (unix(7)).
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._often = _watchdog(variables)
        self._last_alive: datetime | None = None
        self._last_status = ""

    def ready(self) -> None:
        """It listens for signals, its pages are there, and the first tick comes now."""
        self._tell("READY=1")

    def alive(self, now: datetime) -> None:
        """Work gets on: said often enough for the watchdog, which restarts the daemon when it is not."""
        # A clock that was put back must not silence it.
        if self._often is None or (self._last_alive and abs(now - self._last_alive) < self._often):
            return
        self._last_alive = now
        self._tell("WATCHDOG=1")

    def status(self, words: str) -> None:
        """How it is, in a line: `systemctl status` shows it."""
        line = " ".join(words.split())
        if line != self._last_status:
            self._last_status = line
            self._tell(f"STATUS={line}")

    def stopping(self) -> None:
        """It was asked to end, and finishes what is in flight."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaking:
            speaking.setblocking(False)
            speaking.sendto(message.encode(), self._address)


def _watchdog(variables: Mapping[str, str]) -> timedelta | None:
    """A quarter of the watchdog's patience; None when it does not watch, or watches another process."""
    patience = variables.get("WATCHDOG_USEC", "")
    if not patience.isdecimal() or variables.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return timedelta(microseconds=int(patience)) / 4
