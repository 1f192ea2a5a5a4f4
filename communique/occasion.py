"""One occurrence of an announcement, with the dates that hold for it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from communique.answering import AnswerStanding, Only
from communique.campaign import Campaign
from communique.delivery import Mode
from communique.moments import Milestone, When, parse_milestone
from communique.timeline import ONCE

REQUEST, CANCEL = "REQUEST", "CANCEL"  #: methods of RFC 5546
_OF_A_CAMPAIGN, _BEFORE = "/", "was."  #: no name of a milestone has them


class Dates(TypedDict):
    """Milestones by name, those of other campaigns by `campaign/milestone`."""

    milestones: Mapping[str, Milestone]
    elsewhere: Mapping[str, Milestone]
    before: Mapping[str, Milestone]


def dates_of(kept: Mapping[str, str]) -> Dates:
    """What was kept as `Occasion.dates`, for another occasion."""
    known = {name: parse_milestone(moment) for name, moment in kept.items()}
    elsewhere = {name: moment for name, moment in known.items() if _OF_A_CAMPAIGN in name}
    before = {name: moment for name, moment in known.items() if name.startswith(_BEFORE)}
    return {
        "milestones": {name: known[name] for name in known if name not in elsewhere and name not in before},
        "elsewhere": elsewhere,
        "before": {name.removeprefix(_BEFORE): moment for name, moment in before.items()},
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """One occurrence of an announcement, with the dates that hold for it."""

    campaign: Campaign
    announcement: str
    occurrence: str
    due_at: datetime  #: UTC
    milestones: Mapping[str, Milestone]  #: the campaign's, with what was declared since
    has_page: bool  #: it goes through a website and so has a page of its own
    sequence: int = 0  #: revision of the meeting it invites to or cancels, known once it is frozen
    terms: Mapping[str, str] = field(default_factory=dict)  #: of names of meetings that the ledger knows: identities
    #: Milestones of other campaigns, as they hold, by `campaign/milestone`: of what shows the whole process.
    elsewhere: Mapping[str, Milestone] = field(default_factory=dict)
    #: Milestones as people were told of them, where they have moved since: of the meeting it invites to or calls off.
    before: Mapping[str, Milestone] = field(default_factory=dict)

    @property
    def dates(self) -> dict[str, str]:
        """All that it is made from, to be kept: local time as it is written, by name; `dates_of` reads it again."""
        before = {f"{_BEFORE}{name}": moment for name, moment in self.before.items()}
        return {name: str(moment) for name, moment in {**self.milestones, **self.elsewhere, **before}.items()}

    @property
    def meeting(self) -> str:
        """Identity of the meeting whose invitation or cancellation it carries; empty when it carries none."""
        return self._identity(self.meeting_fact)

    def _identity(self, fact: str) -> str:
        name = self.campaign.meeting(fact) if fact else ""
        return self.terms.get(name, name)

    @property
    def meeting_fact(self) -> str:
        """Name of the fact that is this meeting; empty when there is none."""
        announcement = self.campaign.announcements[self.announcement]
        return announcement.invite or announcement.cancel or ""

    @property
    def method(self) -> str:
        """What its mails tell calendars (RFC 5546); empty when they tell nothing."""
        if not self.meeting:
            return ""
        return REQUEST if self.campaign.announcements[self.announcement].invite else CANCEL

    @property
    def meeting_at(self) -> str:
        """When the meeting is, as an officer writes it; empty without one, or while nobody knows."""
        fact = self.campaign.facts.get(self.meeting_fact)
        moment = self.milestones.get(fact["at"]) if isinstance(fact, Mapping) and "at" in fact else None
        return str(moment) if moment is not None and moment.known else ""

    @property
    def meeting_place(self) -> str:
        """Hash (SHA-256, hex) of where the meeting is, in all languages."""
        fact = self.campaign.facts.get(self.meeting_fact)
        place = fact.get("place") if isinstance(fact, Mapping) else None
        return hashlib.sha256(json.dumps(place, sort_keys=True, default=str).encode()).hexdigest()

    def only(self, mode: Mode) -> Only | None:
        """Who gets it, of the audiences it names; None: all of them."""
        if self.method == CANCEL:
            return Only(mode, self.meeting, AnswerStanding.INVITED)
        for fact, standing in self.campaign.announcements[self.announcement].only.items():
            return Only(mode, self._identity(fact), standing)
        return None

    @property
    def asks_about(self) -> str:
        """Identity of the meeting that its readers can answer to by a link; empty when there is none."""
        return self._identity(self.asked_fact)

    @property
    def asked_fact(self) -> str:
        """Name of the fact that is that meeting; empty when there is none."""
        if self.method == CANCEL:
            return ""
        stands = self.campaign.announcements[self.announcement].only
        asked = [fact for fact, standing in stands.items() if standing is not AnswerStanding.INVITED]
        return self.meeting_fact if self.meeting else next(iter(asked), "")

    @property
    def goes_to_those_who_come(self) -> bool:
        """Whether its readers have said that they come."""
        return AnswerStanding.COMING in self.campaign.announcements[self.announcement].only.values()

    @property
    def embargo(self) -> When | None:
        """Before which the media are not to publish it."""
        return self.campaign.announcements[self.announcement].embargo

    @property
    def has_an_end(self) -> bool:
        """Whether an officer has said until when it makes sense."""
        return self.campaign.announcements[self.announcement].not_after is not None

    @property
    def name(self) -> str:
        """As it is said to officers: `accepted-into-ogp/tell-the-public`."""
        plain = f"{self.campaign.campaign}/{self.announcement}"
        return plain if self.occurrence == ONCE else f"{plain} #{self.occurrence}"
