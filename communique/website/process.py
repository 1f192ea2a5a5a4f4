"""Where the process stands, as its public page shows it, in one language."""

from dataclasses import dataclass
from datetime import date, datetime
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
    access: str = ""  #: who can get in, and what is there for them: `Step-free access, hearing loop.`
    agenda: tuple[AgendaRow, ...] = ()
    minutes: str = ""  #: the announcement that has them, `campaign/announcement`; it may not be published yet
    called_off: bool = False

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
class Document:
    """A file that everybody may take."""

    file: str  #: its name below `documents/`
    title: str
    published: date
    language: str  #: BCP 47, which it is written in
    language_name: str  #: as its own speakers call it
    size: str  #: as people read it: `184 kB`
    data: bytes
    meeting: str = ""  #: the date it belongs to (`KeyDate.id`)

    @property
    def kind(self) -> str:
        """`PDF`: the ending of its name."""
        return self.file.rpartition(".")[2].upper()


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """One thing that the action plan promises."""

    title: str
    text: str = ""
    responsible: str = ""  #: who answers for it
    status: str = ""  #: one of `communique.read.fact_checks.STATUSES`; empty where none is said


class WayStatus(StrEnum):
    """Whether one can go it today."""

    OPEN = "open"
    OPENS = "opens"  #: later
    UNDATED = "undated"  #: nothing says from when or until when: readers are told neither
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way to take part."""

    name: str
    status: WayStatus
    text: str = ""
    link: str = ""
    opens: str = ""  #: the day, as people say it; empty where it has no beginning, or an unknown one
    closes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forum:
    """The multi-stakeholder forum."""

    text: str
    government: tuple[str, ...] = ()  #: members, by name
    non_government: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Monitoring:
    """The local monitoring body."""

    name: str
    text: str
    website: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A campaign that people can follow by itself."""

    campaign: str
    title: str
    feed: FeedLinks | None  #: None where no feed is written


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """What the process page shows besides the announcements."""

    stages: tuple[Stage, ...] = ()
    dates: tuple[KeyDate, ...] = ()
    documents: tuple[Document, ...] = ()  #: those that are public today, the newest first
    commitments: tuple[Commitment, ...] = ()
    ways: tuple[Way, ...] = ()
    forum: Forum | None = None
    monitoring: Monitoring | None = None
    feeds: tuple[FeedLinks, ...] = ()  #: the first is the one that browsers find by themselves
    topics: tuple[Topic, ...] = ()
