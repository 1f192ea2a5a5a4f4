"""Withdrawn announcements: what has not left is cancelled, and whoever got a copy is owed word of it.

The word is deliveries of an occurrence of its own, `once-retracted` for `once`: counted, claimed, tried again and
accounted for as any other. Nothing of a withdrawn occurrence is claimed any more, because its time is over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, literal, null, or_, select, update

from communique.delivery import Mode, State
from communique.retraction import Retraction, told_as
from communique.store.database import attempts, deliveries, occurrences, people, publications, suppressions
from communique.store.leases import FREE
from communique.store.metadata import UTCDateTime
from communique.store.owed import ALL, Owed, References, write
from communique.store.retraction_tables import retractions
from communique.store.ways import Way, barred

#: So long word of a withdrawal is tried to be sent.
_WORTH_SAYING = timedelta(days=7)
_MAY_HAVE_GONE = (State.SENT, State.IN_DOUBT, State.IRREVOCABLE)
_NOT_GONE = (State.SCHEDULED, State.SENDING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A withdrawal on record."""

    occurrence: int
    told_by: int
    retraction: Retraction
    headlines: Mapping[str, str]
    by: str

    def headline(self, language: str) -> str:
        """What was announced, in a language or in the first."""
        return self.headlines.get(language) or next(iter(self.headlines.values()), "")


def of(connection: Connection, occurrence: int) -> Kept | None:
    """The withdrawal of an occurrence."""
    return _kept(connection, retractions.c.occurrence_id == occurrence)


def told_by(connection: Connection, occurrence: int) -> Kept | None:
    """The withdrawal that an occurrence's deliveries tell of."""
    return _kept(connection, retractions.c.told_by == occurrence)


def is_withdrawn(connection: Connection, delivery: int) -> bool:
    """Whether what a delivery says was taken back."""
    found = select(retractions.c.told_by).join(deliveries, deliveries.c.occurrence_id == retractions.c.occurrence_id)
    return connection.execute(found.where(deliveries.c.id == delivery)).first() is not None


def _kept(connection: Connection, where: ColumnElement[bool]) -> Kept | None:
    row = connection.execute(select(retractions).where(where)).first()
    if row is None:
        return None
    return Kept(
        occurrence=row.occurrence_id,
        told_by=row.told_by,
        retraction=Retraction(at=row.retracted_at, reasons=row.reasons),
        headlines=row.headlines,
        by=row.retracted_by,
    )


def in_mode(connection: Connection, mode: Mode) -> dict[tuple[str, str, str], Retraction]:
    """All of them, by campaign, announcement and occurrence."""
    names = occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence
    found = (
        select(*names, retractions.c.retracted_at, retractions.c.reasons)
        .join(occurrences, occurrences.c.id == retractions.c.occurrence_id)
        .where(occurrences.c.mode == mode)
    )
    return {
        (row.campaign, row.announcement, row.occurrence): Retraction(at=row.retracted_at, reasons=row.reasons)
        for row in connection.execute(found)
    }


def went_out(connection: Connection, mode: Mode, campaign: str, announcement: str) -> Sequence[Any]:
    """The rows of an announcement's occurrences that have fallen due, the earliest first."""
    found = select(occurrences).where(
        occurrences.c.mode == mode,
        occurrences.c.campaign == campaign,
        occurrences.c.announcement == announcement,
        occurrences.c.id.not_in(select(retractions.c.told_by)),
    )
    return connection.execute(found.order_by(occurrences.c.due_at, occurrences.c.id)).all()


def has_anything(connection: Connection, occurrence: int) -> bool:
    """Whether any copy may have gone out, or has yet to."""
    states = (*_MAY_HAVE_GONE, *_NOT_GONE, State.COLLECTED)
    found = select(deliveries.c.id).where(deliveries.c.occurrence_id == occurrence, deliveries.c.state.in_(states))
    return connection.execute(found.limit(1)).first() is not None


