"""The clock by which a service decides: the machine's, unless that has jumped ahead of the time that went by."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from communique.send.seen_clock import BELIEVED, HOURS, STANDS_BY_IT, Course, MachineClock, SeenClock

_JUMP = timedelta(minutes=1)  #: less is what NTP does, and every pause bears it
_DAY = 24 * 60 * 60
_KEPT_EVERY = 60
_log = logging.getLogger(__name__)


@dataclass
class ClockWatch:
    """`look` is called at each tick, `now` from every thread.

    `machine`: None where the clock goes as whoever gave it turns it; then it is always believed.
    """

    clock: Callable[[], datetime]
    seen: SeenClock
    machine: MachineClock | None
    was_put_back: bool = False  #: and nothing has been done about it
    put_forward: float | None = None  #: when it last was, by the machine's uptime
    #: What it showed, what was taken for the present, and the machine's uptime.
    _looked_at: tuple[datetime, datetime, float] | None = None
    _course: Course | None = None
    _kept: float | None = None
    _since: tuple[float, timedelta] | None = None  #: from when on the clock has been off its course, and by how much

    def now(self) -> datetime:
        """The present; by the time that went by, where the clock is not believed."""
        course, machine = self._course, self.machine
        if course is None or machine is None or not course.objection(machine):
            return self.clock()
        return course.present(machine)

    @property
    def objection(self) -> str:
        """Why the clock is not believed; empty when it is."""
        return self._course.objection(self.machine) if self._course and self.machine else ""

    def may_erase(self) -> bool:
        """Not within a day after it was put forward: it may be wrong, and what is erased does not come back."""
        return self.put_forward is None or self.machine is None or self.machine.uptime() - self.put_forward > _DAY

    def look(self) -> None:
        """See how it goes, say when it jumps, and remember it while it is believed."""
        machine = self.machine
        self._tell(self.clock(), self.now(), machine.uptime() if machine else 0.0)
        if machine is None:
            return
        course = self._known(machine)
        if _is_off(course, machine):
            ahead, uptime = course.ahead(machine), machine.uptime()
            if self._is_another(ahead):
                self._since = uptime, ahead
            if not self._stands_by_it(ahead, uptime):
                self._course = course
                return
        self._since = None
        self._keep(_anew(machine))

    def _known(self, machine: MachineClock) -> Course:
        """How it has gone so far. The file is asked where it is off: a person may have said that it is right."""
        course = self._course
        if course is None or _is_off(course, machine):
            kept = self.seen.course()
            course = kept.of(machine) if kept else course
        return course or _anew(machine)

    def _is_another(self, ahead: timedelta) -> bool:
        return self._since is None or abs(ahead - self._since[1]) > _JUMP

    def _stands_by_it(self, ahead: timedelta, uptime: float) -> bool:
        """For long enough to be believed without a person: back for a day, or forward by hours for minutes."""
        if self._since is None:
            return False
        stood = uptime - self._since[0]
        if ahead < timedelta(0):
            return stood > _DAY
        return ahead <= HOURS and stood > STANDS_BY_IT.total_seconds()

    def _keep(self, course: Course) -> None:
        is_new = self._course is None or self._course.start != course.start
        self._course = course
        if is_new or self._kept is None or course.uptime - self._kept >= _KEPT_EVERY:
            # A disk that takes nothing is told elsewhere, and a clock that goes on needs no file.
            with suppress(OSError):
                self.seen.keep(course)
                self._kept = course.uptime

    def _tell(self, shown: datetime, now: datetime, uptime: float) -> None:
        if self._looked_at is not None:
            showed, then, uptime_then = self._looked_at
            went_by = uptime - uptime_then
            by = timedelta(seconds=round((shown - showed).total_seconds() - went_by))
            if by < -_JUMP:
                _log.warning("the clock was put back by %s", -by)
                # Where nobody believed it before, nothing has been written by it.
                self.was_put_back = (now - then).total_seconds() - went_by < -_JUMP.total_seconds()
            elif by > _JUMP and self.machine is not None:
                _log.warning("the clock was put forward by %s, or this machine stood still", by)
                self.put_forward = uptime
        self._looked_at = shown, now, uptime


def _anew(machine: MachineClock) -> Course:
    return Course(machine.shown(), machine.uptime(), machine.start).of(machine)


def _is_off(course: Course, machine: MachineClock) -> bool:
    """Ahead, and not believed; or put back, which does no harm: but from there it may come back to its course."""
    return course.ahead(machine) < -BELIEVED or bool(course.objection(machine))
