"""The clock: wakes planning and dispatch on time, passes `now`, stops cleanly. Nothing else.

APScheduler is the alarm clock only. It keeps nothing: everything is derived from the ledger at each tick, so that a
tick that was missed, or came twice, changes nothing. `python scheduler.py` runs the workspace in the current folder.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from channels import KINDS
from communique import log_lines
from communique.installation import Installation
from communique.machine.limits import limit_reached
from communique.send.seen_clock import MachineClock

if TYPE_CHECKING:
    from communique.service.service import Service

_log = logging.getLogger("scheduler")  # as a program, too
TICK_SECONDS = 5  #: how often the ledger is asked what is due


def now() -> datetime:
    """The present, aware, in UTC: the one place besides the command line that reads the clock."""
    return datetime.now(UTC)


def machine_clock() -> MachineClock | None:
    """The same, beside what no setting of the clock changes: how long this machine has been on."""
    start = ""
    with suppress(OSError):
        start = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    # Asleep, too, where that is counted: who wakes up has a clock that is right.
    counted = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return MachineClock(now, lambda: time.clock_gettime(counted), start)


def run(
    installation: Installation,
    clock: Callable[[], datetime] = now,
    *,
    port: int | None = None,
    host: str = "127.0.0.1",
    desk_port: int | None = None,
    desk_host: str = "127.0.0.1",
    once: bool = False,
    kind: "type[Service] | None" = None,
) -> int:
    """Run until SIGTERM or SIGINT, finishing what is in flight; the exit code.

    Args:
        installation: the workspace on this machine.
        clock: gives the present.
        port: of the pages; None for none.
        host: the address at which they are served.
        desk_port: of the officers' desk; None for none.
        desk_host: the address at which it is served.
        once: do what is due now, and end; 1 when something is wrong.
        kind: one of the parts of the service (`communique.service.machines`); None: the whole of it.
    """
    # Every command asks for the time, and few of them run a service.
    from communique.service.daemon import Daemon

    stop = threading.Event()
    if clock is not now:
        installation = replace(installation, machine_clock=None)
    service = (kind or Daemon)(installation=installation, clock=clock, stopping=stop.is_set)
    with _set_by_signals(stop), closing(service):
        if once:
            service.tick()
            return 0 if service.health.report(clock())[0] else 1
        with service.serving(port, host), service.serving_desk(desk_port, desk_host):
            _log.info("%s of the workspace %s: begun", service.name, installation.root.resolve())
            service.manager.ready()
            _tick_until(stop, service)
    _log.info("%s: ended, as it was told to", service.name)
    return 0


def _tick_until(stop: threading.Event, service: "Service") -> None:
    """Again and again, one tick at a time; the last one is waited for."""
    # Loaded by whoever waits for an alarm, and by no command.
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.base import BaseTrigger

    class FromNow(BaseTrigger):  # type: ignore[misc]
        """An interval would count, one by one, all the times that a clock put forward by years has passed over."""

        def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
            return now + timedelta(seconds=TICK_SECONDS)

        def __str__(self) -> str:
            return f"every {TICK_SECONDS} s"

    class Begun(ThreadPoolExecutor):  # type: ignore[misc]
        """With its thread: if the system refuses it, the daemon ends and says so; each alarm would only log it."""

        def start(self, *about: object) -> None:
            super().start(*about)
            self._pool.submit(int).result()

    # A tick that outlasts the next alarm is no fault (it may have a million mails to send); one that fails is an error.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    alarm = BackgroundScheduler(
        timezone=UTC,
        executors={"default": Begun(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    # The alarm goes by the machine's clock, whatever clock the service is given.
    job = alarm.add_job(service.tick, FromNow(), next_run_time=now())
    alarm.start()
    while not stop.wait(TICK_SECONDS):
        service.open_desk()
        if job.next_run_time > now() + 2 * timedelta(seconds=TICK_SECONDS):
            job.modify(
                next_run_time=now()
            )  # the clock was put back: the alarm would wait until the old time comes again
    _log.info("%s: told to end; what is in flight comes to its end", service.name)
    service.manager.stopping()
    alarm.shutdown(wait=True)


@contextmanager
def _set_by_signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM, SIGINT and the end of its terminal set the event; afterwards they do what they did before."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    ending = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as by nohup: it is to outlive its terminal
        ending.append(signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main() -> int:
    """This file as a program: the daemon of the workspace that COMMUNIQUE_WORKSPACE names; its exit code."""
    log_lines.begin_unattended(sys.stderr, as_json=not sys.stderr.isatty())
    root = Path(os.environ.get("COMMUNIQUE_WORKSPACE", "."))
    try:
        return run(Installation(root=root, variables=os.environ, kinds=KINDS, machine_clock=machine_clock()), port=8025)
    except (RuntimeError, MemoryError) as error:
        if not (lacking := limit_reached(error)):
            raise
        sys.stderr.write(f"Error: scheduler.py has ended: {lacking}.\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
