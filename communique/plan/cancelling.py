"""Cancelling what has not left: what that comes to before anybody says so, what it came to, and how it is undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.delivery import State
from communique.phrase import phrase
from communique.plan.plan_view import Planned, planned
from communique.plan.planning import Planner
from communique.plan.publishing import show
from communique.problems import did_you_mean
from communique.store.announcements import cancellations, copies
from communique.store.announcements.cancellations import EACH, EVERY, Cancellation, Cancelled
from communique.store.deliveries import accounts
from communique.store.desk import journal


class CannotCancelError(Exception):
    """Nothing was changed; the message says why, and what to do. `code` is the reason in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a cancellation comes to, by channel; and what comes too late for it."""

    what: Cancelled
    waiting: Mapping[str, int]  #: copies that were counted and have not left: they would not go
    under_way: Mapping[str, int]  #: copies that are being sent now: they come to their end, and are not tried again
    gone: Mapping[str, int]  #: copies that have gone, or may have
    coming: Sequence[Planned]  #: lines of the plan that would not fall due any more
    held: Sequence[Cancellation] = field(default=())  #: what is cancelled of it already
    behind: Sequence[str] = ()  #: announcements that wait for it, and would not go either

    @property
    def stops_something(self) -> bool:
        """Whether there is anything that it would keep from going, or from being tried again."""
        return bool(self.waiting or self.under_way or self.coming)


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What holds after somebody has taken a cancellation back."""

    owed: int  #: copies that are owed again
    too_late: int  #: copies whose time has passed: they stay cancelled
    still: Sequence[Cancellation]  #: what of it stays cancelled by another word


def effect(planner: Planner, connection: Connection, what: Cancelled, now: datetime) -> Effect:
    """What cancelling it would come to; of a campaign whose file is gone or broken, as it was last approved.

    Raises:
        CannotCancelError: there is no such announcement, or nothing of it goes through that channel.
    """
    planner = planner.as_last_approved(what.campaign)
    counted = cancellations.counted(connection, planner.mode, what)
    held = [each for each in cancellations.in_mode(connection, planner.mode) if _overlap(each.what, what)]
    campaign = planner.workspace.campaigns.get(what.campaign)
    announcement = campaign.announcements.get(what.announcement) if campaign else None
    if announcement is None and not counted and not held:
        raise CannotCancelError(
            "no_announcement",
            phrase(
                "There is no announcement {campaign}/{announcement}.",
                campaign=what.campaign,
                announcement=what.announcement,
            ),
        )
    through = [*(announcement.through if announcement else ()), *counted]
    if what.channel != EVERY and what.channel not in through:
        hint = did_you_mean(what.channel, through)
        raise CannotCancelError(
            "no_channel",
            phrase(
                "Nothing of {name} goes through `{channel}`. {hint}",
                name=f"{what.campaign}/{what.announcement}",
                channel=what.channel,
                hint=hint,
            ),
        )
    under_way = _number(counted, State.SENDING, State.IRREVOCABLE)
    gone = _number(counted, State.SENT, State.IN_DOUBT)
    is_all = what.channel == EVERY and what.occurrence in {EACH, "once"} and not (under_way or gone)
    return Effect(
        what=what,
        waiting=_number(counted, State.SCHEDULED, State.COLLECTED),
        under_way=under_way,
        gone=gone,
        coming=_coming(planner, connection, what, now) if announcement else (),
        held=held,
        behind=_behind(campaign, what.announcement) if campaign and is_all else (),
    )


def cancel(planner: Planner, connection: Connection, what: Cancelled, *, who: str, why: str, now: datetime) -> Effect:
    """Let nothing of it go any more, in one transaction; what that came to.

    Raises:
        CannotCancelError: as `effect`; or it is cancelled already, nothing of it is to go, or nobody says why.
    """
    if not why.strip():
        raise CannotCancelError(
            "no_reason", phrase("Nobody has said why: say it, for those who ask why it did not go.")
        )
    found = effect(planner, connection, what, now)
    for each in found.held:
        if each.what == what:
            raise CannotCancelError(
                "cancelled_before", phrase("{name} was {reason}.", name=what.name, reason=each.reason)
            )
    if not found.stops_something:
        raise CannotCancelError(
            "nothing_to_cancel", phrase("Nothing of {name} waits to go, and nothing is to come.", name=what.name)
        )
    said = Cancellation(what=what, who=who, why=" ".join(why.split()), since=now)
    cancellations.begin(connection, planner.mode, said)
    number, shown = cancellations.cancel(connection, planner.mode, said)
    show(planner.workspace, connection, shown, is_so=False)
    journal.note(connection, who=who, what=f"cancelled {what.name} ({number} waiting): {said.why}", now=now)
    return found


