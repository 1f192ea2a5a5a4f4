"""What people answered in words, until an officer has settled it: whose it may be, and what they wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from communique.answering import Proof
from communique.delivery import Mode
from communique.store.tables.answer import written_answers as written

#: Of mails whose sender nobody knows so many wait, and so many of one person's, lest strangers fill the ledger.
MOST_OF_NOBODY, MOST_OF_ONE = 500, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A mail that somebody has written."""

    id: int = 0  #: 0: it is not in the ledger yet
    digest: str
    mode: Mode | None  #: in which its sender was invited; None when nothing says so
    meeting: str  #: empty when nothing says to which it is
    person: int | None  #: whose answer it may be
    proof: Proof
    sender: str  #: the address in From
    sender_key: str  #: the same in its canonical form; empty when it is none
    sender_name: str
    subject: str
    words: str
    place: str  #: where the message lies
    at: datetime  #: when it was read


def note(connection: Connection, new: Written) -> bool:
    """Write it down, in a transaction that no other writes beside; False when it is known already."""
    if connection.execute(select(written.c.id).where(written.c.digest == new.digest)).first() is not None:
        return False
    same = ("digest", "meeting", "proof", "sender", "sender_key", "sender_name", "subject", "words", "place", "at")
    values = {name: getattr(new, name) for name in same}
    connection.execute(insert(written).values(**values, mode=new.mode or "", person_id=new.person))
    of, most = _WAIT & (written.c.person_id == new.person), MOST_OF_ONE
    if new.person is None:
        of, most = _WAIT & written.c.person_id.is_(None), MOST_OF_NOBODY
    oldest = connection.execute(select(written.c.id).where(of).order_by(written.c.id.desc()).offset(most).limit(1))
    connection.execute(delete(written).where(of, written.c.id <= (oldest.scalar() or 0)))
    return True


def waiting(connection: Connection, mode: Mode) -> list[Written]:
    """Those that nobody has settled, the oldest first."""
    found = select(written).where(_WAIT, _of(mode)).order_by(written.c.id)
    return [_written(row) for row in connection.execute(found)]


def count(connection: Connection, mode: Mode) -> int:
    """How many wait."""
    return int(connection.execute(select(func.count()).select_from(written).where(_WAIT, _of(mode))).scalar_one())


def find(connection: Connection, mode: Mode, number: int) -> Written | None:
    """One that waits."""
    row = connection.execute(select(written).where(_WAIT, _of(mode), written.c.id == number)).first()
    return _written(row) if row is not None else None


def settle(connection: Connection, number: int, now: datetime) -> None:
    """It waits no more, and nothing of it is kept but that it was read."""
    blank = dict.fromkeys(("sender", "sender_key", "sender_name", "subject", "words", "place"), "")
    connection.execute(update(written).where(written.c.id == number).values(**blank, person_id=None, settled_at=now))


def of_somebody(person: int, address_key: str) -> ColumnElement[bool]:
    """Rows that are about somebody, or say that they come from their address."""
    return or_(written.c.person_id == person, and_(written.c.sender_key == address_key, written.c.sender_key != ""))


def places(connection: Connection, person: int, address_key: str) -> Sequence[str]:
    """Where mails of somebody lie."""
    found = select(written.c.place).where(of_somebody(person, address_key), written.c.place != "")
    return connection.execute(found.order_by(written.c.id)).scalars().all()


_WAIT = written.c.settled_at.is_(None)


def _of(mode: Mode) -> ColumnElement[bool]:
    return written.c.mode.in_(["", mode])


def _written(row: Any) -> Written:
    same = ("id", "digest", "meeting", "sender", "sender_key", "sender_name", "subject", "words", "place", "at")
    of = {name: getattr(row, name) for name in same}
    return Written(**of, mode=Mode(row.mode) if row.mode else None, person=row.person_id, proof=Proof(row.proof))
