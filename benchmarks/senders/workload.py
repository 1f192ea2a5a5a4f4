"""What every peer sends, and how it says what that took: the same people, the same letter, the same numbers."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TEXT, HTML = ((HERE / name).read_text(encoding="utf-8") for name in ("letter.txt", "letter.html"))
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


def measure(send: Callable[[], int]) -> None:
    """Run `send`, which returns how many it has sent, and print what the harness reads: one line of JSON.

    Memory, and what processors did from here on, is measured from outside.
    """
    used = os.times()
    began = time.perf_counter()
    sent = send()
    seconds = time.perf_counter() - began
    print(json.dumps({"sent": sent, "seconds": seconds, "cpu_before": sum(used[:4])}))
