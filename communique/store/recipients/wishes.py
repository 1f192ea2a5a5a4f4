"""What a subscriber must have chosen to be written to: the rows of `people` that the newsletter goes to."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select

from communique.answering import Only
from communique.delivery import Mode, State
from communique.store.by_index import in_mode
from communique.store.database import deliveries, memberships, people
from communique.store.recipients.answer_standings import stands
from communique.store.tables.subscriber import subscription_topics, subscriptions
from communique.subscription import COLLECTING, Frequency


class Mailed(NamedTuple):
    """Those whom the same announcement is mailed to anyway: they get it once."""

    audiences: tuple[str, ...]
    only: Only | None


class Wish(NamedTuple):
    """To hear of a campaign."""

    campaign: str
    but_for: Mailed | None = None


class Waiting(NamedTuple):
    """To hear so often of what waits for them in a channel.

    Who has changed to each announcement gets what still waits with the next newsletter by day.
    """

    mode: Mode
    channel: str
    frequency: Frequency


#: Of rows of `subscriptions`, or of none: whether what is announced waits.
COLLECTS = subscriptions.c.person_id.is_not(None) & subscriptions.c.frequency.in_(COLLECTING)


def wants(wish: Wish | Waiting) -> ColumnElement[bool]:
    """Of rows of `people` beside their row of `subscriptions`, if any. Who was never asked (an import) gets all."""
    if isinstance(wish, Waiting):
        return and_(_so_often(wish.frequency), people.c.id.in_(_waiting_for(wish.mode, wish.channel)))
    chosen = (
        select(subscription_topics.c.person_id)
        .where(subscription_topics.c.person_id == people.c.id, subscription_topics.c.campaign == wish.campaign)
        .exists()
    )
    topic = or_(subscriptions.c.person_id.is_(None), subscriptions.c.all_topics, chosen)
    return topic if wish.but_for is None else and_(topic, not_(_mailed(wish.but_for)))


def _waiting_for(mode: Mode, channel: str) -> Select[tuple[int]]:
    """Ids of people for whom something of a channel waits, one or more times each."""
    return select(deliveries.c.person_id).where(
        deliveries.c.state == State.COLLECTED,
        deliveries.c.digest_id.is_(None),
        deliveries.c.channel == channel,
        in_mode(mode),
    )


def _so_often(frequency: Frequency) -> ColumnElement[bool]:
    chosen = subscriptions.c.frequency == frequency
    if frequency is not Frequency.DAILY:
        return chosen
    return or_(subscriptions.c.person_id.is_(None), chosen, not_(subscriptions.c.frequency.in_(COLLECTING)))


def _mailed(mailed: Mailed) -> ColumnElement[bool]:
    within = people.c.id.in_(select(memberships.c.person_id).where(memberships.c.audience.in_(mailed.audiences)))
    return within if mailed.only is None else and_(within, stands(mailed.only))
