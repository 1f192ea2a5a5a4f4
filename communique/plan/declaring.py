"""A milestone set without editing its campaign's file: by a command, or at the desk."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.moments import Milestone
from communique.store.announcements import declarations
from communique.store.desk import journal


def declare(
    connection: Connection, campaign: Campaign, milestone: str, moment: Milestone, *, who: str, now: datetime
) -> Mapping[str, Milestone]:
    """Put it on record, with who says so; the campaign's milestones as they were."""
    earlier = declarations.milestones_of(connection, campaign)
    declarations.declare(connection, campaign.campaign, milestone, moment, by=who, now=now)
    what = f"declared {campaign.campaign}/{milestone} {moment} (was {earlier[milestone]})"
    journal.note(connection, who=who, what=what, now=now)
    return earlier
