"""How many people are said not to exist, of one domain or by one mail system: lately, and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, select, update

from communique.delivery import Mode, State
from communique.store.by_index import of_person
from communique.store.database import attempts, deliveries, occurrences, people, returns, suppressions

#: Verdicts of the same words: believed, and not.
HARD, HELD = "hard", "held"


class Side(StrEnum):
    """What refusals have in common; each is a column of theirs, with an index."""

    DOMAIN = "domain"  #: of the addresses
    SYSTEM = "system"  #: which refused them, whatever domains it serves


class Refuser(NamedTuple):
    """Who says that nobody is there."""

    side: Side
    name: str

    def __str__(self) -> str:
        return self.name if self.side is Side.DOMAIN else f"*.{self.name}"


class Share(NamedTuple):
    """Of mails to a domain, or to those of a system."""

    refused: int
    written: int

    @property
    def of_all(self) -> float:
        """Between 0 and 1; 0 where nothing was written."""
        return self.refused / max(self.written, self.refused, 1)


def lately(connection: Connection, refuser: Refuser, since: datetime) -> tuple[int, bool]:
    """How many people were refused as unknown since then, and whether that is not believed."""
    doubts = returns.c.doubted == str(refuser), returns.c.verdict == HELD
    held = select(returns.c.id).where(*doubts, returns.c.at >= since)
    if connection.execute(held.limit(1)).first() is not None:
        return 0, True
    found = _refusals(func.count(deliveries.c.person_id.distinct()), refuser=refuser).where(returns.c.at >= since)
    return int(connection.execute(found).scalar_one()), False


def was_held_before(connection: Connection, person: int, before: datetime) -> bool:
    """Whether somebody was refused as unknown earlier already, and that was not believed."""
    found = select(returns.c.id).join(deliveries).where(of_person(person))
    return connection.execute(found.where(returns.c.verdict == HELD, returns.c.at < before)).first() is not None


def by_domain(connection: Connection, system: Refuser, since: datetime) -> dict[str, int]:
    """Of each domain that a system has refused somebody of since then, how many people."""
    people_of = func.count(deliveries.c.person_id.distinct())
    found = _refusals(returns.c.domain, people_of, refuser=system).where(returns.c.at >= since)
    return {row[0]: int(row[1]) for row in connection.execute(found.group_by(returns.c.domain))}


def since_then(connection: Connection, refuser: Refuser, then: datetime) -> Share:
    """What was refused of what was written; of a system, to the domains of which it has refused somebody since."""
    return _share(connection, refuser, then, returns.c.at >= then, deliveries.c.finished_at >= then)


def until_then(connection: Connection, refuser: Refuser, then: datetime) -> Share:
    """As far back as the ledger goes; of a system, to the domains of which it has refused somebody since."""
    return _share(connection, refuser, then, returns.c.at < then, deliveries.c.finished_at < then)


def written_since(connection: Connection, then: datetime) -> int:
    """What was written to anybody."""
    tried = select(func.count()).select_from(attempts).where(attempts.c.started_at >= then)
    found = tried.where(attempts.c.outcome.in_((State.SENT, State.FAILED)))
    return int(connection.execute(found).scalar_one())


def give_back(connection: Connection, refuser: Refuser, reason: str, since: datetime) -> int:
    """Let people back in who were given up since then for a reason that begins so; how many.

    Who was refused before, on another day, is not among them: that was believed for a better reason.
    """
    earlier = select(deliveries.c.person_id).join(returns).where(returns.c.verdict == HELD, returns.c.at < since)
    taken_off = _refusals(returns.c.id, people.c.address_key, refuser=refuser).join(
        people, people.c.id == deliveries.c.person_id
    )
    taken_off = taken_off.where(
        returns.c.verdict == HARD, returns.c.at >= since, deliveries.c.person_id.not_in(earlier)
    )
    rows = connection.execute(taken_off).all()
    doubted = update(returns).where(returns.c.id.in_([row.id for row in rows]))
    connection.execute(doubted.values(verdict=HELD, doubted=str(refuser)))
    lifted = delete(suppressions).where(
        suppressions.c.address_key.in_([row.address_key for row in rows]),
        suppressions.c.reason.startswith(reason, autoescape=True),
        suppressions.c.since >= since,
    )
    return int(connection.execute(lifted).rowcount)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubted:
    """A domain, or a system, whose refusals are not believed."""

    name: str  #: of a system `*.outlook.example`
    people: int
    since: datetime
    words: str  #: of one of them


def doubted(connection: Connection, mode: Mode, since: datetime) -> Sequence[Doubted]:
    """Where that was so since then."""
    found = (
        select(deliveries.c.person_id, returns.c.doubted, returns.c.at, returns.c.words)
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(occurrences.c.mode == mode, returns.c.doubted > "", returns.c.at >= since)
        .order_by(returns.c.at)
    )
    by_name: dict[str, list[Any]] = {}
    for row in connection.execute(found):
        by_name.setdefault(row.doubted, []).append(row)
    return [
        Doubted(name=name, people=len({row[0] for row in rows}), since=rows[0].at, words=rows[0].words)
        for name, rows in by_name.items()
    ]


def _share(connection: Connection, refuser: Refuser, then: datetime, returned: Any, finished: Any) -> Share:
    refused = _refusals(func.count(deliveries.c.id.distinct()), refuser=refuser).where(returned)
    domains: Any = [refuser.name]
    if refuser.side is Side.SYSTEM:
        domains = _refusals(returns.c.domain, refuser=refuser).where(returns.c.at >= then)
        refused = refused.where(returns.c.domain.in_(domains))
    # Somebody's copies are found by the key, and nobody goes through all of them.
    copies = (
        select(func.count())
        .select_from(deliveries)
        .where(of_person(people.c.id), deliveries.c.state.in_((State.SENT, State.FAILED)), finished)
        .correlate(people)
    )
    written = select(func.coalesce(func.sum(copies.scalar_subquery()), 0)).where(people.c.domain.in_(domains))
    return Share(int(connection.execute(refused).scalar_one()), int(connection.execute(written).scalar_one()))


def _refusals(*columns: Any, refuser: Refuser) -> Select[Any]:
    return (
        select(*columns)
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .where(returns.c[refuser.side] == refuser.name, returns.c.verdict.in_((HARD, HELD)))
    )
