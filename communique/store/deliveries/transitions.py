"""The changes of state that each copy makes on its way, as statements that are written once."""

from collections.abc import Mapping

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    String,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)

from communique.delivery import State
from communique.store.database import attempts, deliveries, people, suppressions
from communique.store.deliveries.held_changes import HeldChange, TwoHeldChanges
from communique.store.deliveries.owed import ALL
from communique.store.given import Given
from communique.store.metadata import UTCDateTime

FREE: Mapping[str, None] = {"lease_owner": None, "lease_token": None, "lease_until": None}
_NOW = bindparam("now", type_=UTCDateTime)
_PAST = {
    "state": State.IRREVOCABLE,
    "attempts": deliveries.c.attempts + 1,
    "lease_until": bindparam("until", type_=UTCDateTime),
}


def _is_still_here(person: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether somebody is known, and has not left: who has been erased is on no list any more."""
    barred = exists().where(
        suppressions.c.address_key == people.c.address_key,
        not_(suppressions.c.is_dead),  # looked at in the claim: one mail more to nobody harms less than a lost letter
    )
    # Asked of each by a value, so that nobody reads all people for it.
    return func.coalesce(select(not_(barred)).where(people.c.id == person).scalar_subquery(), false())


_STILL_HERE = or_(deliveries.c.person_id == ALL, _is_still_here(deliveries.c.person_id))


def _nobody_has_left(given: Given) -> ColumnElement[bool]:
    """As `_STILL_HERE`, of all of them; what reaches everyone at once names nobody."""
    person = given.column(5, Integer())
    gone = and_(person.is_not(None), not_(_is_still_here(person)))
    return not_(exists().select_from(given.of).where(gone).correlate(None))


def _begin_attempts(given: Given) -> Executable:
    values = {
        "delivery_id": given.column(0, Integer()),
        "number": given.column(2, Integer()),
        "started_at": given.column(3, UTCDateTime()),
        "content_hash": given.column(4, String()),
        "irrevocable_at": _NOW,
        "outcome": literal(State.IRREVOCABLE),
        **dict.fromkeys(("reference", "url", "detail"), literal("")),
    }
    return given.added_to(attempts, values)


def _close_attempts(given: Given) -> Executable:
    return (
        update(attempts)
        .where(
            attempts.c.delivery_id == given.column(0, Integer()),
            attempts.c.number == given.column(2, Integer()),
        )
        .values(
            finished_at=_NOW,
            outcome=State.SENT,
            reference=given.column(3, String()),
            url=given.column(4, String()),
            detail=given.column(5, String()),
        )
    )


CROSS = HeldChange(_PAST, State.SENDING, only=[_STILL_HERE], then=_begin_attempts)
RECORD_SENT = HeldChange(
    {"state": State.SENT, "reason": "", "finished_at": _NOW, **FREE}, State.IRREVOCABLE, then=_close_attempts
)
_CROSS_TOGETHER = HeldChange(_PAST, State.SENDING, together=_nobody_has_left, then=_begin_attempts)
SETTLE = TwoHeldChanges(RECORD_SENT, _CROSS_TOGETHER)
