"""What every peer sends, and how it says what that took: the same people, the same letter, the same four numbers."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TEXT = (HERE / "letter.txt").read_text(encoding="utf-8")
HTML = (HERE / "letter.html").read_text(encoding="utf-8")
SUBJECT = "An invitation to Littleton, and a question"
SENDER_NAME, SENDER = "Open government", "open@littleton.example.org"
_FIRST = ("Ana", "Íñigo", "Zoë", "João", "Hélène", "سلمى", "Sean", "Begoña")
_LAST = ("Gil", "Núñez", "Brontë", "Magalhães", "Benali", "حداد", "Morgan")


@dataclass(frozen=True)
class Reader:
    """Somebody to write to; what differs between two letters."""

    name: str
    address: str
    unsubscribe: str

    @property
    def headers(self) -> dict[str, str]:
        """One-click leaving (RFC 8058)."""
        return {
            "List-Unsubscribe": f"<{self.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    @property
    def values(self) -> dict[str, str]:
        """For the letter's two placeholders."""
        return {"name": self.name, "unsubscribe": self.unsubscribe}


def readers(number: int) -> Iterator[Reader]:
    """Invented people, the same ones every time, at addresses that can belong to nobody (RFC 2606)."""
    for index in range(number):
        yield Reader(
            name=f"{_FIRST[index % len(_FIRST)]} {_LAST[index % len(_LAST)]}",
            address=f"person{index:07d}@example.org",
            unsubscribe=f"https://open.littleton.example.org/leave/{index:031x}",
        )


@dataclass(frozen=True)
class Order:
    """The command line of every sender: `NUMBER CONNECTIONS PORT [KEY]`; with a key mail is signed (DKIM)."""

    number: int
    connections: int
    port: int
    key: bytes  #: RSA, PEM; empty for none


def order() -> Order:
    """From the command line."""
    number, connections, port, *key = sys.argv[1:]
    return Order(int(number), int(connections), int(port), Path(key[0]).read_bytes() if key else b"")


def peak_rss(process: int | str = "self") -> int:
    """The most memory a process has had, in bytes.

    Not `ru_maxrss`: that survives `exec`, so a small program counts as large as whoever started it.
    """
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def measure(send: Callable[[], int]) -> None:
    """Run `send`, which returns how many it has sent, and print what that took."""
    began, cpu = time.perf_counter(), time.process_time()
    sent = send()
    say(sent, time.perf_counter() - began, time.process_time() - cpu, peak_rss())


def say(sent: int, seconds: float, cpu: float, rss: int) -> None:
    """One line of JSON, as the harness reads it."""
    print(json.dumps({"sent": sent, "seconds": seconds, "cpu": cpu, "peak_rss": rss}))
