"""Where the process stands, as its public page shows it, in one language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StageStatus(StrEnum):
    """Where a stage lies, seen from today."""

    DONE = "done"
    CURRENT = "current"
    NEXT = "next"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One step of the process."""

    name: str
    status: StageStatus
    dates: str = ""  #: as people say it: `March to April 2027`; may be empty


@dataclass(frozen=True, kw_only=True, slots=True)
class AgendaRow:
    """What happens at a meeting, and for how long."""

    starts_at: datetime  #: aware
    moment: str
    description: str
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyDate:
    """A date to keep free, or a deadline."""

    name: str
    id: str = ""  #: the milestone, `campaign/milestone`; without one it has no page, and stands in no calendar
    starts_at: datetime  #: aware
    ends_at: datetime | None = None
    all_day: bool = False  #: True: only the date is shown
    place: str = ""
    agenda: tuple[AgendaRow, ...] = ()

    @property
    def agenda_minutes(self) -> int:
        """How long all of it takes."""
        return sum(row.minutes for row in self.agenda)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLinks:
    """A feed people can follow: its three files lie in one folder."""

    title: str  #: for people: `Open government in Puerto Claro`
    path: str  #: below the website's root, with a slash at the end: `feeds/public/es/`


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """What the process page shows besides the announcements."""

    stages: tuple[Stage, ...] = ()
    dates: tuple[KeyDate, ...] = ()
    feeds: tuple[FeedLinks, ...] = ()  #: the first is the one that browsers find by themselves
