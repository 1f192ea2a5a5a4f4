"""What is about people and has been kept long enough: counted, and taken out some rows at a time.

Rows that the balance counts stay. Their person becomes a number below zero, which nobody has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from communique.answering import Answer
from communique.delivery import FINAL, State
from communique.moments import MomentError, parse_milestone
from communique.settings import Retention
from communique.store.database import deliveries, memberships, occurrences, people, returns, suppressions
from communique.store.desk import journal
from communique.store.recipients import erasure, traces
from communique.store.recipients.domains import NOWHERE
from communique.store.tables.answer import answers, written_answers
from communique.store.tables.postal import postal_addresses
from communique.store.tables.subscriber import consents

_AT_ONCE = 500  #: rows in one transaction: senders wait so long
_PEOPLE_AT_ONCE = 20  #: each of them is looked for in all deliveries


class Kept(StrEnum):
    """Kinds of what is kept for a while, by their names in the settings."""

    ACCESS_NEEDS = "access_needs"
    ANSWERS = "answers"
    RETURNED_MAIL = "returned_mail"
    DELIVERIES = "deliveries"
    LEFT = "left"
    LETTERS = "letters"  #: printed ones, which lie in folders and not in the ledger


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long each is kept, seen at a moment. `digest_of`: what is kept of an address in its canonical form."""

    rules: Retention
    zone: ZoneInfo
    now: datetime
    digest_of: Callable[[str], str]
    without_addresses: Callable[[str], str]

    def before(self, kept: Kept) -> datetime:
        """What is older is over."""
        period: timedelta = getattr(self.rules, kept)
        return self.now - period


def over(connection: Connection, limits: Limits) -> dict[Kept, int]:
    """How much has been kept long enough: answers, reports, copies, people."""
    return {kept: count(connection, limits) for kept, count in _COUNTED.items()}


def erase_some(connection: Connection, kept: Kept, limits: Limits) -> int:
    """Take some of it out, in a transaction that no other writes beside; how many, 0 when nothing is left."""
    gone = _ERASED[kept](connection, limits)
    if gone:
        traces.leave(connection, limits.now)
    return gone


def is_quiet(connection: Connection, until: datetime) -> bool:
    """Whether nothing is under way, and nothing falls due by then."""
    due = select(deliveries.c.id).where(deliveries.c.state == State.SCHEDULED, deliveries.c.next_attempt_at <= until)
    under_way = select(deliveries.c.id).where(deliveries.c.lease_token.is_not(None))
    return all(connection.execute(each.limit(1)).first() is None for each in (due, under_way))


class _Meeting(NamedTuple):
    mode: str
    name: str

    @property
    def answers(self) -> tuple[ColumnElement[bool], ...]:
        """Rows of answers to it."""
        return answers.c.mode == self.mode, answers.c.meeting == self.name

    @property
    def in_words(self) -> tuple[ColumnElement[bool], ...]:
        """Those that somebody has written, and nobody has settled."""
        mine = written_answers.c.mode == self.mode, written_answers.c.meeting == self.name
        return *mine, written_answers.c.settled_at.is_(None)


_TOLD = or_(answers.c.access_needs != "", answers.c.interpretation != "")


def _meetings(connection: Connection, limits: Limits, kept: Kept) -> Iterator[_Meeting]:
    """Those that were held, as people were told of them last, and answered, that long ago."""
    last = func.max(answers.c.answered_at)
    for mode, name, answered_at in connection.execute(
        select(answers.c.mode, answers.c.meeting, last).group_by(answers.c.mode, answers.c.meeting)
    ).all():
        told = (
            select(occurrences.c.meeting_at)
            .where(occurrences.c.mode == mode, occurrences.c.meeting == name)
            .order_by(occurrences.c.id.desc())
            .limit(1)
        )
        ended_at = _end_of(connection.execute(told).scalar() or "", limits.zone)
        if max(answered_at, ended_at or answered_at) < limits.before(kept):
            yield _Meeting(mode, name)


def _end_of(written: str, zone: ZoneInfo) -> datetime | None:
    """Of a meeting whose time an officer has written so."""
    try:
        milestone = parse_milestone(written)
    except MomentError:
        return None
    last = milestone.end or milestone.start
    if last is None:
        return None
    return (last if isinstance(last, datetime) else datetime.combine(last, time.max)).replace(tzinfo=zone)


def _count_needs(connection: Connection, limits: Limits) -> int:
    return sum(
        _count(connection, answers, *each.answers, _TOLD) + _count(connection, written_answers, *each.in_words)
        for each in _meetings(connection, limits, _NEEDS)
    )


def _erase_needs(connection: Connection, limits: Limits) -> int:
    gone = 0
    for each in _meetings(connection, limits, _NEEDS):
        blank = update(answers).where(*each.answers, _TOLD).values(access_needs="", interpretation="")
        gone += connection.execute(blank).rowcount
        gone += connection.execute(delete(written_answers).where(*each.in_words)).rowcount
    return gone


def _count_answers(connection: Connection, limits: Limits) -> int:
    return sum(_count(connection, answers, *each.answers) for each in _meetings(connection, limits, Kept.ANSWERS))


def _erase_answers(connection: Connection, limits: Limits) -> int:
    gone = 0
    for each in _meetings(connection, limits, Kept.ANSWERS):
        sums = select(answers.c.answer, func.count(), func.sum(answers.c.companions)).where(*each.answers)
        said = {Answer(row[0]): row for row in connection.execute(sums.group_by(answers.c.answer))}
        numbers = ", ".join(
            f"{row[1]} {answer}" + (f" (with {row[2]} more)" if row[2] else "")
            for answer in Answer
            if (row := said.get(answer)) is not None
        )
        gone += connection.execute(delete(answers).where(*each.answers)).rowcount
        what = f"erased the answers to {each.name} ({each.mode}): {numbers}"
        journal.note(connection, who="retention", what=what, now=limits.now)
    return gone


