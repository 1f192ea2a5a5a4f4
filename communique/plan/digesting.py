"""When newsletters by day and by week fall due, and to whom they are owed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from communique.delivery import Mode
from communique.plan.owing import references, to_subscribers
from communique.settings import Settings
from communique.store import epochs
from communique.store.database import DIGEST, Database
from communique.store.deliveries import digests
from communique.store.deliveries.digests import Round
from communique.store.deliveries.owed import OwedToEach
from communique.store.recipients.wishes import Waiting
from communique.subscription import COLLECTING, Frequency
from communique.workspace import Workspace

_DAY = timedelta(days=1)


def freeze_due(workspace: Workspace, database: Database, mode: Mode, now: datetime) -> list[Round]:
    """Freeze the rounds that are due; those that have newsletters. Of several that a machine slept over, the last."""
    if not any(route.is_newsletter for route in workspace.routes.values()):
        return []
    held = []
    for one in latest_rounds(workspace.settings, mode, now):
        with database.reading() as connection:
            due = digests.is_to_be_held(connection, one)
        if due:
            with database.begin() as connection:
                # Asked again, now that nobody else can write.
                if digests.is_to_be_held(connection, one) and _freeze(connection, workspace, one, now):
                    held.append(one)
    return held


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """The next newsletters by day, or by week."""

    frequency: Frequency
    channel: str
    due_at: datetime  #: UTC
    readers: int  #: for whom something waits by now


def upcoming(connection: Connection, workspace: Workspace, mode: Mode, now: datetime) -> list[Upcoming]:
    """For whom something waits, by frequency and channel."""
    found = [
        Upcoming(
            frequency=frequency,
            channel=route.name,
            due_at=next_moment(workspace.settings, frequency, now),
            readers=digests.count_readers(connection, Waiting(mode, route.name, frequency)),
        )
        for frequency in COLLECTING
        for route in workspace.routes.values()
        if route.is_newsletter
    ]
    return [each for each in found if each.readers]


def latest_rounds(settings: Settings, mode: Mode, now: datetime) -> list[Round]:
    """The last round of each frequency whose time has come."""
    today = now.astimezone(settings.timezone).date()
    return [_latest(settings, mode, frequency, today, now) for frequency in COLLECTING]


def next_moment(settings: Settings, frequency: Frequency, after: datetime) -> datetime:
    """When the first round after a moment falls due, UTC."""
    day = after.astimezone(settings.timezone).date() - _DAY
    return next(moment for _, moment in _moments(settings, frequency, day, _DAY) if moment > after)


def _latest(settings: Settings, mode: Mode, frequency: Frequency, today: date, now: datetime) -> Round:
    back = _moments(settings, frequency, today, -_DAY)
    day, due_at = next((day, moment) for day, moment in back if moment <= now)
    expires_at = next_moment(settings, frequency, due_at) - timedelta(seconds=1)
    return Round(mode=mode, frequency=frequency, day=day.isoformat(), due_at=due_at, expires_at=expires_at)


def _moments(settings: Settings, frequency: Frequency, day: date, step: timedelta) -> Iterator[tuple[date, datetime]]:
    """Local days from one on, or back, and the moment of each, UTC. In the hour that is left out: an hour later."""
    digest = settings.digests
    while True:
        if frequency is Frequency.DAILY or day.isoweekday() == digest.isoweekday:
            yield day, datetime.combine(day, digest.at, tzinfo=settings.timezone).astimezone(UTC)
        day += step


def _freeze(connection: Connection, workspace: Workspace, one: Round, now: datetime) -> int:
    return digests.freeze(connection, one, list(_owed(connection, workspace, one)), now)


def _owed(connection: Connection, workspace: Workspace, one: Round) -> Iterator[OwedToEach]:
    ledger = epochs.ledger_of(connection)
    for route in workspace.routes.values():
        spoken = route.spoken(workspace.settings.languages)
        if route.is_newsletter and spoken:
            named = (DIGEST, one.frequency, one.day, route.name)
            wish = Waiting(one.mode, route.name, one.frequency)
            identities = references(workspace, ledger, one.mode, named)
            yield to_subscribers(workspace, one.mode, route, spoken, identities, wish)
