"""One occurrence of an announcement, with the dates that hold for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from communique.campaign import Campaign
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
    def name(self) -> str:
        """As it is said to officers: `accepted-into-ogp/tell-the-public`."""
        plain = f"{self.campaign.campaign}/{self.announcement}"
        return plain if self.occurrence == ONCE else f"{plain} #{self.occurrence}"
