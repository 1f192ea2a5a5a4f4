"""Something said about what went out, owed to exactly those who got it: a correction, word of a withdrawal.

It is deliveries of an occurrence of its own, `once-retracted` or `once-corrected-1` for `once`: counted, claimed, tried
again and accounted for as any other. A copy that is still under way then is waited for: whoever gets it gets the
notice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    select,
    update,
)

from communique.delivery import Mode, State
from communique.store import fallen_due
from communique.store.database import attempts, deliveries, occurrences, people, publications, suppressions
from communique.store.deliveries.owed import ALL, References
from communique.store.metadata import UTCDateTime
from communique.store.recipients.ways import Way, barred

#: States of a copy that has, may have or may yet have reached somebody.
REACHED = (State.SENT, State.IN_DOUBT, State.IRREVOCABLE)
UNDER_WAY = (State.SCHEDULED, State.SENDING)
_OF_INTEREST = (*REACHED, *UNDER_WAY, State.COLLECTED)
#: What stands before the reason, for those who must not be written to any more.
_SUPPRESSED = "must not be written to: "
_KNOWS = "has an invitation with the new date"


class Arrival(StrEnum):
    """Whether the copy that a notice is about has reached its reader."""

    REACHED = "reached"  #: or may have
    UNDER_WAY = "under way"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Copies alike that a notice is about."""

    channel: str
    language: str
    for_all: bool  #: one copy for everyone at once
    copies: int  #: that have reached somebody, may have, or may yet
    left: int  #: of these: to people who must not be written to any more
    told: int = 0  #: of these: to people who know already (`Known`)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Who needs no notice of a meeting's new date: whoever has another invitation to it, which says that date."""

    about: int  #: the occurrence that the notice is about
    mode: str
    meeting: str
    meeting_at: str  #: local time, as it is written

    def who(self) -> ColumnElement[bool]:
        """Of rows of deliveries."""
        other, copy = occurrences.alias("other"), deliveries.alias("copy")
        found = (
            select(copy.c.id)
            .join(other, other.c.id == copy.c.occurrence_id)
            .where(
                other.c.id != self.about,
                other.c.mode == self.mode,
                other.c.meeting == self.meeting,
                other.c.meeting_at == self.meeting_at,
                copy.c.person_id == deliveries.c.person_id,
                copy.c.state.in_(_OF_INTEREST),
            )
        )
        return found.correlate(deliveries).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """The copy that a notice is about."""

    arrival: Arrival
    reference: (
        str  #: Message-ID (without brackets) of the mail that its reader has; of a newsletter's, the newsletter's
    )


def went_out(connection: Connection, mode: Mode, campaign: str, announcement: str = "") -> Sequence[Any]:
    """The rows of occurrences that have fallen due, of one announcement or all, the earliest first; no notices."""
    return fallen_due.announced(connection, mode, campaign, announcement)


def has_anything(connection: Connection, occurrence: int) -> bool:
    """Whether any copy has reached somebody, may have, or may yet."""
    found = select(deliveries.c.id).where(
        deliveries.c.occurrence_id == occurrence, deliveries.c.state.in_(_OF_INTEREST)
    )
    return connection.execute(found.limit(1)).first() is not None


def begin(
    connection: Connection,
    about: Any,
    name: str,
    *,
    now: datetime,
    lasts: timedelta,
    digest: str = "",
    milestones: Mapping[str, str] | None = None,
) -> int:
    """The occurrence whose deliveries tell of another one; its number.

    `about` is the row of that one, `name` the name of the new one. So long (`lasts`) it is tried to be sent.
    `milestones`: as it speaks of them, where they are not those of that one any more.
    """
    values = {
        "mode": about.mode,
        "campaign": about.campaign,
        "announcement": about.announcement,
        "occurrence": name,
        "due_at": now,
        "expires_at": now + lasts,
        "frozen_at": now,
        "late": False,
        "planned": 0,
        "hash": digest,
        "milestones": about.milestones if milestones is None else dict(milestones),
        "tells_of": about.id,
    }
    number: int = connection.execute(insert(occurrences).values(**values).returning(occurrences.c.id)).scalar_one()
    return number


