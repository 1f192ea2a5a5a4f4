"""How many messages may leave in a time, as an operator writes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_RATE = re.compile(r"(?P<copies>[1-9][0-9]{0,8}) per (?P<unit>minute|hour|day)")
EXPECTED_RATE = "a rate such as `100 per minute`, `500 per hour` or `2000 per day`"
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_DAY = timedelta(days=1)
_MOST = 10**9  #: copies a day: no limit any more


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many in any time of that length."""

    copies: int
    per: timedelta


def parse_rate(text: str) -> Rate:
    """A rate, as in `100 per minute`.

    Raises:
        ValueError: with what was expected.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"expected {EXPECTED_RATE}, found `{text}`")
    return Rate(int(match["copies"]), _UNITS[match["unit"]])


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """What holds for one channel; days are the government's."""

    rate: Rate | None = None
    warm_up_begins: date | None = None
    first_day: int = 0  #: copies on the day on which the warm-up begins
    growth: float = 1  #: so many times as many on each day as on the day before
    zone: ZoneInfo

    def limits(self, now: datetime) -> Iterator[Rate]:
        """Those that hold now."""
        if self.rate is not None:
            yield self.rate
        if self.warm_up_begins is not None:
            days = max(0, (now.astimezone(self.zone).date() - self.warm_up_begins).days)
            copies: float = self.first_day
            for _ in range(days):
                copies = copies * self.growth
                if copies >= _MOST:
                    return
            yield Rate(int(copies), _DAY)
