"""A tick of the daemon in a process that ends at a chosen moment: `python -m tests.crash_walk [MUTATION]`.

Standard input names ticks, a line each: a folder, the number of the tick in that folder, at which moment it is killed
(SIGKILL; 0: never), and what counts as one: kinds of `tests.countdown.MOMENTS`. Each runs in a fork, so that everything
is imported once. The answer is a line: how many such moments it came by, or `killed`. With `pages` instead of a number
the town's pages are served at a port, which is said first, until there is another line. A MUTATION takes out what a
promise rests on; see `MUTATIONS`. With `power_cut.c` preloaded, what the ledger's disk was not asked to keep is lost,
too.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from sqlalchemy import Connection, delete, false, func, select, update

import scheduler
from communique.channel import Receipt
from communique.delivery import Mode, State
from communique.monitoring.health import Health
from communique.store import engine
from communique.store.database import attempts, deliveries, occurrences
from communique.store.deliveries import leases, ledger, takeover
from communique.store.deliveries.leases import Crossing, Lease
from communique.web.server import serving
from tests.countdown import Countdown
from tests.workspaces import START, Town

_SENDING = "commits wire"
_FREEZE = ledger.freeze
_CROSS, _RECORD_SENT, _CHANGE, _RELEASE = leases.cross, leases.record_sent, leases._change, takeover.release_unbegun


def _write_the_point_down_late() -> None:
    """After the final dot, with the answer."""

    def record_sent(connection: Connection, sent: Sequence[tuple[Lease, Receipt]], now: datetime) -> set[int]:
        _CROSS(connection, [Crossing(lease=lease, content_hash="") for lease, _ in sent], now)
        return _RECORD_SENT(connection, sent, now)

    leases.cross = lambda _connection, crossings, _now: {each.lease.delivery.id for each in crossings}
    leases.record_sent = record_sent


def _record_before_the_dot() -> None:
    """Sent is what is about to be."""

    def cross(connection: Connection, crossings: Sequence[Crossing], now: datetime) -> set[int]:
        held = _CROSS(connection, crossings, now)
        _RECORD_SENT(connection, [(each.lease, Receipt()) for each in crossings if each.lease.delivery.id in held], now)
        return held

    leases.cross = cross
    leases.record_sent = lambda _connection, sent, _now: {lease.delivery.id for lease, _ in sent}


def _forget_the_point() -> None:
    """Whoever was killed past the point is taken for one who never reached it."""

    def release_unbegun(connection: Connection, mode: Mode, *, gone: Sequence[str], now: datetime) -> int:
        connection.execute(delete(attempts).where(attempts.c.outcome == State.IRREVOCABLE))
        connection.execute(
            update(deliveries).where(deliveries.c.state == State.IRREVOCABLE).values(state=State.SENDING)
        )
        return _RELEASE(connection, mode, gone=gone, now=now)

    takeover.release_unbegun = release_unbegun


def _ask_for_no_token() -> None:
    """Whoever has lost a delivery to another worker still writes down what became of it."""

    def change(connection: Connection, held: Iterable[Lease], change: Any, **values: Any) -> set[int]:
        found = select(deliveries.c.id, func.coalesce(deliveries.c.lease_token, "").label("held"))
        tokens = {row.id: row.held for row in connection.execute(found)}
        stolen = [lease._replace(token=tokens[lease.delivery.id]) for lease in held]
        return _CHANGE(connection, stolen, change, **values)

    leases._change = change


def _freeze_without_a_look() -> None:
    """Whoever freezes believes to be the first."""

    def freeze(*arguments: Any, **named: Any) -> int:
        with patch.object(ledger, "_of", lambda *_: select(occurrences).where(false())):
            return _FREEZE(*arguments, **named)

    ledger.freeze = freeze


def _go_on_with_what_is_stopped() -> None:
    """Whoever takes what is due does not look whether too many mails of it came back."""
    leases.held_back = lambda _channel: false()


def _wait_for_no_disk() -> None:
    """Committed is what the operating system has."""
    into_wal = engine._into_wal

    def hasty(cursor: Any) -> None:
        into_wal(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")

    engine._into_wal = hasty


MUTATIONS = {
    "none": lambda: None,
    "the point is written down late": _write_the_point_down_late,
    "sent is written down before the dot": _record_before_the_dot,
    "the point is forgotten": _forget_the_point,
    "a freeze does not look for an earlier one": _freeze_without_a_look,
    "the token is not asked for": _ask_for_no_token,
    "what is stopped goes on": _go_on_with_what_is_stopped,
    "the disk is not waited for": _wait_for_no_disk,
}


@dataclass(frozen=True)
class Walker:
    """The other end of such a process."""

    asked: IO[str]
    said: IO[str]

    def tick(self, root: Path, number: int, last: int, moments: str = _SENDING) -> str:
        """A tick of the daemon, killed at the `last` of these moments; what is said of it."""
        self._ask(root, number, last, moments)
        return self._hear()

    def serve(self, root: Path, last: int, moments: str = _SENDING) -> int:
        """Pages, at the port that is given, until `end`."""
        self._ask(root, "pages", last, moments)
        return int(self._hear())

    def end(self) -> str:
        """End the pages that are served; what is said of them."""
        self._ask("end")
        return self._hear()

    def _ask(self, *words: object) -> None:
        print(*words, sep="\t", file=self.asked, flush=True)

    def _hear(self) -> str:
        return self.said.readline().strip()


@contextmanager
def walking(mutation: str = "none", library: Path | None = None) -> Iterator[Walker]:
    """Ticks and pages in processes that may be killed, with a library that is loaded before them."""
    command = [sys.executable, "-m", "tests.crash_walk", mutation]
    variables = {**os.environ, **({"LD_PRELOAD": str(library)} if library else {})}
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=root, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Walker(process.stdin, process.stdout)
        process.stdin.close()


def _tick(root: Path, number: int, countdown: Countdown, moments: Iterable[str]) -> None:
    now = START + timedelta(hours=number)
    installation = Town(root=root).installation
    countdown.arm(moments)
    scheduler.run(installation, lambda: now, once=True)


def _ending() -> dict[str, Any]:
    library = ctypes.CDLL(None)
    return {"end": library.power_cut} if hasattr(library, "power_cut") else {}


def _serve(root: Path, countdown: Countdown, moments: Iterable[str]) -> None:
    sys.modules["uvloop"] = None  # type: ignore[assignment]  # uvicorn's other loop, whose calls are not Python's
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    with serving(Health(), Town(root=root).installation, lambda: START, 0) as port:
        countdown.arm(moments)
        _answer(str(port))
        signal.sigwait([signal.SIGTERM])
        countdown.last = 0


def _answer(said: str) -> None:
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()


def main() -> None:
    """Ticks as they are asked for."""
    from tests import warm  # noqa: F401 - what each tick would load, read and compile anew; not when MUTATIONS are asked for

    MUTATIONS[sys.argv[1] if len(sys.argv) > 1 else "none"]()
    for line in sys.stdin:
        folder, number, last, moments = line.rstrip("\n").split("\t")
        answer, told = os.pipe()
        child = os.fork()
        if not child:
            countdown = Countdown(last=int(last), **_ending())
            if number == "pages":
                _serve(Path(folder), countdown, moments.split())
            else:
                _tick(Path(folder), int(number), countdown, moments.split())
            os.write(told, str(countdown.passed).encode())
            os._exit(0)
        os.close(told)
        if number == "pages":
            sys.stdin.readline()
            os.kill(child, signal.SIGTERM)  # until it is waited for, its number is nobody else's
        _, status = os.waitpid(child, 0)
        with os.fdopen(answer) as passed:
            _answer("killed" if os.WIFSIGNALED(status) else passed.read() or "failed")


if __name__ == "__main__":
    main()
