"""How many people were reached, counted by what the ledger knows anyway: copies that left and did not come back.

Nobody is followed: whether a mail was opened, or a page read, is not known and not asked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, or_, select

from communique.delivery import Mode, State
from communique.routes import SUBSCRIBERS
from communique.store.database import DIGEST, deliveries, memberships, occurrences, people, returns, suppressions
from communique.store.deliveries.owed import ALL
from communique.store.tables.subscriber import subscription_topics, subscriptions
from communique.subscription import Frequency

_ARRIVED_ALL_THE_SAME = ("complaint", "none")  #: verdicts; of every other one the mail did not reach its reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """An announcement through one channel."""

    campaign: str
    announcement: str
    occurrence: str
    due_at: datetime
    channel: str
    people: int | None  #: None when it is published for everybody


def accepted(carrier: FromClause) -> ColumnElement[bool]:
    """Whether a copy went, by itself or in a newsletter by day or week, which `carrier` is joined as."""
    return or_(
        deliveries.c.state == State.SENT,
        and_(deliveries.c.state == State.COLLECTED, carrier.c.state == State.SENT),
    )


def arrived(carrier: FromClause) -> ColumnElement[int]:
    """Whose copy went and did not come back."""
    mail = case((deliveries.c.state == State.COLLECTED, deliveries.c.digest_id), else_=deliveries.c.id)
    # Few come back: the database looks them up once, and not for each copy.
    came_back = select(returns.c.delivery_id).where(
        returns.c.delivery_id.is_not(None), returns.c.verdict.not_in(_ARRIVED_ALL_THE_SAME)
    )
    return case((and_(accepted(carrier), mail.not_in(came_back)), deliveries.c.person_id))


def of_announcements(connection: Connection, mode: Mode, campaign: str | None = None) -> Sequence[Reached]:
    """In the order they fell due. What a newsletter by day or week carried is reached when that is."""
    carrier = deliveries.alias()
    for_all = (deliveries.c.person_id == ALL).label("for_all")
    of_mode = occurrences.c.mode == mode, occurrences.c.campaign != DIGEST
    meant = of_mode if campaign is None else (*of_mode, occurrences.c.campaign == campaign)
    # By number first: a million rows sorted by the names of what they are of take three times as long.
    each = deliveries.c.occurrence_id, deliveries.c.channel
    counted = (
        select(*each, func.count(arrived(carrier).distinct()).label("people"), for_all)
        .outerjoin_from(deliveries, carrier, carrier.c.id == deliveries.c.digest_id)
        .where(deliveries.c.occurrence_id.in_(select(occurrences.c.id).where(*meant)))
        .group_by(*each, "for_all")
        .subquery()
    )
    names = ("campaign", "announcement", "occurrence", "due_at")
    columns = (*(occurrences.c[name] for name in names), counted.c.channel)
    query = (
        select(*columns, counted.c.people, counted.c.for_all)
        .join_from(counted, occurrences, counted.c.occurrence_id == occurrences.c.id)
        .order_by(occurrences.c.due_at, *columns)
    )
    return [
        Reached(
            campaign=row[0],
            announcement=row[1],
            occurrence=row[2],
            due_at=row[3],
            channel=row[4],
            people=None if row[6] else row[5],
        )
        for row in connection.execute(query)
        if row[5]
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscribers:
    """Those who can be written to, counted in three ways."""

    by_language: Counter[str]
    by_frequency: Counter[str]
    to_everything: int
    to_some: int
    by_topic: Counter[str]  #: of those to some; somebody may have chosen several


def of_subscribers(connection: Connection) -> Subscribers:
    """As they are now. Who was never asked (an import) gets everything, each time."""
    theirs = (
        select(people.c.language, subscriptions.c.frequency, subscriptions.c.all_topics, func.count())
        .join(memberships, memberships.c.person_id == people.c.id)
        .outerjoin(subscriptions, subscriptions.c.person_id == people.c.id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(memberships.c.audience == SUBSCRIBERS, suppressions.c.reason.is_(None))
    )
    grouped = theirs.group_by(people.c.language, subscriptions.c.frequency, subscriptions.c.all_topics)
    found = [(row[0], row[1] or Frequency.EACH, row[2] is not False, row[3]) for row in connection.execute(grouped)]
    chosen = (
        select(subscription_topics.c.campaign, func.count())
        .join(memberships, memberships.c.person_id == subscription_topics.c.person_id)
        .join(people, people.c.id == subscription_topics.c.person_id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(memberships.c.audience == SUBSCRIBERS, suppressions.c.reason.is_(None))
        .group_by(subscription_topics.c.campaign)
    )
    counted = Subscribers(
        by_language=Counter(),
        by_frequency=Counter({str(each): 0 for each in Frequency}),
        to_everything=sum(number for *_, everything, number in found if everything),
        to_some=sum(number for *_, everything, number in found if not everything),
        by_topic=Counter({row[0]: row[1] for row in connection.execute(chosen)}),
    )
    for language, frequency, _, number in found:
        counted.by_language[language] += number
        counted.by_frequency[frequency] += number
    return counted
