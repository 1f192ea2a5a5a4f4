"""How a message finds people: of rows of `people`, whom a mail or a letter is for, and whom it cannot reach."""

from enum import StrEnum

from sqlalchemy import ColumnElement, case, false, func, literal, or_, select

from communique.store.database import people, suppressions
from communique.store.tables.postal import postal_addresses


class Way(StrEnum):
    """A way to somebody."""

    MAIL = "mail"  #: to everybody, at their e-mail address
    POST = "post"  #: to everybody, at their postal address
    POST_INSTEAD = "post instead"  #: to those who get no mail of the same announcement, at their postal address


_NO_MAIL = people.c.address == ""
_DEAD = func.coalesce(suppressions.c.is_dead, false())
_NO_POST = people.c.id.not_in(select(postal_addresses.c.person_id))


def is_for(way: Way) -> ColumnElement[bool] | None:
    """Whom a copy is for; None: everybody. Of rows of `people` with those of `suppressions`, as `barred`."""
    return or_(_NO_MAIL, _DEAD) if way is Way.POST_INSTEAD else None


def barred(way: Way) -> ColumnElement[str]:
    """Why nothing may be sent to somebody that way; empty when it may. Whose mail comes back can still get a letter."""
    why = func.coalesce(suppressions.c.reason, "")
    return why if way is Way.MAIL else case((_DEAD, literal("")), else_=why)


def unreachable(way: Way) -> ColumnElement[str]:
    """Why a copy cannot reach somebody it is for; empty when it can."""
    if way is Way.MAIL:
        return case((_NO_MAIL, literal("no e-mail address")), else_=literal(""))
    return case((_NO_POST, literal("no postal address")), else_=literal(""))
