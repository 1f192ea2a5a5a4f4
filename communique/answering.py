"""What invited people say to a meeting, and what an announcement asks of its readers because of it."""

from enum import StrEnum
from typing import NamedTuple

from communique.delivery import Mode

#: Between the name of a meeting and the day for which a later one of that name was first called.
MEETING_OF_TERM = "~"

MOST_BY_HAND = 1000  #: companions that an officer may put down: somebody brings a class


def meeting_name(identity: str) -> str:
    """What campaigns call a meeting (`communique.campaign.Campaign.meeting`), whenever it is."""
    return identity.partition(MEETING_OF_TERM)[0]


class Answer(StrEnum):
    """As officers and citizens say it; calendars say PARTSTAT (RFC 5545 3.2.12)."""

    YES = "yes"  #: ACCEPTED
    NO = "no"  #: DECLINED
    MAYBE = "maybe"  #: TENTATIVE; no page of ours offers it


class Came(StrEnum):
    """How an answer came."""

    PAGE = "page"  #: by the link of an invitation
    CALENDAR = "calendar"  #: by the reader's calendar program
    HAND = "by hand"  #: somebody wrote or called, and an officer noted it


class Proof(StrEnum):
    """What shows whose answer a mail is that somebody has written in words."""

    TAG = "tag"  #: it came to an address that only their invitation names
    REPLY = "reply"  #: it answers a mail of ours to them
    ADDRESS = "address"  #: it says that it comes from their address, which anybody can write
    NOBODY = "nobody"  #: nobody is known who has the address it says it comes from


class AnswerStanding(StrEnum):
    """Of a person towards a meeting."""

    NOT_ANSWERED = "not-answered"  #: neither yes nor no
    COMING = "coming"
    INVITED = "invited"  #: an invitation has gone to them, or may have


class Only(NamedTuple):
    """Who gets an announcement, of the audiences it names."""

    mode: Mode
    meeting: str  #: its identity: `communique.store.recipients.meeting_terms`
    standing: AnswerStanding

    def __str__(self) -> str:
        """As it is kept with what was frozen."""
        return f"{self.standing} {self.meeting}"


def parse_only(mode: Mode, kept: str) -> Only | None:
    """What `str` has written; None when there was nothing."""
    standing, _, meeting = kept.partition(" ")
    return Only(mode, meeting, AnswerStanding(standing)) if kept else None