def _returned(limits: Limits) -> tuple[ColumnElement[bool], ...]:
    says = or_(returns.c.delivery_id.is_(None), returns.c.words != "", returns.c.subject != "", returns.c.place != "")
    return returns.c.at < limits.before(Kept.RETURNED_MAIL), says


def _written(limits: Limits) -> ColumnElement[bool]:
    return written_answers.c.at < limits.before(Kept.RETURNED_MAIL)


def _count_returned(connection: Connection, limits: Limits) -> int:
    return _count(connection, returns, *_returned(limits)) + _count(connection, written_answers, _written(limits))


def _erase_returned(connection: Connection, limits: Limits) -> int:
    found = connection.execute(select(returns.c.id).where(*_returned(limits)).limit(_AT_ONCE)).scalars().all()
    those = returns.c.id.in_(found)
    connection.execute(delete(returns).where(those, returns.c.delivery_id.is_(None)))
    connection.execute(update(returns).where(those).values(words="", subject="", place=""))
    return len(found) + connection.execute(delete(written_answers).where(_written(limits))).rowcount


def _old(connection: Connection, limits: Limits) -> Sequence[int]:
    """Occurrences, by id."""
    due_before = occurrences.c.due_at < limits.before(Kept.DELIVERIES)
    return connection.execute(select(occurrences.c.id).where(due_before)).scalars().all()


def _naming(occurrence: int) -> tuple[ColumnElement[bool], ...]:
    """Deliveries that are over and name a person. One that a newsletter carries goes with that."""
    return (
        deliveries.c.occurrence_id == occurrence,
        deliveries.c.person_id > 0,  # found in the index of occurrence and person
        deliveries.c.state.in_(FINAL),
        deliveries.c.digest_id.is_(None),
    )


def _count_deliveries(connection: Connection, limits: Limits) -> int:
    return sum(_count(connection, deliveries, *_naming(each)) for each in _old(connection, limits))


def _erase_deliveries(connection: Connection, limits: Limits) -> int:
    for occurrence in _old(connection, limits):
        named = select(deliveries.c.id).where(*_naming(occurrence)).limit(_AT_ONCE)
        found = connection.execute(named).scalars().all()
        if found:
            carried = deliveries.c.digest_id.in_(found)
            items = connection.execute(select(deliveries.c.id).where(carried)).scalars().all()
            erasure.mask(connection, [*found, *items], limits.without_addresses)
            own = update(deliveries).where(deliveries.c.id.in_(found))
            connection.execute(own.values(person_id=-deliveries.c.id))
            connection.execute(update(deliveries).where(carried).values(person_id=-deliveries.c.digest_id))
            sorted_in = deliveries.c.id.in_([*found, *items]), deliveries.c.domain > ""
            connection.execute(update(deliveries).where(*sorted_in).values(domain=NOWHERE))
            return len(found)
    return 0


def _gone(limits: Limits) -> ColumnElement[bool]:
    """Of rows of `people`: who is in no audience, may be written to, and whose last sign is that old."""
    before = limits.before(Kept.LEFT)
    member = select(memberships.c.person_id).where(memberships.c.person_id == people.c.id)
    agreed = select(consents.c.id).where(consents.c.person_id == people.c.id, consents.c.confirmed_at >= before)
    barred = select(suppressions.c.reason).where(suppressions.c.address_key == people.c.address_key)
    return (people.c.created_at < before) & ~member.exists() & ~agreed.exists() & ~barred.exists()


def _left(limits: Limits) -> ColumnElement[bool]:
    """Of rows of `suppressions`: who left that long ago; not who is written to by post since their mail comes back."""
    by_post = (
        select(postal_addresses.c.person_id)
        .join(people, people.c.id == postal_addresses.c.person_id)
        .where(people.c.address_key == suppressions.c.address_key)
    )
    return (suppressions.c.since < limits.before(Kept.LEFT)) & ~(suppressions.c.is_dead & by_post.exists())


def _count_left(connection: Connection, limits: Limits) -> int:
    barred = _count(connection, suppressions, _left(limits))
    return barred + _count(connection, people, _gone(limits))


def _erase_left(connection: Connection, limits: Limits) -> int:
    barred = select(suppressions.c.address_key).where(_left(limits))
    keys = connection.execute(barred.limit(_PEOPLE_AT_ONCE)).scalars().all()
    for key in keys:
        erasure.erase(connection, key, limits.digest_of(key), limits.without_addresses, limits.now)
    gone = select(people.c.address_key).where(_gone(limits)).limit(_PEOPLE_AT_ONCE - len(keys))
    free = connection.execute(gone).scalars().all()
    for key in free:
        erasure.erase(connection, key, "", limits.without_addresses, limits.now)  # nobody asked not to be written to
    return len(keys) + len(free)


def _count(connection: Connection, table: object, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]


_NEEDS = Kept.ACCESS_NEEDS
_COUNTED: Mapping[Kept, Callable[[Connection, Limits], int]] = {
    Kept.ACCESS_NEEDS: _count_needs,
    Kept.ANSWERS: _count_answers,
    Kept.RETURNED_MAIL: _count_returned,
    Kept.DELIVERIES: _count_deliveries,
    Kept.LEFT: _count_left,
}
_ERASED: Mapping[Kept, Callable[[Connection, Limits], int]] = {
    Kept.ACCESS_NEEDS: _erase_needs,
    Kept.ANSWERS: _erase_answers,
    Kept.RETURNED_MAIL: _erase_returned,
    Kept.DELIVERIES: _erase_deliveries,
    Kept.LEFT: _erase_left,
}