def begin(
    connection: Connection,
    occurrence: Any,
    retraction: Retraction,
    *,
    headlines: Mapping[str, str],
    by: str,
) -> int:
    """Put a withdrawal on record, with the occurrence that tells of it; the number of that one.

    `occurrence` is the row of what is withdrawn. From now on its time is over.
    """
    now = retraction.at
    values = {
        "mode": occurrence.mode,
        "campaign": occurrence.campaign,
        "announcement": occurrence.announcement,
        "occurrence": told_as(occurrence.occurrence),
        "due_at": now,
        "expires_at": now + _WORTH_SAYING,
        "frozen_at": now,
        "late": False,
        "planned": 0,
        "hash": "",
        "milestones": occurrence.milestones,
    }
    number: int = connection.execute(insert(occurrences).values(**values).returning(occurrences.c.id)).scalar_one()
    own = occurrences.c.id == occurrence.id
    over = now - timedelta(seconds=1)
    connection.execute(update(occurrences).where(own, occurrences.c.expires_at > over).values(expires_at=over))
    kept = {
        "occurrence_id": occurrence.id,
        "told_by": number,
        "reasons": dict(retraction.reasons),
        "headlines": dict(headlines),
        "retracted_by": by,
        "retracted_at": now,
    }
    connection.execute(insert(retractions).values(**kept))
    return number


def cancel(connection: Connection, occurrence: int, *, reason: str, now: datetime) -> int:
    """Cancel what has not passed the point of no return, and what waits for a newsletter; how many copies.

    A newsletter that is about to carry it is made anew, without it.
    """
    own = deliveries.c.occurrence_id == occurrence
    carrier = deliveries.alias("carrier")
    not_gone = select(carrier.c.id).where(
        carrier.c.id == deliveries.c.digest_id, carrier.c.state.not_in(_MAY_HAVE_GONE)
    )
    carried_by = select(deliveries.c.digest_id).where(own, deliveries.c.state == State.COLLECTED)
    again = {"state": State.SCHEDULED, "next_attempt_at": now, **FREE}
    connection.execute(
        update(deliveries).where(deliveries.c.id.in_(carried_by), deliveries.c.state == State.SENDING).values(**again)
    )
    waits = and_(
        deliveries.c.state == State.COLLECTED,
        or_(deliveries.c.digest_id.is_(None), not_gone.exists()),
    )
    gone = {"state": State.CANCELLED, "reason": reason, "finished_at": now, "digest_id": None, **FREE}
    changed = connection.execute(
        update(deliveries).where(own, or_(deliveries.c.state.in_(_NOT_GONE), waits)).values(**gone)
    )
    return changed.rowcount


def lines(connection: Connection, occurrence: int) -> list[tuple[str, str, bool, bool]]:
    """Channel and language of its copies, whether they are for everyone at once, and whether any may have gone out."""
    gone = func.max(case((deliveries.c.state.in_((*_MAY_HAVE_GONE, State.COLLECTED)), 1), else_=0))
    for_all = deliveries.c.person_id == ALL
    found = (
        select(deliveries.c.channel, deliveries.c.language, for_all, gone)
        .where(deliveries.c.occurrence_id == occurrence)
        .group_by(deliveries.c.channel, deliveries.c.language, for_all)
        .order_by(deliveries.c.channel, deliveries.c.language)
    )
    return [(row[0], row[1], bool(row[2]), bool(row[3])) for row in connection.execute(found)]


def owe_to_all(connection: Connection, told_by: int, owed: Sequence[Owed], now: datetime) -> int:
    """What is owed through channels that reach everyone at once; how many."""
    return write(connection, told_by, owed, now)


