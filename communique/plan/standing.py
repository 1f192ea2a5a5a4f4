"""Where one occurrence of an announcement stands: whether it will go, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from communique.campaign import Campaign
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.plan.findings import Findings
from communique.plan.owing import Counted
from communique.store.deliveries.ledger import waits_for_cancelled
from communique.timeline import Occurrence
from communique.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one occurrence of an announcement stands."""

    campaign: Campaign
    occurrence: Occurrence
    occasion: Occasion | None  #: None while its date is unknown
    preflight: Findings | None = None
    counted: Counted | None = None  #: how many would get it, and how many must not; None when nobody looked
    is_frozen: bool = False  #: it has fallen due, and its audience is fixed
    will_go: bool = False
    reason: str = ""  #: why it will not go, or what it waits for
    due: bool = False  #: it may go now
    is_past: bool = False  #: its time has passed, and what has not begun by then may not go any more
    missed: bool = False  #: it is past, and nothing of it is on record yet
    cancelled: Mapping[str, str] = field(default_factory=dict)  #: channels through which nothing of it goes, and why
    overtaken: bool = False  #: that is so since a milestone (`unless`), and nobody cancelled it
    texts: Workspace | None = None  #: what it is said with, when that is not the present workspace

    def is_held_at(self, now: datetime) -> bool:
        """Whether its time has come and it waits all the same."""
        due_at = self.occurrence.due_at
        is_settled = self.is_frozen or self.due or self.missed or self.is_cancelled
        return not (is_settled or due_at is None) and due_at <= now

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has cancelled all of it, or a milestone has."""
        through = self.campaign.announcements[self.occurrence.announcement].through
        return bool(self.cancelled) and all(channel in self.cancelled for channel in through)

    @property
    def name(self) -> tuple[str, str]:
        """Campaign and announcement."""
        return self.campaign.campaign, self.occurrence.announcement


def gated(standings: Sequence[Standing]) -> list[Standing]:
    """The same, but what waits for something that will not go will not go either."""
    found = {(one.name, one.occurrence.occurrence): one for one in standings}
    changed = True
    while changed:
        changed = False
        for key, one in found.items():
            reason = _dead_gate(one, list(found.values())) if one.will_go and not one.is_frozen else ""
            if reason:
                found[key] = replace(one, will_go=False, reason=reason, due=False)
                changed = True
    return list(found.values())


def _dead_gate(one: Standing, others: Sequence[Standing]) -> str:
    for gate in one.campaign.announcements[one.occurrence.announcement].gates:
        same = [each for each in others if each.name == (one.campaign.campaign, gate)]
        if same and not any(each.will_go or each.is_frozen for each in same):
            cancelled = all(each.is_cancelled for each in same)
            return waits_for_cancelled(gate) if cancelled else phrase("waits for {gate}, which will not go", gate=gate)
    return ""
