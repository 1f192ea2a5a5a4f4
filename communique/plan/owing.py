"""To whom an announcement is owed, through what, in which language; and who must not get it, and why."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

from sqlalchemy import Connection

from communique.channel import Reach
from communique.delivery import Mode, State
from communique.occasion import Occasion
from communique.routes import SUBSCRIBERS, Route
from communique.store import people
from communique.store.ledger import ALL, Owed
from communique.store.people import Group, Person
from communique.texts import addresses
from communique.workspace import Workspace

#: Members of audiences by what they have in common, and which of the addresses given are among them.
CountGroups = Callable[[tuple[str, ...], frozenset[str]], Sequence[Group]]


def allowed(workspace: Workspace) -> frozenset[str]:
    """Canonical addresses that mail reaches in trial mode."""
    return frozenset(people.address_key(each) for each in workspace.settings.allow_list)


def counting(connection: Connection) -> CountGroups:
    """Counts each audience once, for as many announcements as go to it."""
    return cache(partial(people.groups, connection))


@dataclass(frozen=True)
class Counted:
    """How many copies of an occasion there are, by channel and language; those that must not go by reason, too."""

    going: Mapping[tuple[str, str], int]
    excluded: Mapping[tuple[str, str], Mapping[str, int]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.going.values()) + sum(sum(reasons.values()) for reasons in self.excluded.values())


@dataclass(frozen=True)
class Copies:
    """Every copy of an occasion, with those that must not go; people are read as they are gone through."""

    workspace: Workspace
    mode: Mode
    occasion: Occasion
    ledger: str = ""  #: its name: what another one sent, of which servers' logs may tell, is nothing of ours

    def counted(self, groups: CountGroups) -> Counted:
        """Their numbers, which the database counts."""
        going: Counter[tuple[str, str]] = Counter()
        excluded: dict[tuple[str, str], Counter[str]] = {}
        for route, spoken in self._routes():
            if route.reach is Reach.ALL:
                going.update((route.name, language) for language in spoken)
                continue
            for group in groups(self._audiences(route), self._allowed):
                line = route.name, _spoken(group.language, spoken)
                if reason := self._must_not(group.suppressed, listed=group.listed):
                    excluded.setdefault(line, Counter())[reason] += group.number
                else:
                    going[line] += group.number
        return Counted(going, excluded)

    def owed(self, connection: Connection) -> Iterator[Owed]:
        """One after the other, channel by channel in the officer's order."""
        return (copy for copy, _ in self.with_people(connection))

    def with_people(self, connection: Connection) -> Iterator[tuple[Owed, Person | None]]:
        """The same, with whom each is for; None when everybody is reached at once."""
        for route, spoken in self._routes():
            if route.reach is Reach.ALL:
                yield from ((self._copy(route, ALL, language), None) for language in spoken)
            else:
                yield from self._to_each(connection, route, spoken)

    def _routes(self) -> Iterator[tuple[Route, Sequence[str]]]:
        campaign, announcement = self.occasion.campaign, self.occasion.announcement
        languages = campaign.languages_of(announcement)
        for name in campaign.announcements[announcement].through:
            route = self.workspace.routes.get(name)
            spoken = route.spoken(languages) if route else ()
            if route is not None and spoken:
                yield route, spoken

    def _to_each(
        self, connection: Connection, route: Route, spoken: Sequence[str]
    ) -> Iterator[tuple[Owed, Person | None]]:
        audiences = self.workspace.settings.audiences
        for person, audience, suppressed in people.members(connection, self._audiences(route)):
            reason = self._must_not(suppressed, listed=person.address_key in self._allowed)
            role = str(audiences[audience].role) if audience in audiences else SUBSCRIBERS
            language = _spoken(person.language, spoken)
            yield self._copy(route, person.id, language, role=role, reason=reason), person

    def _audiences(self, route: Route) -> tuple[str, ...]:
        named = self.occasion.campaign.announcements[self.occasion.announcement].to
        return (SUBSCRIBERS,) if route.is_newsletter else tuple(named)

    def _must_not(self, suppressed: str, *, listed: bool) -> str:
        if suppressed:
            return f"must not be written to: {suppressed}"
        if self.mode is Mode.TRIAL and not listed:
            return "trial mode: not on the allow-list"
        return ""

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return allowed(self.workspace) if self.mode is Mode.TRIAL else frozenset()

    @cached_property
    def _host(self) -> str:
        return addresses.host_of(self.workspace.settings.public_address)

    def _copy(self, route: Route, person: int, language: str, *, role: str = "", reason: str = "") -> Owed:
        occasion = self.occasion
        parts = (self.ledger, self.mode, occasion.campaign.campaign, occasion.announcement, occasion.occurrence)
        whole = "/".join((*parts, route.name, str(person), language))
        stem = hashlib.sha256(whole.encode()).hexdigest()[:32]
        return Owed(
            channel=route.name,
            language=language,
            person=person,
            role=role,
            state=State.EXCLUDED if reason else State.SCHEDULED,
            reason=reason,
            reference=f"{stem}@{self._host}",
        )


def _spoken(language: str, spoken: Sequence[str]) -> str:
    return language if language in spoken else spoken[0]
