"""How a message finds people: of rows of `people`, whom a mail or a letter is for, and whom it cannot reach."""

from enum import StrEnum

from sqlalchemy import ColumnElement, case, literal, select

from communique.store.database import people
from communique.store.postal_tables import postal_addresses


class Way(StrEnum):
    """A way to somebody."""

    MAIL = "mail"  #: to everybody, at their e-mail address
    POST = "post"  #: to everybody, at their postal address
    POST_INSTEAD = "post instead"  #: to those who get no mail of the same announcement, at their postal address


_NO_MAIL = people.c.address == ""
_NO_POST = people.c.id.not_in(select(postal_addresses.c.person_id))


def is_for(way: Way) -> ColumnElement[bool] | None:
    """Whom a copy is for; None: everybody."""
    return _NO_MAIL if way is Way.POST_INSTEAD else None


def unreachable(way: Way) -> ColumnElement[str]:
    """Why a copy cannot reach somebody it is for; empty when it can."""
    if way is Way.MAIL:
        return case((_NO_MAIL, literal("no e-mail address")), else_=literal(""))
    return case((_NO_POST, literal("no postal address")), else_=literal(""))
