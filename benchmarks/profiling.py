"""Where our sender spends its time, by rooms: py-spy looks at it from outside, in a run of its own."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.measuring import MeasureError
from benchmarks.ours import prepared
from benchmarks.process_cost import observed
from benchmarks.sink import INSTALLED, ROOT, sink

_PROGRAM = INSTALLED / "python" / "bin" / "py-spy"
_LOOKS_A_SECOND = 250
_MOST_SECONDS = 600
_SENDING = ";measure ("  #: the frame below which everything is sending
_WAITING = ("_worker (concurrent/futures/thread.py", "wait (threading.py")  #: a thread that has nothing to do
_MAIN_THREAD = "<module> (benchmarks/ours.py"
_NAMED = 3  #: functions a room

REST = "rest"
#: By the beginning of a file's path; the longest that fits decides. A test looks whether they exist.
ROOMS = {
    "communique/store/": "ledger",
    "communique/send/": "ledger",
    "communique/texts/": "composing",
    "communique/language/": "composing",
    "communique/send/due_messages.py": "composing",
    "communique/send/messages.py": "composing",
    "channels/mail/body.py": "composing",
    "channels/mail/composition.py": "composing",
    "channels/mail/envelope.py": "composing",
    "channels/mail/headers.py": "composing",
    "channels/mail/mail_traffic.py": "composing",
    "channels/mail/pattern.py": "composing",
    "channels/mail/writing.py": "composing",
    "channels/mail/dkim.py": "signing",
    "channels/mail/signing.py": "signing",
    "channels/mail/": "conversation",
    "channels/mail/link.py": "sockets",
}
#: Packages of others, wherever they lie.
_OTHERS = {
    "sqlalchemy/": "ledger",
    "sqlite3/": "ledger",
    "psycopg/": "ledger",
    "jinja2/": "composing",
    "email/": "composing",
    "emails/": "composing",
    "cryptography/": "signing",
    "selectors.py": "sockets",
    "socket.py": "sockets",
}
_BY_LENGTH = sorted({**ROOMS, **_OTHERS}.items(), key=lambda each: -len(each[0]))


def profile(people: int, connections: int) -> list[dict[str, Any]]:
    """Each room's share of the time on a processor while sending, and the functions that have the most of it.

    Raises:
        MeasureError: py-spy is not there, or may not look.
    """
    if not _PROGRAM.exists():
        raise MeasureError("py-spy is not installed")
    with tempfile.TemporaryDirectory(prefix="communique-bench-") as folder, sink() as receiver:
        prepared(Path(folder), people, connections, receiver.port)
        stacks = Path(folder) / "stacks"
        options = ["--format", "raw", "--rate", str(_LOOKS_A_SECOND), "--output", str(stacks)]
        command = [str(_PROGRAM), "record", *options, "--", sys.executable, "-m", "benchmarks.ours", folder]
        try:
            done = observed(command, within=ROOT, environment=os.environ, most_seconds=_MOST_SECONDS)
        except TimeoutError as error:
            raise MeasureError(f"py-spy: {error}") from error
        if done.code or not stacks.exists():
            raise MeasureError(f"py-spy could not look at our sender: {done.errors.strip()[-500:]}")
        return by_room(stacks.read_text(encoding="utf-8").splitlines())


def by_room(stacks: Iterable[str]) -> list[dict[str, Any]]:
    """Of stacks with their counts, `outer (file:line);inner (file:line) 17`: the rooms, the largest first."""
    rooms: Counter[str] = Counter()
    functions: dict[str, Counter[str]] = {}
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        is_loading = _MAIN_THREAD in stack and _SENDING not in stack
        if is_loading or not _file(frames[-1]) or frames[-1].startswith(_WAITING):
            continue
        room = next((found for frame in reversed(frames) if (found := _room(frame))), REST)
        rooms[room] += int(count)
        functions.setdefault(room, Counter())[_named(frames[-1])] += int(count)
    looks = rooms.total()
    if not looks:
        raise MeasureError("py-spy saw nothing of our sending")
    return [
        {"room": room, "share": count / looks, "most_in": [name for name, _ in functions[room].most_common(_NAMED)]}
        for room, count in rooms.most_common()
    ]


def _file(frame: str) -> str:
    return frame.partition(" (")[2].rpartition(":")[0]


def _room(frame: str) -> str:
    file = _file(frame)
    return next((room for beginning, room in _BY_LENGTH if file.startswith(beginning)), "")


def _named(frame: str) -> str:
    """`Link.write in channels/mail/link.py`."""
    return f"{frame.partition(' (')[0]} in {_file(frame)}"
