"""How this machine's clock has gone, kept outside the ledger: one that jumps ahead would have all that waits missed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from communique.phrase import phrase
from communique.send.whole_file import replace_whole

#: Time servers and summer time by hand move a clock by less, and so little does no harm that a person must prevent.
BELIEVED = timedelta(minutes=30)
#: Since a machine was started, its clock may not have been put right yet.
_SETTLED = timedelta(minutes=10)
#: For so long a machine may be switched off without anybody being asked when it is on again.
_AWAY = timedelta(days=31)
#: A machine that stood still (a virtual one that was halted) has its clock put forward by so much, and rightly.
HOURS = timedelta(hours=12)
#: Such a clock is believed when it has stood by what it shows for so long.
STANDS_BY_IT = timedelta(minutes=10)
_DAYS_FROM = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class MachineClock:
    """What this machine's clock shows, and how long the machine has been on, whatever that clock is set to."""

    shown: Callable[[], datetime]
    uptime: Callable[[], float]  #: seconds, asleep or awake
    start: str  #: names the start they are counted from; empty where no start can be told from another


@dataclass(frozen=True, slots=True)
class Course:
    """What a clock showed when its machine had been on for so long."""

    at: datetime
    uptime: float
    start: str
    is_measured: bool = True  #: False: the machine was off since, or had only been started

    def of(self, clock: MachineClock) -> "Course":
        """The same, for a machine that has perhaps been started anew: then it goes on from now."""
        settled = self.uptime >= _SETTLED.total_seconds()
        if self.start and self.start == clock.start:
            return Course(self.at, self.uptime, self.start, is_measured=self.is_measured and settled)
        return Course(self.at, clock.uptime(), clock.start, is_measured=False)

    def present(self, clock: MachineClock) -> datetime:
        """What the clock would show, had it only gone on."""
        return self.at + timedelta(seconds=clock.uptime() - self.uptime)

    def ahead(self, clock: MachineClock) -> timedelta:
        """By how much the clock shows more than that; less than nothing where it was put back."""
        return clock.shown() - self.present(clock)

    def objection(self, clock: MachineClock) -> str:
        """Why a clock is not believed; empty when it is. The same words as long as it is so."""
        ahead = self.ahead(clock)
        if ahead <= (BELIEVED if self.is_measured else _AWAY):
            return ""
        what = (
            phrase("this machine's clock was put forward by {by}", by=_in_words(ahead))
            if self.is_measured
            else phrase(
                "by this machine's clock nothing has run here since {moment} UTC, for more than {days} days",
                moment=f"{self.at:%Y-%m-%d %H:%M}",
                days=_AWAY.days,
            )
        )
        if self.is_measured and ahead <= HOURS:
            return phrase(
                "{what}: for {minutes} minutes nothing goes out and nothing is missed, then it is believed. Put it "
                "right by then (`timedatectl`), and it goes on by itself; if it is right: `communique resume "
                "--clock-is-right --as NAME`",
                what=what,
                minutes=STANDS_BY_IT // timedelta(minutes=1),
            )
        return phrase(
            "{what}: nothing goes out, and nothing is missed, before it is right. Put it right (`timedatectl`), and it "
            "goes on by itself; if it is right: `communique resume --clock-is-right --as NAME`",
            what=what,
        )


@dataclass(frozen=True)
class SeenClock:
    """A small file below `var`, replaced whole."""

    file: Path

    def keep(self, course: Course) -> None:
        """Remember how the clock goes.

        Raises:
            OSError: it could not be written.
        """
        kept = {"at": course.at.isoformat(), "uptime": course.uptime, "start": course.start}
        replace_whole(self.file, kept)

    def course(self) -> Course | None:
        """What was kept; None when nothing was, or it cannot be read."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            at = datetime.fromisoformat(kept["at"])
            return Course(at, float(kept["uptime"]), str(kept["start"])) if at.tzinfo else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def objection(self, clock: MachineClock | None) -> str:
        """Why nothing may go by a clock; empty when it may, or nobody knows how it went before."""
        course = self.course()
        if course is None or clock is None:
            return ""
        return course.of(clock).objection(clock)


def _in_words(ahead: timedelta) -> str:
    """Rounded: it is said once, however it trembles."""
    if ahead >= _DAYS_FROM:
        return phrase("{days} days", days=round(ahead / timedelta(days=1)))
    return phrase("{hours} hours", hours=f"{ahead / timedelta(hours=1):.1f}".removesuffix(".0"))
