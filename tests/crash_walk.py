"""A tick of the daemon in a process that ends at a chosen moment: `python -m tests.crash_walk [MUTATION]`.

Standard input names ticks, a line each: a folder, the number of the tick in that folder, and at which commit, send or
receive it is killed (SIGKILL; 0: never). Each runs in a fork, so that everything is imported once. The answer is a
line: how many such moments it came by, or `killed`. A MUTATION takes out what a promise rests on; see `MUTATIONS`.
"""

import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, delete, false, func, select, update

import scheduler
from communique.channel import Receipt
from communique.delivery import Mode, State
from communique.store import leases, ledger, takeover
from communique.store.database import attempts, deliveries, occurrences
from communique.store.leases import Crossing, Lease
from tests.workspaces import START, Town


class Countdown:
    """Ends the process before one of the calls it has been put in front of.

    After a call is before the next one: nothing that outlives the process happens between them.
    """

    def __init__(self) -> None:
        self.passed = 0
        self.last = 0

    def step(self) -> None:
        """A moment at which a power cut would matter."""
        self.passed += 1
        if self.passed == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, with a moment before it."""

        def called(*arguments: Any, **named: Any) -> Any:
            self.step()
            return call(*arguments, **named)

        return called


def _arm(countdown: Countdown) -> None:
    class Watched(sqlite3.Connection):
        commit = countdown.before(sqlite3.Connection.commit)

    connect = sqlite3.dbapi2.connect
    sqlite3.dbapi2.connect = lambda *given, **named: connect(*given, **{**named, "factory": Watched})  # type: ignore[assignment]
    for name in ("send", "recv"):
        setattr(socket.socket, name, countdown.before(getattr(socket.socket, name)))


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


MUTATIONS = {
    "none": lambda: None,
    "the point is written down late": _write_the_point_down_late,
    "sent is written down before the dot": _record_before_the_dot,
    "the point is forgotten": _forget_the_point,
    "a freeze does not look for an earlier one": _freeze_without_a_look,
    "the token is not asked for": _ask_for_no_token,
}


def _tick(root: Path, number: int, countdown: Countdown) -> None:
    now = START + timedelta(hours=number)
    installation = Town(root=root).installation
    _arm(countdown)
    scheduler.run(installation, lambda: now, once=True)


def main() -> None:
    """Ticks as they are asked for."""
    from tests import warm  # noqa: F401 - what each tick would load, read and compile anew; not when MUTATIONS are asked for

    MUTATIONS[sys.argv[1] if len(sys.argv) > 1 else "none"]()
    for line in sys.stdin:
        folder, number, last = line.rstrip("\n").split("\t")
        answer, told = os.pipe()
        child = os.fork()
        if not child:
            countdown = Countdown()
            countdown.last = int(last)
            _tick(Path(folder), int(number), countdown)
            os.write(told, str(countdown.passed).encode())
            os._exit(0)
        os.close(told)
        _, status = os.waitpid(child, 0)
        with os.fdopen(answer) as passed:
            sys.stdout.write(("killed" if os.WIFSIGNALED(status) else passed.read() or "failed") + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
