"""Whether announcements can ever go: gates that open, and ends that come after beginnings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from communique.moments import Milestone, When
from communique.phrase import phrase
from communique.problems import Problem, did_you_mean
from communique.read.campaign_draft import Draft
from communique.read.yaml_document import Path
from communique.timeline import Almanac, resolve
from communique.working_days import working_days

#: Stands in for a milestone that is unknown, to compare two moments that count from it: a Monday in quiet weeks.
_ANY_DAY = Milestone(start=date(2027, 1, 18))
_FIRST_WEEKEND_DAY = 5


def check_gates(draft: Draft) -> Iterator[Problem]:
    """Gates and ends, announcement by announcement."""
    gates = {name: [word for _, word in draft.words(_gate(name))] for name in draft.announcements}
    almanac = _almanac(draft)
    for name in draft.announcements:
        yield from _unknown(draft, name)
        yield from _end_before_beginning(draft, name, almanac)
        yield from _gate_opens_too_late(draft, name, almanac)
    told: set[str] = set()
    for name in gates:
        circle = _circle(name, gates) if name not in told else []
        if len(circle) > 1:
            told.update(circle)
            yield _circular(draft, circle)


def _gate(name: str) -> Path:
    return ("announcements", name, "after")


def _unknown(draft: Draft, name: str) -> Iterator[Problem]:
    others = [other for other in draft.announcements if other != name]
    for where, word in draft.words(_gate(name)):
        if word == name:
            message = phrase("expected another announcement, found `{word}` itself", word=word)
            hint = phrase("An announcement cannot wait for itself: name the one that goes first, or delete the line.")
            yield draft.problem(where, "circular-gate", message, hint)
        elif word not in draft.announcements:
            message = phrase("expected an announcement of this campaign, found `{word}`", word=word)
            yield draft.problem(where, "unknown-announcement", message, did_you_mean(word, others))


def _circle(start: str, gates: Mapping[str, list[str]]) -> list[str]:
    """The shortest way through gates from an announcement back to itself; empty when there is none."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for name in waiting:
        for following in gates.get(name, ()):
            if following == start:
                return _way_back(start, name, came_from)
            if following not in came_from:
                came_from[following] = name
                waiting.append(following)
    return []


def _way_back(start: str, end: str, came_from: Mapping[str, str]) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _circular(draft: Draft, circle: list[str]) -> Problem:
    order = list(draft.announcements)
    last = max(circle, key=order.index)
    turned = [*circle[circle.index(last) :], *circle[: circle.index(last)], last]
    path = next((where for where, word in draft.words(_gate(last)) if word == turned[1]), _gate(last))
    message = phrase(
        "expected announcements that can go one after the other, found a circle: {turned}",
        turned=" waits for ".join(turned),
    )
    return draft.problem(path, "circular-gate", message, phrase("None of them would ever go. Delete one `after`."))


def _end_before_beginning(draft: Draft, name: str, almanac: Almanac) -> Iterator[Problem]:
    path: Path = ("announcements", name)
    begins, ends = draft.when((*path, "when")), draft.when((*path, "not_after"))
    if begins is None or ends is None:
        return
    first, last = _instants(draft, begins, ends, almanac)
    if first and last and last <= first:
        message = phrase(
            "expected an end after the beginning (`when: {begins}`), found `{ends}`", begins=begins, ends=ends
        )
        hint = phrase("Nothing could ever go out: let `not_after` be later, or delete it.")
        yield draft.problem((*path, "not_after"), "ends-before-it-begins", message, hint)


def _gate_opens_too_late(draft: Draft, name: str, almanac: Almanac) -> Iterator[Problem]:
    """A gate that is due only when this announcement is too late."""
    ends = draft.when(("announcements", name, "not_after"))
    for where, gate in draft.words(_gate(name)):
        opens = draft.when(("announcements", gate, "when"))
        if opens is None or ends is None or gate == name:
            continue
        earliest, last = _instants(draft, opens, ends, almanac)
        if earliest and last and last <= earliest:
            message = phrase(
                "expected a gate that opens before `not_after: {ends}`, found `{gate}`, due at `{opens}`",
                ends=ends,
                gate=gate,
                opens=opens,
            )
            hint = phrase("It would wait until it is too late. Move one of the two, or delete the gate.")
            yield draft.problem(where, "gate-opens-too-late", message, hint)


def _instants(draft: Draft, begins: When, ends: When, almanac: Almanac) -> tuple[datetime | None, datetime | None]:
    known = {name: each for name, each in draft.milestones.items() if each and each.known}
    if begins.milestone == ends.milestone and begins.milestone:
        known.setdefault(begins.milestone, _ANY_DAY)
    return _instant(begins, known, almanac), _instant(ends, known, almanac)


def _instant(when: When, known: Mapping[str, Milestone], almanac: Almanac) -> datetime | None:
    if when.milestone and when.milestone not in known:
        return None
    try:
        return resolve(when, known, almanac)
    except OverflowError:
        return None


def _almanac(draft: Draft) -> Almanac:
    plain = Almanac(
        zone=ZoneInfo("UTC"),
        day_starts=time(9),
        late_window=timedelta(days=1),
        is_working_day=lambda day: day.weekday() < _FIRST_WEEKEND_DAY,
    )
    settings = draft.settings
    if settings is None:
        return plain
    try:
        works = working_days(settings.holidays)
    except ValueError:  # told as a problem of the settings
        works = plain.is_working_day
    return replace(plain, zone=settings.timezone, day_starts=settings.day_starts, is_working_day=works)
