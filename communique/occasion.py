"""One occurrence of an announcement, with the dates that hold for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from communique.answering import AnswerStanding, Only
from communique.campaign import Campaign
from communique.delivery import Mode
from communique.moments import Milestone
from communique.timeline import ONCE


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """One occurrence of an announcement, with the dates that hold for it."""

    campaign: Campaign
    announcement: str
    occurrence: str
    due_at: datetime  #: UTC
    milestones: Mapping[str, Milestone]  #: the campaign's, with what was declared since
    has_page: bool  #: it goes through a website and so has a page of its own

    @property
    def meeting(self) -> str:
        """Identity of the meeting whose invitation it carries; empty when it carries none."""
        fact = self.campaign.announcements[self.announcement].invite
        return self.campaign.meeting(fact) if fact else ""

    def only(self, mode: Mode) -> Only | None:
        """Who gets it, of the audiences it names; None: all of them."""
        for fact, standing in self.campaign.announcements[self.announcement].only.items():
            return Only(mode, self.campaign.meeting(fact), standing)
        return None

    @property
    def asks_about(self) -> str:
        """Identity of the meeting that its readers can answer to by a link; empty when there is none."""
        stands = self.campaign.announcements[self.announcement].only
        asked = [fact for fact, standing in stands.items() if standing is not AnswerStanding.INVITED]
        return self.meeting or (self.campaign.meeting(asked[0]) if asked else "")

    @property
    def goes_to_those_who_come(self) -> bool:
        """Whether its readers have said that they come."""
        return AnswerStanding.COMING in self.campaign.announcements[self.announcement].only.values()

    @property
    def name(self) -> str:
        """As it is said to officers: `accepted-into-ogp/tell-the-public`."""
        plain = f"{self.campaign.campaign}/{self.announcement}"
        return plain if self.occurrence == ONCE else f"{plain} #{self.occurrence}"
