"""Milestones that were declared since the campaign file was written: they hold instead of the file's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from communique.campaign import Campaign
from communique.moments import Milestone, parse_milestone
from communique.store.database import declarations
from communique.store.read_once import read_once


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
    rows = _declared(connection, campaign.campaign)
    declared = {row.milestone: parse_milestone(row.moment) for row in rows if row.milestone in campaign.milestones}
    return {**campaign.milestones, **declared}


def _declared(connection: Connection, campaign: str) -> Sequence[Any]:
    def read() -> Mapping[str, Sequence[Any]]:
        found: dict[str, list[Any]] = {}
        for row in connection.execute(select(declarations)):
            found.setdefault(row.campaign, []).append(row)
        return found

    known = read_once(connection, "declarations", read)
    if known is not None:
        return known.get(campaign, ())
    return connection.execute(select(declarations).where(declarations.c.campaign == campaign)).all()