def owe_to_each(
    connection: Connection,
    occurrence: int,
    told_by: int,
    channel: str,
    references: References,
    by_hand: str,
    *,
    now: datetime,
) -> int:
    """A notice to everybody who has or may have a copy through a channel, in its language; how many.

    `by_hand`: why a person has to tell them; empty when the channel does.
    """
    carrier = deliveries.alias("carrier")
    got = or_(
        deliveries.c.state.in_(_MAY_HAVE_GONE),
        and_(deliveries.c.state == State.COLLECTED, carrier.c.state.in_(_MAY_HAVE_GONE)),
    )
    suppressed = barred(Way.POST if by_hand else Way.MAIL)
    at = literal(now, UTCDateTime())
    waiting = State.IN_DOUBT if by_hand else State.SCHEDULED
    values: dict[str, Any] = {
        "occurrence_id": literal(told_by),
        "channel": deliveries.c.channel,
        "person_id": deliveries.c.person_id,
        "language": deliveries.c.language,
        "role": deliveries.c.role,
        "state": case((suppressed != "", literal(str(State.EXCLUDED))), else_=literal(str(waiting))),
        "reason": case((suppressed != "", literal("must not be written to: ") + suppressed), else_=literal(by_hand)),
        "reference": references.in_sql(deliveries.c.person_id, deliveries.c.language, connection.dialect.name),
        "attempts": literal(0),
        "resends": literal(0),
        "next_attempt_at": at,
        "finished_at": case((suppressed != "", at), else_=at if by_hand else null()),
    }
    found = (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(deliveries)
        .outerjoin(carrier, carrier.c.id == deliveries.c.digest_id)
        .outerjoin(people, people.c.id == deliveries.c.person_id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(
            deliveries.c.occurrence_id == occurrence,
            deliveries.c.channel == channel,
            deliveries.c.person_id != ALL,
            got,
        )
    )
    statement = insert(deliveries).from_select(list(values), found, include_defaults=False)
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def count(connection: Connection, told_by: int) -> int:
    """Write down how many copies tell of the withdrawal, for the balance; that number."""
    counted = select(func.count()).select_from(deliveries).where(deliveries.c.occurrence_id == told_by)
    planned = connection.execute(counted).scalar_one()
    connection.execute(update(occurrences).where(occurrences.c.id == told_by).values(planned=planned))
    return planned


def never_arrived(connection: Connection, kept: Kept, person: int, channel: str) -> bool:
    """Whether it has turned out that what is withdrawn did not reach somebody after all."""
    found = select(deliveries.c.state).where(
        deliveries.c.occurrence_id == kept.occurrence,
        deliveries.c.person_id == person,
        deliveries.c.channel == channel,
    )
    states: Collection[str] = connection.execute(found).scalars().all()
    return not {State(each) for each in states} & {*_MAY_HAVE_GONE, State.COLLECTED}


def receipt_of(connection: Connection, kept: Kept, channel: str, language: str) -> tuple[str, str]:
    """What a network has called the post that is withdrawn, and where it is; empty when it did not say."""
    found = (
        select(attempts.c.reference, attempts.c.url)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(
            deliveries.c.occurrence_id == kept.occurrence,
            deliveries.c.channel == channel,
            deliveries.c.language == language,
            attempts.c.outcome == State.SENT,
        )
        .order_by(attempts.c.number.desc())
    )
    row = connection.execute(found).first()
    return (row.reference, row.url) if row is not None else ("", "")


def announced_at(connection: Connection, kept: Kept) -> datetime:
    """When what is withdrawn fell due."""
    found: datetime = connection.execute(
        select(occurrences.c.due_at).where(occurrences.c.id == kept.occurrence)
    ).scalar_one()
    return found


def page_of(connection: Connection, kept: Kept, language: str) -> str:
    """The path of its page in a language below the website's root; empty without one."""
    of = occurrences.c.id == kept.occurrence
    found = select(publications.c.path).join(
        occurrences,
        and_(
            *(
                occurrences.c[name] == publications.c[name]
                for name in ("mode", "campaign", "announcement", "occurrence")
            )
        ),
    )
    path: str | None = connection.execute(
        found.where(of, publications.c.language == language, publications.c.on_website)
    ).scalar()
    return path or ""
