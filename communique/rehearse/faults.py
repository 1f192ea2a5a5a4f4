"""What goes otherwise in a rehearsal, because somebody wants to see what happens then; and how they write it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from communique.channel import Form
from communique.moments import Milestone, MomentError, When, parse_duration, parse_milestone, parse_when
from communique.phrase import phrase, told_by
from communique.problems import did_you_mean
from communique.timeline import UnknownMilestoneError, resolve
from communique.workspace import Workspace

_OUTAGE = re.compile(r"^(?P<channel>\S+) for (?P<span>.+?) from (?P<begins>.+)$")
_MOVED = re.compile(r"^(?P<milestone>\S+) to (?P<to>.+?)(?: on (?P<at>.+))?$")
_DECLARED = re.compile(r"^(?P<milestone>\S+) (?P<date>.+)$")
_SHARE = re.compile(r"^(?P<percent>\d{1,3}(?:\.\d+)?) ?%$")
EXPECTED_OUTAGE = phrase("`CHANNEL for LENGTH from MOMENT`, as in `email for 2 hours from kickoff - 1 hour`")
EXPECTED_MOVED = phrase("`MILESTONE to DATE [on MOMENT]`, as in `kickoff to kickoff + 7 days on kickoff - 2 days`")
EXPECTED_DECLARED = phrase("`MILESTONE DATE`, as in `plan-published 2027-06-30` or `plan-published response + 90 days`")
#: When a milestone moves about which nothing is said: so that invitations are out.
_BEFORE = timedelta(days=1)


class FaultError(ValueError):
    """The words name no fault that can be rehearsed; the message says what was expected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """A channel whose server is away."""

    channel: str
    begins: datetime  #: UTC
    ends: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A milestone that gets another date."""

    milestone: str
    campaigns: Sequence[str]  #: that count from it
    to: Milestone
    at: datetime  #: UTC; when it is declared


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """Everything that goes wrong."""

    outages: Sequence[Outage] = ()
    bounce: float = 0  #: the share of people whose mailbox is no more
    moves: Sequence[Move] = ()
    kills: Sequence[datetime] = ()  #: UTC; the first mails from then on are handed over by a process that is killed

    def __bool__(self) -> bool:
        return bool(self.outages or self.bounce or self.moves or self.kills)

    @property
    def moments(self) -> Collection[datetime]:
        """At which something begins or ends."""
        spans = {moment for each in self.outages for moment in (each.begins, each.ends)}
        return {*spans, *(each.at for each in self.moves), *self.kills}

    def is_away(self, channel: str, now: datetime) -> bool:
        """Whether a channel's server does not answer."""
        return any(each.channel == channel and each.begins <= now < each.ends for each in self.outages)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads faults as officers write them, for some campaigns of a workspace, with their milestones as they hold."""

    workspace: Workspace
    milestones: Mapping[str, Mapping[str, Milestone]]  #: by campaign

    def outage(self, words: str) -> Outage:
        """`email for 2 hours from kickoff`.

        Raises:
            FaultError: it is none.
        """
        match = _OUTAGE.match(words.strip())
        if match is None:
            raise FaultError(phrase("expected {example}, found `{words}`", example=EXPECTED_OUTAGE, words=words))
        name, route = match["channel"], self.workspace.routes.get(match["channel"])
        away = [each.name for each in self.workspace.routes.values() if not each.local]
        if route is None:
            raise FaultError(phrase("no channel `{name}`. {hint}", name=name, hint=did_you_mean(name, away)))
        if route.local:
            reached = ", ".join(away) or phrase("none")
            raise FaultError(
                phrase(
                    "expected a channel with a server ({reached}), found `{name}`, which writes files here",
                    reached=reached,
                    name=name,
                )
            )
        try:
            span = parse_duration(match["span"])
        except MomentError as error:
            raise FaultError(phrase("{error}, found `{words}`", error=told_by(error), words=match["span"])) from error
        if not span:
            raise FaultError(phrase("expected a length of time above nothing, found `{words}`", words=match["span"]))
        begins = self.moment(match["begins"])
        return Outage(channel=name, begins=begins, ends=begins + span)

    def bounce(self, words: str) -> float:
        """`3%`, as a share.

        Raises:
            FaultError: it is none.
        """
        match = _SHARE.match(words.strip())
        share = float(match["percent"]) / 100 if match else 0
        if not 0 < share <= 1:
            raise FaultError(
                phrase("expected a share of people above 0% and up to 100%, as in `3%`, found `{words}`", words=words)
            )
        if not any(route.form is Form.MAIL for route in self.workspace.routes.values()):
            raise FaultError(phrase("expected a channel that mails, found none: nothing can come back"))
        return share

    def move(self, words: str) -> Move:
        """`kickoff to 2027-01-19 10:00`, or `kickoff to kickoff + 7 days on kickoff - 2 days`.

        Raises:
            FaultError: it is none.
        """
        match = _MOVED.match(words.strip())
        if match is None:
            raise FaultError(phrase("expected {example}, found `{words}`", example=EXPECTED_MOVED, words=words))
        name = match["milestone"]
        counted = [campaign for campaign, known in self.milestones.items() if name in known]
        if not counted:
            raise FaultError(
                phrase("no milestone `{name}`. {hint}", name=name, hint=did_you_mean(name, sorted(self._all)))
            )
        was, to = self._all[name], self._date(match["to"], self._all[name])
        if to == was:
            raise FaultError(
                phrase("expected another date than {name} has ({was}), found the same", name=name, was=was)
            )
        at = self.moment(match["at"]) if match["at"] else self._start(name) - _BEFORE
        return Move(milestone=name, campaigns=counted, to=to, at=at)

    def declared(self, words: str) -> tuple[str, Milestone]:
        """`plan-published 2027-06-30`, or `plan-published response + 90 days`: a milestone without a date, and one.

        Raises:
            FaultError: it is none, or has a date.
        """
        match = _DECLARED.match(words.strip())
        if match is None:
            raise FaultError(phrase("expected {example}, found `{words}`", example=EXPECTED_DECLARED, words=words))
        name = match["milestone"]
        if name not in self._all:
            raise FaultError(
                phrase("no milestone `{name}`. {hint}", name=name, hint=did_you_mean(name, sorted(self._all)))
            )
        if (was := self._all[name]).known:
            raise FaultError(
                phrase(
                    "expected a milestone without a date, found `{name}`, which is on {was}; see --moved",
                    name=name,
                    was=was,
                )
            )
        return name, self._date(match["date"], was)

    def moment(self, words: str) -> datetime:
        """As `when:` in a campaign file says it; UTC.

        Raises:
            FaultError: it is none, or counts from a milestone that is not known.
        """
        try:
            return self._resolved(parse_when(words))
        except MomentError as error:
            raise FaultError(phrase("{error}, found `{words}`", error=told_by(error), words=words)) from error

    def _date(self, words: str, was: Milestone) -> Milestone:
        """A date as `declare` takes it, or one that counts from a milestone; it keeps its length."""
        try:
            return parse_milestone(words)
        except MomentError:
            local = self.moment(words).astimezone(self.workspace.almanac.zone).replace(tzinfo=None)
        if not isinstance(was.start, datetime):
            return Milestone(start=local.date())
        return Milestone(start=local, end=local + (was.end - was.start) if was.end else None)

    def _start(self, name: str) -> datetime:
        return self._resolved(When(milestone=name))

    def _resolved(self, when: When) -> datetime:
        name = when.milestone
        if name is not None and name not in self._all:
            raise FaultError(
                phrase("no milestone `{name}`. {hint}", name=name, hint=did_you_mean(name, sorted(self._all)))
            )
        try:
            return resolve(when, self._all, self.workspace.almanac)
        except UnknownMilestoneError:
            raise FaultError(
                phrase("expected a milestone with a date, found `{name}`, which is unknown yet", name=name)
            ) from None
        except OverflowError:
            raise FaultError(phrase("expected a moment that a calendar can hold, found `{when}`", when=when)) from None

    @property
    def _all(self) -> dict[str, Milestone]:
        """By name; of a name that two campaigns have, the date that is known."""
        found: dict[str, Milestone] = {}
        for known in self.milestones.values():
            for name, milestone in known.items():
                if name not in found or not found[name].known:
                    found[name] = milestone
        return found