def lines(
    connection: Connection, occurrence: int, on_paper: Collection[str] = (), known: Known | None = None
) -> list[Line]:
    """An occurrence's copies by channel and language; `on_paper` names channels of letters."""
    of_interest = deliveries.c.state.in_(_OF_INTEREST)
    for_all = deliveries.c.person_id == ALL
    shut = case((deliveries.c.channel.in_(list(on_paper)), barred(Way.POST)), else_=barred(Way.MAIL))
    knows = and_(of_interest, shut == "", known.who()) if known else false()
    found = (
        select(
            deliveries.c.channel,
            deliveries.c.language,
            for_all.label("for_all"),
            func.sum(case((knows, 1), else_=0)).label("told"),
            func.sum(case((of_interest, 1), else_=0)).label("copies"),
            func.sum(case((and_(of_interest, shut != ""), 1), else_=0)).label("left"),
        )
        .outerjoin(people, people.c.id == deliveries.c.person_id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(deliveries.c.occurrence_id == occurrence)
        .group_by(deliveries.c.channel, deliveries.c.language, for_all)
        .order_by(deliveries.c.channel, deliveries.c.language)
    )
    return [
        Line(
            channel=row.channel,
            language=row.language,
            for_all=bool(row.for_all),
            copies=row.copies,
            left=0 if row.for_all else row.left,
            told=0 if row.for_all else row.told,
        )
        for row in connection.execute(found)
    ]


def owe_to_each(
    connection: Connection,
    occurrence: int,
    told_by: int,
    channel: str,
    references: References,
    way: Way,
    *,
    now: datetime,
    by_hand: str = "",
    known: Known | None = None,
    later: bool = False,
) -> int:
    """A notice to everybody who has, may have or may yet get a copy through a channel, in its language; how many.

    `by_hand`: why a person has to tell them; empty when the channel does. Who is `known` to know already gets none.
    With `later`: of these, who is owed none yet.
    """
    suppressed = barred(way)
    not_to = [(suppressed != "", literal(_SUPPRESSED) + suppressed)]
    if known is not None:
        not_to.append((known.who(), literal(_KNOWS)))
    waiting = State.IN_DOUBT if by_hand else State.SCHEDULED
    at = literal(now, UTCDateTime())
    values: dict[str, Any] = {
        "occurrence_id": literal(told_by),
        "channel": deliveries.c.channel,
        "person_id": deliveries.c.person_id,
        "language": deliveries.c.language,
        "role": deliveries.c.role,
        "state": case(*((each, literal(str(State.EXCLUDED))) for each, _ in not_to), else_=literal(str(waiting))),
        "reason": case(*not_to, else_=literal(by_hand)),
        "reference": references.in_sql(deliveries.c.person_id, deliveries.c.language, connection.dialect.name),
        "attempts": literal(0),
        "resends": literal(0),
        "next_attempt_at": at,
        "finished_at": case(*((each, at) for each, _ in not_to), else_=at if by_hand else null()),
    }
    found = (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(deliveries)
        .outerjoin(people, people.c.id == deliveries.c.person_id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(
            deliveries.c.occurrence_id == occurrence,
            deliveries.c.channel == channel,
            deliveries.c.person_id != ALL,
            deliveries.c.state.in_(_OF_INTEREST),
        )
    )
    if later:
        notice = deliveries.alias("notice")
        same = (notice.c[name] == deliveries.c[name] for name in ("person_id", "channel", "language"))
        owed = select(notice.c.id).where(notice.c.occurrence_id == told_by, *same)
        found = found.where(not_(owed.correlate(deliveries).exists()))
    statement = insert(deliveries).from_select(list(values), found, include_defaults=False)
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def announced_by(connection: Connection, delivery: int) -> Any | None:
    """The row of the occurrence that a delivery is of; None where it is a notice, or there is no such delivery."""
    found = select(occurrences).join(deliveries).where(deliveries.c.id == delivery, occurrences.c.tells_of.is_(None))
    return connection.execute(found).first()


def keep_alive(connection: Connection, told_by: int, until: datetime) -> None:
    """Let a notice be tried as long as what it is about."""
    own = occurrences.c.id == told_by, occurrences.c.expires_at < until
    connection.execute(update(occurrences).where(*own).values(expires_at=until))


def leaves_out(connection: Connection, occurrence: int, told_by: int, channel: str, before: datetime) -> bool:
    """Whether a notice of that moment is kept from a channel: copies had gone through it, and it told nobody."""
    copy = select(deliveries.c.id).where(deliveries.c.channel == channel).limit(1)
    told = copy.where(deliveries.c.occurrence_id == told_by)
    gone = copy.where(
        deliveries.c.occurrence_id == occurrence,
        deliveries.c.state.in_(REACHED),
        deliveries.c.finished_at <= before,
    )
    return connection.execute(told).first() is None and connection.execute(gone).first() is not None


def count(connection: Connection, told_by: int) -> int:
    """Write down how many copies a notice has, for the balance; that number."""
    counted = select(func.count()).select_from(deliveries).where(deliveries.c.occurrence_id == told_by)
    planned = connection.execute(counted).scalar_one()
    connection.execute(update(occurrences).where(occurrences.c.id == told_by).values(planned=planned))
    return planned


def original(connection: Connection, occurrence: int, person: int, channel: str, language: str) -> Original:
    """What became of the copy that a notice is about; `person` as in the ledger."""
    carrier = deliveries.alias("carrier")
    found = (
        select(deliveries.c.state, deliveries.c.reference, carrier.c.state.label("of_carrier"), carrier.c.reference)
        .outerjoin(carrier, carrier.c.id == deliveries.c.digest_id)
        .where(*_copy(occurrence, person, channel, language))
    )
    row = connection.execute(found).first()
    if row is None:
        return Original(arrival=Arrival.NEVER, reference="")
    state, own, of_carrier, carried = row
    if state == State.COLLECTED:
        has_gone = of_carrier in REACHED
        return Original(arrival=Arrival.REACHED if has_gone else Arrival.UNDER_WAY, reference=carried or "")
    if state in REACHED:
        return Original(arrival=Arrival.REACHED, reference=own)
    return Original(arrival=Arrival.UNDER_WAY if state in UNDER_WAY else Arrival.NEVER, reference=own)


def receipt_of(connection: Connection, occurrence: int, channel: str, language: str) -> tuple[str, str]:
    """What a network or a person's pack has called a post, and where it is; empty when nobody said."""
    found = (
        select(attempts.c.reference, attempts.c.url)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(
            *_copy(occurrence, ALL, channel, language),
            attempts.c.outcome.in_([State.SENT, State.IN_DOUBT]),
            attempts.c.reference != "",
        )
        .order_by(attempts.c.number.desc())
    )
    row = connection.execute(found).first()
    return (row.reference, row.url) if row is not None else ("", "")


def _copy(occurrence: int, person: int, channel: str, language: str) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.occurrence_id == occurrence,
        deliveries.c.person_id == person,
        deliveries.c.channel == channel,
        deliveries.c.language == language,
    )


def about(connection: Connection, told_by: int) -> int:
    """The occurrence that a notice tells of.

    Raises:
        LookupError: it is no notice.
    """
    found = connection.execute(select(occurrences.c.tells_of).where(occurrences.c.id == told_by)).scalar()
    if found is None:
        raise LookupError("what the notice is about is not in the ledger")
    return int(found)


def milestones(connection: Connection, told_by: int) -> dict[str, str]:
    """The milestones as they held when a notice was written: name to local time as it is written."""
    found: dict[str, str] = connection.execute(
        select(occurrences.c.milestones).where(occurrences.c.id == told_by)
    ).scalar_one()
    return found


def announced_at(connection: Connection, occurrence: int) -> datetime:
    """When what a notice is about fell due."""
    found: datetime = connection.execute(
        select(occurrences.c.due_at).where(occurrences.c.id == occurrence)
    ).scalar_one()
    return found


def page_of(connection: Connection, occurrence: int, language: str) -> str:
    """The path of an occurrence's page in a language below the website's root; empty without one."""
    published: Select[Any] = select(publications.c.path).join(
        occurrences,
        and_(
            *(
                occurrences.c[name] == publications.c[name]
                for name in ("mode", "campaign", "announcement", "occurrence")
            )
        ),
    )
    path: str | None = connection.execute(
        published.where(occurrences.c.id == occurrence, publications.c.language == language, publications.c.on_website)
    ).scalar()
    return path or ""
