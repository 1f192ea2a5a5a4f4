"""Releases to the media as anybody may read them: kept when they go out, shown once their embargo is over."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from communique.delivery import Mode, State
from communique.publication import Release
from communique.store.announcements import corrections, pictures, publications, retractions
from communique.store.database import deliveries, occurrences
from communique.store.deliveries.owed_anew import is_cancelled_with_all
from communique.store.tables.release import releases

_ELSEWHERE = {"corrections", "retraction"}  #: what the row does not hold
_WAITING = (State.SCHEDULED, State.SENDING, State.IRREVOCABLE)


def keep(connection: Connection, mode: Mode, release: Release) -> None:
    """Keep it, in the place of what was kept when the same occurrence fell due before, and nobody got it."""
    known = (
        releases.c.mode == mode,
        releases.c.campaign == release.campaign,
        releases.c.announcement == release.announcement,
        releases.c.occurrence == release.occurrence,
        releases.c.language == release.language,
    )
    connection.execute(delete(releases).where(*known))
    values = {name: value for name, value in asdict(release).items() if name not in _ELSEWHERE}
    picture = publications.picture_as_kept(connection, release.picture)
    connection.execute(insert(releases).values(**{**values, "picture": picture, "mode": mode}))


def free(connection: Connection, mode: Mode, now: datetime, *, press: Collection[str]) -> Sequence[Release]:
    """Those that anybody may read, the newest first; `press`: names of the channels that reach newsrooms."""
    rows = connection.execute(
        select(releases).where(*_free(mode, now, press)).order_by(releases.c.published_at.desc(), releases.c.path)
    )
    found = rows.mappings().all()
    data = pictures.kept(connection, (row["picture"]["sha256"] for row in found if row["picture"]))
    withdrawn, corrected = retractions.in_mode(connection, mode), corrections.in_mode(connection, mode)
    return [
        Release(
            **{name: row[name] for name in Release.__dataclass_fields__ if name in row and name != "picture"},
            picture=publications.picture_of(row["picture"], data),
            corrections=corrected.get(of := (row["campaign"], row["announcement"], row["occurrence"]), ()),
            retraction=withdrawn.get(of),
        )
        for row in found
    ]


def newest_free(connection: Connection, mode: Mode, now: datetime, *, press: Collection[str]) -> datetime | None:
    """Since when (UTC) anybody may read the newest of them; None without any."""
    found: datetime | None = connection.execute(
        select(func.max(releases.c.published_at)).where(*_free(mode, now, press))
    ).scalar()
    return found


def _free(mode: Mode, now: datetime, press: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return releases.c.mode == mode, releases.c.published_at <= now, ~_is_held_back(press)


def _is_held_back(press: Collection[str]) -> ColumnElement[bool]:
    """Whether it waits to go to newsrooms, or was cancelled, and none of them has it: then it is not for others yet."""
    named = ("mode", "campaign", "announcement", "occurrence")
    copy = (
        select(deliveries.c.id)
        .join(occurrences)
        .where(
            *(occurrences.c[name] == releases.c[name] for name in named),
            deliveries.c.language == releases.c.language,
            deliveries.c.channel.in_(press),
        )
        .correlate(releases)
    )
    waits = copy.where(or_(is_cancelled_with_all(), deliveries.c.state.in_(_WAITING)))
    gone = copy.where(deliveries.c.state.in_((State.SENT, State.IN_DOUBT)))
    return and_(waits.exists(), ~gone.exists())
