"""The first page of a rehearsal: the timeline, what stays, the balance, and how much each channel carried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from communique.channel import Form
from communique.delivery import Mode, State
from communique.rehearse.rehearsal import Rehearsal
from communique.rehearse.rehearsal_mails import agreement
from communique.rehearse.rehearsed import Rehearsed, number_of_people
from communique.send.mail_sink import AcceptedMail
from communique.small_numbers import shown
from communique.store.announcements import reach
from communique.store.recipients.retention import Kept
from communique.timeline import instant, start_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """A milestone on the timeline."""

    names: Sequence[str]  #: several may fall on the same moment
    at: datetime  #: UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What happens on one local day, in order."""

    at: datetime  #: a moment of the day
    events: Sequence[Passed | Rehearsed]


@dataclass(kw_only=True, slots=True)
class Carried:
    """How much one channel carried."""

    planned: int = 0
    by_state: dict[State, int] = field(default_factory=dict)
    announcements: int = 0


def overview(
    rehearsal: Rehearsal,
    rehearsed: Sequence[Rehearsed],
    accepted: Mapping[str, Sequence[AcceptedMail]],
    subjects: Mapping[str, str],
    costs: Mapping[str, Decimal],
) -> dict[str, Any]:
    """What the first page shows.

    Args:
        rehearsal: after it was played, its database still open.
        rehearsed: every occurrence that fell due.
        accepted: the sink's mails by Message-ID.
        subjects: by page, what the public would call an announcement.
        costs: by channel, US dollars that its posts would cost.
    """
    routes, settings = rehearsal.workspace.routes, rehearsal.workspace.settings
    copies = [copy for each in rehearsed for copy in each.copies]
    mailed = [copy for copy in copies if routes[copy.delivery.channel].form is Form.MAIL]
    with rehearsal.database.reading() as connection:
        people = number_of_people(connection)
        reached = [each for each in reach.of_announcements(connection, Mode.LIVE) if each.people is not None]
    states = [
        state for state in State if state is State.SENT or any(each.balance.by_state[state] for each in rehearsed)
    ]
    return {
        "campaigns": list(rehearsal.workspace.campaigns.values()),
        "rehearsed": rehearsed,
        "days": list(_days(rehearsal, rehearsed)),
        "stays": rehearsal.stays,
        "subjects": subjects,
        "channels": _carried(rehearsed),
        "costs": costs,
        "states": states,
        "planned": sum(each.balance.planned for each in rehearsed),
        "sent": sum(each.balance.by_state[State.SENT] for each in rehearsed),
        "holds": all(each.balance.holds and each.balance.planned == len(each.copies) for each in rehearsed),
        "agreement": agreement(accepted, mailed),
        "people": people,
        "reached": [(each, shown(each.people or 0, settings.smallest_count)) for each in reached],
        "kept": {kept: getattr(settings.retention, kept).days for kept in Kept},
    }


def _days(rehearsal: Rehearsal, rehearsed: Sequence[Rehearsed]) -> Iterator[Day]:
    zone = rehearsal.workspace.settings.timezone

    def day(event: Passed | Rehearsed) -> date:
        return _at(event).astimezone(zone).date()

    found: list[Passed | Rehearsed] = [*_passed(rehearsal), *rehearsed]
    for _, events in groupby(sorted(found, key=_at), key=day):
        listed = list(events)
        yield Day(at=_at(listed[0]), events=listed)


def _at(event: Passed | Rehearsed) -> datetime:
    return event.at if isinstance(event, Passed) else event.balance.due_at


def _passed(rehearsal: Rehearsal) -> Iterator[Passed]:
    """Known milestones; two campaigns may count from the same one."""
    almanac = rehearsal.workspace.almanac
    with rehearsal.database.reading() as connection:
        campaigns = rehearsal.planner.milestones(connection)
    moments: dict[datetime, list[str]] = {}
    for milestones in campaigns.values():
        for name, milestone in milestones.items():
            if milestone.known:
                names = moments.setdefault(instant(start_of(milestone, almanac), almanac.zone), [])
                names.extend([] if name in names else [name])
    for moment, names in moments.items():
        yield Passed(names=names, at=moment)


def _carried(rehearsed: Sequence[Rehearsed]) -> dict[str, Carried]:
    found: dict[str, Carried] = {}
    for each in rehearsed:
        for channel in each.channels:
            found.setdefault(channel, Carried()).announcements += 1
        for tally in each.tallies:
            carried = found[tally.channel]
            carried.planned += tally.planned
            for state, count in tally.by_state.items():
                carried.by_state[state] = carried.by_state.get(state, 0) + count
    return found
