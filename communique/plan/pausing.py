"""A channel, or everything, told to wait and to go on again: what that comes to, and when there is nothing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.problems import did_you_mean
from communique.store.deliveries import pauses, rests, stops
from communique.store.deliveries.pauses import EVERYTHING, Pause
from communique.store.deliveries.stops import Stop
from communique.store.desk import journal


class UnknownChannelError(Exception):
    """Nothing goes through a channel of that name; the message says which was meant."""


class NotPausedError(Exception):
    """Nothing of it waits: neither because somebody said so, nor because its server was away."""

    def __init__(self, channel: str, still: Sequence[Pause]) -> None:
        super().__init__(phrase("There is no pause of {channel}.", channel=channel or phrase("every channel")))
        self.still = still  #: what waits all the same


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused:
    """What holds after somebody has let a channel wait."""

    pause: Pause
    is_new: bool  #: False: it waited already, by this earlier word


@dataclass(frozen=True, kw_only=True, slots=True)
class Resumed:
    """What holds after somebody has let a channel go on."""

    was_paused: bool
    tries_now: bool  #: it rests because it could not be used, and one message tries at once
    still: Sequence[Pause]  #: what waits all the same


def pause(planner: Planner, connection: Connection, channel: str, *, who: str, why: str, now: datetime) -> Paused:
    """Let a channel wait (`EVERYTHING`: all of them); an earlier pause of it stays as it is.

    Raises:
        UnknownChannelError: the settings have no such channel.
    """
    _must_be_known(planner, channel)
    earlier = next((each for each in pauses.paused(connection) if each.channel == channel), None)
    if earlier is not None:
        return Paused(pause=earlier, is_new=False)
    what = f"paused {channel or 'every channel'}" + (f": {why}" if why else "")
    journal.note(connection, who=who, what=what, now=now)
    return Paused(pause=pauses.begin(connection, channel, who=who, why=why, now=now), is_new=True)


def resume(planner: Planner, connection: Connection, channel: str, *, who: str, now: datetime) -> Resumed:
    """Let a channel go on that was paused by this name; one that rests is tried at once.

    Raises:
        NotPausedError: it neither was paused by this name nor rests.
        UnknownChannelError: that, and the settings have no such channel; a pause of one that is gone can be ended.
    """
    found = pauses.end(connection, channel)
    if found:
        journal.note(connection, who=who, what=f"resumed {channel or 'every channel'}", now=now)
    resting = channel != EVERYTHING and rests.try_now(connection, channel, now)
    still = pauses.paused(connection)
    if not (found or resting):
        _must_be_known(planner, channel)
        raise NotPausedError(channel, still)
    return Resumed(was_paused=found, tries_now=resting, still=still)


def resume_announcement(
    planner: Planner, connection: Connection, about: tuple[str, str], *, who: str, now: datetime
) -> Sequence[Stop]:
    """Let go on what was stopped because too many mails came back: those, it is not stopped for again.

    Raises:
        NotPausedError: nothing of it is stopped.
    """
    found = stops.resume(connection, planner.mode, about, now)
    name = "/".join(about)
    if not found:
        raise NotPausedError(name, pauses.paused(connection))
    through = ", ".join(dict.fromkeys(each.channel for each in found))
    journal.note(connection, who=who, what=f"resumed {name} through {through}", now=now)
    return found


def _must_be_known(planner: Planner, channel: str) -> None:
    routes = planner.workspace.routes
    if channel != EVERYTHING and channel not in routes:
        raise UnknownChannelError(
            phrase("No channel `{channel}`. {hint}", channel=channel, hint=did_you_mean(channel, routes))
        )
