"""Reading the ledger: the balance, what became of every copy, and why one person did or did not get something."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from communique.delivery import STATES, Attempt, Delivery, Mode, State, junk_mark
from communique.joined_phrases import one_after_another
from communique.phrase import phrase
from communique.store.by_index import in_mode, scheduled
from communique.store.database import DIGEST, attempts, deliveries, occurrences, people
from communique.store.deliveries import counts
from communique.store.deliveries.leases import delivery_of
from communique.store.recipients import returns
from communique.store.recipients.returns import Return

_AT_ONCE = 1_000  #: rows asked for by their ids in one statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """The account of one occurrence: planned is always the sum of the states."""

    campaign: str
    announcement: str
    occurrence: str
    due_at: datetime
    late: bool
    planned: int
    by_state: dict[State, int]
    returned: Mapping[str, int] = field(default_factory=dict)  #: of those sent, how many came back, by verdict

    @property
    def holds(self) -> bool:
        """Whether nothing has been lost or invented."""
        return self.planned == sum(self.by_state.values())

    @property
    def is_empty_round(self) -> bool:
        """Whether it stands for newsletters by day or week that had nothing to carry, and so says nothing."""
        return self.campaign == DIGEST and not self.planned

    def __str__(self) -> str:
        return self.described()

    def described(self, by_hand: int = 0) -> str:
        """In one line; of what is in doubt, `by_hand` wait for a person to post them."""
        said: dict[str, int] = {STATES[state]: count for state, count in self.by_state.items()}
        said[STATES[State.IN_DOUBT]] -= by_hand
        said[phrase("to post by hand")] = by_hand
        parts = [phrase("{number} {state}", number=count, state=words) for words, count in said.items() if count]
        total = phrase("{number} planned = {parts}", number=self.planned, parts=_sum_of(parts) if parts else "0")
        return one_after_another(total, *self.what_came_back())

    def what_came_back(self) -> Iterator[str]:
        """Beside the balance: it was sent."""
        complaints = self.returned.get("complaint", 0)
        if came_back := sum(self.returned.values()) - complaints:
            yield phrase("{number} came back", number=came_back)
        sent = self.by_state.get(State.SENT, 0)
        if junk_mark(complaints, sent) is not None:
            yield phrase(
                "{number} called it junk ({percent:.1f} %; from 0.3 % on providers refuse mails)",
                number=complaints,
                percent=100 * complaints / max(sent, complaints),
            )
        elif complaints:
            yield phrase("{number} called it junk", number=complaints)


def _sum_of(parts: Sequence[str]) -> str:
    first, *others = parts
    said = first
    for each in others:
        said = phrase("{first} + {second}", first=said, second=each)
    return said


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A delivery and what was tried."""

    delivery: Delivery
    name: str  #: of the person, or `everyone`
    last: Attempt | None
    returned: Return | None = None  #: what came back of it, last
    #: Of the person; empty for everybody, and for those whom only letters reach.
    address: str = field(default="", repr=False)

    @property
    def masked_address(self) -> str:
        """As much as tells two people of one name apart: `a…@example.org`."""
        local, at, domain = self.address.partition("@")
        return f"{local[:1]}…{at}{domain}" if at else ""

    @property
    def words(self) -> str:
        """Why it is as it is, which a person may have decided; else what was said at the last try."""
        return self.delivery.reason or (self.last.detail if self.last else "")


def balances(connection: Connection, mode: Mode, campaign: str | None = None) -> list[Balance]:
    """One account an occurrence, in the order they fell due."""
    query = select(occurrences).where(occurrences.c.mode == mode).order_by(occurrences.c.due_at, occurrences.c.id)
    if campaign:
        query = query.where(occurrences.c.campaign == campaign)
    return _balances(connection, connection.execute(query).all())


def balances_of(connection: Connection, mode: Mode, announcement: tuple[str, str]) -> list[Balance]:
    """The same of one announcement, by campaign and name."""
    mine = occurrences.c.campaign == announcement[0], occurrences.c.announcement == announcement[1]
    found = select(occurrences).where(occurrences.c.mode == mode, *mine)
    return _balances(connection, connection.execute(found.order_by(occurrences.c.due_at)).all())


