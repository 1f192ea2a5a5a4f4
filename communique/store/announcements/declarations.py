"""Milestones that were declared since the campaign file was written: they hold instead of the file's."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from communique.campaign import Campaign
from communique.moments import Milestone, parse_milestone
from communique.store.database import declarations


def declare(
    connection: Connection, campaign: str, milestone: str, moment: Milestone, *, by: str, now: datetime
) -> None:
    """Set a milestone without editing the file."""
    connection.execute(
        delete(declarations).where(declarations.c.campaign == campaign, declarations.c.milestone == milestone)
    )
    values = {
        "campaign": campaign,
        "milestone": milestone,
        "moment": str(moment),
        "declared_by": by,
        "declared_at": now,
    }
    connection.execute(insert(declarations).values(**values))


def milestones_of(connection: Connection, campaign: Campaign) -> Mapping[str, Milestone]:
    """The campaign's milestones as they hold now."""
    rows = connection.execute(select(declarations).where(declarations.c.campaign == campaign.campaign))
    declared = {row.milestone: parse_milestone(row.moment) for row in rows if row.milestone in campaign.milestones}
    return {**campaign.milestones, **declared}
