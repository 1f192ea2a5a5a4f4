"""How many messages may leave in a time, as an operator writes it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from communique.phrase import phrase

_RATE = re.compile(r"(?P<copies>[1-9][0-9]{0,8}) per (?P<unit>minute|hour|day)")
EXPECTED_RATE = phrase("a rate such as `100 per minute`, `500 per hour` or `2000 per day`")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_DAY = timedelta(days=1)
_MOST = 10**9  #: copies a day: no limit any more
_LONG_ENOUGH = timedelta(days=366)  #: nobody looks further
EVERY_DOMAIN = "*"  #: in `Pace.per_domain`: each that is not named


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many in any time of that length."""

    copies: int
    per: timedelta

    def __str__(self) -> str:
        """`300 a minute`, as a phrase."""
        said = {
            "minute": phrase("{copies:,} a minute", copies=self.copies),
            "hour": phrase("{copies:,} an hour", copies=self.copies),
            "day": phrase("{copies:,} a day", copies=self.copies),
        }
        return next(said[name] for name, length in _UNITS.items() if length == self.per)

    def time_for(self, copies: int) -> timedelta:
        """How long so many take at least; nothing when they may all go at once."""
        return self.per * (copies / self.copies) if copies > self.copies else timedelta()


def parse_rate(text: str) -> Rate:
    """A rate, as in `100 per minute`.

    Raises:
        ValueError: with what was expected.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(phrase("expected {form}, found `{text}`", form=EXPECTED_RATE, text=text))
    return Rate(int(match["copies"]), _UNITS[match["unit"]])


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """What holds for one channel; days are the government's."""

    rate: Rate | None = None
    warm_up_begins: date | None = None
    first_day: int = 0  #: copies on the day on which the warm-up begins
    growth: float = 1  #: so many times as many on each day as on the day before
    per_domain: Mapping[str, Rate] = field(default_factory=dict)  #: by domain of the recipients, or `EVERY_DOMAIN`
    zone: ZoneInfo

    def limit_of(self, domain: str) -> Rate | None:
        """What holds for the recipients of one domain."""
        return self.per_domain.get(domain, self.per_domain.get(EVERY_DOMAIN))

    def time_for(self, copies: int, now: datetime) -> timedelta:
        """How long so many take at least, by the rate and by the warm-up as it grows; domains are not looked at."""
        begins = now
        while list(self.limits(now)) != self._rates() and now - begins < _LONG_ENOUGH:
            today = min(int(rate.copies * (_DAY / rate.per)) for rate in self.limits(now))
            if copies <= today:
                break
            copies, now = copies - today, now + _DAY
        return now - begins + max((rate.time_for(copies) for rate in self._rates()), default=timedelta())

    def _rates(self) -> list[Rate]:
        return [self.rate] if self.rate else []

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
