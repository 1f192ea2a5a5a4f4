"""Corrections that somebody has written, and that have not gone: they are checked, and wait for approvals."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.correction import file_of
from communique.plan.planning import Planner
from communique.plan.telling import NothingWentOutError
from communique.store.announcements import corrections, notices

if TYPE_CHECKING:
    from communique.plan.proposed_corrections import Proposed


def waiting_corrections(
    planner: Planner, connection: Connection, campaign: Campaign, now: datetime
) -> "Iterator[Proposed]":
    """Of a campaign, through all channels, in the order in which what they correct fell due.

    Where nobody has written anything, which is nearly always, nothing is asked of the ledger.
    """
    own = f"templates/{campaign.campaign}"
    names = {tuple(path.split("/"))[2::2] for path in planner.workspace.sources.paths(own) if path.endswith(".md")}
    written = {(each[0], each[1]) for each in names if len(each) > 1 and each[1].startswith("correction")}
    if not written:
        return
    from communique.plan.proposed_corrections import CannotCorrectError, propose  # with all that writes texts

    for row in notices.went_out(connection, planner.mode, campaign.campaign):
        number = len(corrections.of(connection, row.id)) + 1
        if (row.announcement, file_of(number, row.occurrence)) in written:
            name = campaign.campaign, row.announcement
            with suppress(NothingWentOutError, CannotCorrectError):  # withdrawn; gone to nobody; not in the files
                yield propose(planner, connection, name, row.occurrence, now=now)
