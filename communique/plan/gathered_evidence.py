"""What a monitoring body takes away, gathered as it stands at a moment."""

from datetime import datetime

from sqlalchemy import Connection

from communique.plan.planning import Planner
from communique.store.announcements import public_record, publications
from communique.website.evidence import answers
from communique.website.evidence_bundle import Evidence


def gathered(planner: Planner, connection: Connection, now: datetime) -> Evidence:
    """The record, the public texts on it, and how each question of those who monitor stands."""
    milestones = planner.milestones(connection)
    website = publications.on_website(connection, planner.mode)
    return Evidence(
        workspace=planner.workspace,
        record=public_record.entries(connection, planner.mode),
        said=public_record.said(connection, planner.mode),
        answers=answers(planner.workspace, milestones, website, now),
        now=now,
    )
