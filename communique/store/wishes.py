"""What a subscriber must have chosen to be written to: the rows of `people` that the newsletter goes to."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select

from communique.store.database import people
from communique.store.subscriber_tables import subscription_topics, subscriptions


class Wish(NamedTuple):
    """To hear of a campaign."""

    campaign: str


def wants(wish: Wish) -> ColumnElement[bool]:
    """Of rows of `people` beside their row of `subscriptions`, if any. Who was never asked (an import) gets all."""
    chosen = (
        select(subscription_topics.c.person_id)
        .where(subscription_topics.c.person_id == people.c.id, subscription_topics.c.campaign == wish.campaign)
        .exists()
    )
    return or_(subscriptions.c.person_id.is_(None), subscriptions.c.all_topics, chosen)