def latest_balances(connection: Connection, mode: Mode, *, since: datetime, least: int) -> list[Balance]:
    """The same of what fell due lately: the copies of all the others are not looked at.

    Args:
        connection: to the ledger.
        mode: trial or live.
        since: from when on; what still waits, is under way or in doubt comes along, however old it is.
        least: how many come along at least, if there are so many.
    """
    own = select(occurrences).where(occurrences.c.mode == mode)
    newest = own.order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc()).limit(least)
    found = {row.id: row for row in connection.execute(newest)}
    found |= {row.id: row for row in connection.execute(own.where(occurrences.c.due_at >= since))}
    for unfinished in (  # each in an index of its own
        scheduled(),
        deliveries.c.lease_token.is_not(None),
        deliveries.c.state == State.IN_DOUBT,
    ):
        # Coalesced: SQLite would go through all deliveries, which the unique key has in this order.
        waiting = select(func.coalesce(deliveries.c.occurrence_id, 0)).where(unfinished, in_mode(mode)).distinct()
        others = [each for each in connection.execute(waiting).scalars() if each not in found]
        found |= {row.id: row for row in connection.execute(own.where(occurrences.c.id.in_(others)))}
    return _balances(connection, sorted(found.values(), key=lambda row: (row.due_at, row.id)))


def channels_waited_for(connection: Connection, mode: Mode) -> dict[tuple[str, str, str], set[str]]:
    """Through which channels copies have still to go, by campaign, announcement and occurrence."""
    of = func.coalesce(deliveries.c.occurrence_id, 0).label("of")  # as in `latest_balances`
    waiting = select(of, deliveries.c.channel).where(scheduled(), in_mode(mode)).distinct().subquery()
    named = occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in connection.execute(select(*named, waiting.c.channel).where(occurrences.c.id == waiting.c.of)):
        found.setdefault((row.campaign, row.announcement, row.occurrence), set()).add(row.channel)
    return found


def fallen_due(connection: Connection, mode: Mode) -> list[tuple[str, str]]:
    """Campaign and name of every announcement that has fallen due, the first to do so first; no copy is counted."""
    of = occurrences.c.campaign, occurrences.c.announcement
    found = select(*of).where(occurrences.c.mode == mode).group_by(*of)
    rows = connection.execute(found.order_by(func.min(occurrences.c.due_at), func.min(occurrences.c.id)))
    return [(row.campaign, row.announcement) for row in rows]


def count_balances(connection: Connection, mode: Mode) -> int:
    """How many occurrences have fallen due, without newsletters that had nothing to carry."""
    is_empty = (occurrences.c.campaign == DIGEST) & (occurrences.c.planned == 0)
    found = select(func.count()).select_from(occurrences).where(occurrences.c.mode == mode, ~is_empty)
    return int(connection.execute(found).scalar_one())


def _balances(connection: Connection, rows: Sequence[Any]) -> list[Balance]:
    ids = [row.id for row in rows]
    by_state: dict[int, Counter[State]] = {}
    for each in counts.by_state(connection, ids):
        by_state.setdefault(each.occurrence, Counter())[each.state] += each.number
    returned: dict[int, Mapping[str, int]] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        returned |= returns.counts_of(connection, ids[begin : begin + _AT_ONCE])
    return [_balance(row, by_state.get(row.id, {}), returned.get(row.id, {})) for row in rows]


def _balance(row: Any, found: Mapping[State, int], returned: Mapping[str, int]) -> Balance:
    return Balance(
        campaign=row.campaign,
        announcement=row.announcement,
        occurrence=row.occurrence,
        due_at=row.due_at,
        late=row.late,
        planned=row.planned,
        by_state={state: found.get(state, 0) for state in State},
        returned=returned,
    )


_JOINED: Select[Any] = (
    select(
        deliveries,
        *(
            occurrences.c[name]
            for name in ("campaign", "announcement", "occurrence", "due_at", "expires_at", "frozen_at")
        ),
        people.c.name.label("person_name"),
        people.c.address.label("person_address"),
    )
    .join(occurrences)
    .outerjoin(people, people.c.id == deliveries.c.person_id)
)


def count_in_doubt(connection: Connection, mode: Mode) -> int:
    """How many copies only a person can settle."""
    query = select(func.count()).select_from(deliveries).where(in_mode(mode), deliveries.c.state == State.IN_DOUBT)
    return connection.execute(query).scalar_one()


