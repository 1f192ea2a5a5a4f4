"""How many people of one domain are said not to exist: lately, and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, select, update

from communique.delivery import Mode, State
from communique.store.database import deliveries, occurrences, people, returns, suppressions
from communique.store.domains import domain_of

#: Verdicts of the same words: believed, and not.
HARD, HELD = "hard", "held"


class Share(NamedTuple):
    """Of mails to a domain."""

    refused: int
    written: int

    @property
    def of_all(self) -> float:
        """Between 0 and 1; 0 where nothing was written."""
        return self.refused / max(self.written, self.refused, 1)


def lately(connection: Connection, domain: str, since: datetime) -> tuple[int, bool]:
    """How many people of a domain were refused as unknown since then, and whether that is not believed."""
    found = _refusals(func.count(deliveries.c.person_id.distinct()), _held(), domain=domain)
    row = connection.execute(found.where(returns.c.at >= since)).one()
    return int(row[0]), bool(row[1])


def was_held_before(connection: Connection, person: int, before: datetime) -> bool:
    """Whether somebody was refused as unknown earlier already, and that was not believed."""
    found = select(returns.c.id).join(deliveries).where(deliveries.c.person_id == person)
    return connection.execute(found.where(returns.c.verdict == HELD, returns.c.at < before)).first() is not None


def since_then(connection: Connection, domain: str, then: datetime) -> Share:
    """What was refused of what was written."""
    return _share(connection, domain, returns.c.at >= then, deliveries.c.finished_at >= then)


def until_then(connection: Connection, domain: str, then: datetime) -> Share:
    """As far back as the ledger goes."""
    return _share(connection, domain, returns.c.at < then, deliveries.c.finished_at < then)


def give_back(connection: Connection, domain: str, reason: str, since: datetime) -> int:
    """Let people of a domain back in who were given up since then for a reason that begins so; how many.

    Who was refused before, on another day, is not among them: that was believed for a better reason.
    """
    earlier = select(deliveries.c.person_id).join(returns).where(returns.c.verdict == HELD, returns.c.at < since)
    taken_off = _refusals(returns.c.id, people.c.address_key, domain=domain).where(
        returns.c.verdict == HARD, returns.c.at >= since, deliveries.c.person_id.not_in(earlier)
    )
    rows = connection.execute(taken_off).all()
    connection.execute(update(returns).where(returns.c.id.in_([row.id for row in rows])).values(verdict=HELD))
    lifted = delete(suppressions).where(
        suppressions.c.address_key.in_([row.address_key for row in rows]),
        suppressions.c.reason.startswith(reason, autoescape=True),
        suppressions.c.since >= since,
    )
    return int(connection.execute(lifted).rowcount)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubted:
    """A domain whose refusals are not believed."""

    domain: str
    people: int
    since: datetime
    words: str  #: of one of them


def doubted(connection: Connection, mode: Mode, since: datetime) -> Sequence[Doubted]:
    """Where that was so since then."""
    found = (
        select(people.c.address_key, returns.c.at, returns.c.words)
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(occurrences.c.mode == mode, returns.c.verdict == HELD, returns.c.at >= since)
        .order_by(returns.c.at)
    )
    by_domain: dict[str, list[Any]] = {}
    for row in connection.execute(found):
        by_domain.setdefault(domain_of(row.address_key), []).append(row)
    return [
        Doubted(domain=domain, people=len({row[0] for row in rows}), since=rows[0].at, words=rows[0].words)
        for domain, rows in by_domain.items()
    ]


def _share(connection: Connection, domain: str, returned: Any, finished: Any) -> Share:
    refused = _refusals(func.count(deliveries.c.id.distinct()), domain=domain).where(returned)
    written = (
        select(func.count())
        .select_from(deliveries)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(_at(domain), deliveries.c.state.in_((State.SENT, State.FAILED)), finished)
    )
    return Share(int(connection.execute(refused).scalar_one()), int(connection.execute(written).scalar_one()))


def _refusals(*columns: Any, domain: str) -> Select[Any]:
    return (
        select(*columns)
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(returns.c.verdict.in_((HARD, HELD)), _at(domain))
    )


def _held() -> Any:
    return func.count(returns.c.id).filter(returns.c.verdict == HELD)


def _at(domain: str) -> Any:
    return people.c.address_key.endswith(f"@{domain}", autoescape=True)
