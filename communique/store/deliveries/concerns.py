"""What needs a person, and which of it was told by mail: kept, so that no restart and no second machine repeats it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from communique.delivery import Mode
from communique.store.database import alerts, concerns

#: What mends itself sooner is not told: an edit half done, a mail server that restarts.
GRACE = timedelta(minutes=5)
#: The shortest time between two mails about one cause.
PAUSE = timedelta(hours=1)
#: When a mail that could not be sent, or whose sender died, is tried again.
_RETRY = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Concern:
    """One thing that needs a person."""

    cause: str  #: of the mail that tells it
    subject: str  #: what it is about: an announcement, a channel, a file; unique below its cause
    detail: str = ""  #: why, or how many
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """What one mail tells."""

    cause: str
    present: Sequence[Concern]
    over: Sequence[Concern]  #: told earlier, and settled since


def observe(
    connection: Connection,
    mode: Mode,
    causes: Collection[str],
    found: Sequence[Concern],
    *,
    lasting: Collection[str],
    now: datetime,
) -> None:
    """Write down what is so now; of other causes than `causes` nothing is known.

    What is no more and was told is over; of causes that are not `lasting` (events) it is forgotten.
    """
    rows = connection.execute(select(concerns).where(concerns.c.mode == mode, concerns.c.cause.in_(causes))).all()
    kept = {(row.cause, row.subject): row for row in rows}
    seen = {(each.cause, each.subject): each for each in found}
    for key, each in seen.items():
        if key not in kept:
            connection.execute(insert(concerns).values({**_row(mode, each), "seen_at": now}))
        elif kept[key].detail != each.detail or kept[key].over_at is not None:
            _change(connection, mode, key, {"detail": each.detail, "over_at": None})
    for key in kept.keys() - seen.keys():
        if kept[key].told is None or key[0] not in lasting:
            connection.execute(delete(concerns).where(_is(mode, *key)))
        elif kept[key].over_at is None:
            _change(connection, mode, key, {"over_at": now})


def take(connection: Connection, mode: Mode, now: datetime) -> list[Alert]:
    """What is to be told now: one alert a cause. Nobody else takes it before it is `told`, or a while has passed."""
    rows = connection.execute(
        select(concerns).where(concerns.c.mode == mode).order_by(concerns.c.since, concerns.c.subject)
    ).all()
    ripe = [row for row in rows if (row.over_at or row.seen_at) <= now - GRACE]
    found = []
    for cause in dict.fromkeys(row.cause for row in ripe if row.over_at is not None or row.told != row.detail):
        if _begin(connection, mode, cause, now):
            mine = [(row, _concern(row)) for row in ripe if row.cause == cause]
            found.append(
                Alert(
                    cause=cause,
                    present=[each for row, each in mine if row.over_at is None],
                    over=[each for row, each in mine if row.over_at is not None],
                )
            )
    return found


def told(connection: Connection, mode: Mode, alert: Alert, now: datetime) -> None:
    """The mail went out."""
    for each in alert.present:
        _change(connection, mode, (each.cause, each.subject), {"told": each.detail})
    for each in alert.over:
        connection.execute(delete(concerns).where(_is(mode, each.cause, each.subject), concerns.c.over_at.is_not(None)))
    _wait(connection, mode, alert.cause, now + PAUSE)


def _begin(connection: Connection, mode: Mode, cause: str, now: datetime) -> bool:
    """Whether it is time for a mail; if so, nobody else writes it for a while."""
    mine = (alerts.c.mode == mode, alerts.c.cause == cause)
    row = connection.execute(select(alerts).where(*mine)).first()
    if row is None:
        connection.execute(insert(alerts).values(mode=mode, cause=cause, not_before=now + _RETRY))
        return True
    # A clock that was set back must not silence for longer than a pause.
    if now < row.not_before <= now + PAUSE:
        return False
    _wait(connection, mode, cause, now + _RETRY)
    return True


def _wait(connection: Connection, mode: Mode, cause: str, until: datetime) -> None:
    mine = (alerts.c.mode == mode, alerts.c.cause == cause)
    connection.execute(update(alerts).where(*mine).values(not_before=until))


def _change(connection: Connection, mode: Mode, key: tuple[str, str], values: Mapping[str, object]) -> None:
    connection.execute(update(concerns).where(_is(mode, *key)).values(values))


def _is(mode: Mode, cause: str, subject: str) -> ColumnElement[bool]:
    return (concerns.c.mode == mode) & (concerns.c.cause == cause) & (concerns.c.subject == subject)


def _row(mode: Mode, each: Concern) -> dict[str, Any]:
    return {"mode": mode, "cause": each.cause, "subject": each.subject, "detail": each.detail, "since": each.since}


def _concern(row: Any) -> Concern:
    return Concern(cause=row.cause, subject=row.subject, detail=row.detail, since=row.since)