def waiting_for_a_person(connection: Connection, mode: Mode) -> list[Copy]:
    """What only a person can settle: copies in doubt."""
    found = select(deliveries.c.id).where(in_mode(mode), deliveries.c.state == State.IN_DOUBT)
    return _copies(connection, found.order_by(deliveries.c.id))


def copies(
    connection: Connection,
    mode: Mode,
    *,
    announcement: tuple[str, str] | None = None,
    person: int | None = None,
    most: int | None = None,
) -> list[Copy]:
    """Deliveries with their last attempt, the newest first.

    Args:
        connection: a reading transaction.
        mode: whose ledger.
        announcement: campaign and announcement; without the latter all of the campaign.
        person: an id; copies for everyone at once are then left out.
        most: how many at the most.
    """
    of = select(occurrences.c.id).where(occurrences.c.mode == mode)
    if announcement:
        of = of.where(occurrences.c.campaign == announcement[0])
    if announcement and announcement[1]:
        of = of.where(occurrences.c.announcement == announcement[1])
    found = select(deliveries.c.id).order_by(deliveries.c.id.desc()).limit(most)
    if person is None:  # from the newest on, until there are enough
        return _copies(connection, found.where(func.coalesce(deliveries.c.occurrence_id, 0).in_(of)))
    return _copies(connection, found.where(deliveries.c.occurrence_id.in_(of), deliveries.c.person_id == person))


def is_forgotten(connection: Connection, mode: Mode, announcement: tuple[str, str]) -> bool:
    """Whether copies of it name nobody any more, because they were kept as long as they may be."""
    of = select(occurrences.c.id).where(
        occurrences.c.mode == mode,
        occurrences.c.campaign == announcement[0],
        occurrences.c.announcement == announcement[1],
    )
    nobodys = select(deliveries.c.id).where(deliveries.c.occurrence_id.in_(of), deliveries.c.person_id < 0)
    return connection.execute(nobodys.limit(1)).first() is not None


def _copies(connection: Connection, found: Select[Any]) -> list[Copy]:
    """In the order in which their ids are found."""
    ids: Sequence[int] = connection.execute(found).scalars().all()
    told: dict[int, Copy] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        told |= _told(connection, ids[begin : begin + _AT_ONCE])
    return [told[each] for each in ids]


def _told(connection: Connection, ids: Sequence[int]) -> dict[int, Copy]:
    rows = connection.execute(_JOINED.where(deliveries.c.id.in_(ids))).all()
    tried = connection.execute(select(attempts).where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.id))
    last = {row.delivery_id: _attempt(row) for row in tried}  # of each the last one stays
    returned = returns.latest_of(connection, ids)
    return {
        row.id: Copy(
            delivery=delivery_of(row, row),
            name=row.person_name or (phrase("everyone") if row.person_id == 0 else phrase("a person since erased")),
            last=last.get(row.id),
            returned=returned.get(row.id),
            address=row.person_address or "",
        )
        for row in rows
    }


def copy_of(connection: Connection, delivery: int) -> Copy | None:
    """One delivery by its number, in either mode."""
    return _told(connection, [delivery]).get(delivery)


def copy_by_receipt(connection: Connection, mode: Mode, receipt: str, beginning: str) -> Copy | None:
    """The newest copy of a mode that was tried under a receipt, or under one that begins so."""
    known = or_(
        attempts.c.reference.in_([receipt, f"{receipt}.txt"]),
        attempts.c.reference.startswith(beginning, autoescape=True),
    )
    found = select(attempts.c.delivery_id).join(deliveries, deliveries.c.id == attempts.c.delivery_id)
    ids = found.where(in_mode(mode), known).order_by(attempts.c.id.desc()).limit(1)
    return next(iter(_copies(connection, ids)), None)


def _attempt(row: Any) -> Attempt:
    return Attempt(
        number=row.number,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=row.outcome,
        reference=row.reference,
        url=row.url,
        detail=row.detail,
    )


def proofs(connection: Connection, mode: Mode) -> Sequence[tuple[str, str]]:
    """Reference and proof of everything sent: what the ledger says, to hold against what a server recorded."""
    rows = connection.execute(
        select(deliveries.c.reference, attempts.c.detail)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(occurrences.c.mode == mode, attempts.c.outcome == State.SENT)
    )
    return [(row.reference, row.detail) for row in rows]