def undo(planner: Planner, connection: Connection, what: Cancelled, *, who: str, now: datetime) -> Undone:
    """Take a cancellation back: what has not fallen due goes as planned, what was owed is owed while there is time.

    Raises:
        CannotCancelError: exactly this is not cancelled, or it was withdrawn since.
    """
    held = cancellations.in_mode(connection, planner.mode)
    mine = next((each for each in held if each.what == what), None)
    if mine is None:
        raise CannotCancelError(
            "not_cancelled",
            phrase("{name} is not cancelled by that name. communique status lists what is.", name=what.name),
        )
    if cancellations.is_withdrawn(connection, planner.mode, what):
        raise CannotCancelError(
            "was_withdrawn", phrase("{name} was withdrawn since: nothing of it goes again.", name=what.name)
        )
    before = cancellations.counted(connection, planner.mode, what)
    newsletters = [name for name, route in planner.workspace.routes.items() if route.is_newsletter]
    cancellations.end(connection, planner.mode, what)
    owed, shown = cancellations.restore(connection, planner.mode, mine, newsletters=newsletters, now=now)
    show(planner.workspace, connection, shown, is_so=True)
    for other in held:
        if other is not mine and _overlap(other.what, what):
            again, hidden = cancellations.cancel(connection, planner.mode, other)
            show(planner.workspace, connection, hidden, is_so=False)
            owed -= again
    journal.note(connection, who=who, what=f"took back that {what.name} is cancelled ({owed} owed again)", now=now)
    return Undone(
        owed=owed,
        too_late=sum(each[State.CANCELLED] for each in before.values()) - owed,
        still=[each for each in held if each is not mine and _overlap(each.what, what)],
    )


def known(planner: Planner, connection: Connection) -> list[tuple[str, str]]:
    """Campaign and name of what can be cancelled: of the files, those that are gone, too, and of the ledger."""
    names = dict.fromkeys([*planner.workspace.campaigns, *copies.approved_campaigns(connection)])
    found = ((name, planner.as_last_approved(name).workspace.campaigns.get(name)) for name in names)
    written = [(name, each) for name, one in found if one is not None for each in one.announcements]
    kept = accounts.fallen_due(connection, planner.mode)
    return list(dict.fromkeys([*written, *kept]))


def _coming(planner: Planner, connection: Connection, what: Cancelled, now: datetime) -> list[Planned]:
    """What of the plan it concerns: whether approved or not, but for what is cancelled anyway."""
    named = what.campaign, what.announcement
    waiting = [
        each
        for each in planner.standings(connection, now, of=what.campaign)
        if each.name == named
        and what.occurrence in {EACH, each.occurrence.occurrence}
        and not (each.is_frozen or each.missed or each.is_cancelled)
    ]
    stopped = {(each.occurrence.occurrence, channel) for each in waiting for channel in each.cancelled}
    lines = planned(planner, connection, waiting, now)
    return [
        line
        for line in lines
        if what.channel in {EVERY, line.channel} and (line.occurrence, line.channel) not in stopped
    ]


def _behind(campaign: Campaign, name: str) -> list[str]:
    """What waits for an announcement, or for something that does, in the order of the file."""
    found = {name}
    while more := {each for each, one in campaign.announcements.items() if found & {*one.gates}} - found:
        found |= more
    return [each for each in campaign.announcements if each in found - {name}]


def _number(counted: Mapping[str, Mapping[State, int]], *states: State) -> dict[str, int]:
    found = {channel: sum(each[state] for state in states) for channel, each in counted.items()}
    return {channel: number for channel, number in found.items() if number}


def _overlap(one: Cancelled, other: Cancelled) -> bool:
    """Whether a copy could be concerned by both."""
    same = (one.campaign, one.announcement) == (other.campaign, other.announcement)
    occurrence = EACH in {one.occurrence, other.occurrence} or one.occurrence == other.occurrence
    return same and occurrence and (EVERY in {one.channel, other.channel} or one.channel == other.channel)
