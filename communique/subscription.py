"""What a subscriber has chosen: how often, about what, in which language."""

from dataclasses import dataclass
from enum import StrEnum


class Frequency(StrEnum):
    """How often somebody wants to be written to."""

    EACH = "each"  #: each announcement, when it is made
    DAILY = "daily"  #: what was announced, once a day
    WEEKLY = "weekly"

    @property
    def collects(self) -> bool:
        """Whether what was announced waits, to come in one mail."""
        return self is not Frequency.EACH


#: How often those newsletters come that carry what was announced since the last one.
COLLECTING = tuple(each for each in Frequency if each.collects)


class How(StrEnum):
    """How somebody came to subscribe; part of the proof that they did."""

    FORM = "form"
    EMBEDDED = "embedded form"  #: the form in the government's own website


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """Of one person."""

    language: str  #: BCP 47
    frequency: Frequency = Frequency.EACH
    topics: tuple[str, ...] = ()  #: names of campaigns; empty: all there are, and will be
