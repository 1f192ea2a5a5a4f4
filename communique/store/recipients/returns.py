"""What came back: bounces and complaints beside the deliveries they are about. A delivery that was sent stays sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, false, func, insert, not_, or_, select, update

from communique.answering import parse_only
from communique.delivery import Mode, State
from communique.store.by_index import of_person
from communique.store.database import attempts, deliveries, occurrences, people, returns

#: Of reports that nobody could assign, so many are kept, lest strangers fill the ledger.
MOST_UNMATCHED = 500
_TOLD = ("digest", "kind", "verdict", "status", "words", "subject", "place", "at", "system", "doubted")
_BIGGEST = 2**31 - 1  #: what every database takes for a number


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """One report."""

    digest: str
    delivery: int | None  #: None when nobody knows of which
    kind: str
    verdict: str
    status: str
    words: str
    subject: str
    place: str
    at: datetime
    system: str = ""  #: that refused it
    doubted: str = ""  #: who is not believed (communique.store.recipients.refusals)


class Returned(NamedTuple):
    """A delivery that something may have come back of, and whose it was."""

    delivery: int
    reference: str
    person: int
    address_key: str  #: empty when the person has been erased
    has_moved: bool = False  #: they have had another address since it went out: what came back is not about theirs


_last = attempts.alias()
#: Of rows of `deliveries` and `people`: whether the last copy went to an address that the person has no longer.
_HAS_MOVED = func.coalesce(
    select(func.max(_last.c.started_at)).where(_last.c.delivery_id == deliveries.c.id).scalar_subquery()
    < people.c.address_since,
    false(),
).label("has_moved")


def by_number(connection: Connection, delivery: int) -> Returned | None:
    """A delivery to one person."""
    return _first(connection, deliveries.c.id == delivery) if delivery <= _BIGGEST else None


def by_reference(connection: Connection, references: Collection[str]) -> Returned | None:
    """The delivery whose Message-ID is among these, if it is one only."""
    return _first(connection, deliveries.c.reference.in_(list(references))) if references else None


def _first(connection: Connection, which: Any) -> Returned | None:
    found = (
        select(deliveries.c.id, deliveries.c.reference, deliveries.c.person_id, people.c.address_key, _HAS_MOVED)
        .outerjoin(people, people.c.id == deliveries.c.person_id)
        .where(which, deliveries.c.person_id != 0)
    )
    rows = connection.execute(found.limit(2)).all()
    if len(rows) != 1:
        return None
    row = rows[0]
    return Returned(
        delivery=row.id,
        reference=row.reference,
        person=row.person_id,
        address_key=row.address_key or "",
        has_moved=row.has_moved,
    )


def invites_to(connection: Connection, delivery: int, meeting: str) -> Mode | None:
    """The mode in which a delivery is a mail about a meeting; None when it is none."""
    found = (
        select(occurrences.c.mode)
        .join(deliveries, deliveries.c.occurrence_id == occurrences.c.id)
        .where(deliveries.c.id == delivery, occurrences.c.meeting == meeting, occurrences.c.meeting != "")
    )
    mode = connection.execute(found).scalar()
    return Mode(mode) if mode is not None else None


def meeting_of(connection: Connection, delivery: int) -> tuple[Mode, str] | None:
    """The meeting that a delivery invites to, reminds of, or greets those who come to; None when there is none."""
    of = select(occurrences.c.mode, occurrences.c.meeting, occurrences.c.only)
    row = connection.execute(
        of.join(deliveries, deliveries.c.occurrence_id == occurrences.c.id).where(deliveries.c.id == delivery)
    ).first()
    if row is None:
        return None
    only = parse_only(Mode(row.mode), row.only)
    meeting = row.meeting or (only.meeting if only else "")
    return (Mode(row.mode), meeting) if meeting else None


def note(connection: Connection, new: Return) -> bool:
    """Write a report down, in a transaction that no other writes beside; False when it is known already."""
    if connection.execute(select(returns.c.id).where(returns.c.digest == new.digest)).first() is not None:
        return False
    values = {name: getattr(new, name) for name in _TOLD}
    domain = select(people.c.domain).join(deliveries, deliveries.c.person_id == people.c.id).where(not_(_HAS_MOVED))
    of = connection.execute(domain.where(deliveries.c.id == new.delivery)).scalar() or ""
    connection.execute(insert(returns).values(**values, delivery_id=new.delivery, domain=of))
    if new.delivery is None:
        newest = select(returns.c.id).where(returns.c.delivery_id.is_(None)).order_by(returns.c.id.desc())
        last = connection.execute(newest.offset(MOST_UNMATCHED).limit(1)).scalar()
        connection.execute(delete(returns).where(returns.c.delivery_id.is_(None), returns.c.id <= (last or 0)))
    return True


def went_out(connection: Connection, delivery: int, reason: str, now: datetime) -> None:
    """A copy in doubt, or one that is to be repeated because it was, is sent; others stay as they are."""
    repeated = and_(deliveries.c.state == State.SCHEDULED, deliveries.c.resends > 0)
    doubtful = or_(deliveries.c.state == State.IN_DOUBT, repeated)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery, doubtful)
        .values(state=State.SENT, reason=reason, finished_at=now)
    )


def count_lately(connection: Connection, person: int, verdict: str, *, since: datetime, but_for: int) -> int:
    """How many of a person's mails to the address they have, but for one delivery, had this verdict since then."""
    counted = (
        select(func.count(returns.c.delivery_id.distinct()))
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(
            deliveries.c.person_id == person,
            not_(_HAS_MOVED),
            deliveries.c.id != but_for,
            returns.c.verdict == verdict,
            returns.c.at >= since,
        )
    )
    return int(connection.execute(counted).scalar_one())


