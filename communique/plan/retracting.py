"""Withdrawing an announcement that went out: what is cancelled, and who is owed word of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from communique.plan import telling
from communique.plan.planning import Planner
from communique.retraction import Retraction, told_as
from communique.store import corrections, journal, retractions
from communique.store.retractions import Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Retracted:
    """What a withdrawal comes to."""

    name: str  #: `campaign/announcement`, with the occurrence of a recurring one
    kept: Kept
    is_new: bool  #: False: it was withdrawn before, and nothing has changed
    cancelled: int = 0  #: copies that had not left
    told: Mapping[str, int] = field(default_factory=dict)  #: by channel: how many are owed word of it


def retract(
    planner: Planner,
    connection: Connection,
    name: tuple[str, str],
    occurrence: str,
    retraction: Retraction,
    *,
    by: str,
) -> Retracted:
    """Withdraw an announcement, in one transaction. Done again it changes nothing.

    `occurrence`: of a recurring one that has gone out more than once; empty otherwise.

    Raises:
        NothingWentOutError: it has not gone out.
    """
    row = telling.found(planner, connection, name, occurrence, "withdraw")
    said = telling.name_of(row)
    if (known := retractions.of(connection, row.id)) is not None:
        return Retracted(name=said, kept=known, is_new=False)
    now = retraction.at
    headlines = telling.headlines(planner, connection, row)
    told_by = retractions.begin(connection, row, retraction, headlines=headlines, by=by)
    reason = f"withdrawn by {by}: {next(iter(retraction.reasons.values()))}"
    cancelled = retractions.cancel(connection, row.id, reason=reason, now=now)
    for each in corrections.of(connection, row.id):  # what takes back all of it is the last word
        retractions.cancel(connection, each.told_by, reason=reason, now=now)
    owed = telling.lines(planner, connection, row)
    told = telling.owe(planner, connection, row, told_by, told_as(row.occurrence), owed, now=now)
    journal.note(connection, who=by, what=f"withdrew {said} ({planner.mode}): {reason.partition(': ')[2]}", now=now)
    kept = retractions.of(connection, row.id)
    assert kept is not None  # noqa: S101 - written above
    return Retracted(name=said, kept=kept, is_new=True, cancelled=cancelled, told=told)