def places(connection: Connection, person: int, address_key: str) -> Sequence[str]:
    """Where mails lie that came back from somebody, or that name their address."""
    of_theirs = select(deliveries.c.id).where(of_person(person or -1))
    named = (func.lower(each).contains(address_key, autoescape=True) for each in (returns.c.words, returns.c.subject))
    about = or_(returns.c.delivery_id.in_(of_theirs), *named)
    return connection.execute(select(returns.c.place).where(about, returns.c.place != "")).scalars().all()


def unmatched(connection: Connection, most: int) -> list[Return]:
    """Reports of nobody knows which delivery, the newest first."""
    found = select(returns).where(returns.c.delivery_id.is_(None)).order_by(returns.c.id.desc()).limit(most)
    return [_return(row) for row in connection.execute(found)]


def latest_of(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Return]:
    """The last report about each of these deliveries, by their number."""
    found = select(returns).where(returns.c.delivery_id.in_(numbers)).order_by(returns.c.id)
    return {row.delivery_id: _return(row) for row in connection.execute(found)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many mails of an announcement came back with one verdict, through one channel."""

    campaign: str
    announcement: str
    occurrence: str
    channel: str
    count: int
    since: datetime
    words: str  #: of one of them


def tallies(connection: Connection, mode: Mode, verdict: str, *, since: datetime) -> list[Tally]:
    """Those of which something came back since then."""
    names = (occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence, deliveries.c.channel)
    found = (
        select(*names, func.count(deliveries.c.id.distinct()), func.min(returns.c.at), func.min(returns.c.words))
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(occurrences.c.mode == mode, returns.c.verdict == verdict, returns.c.at >= since)
        .group_by(*names)
        .order_by(*names)
    )
    return [
        Tally(
            campaign=row[0],
            announcement=row[1],
            occurrence=row[2],
            channel=row[3],
            count=row[4],
            since=row[5],
            words=row[6],
        )
        for row in connection.execute(found)
    ]


def counts_of(connection: Connection, among: Sequence[int]) -> dict[int, Mapping[str, int]]:
    """How many copies of occurrences that were sent came back, by verdict; each counts once for each."""
    # Coalesced, as in `communique.store.by_index`: few come back, and each knows of which copy; none before it left.
    first = select(func.min(occurrences.c.frozen_at)).where(occurrences.c.id.in_(among)).scalar_subquery()
    of = func.coalesce(deliveries.c.occurrence_id, 0).label("of")
    counted = (
        select(of, returns.c.verdict, func.count(deliveries.c.id.distinct()).label("number"))
        .select_from(returns)
        .join(deliveries, deliveries.c.id == returns.c.delivery_id)
        .where(returns.c.at >= first, of.in_(among), deliveries.c.state == State.SENT)
        .group_by(of, returns.c.verdict)
    )
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(counted):
        found.setdefault(row.of, {})[row.verdict] = row.number
    return {**found}


def _return(row: Any) -> Return:
    return Return(delivery=row.delivery_id, **{name: getattr(row, name) for name in _TOLD})
