"""To whom an announcement is owed, through what, in which language; and who must not get it, and why."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from communique.channel import Reach
from communique.delivery import Mode, State
from communique.occasion import Occasion
from communique.routes import SUBSCRIBERS, Route
from communique.store import people
from communique.store.ledger import ALL, Owed
from communique.texts import addresses
from communique.workspace import Workspace


def allowed(workspace: Workspace) -> frozenset[str]:
    """Canonical addresses that mail reaches in trial mode."""
    return frozenset(people.address_key(each) for each in workspace.settings.allow_list)


def owed(connection: Connection, workspace: Workspace, mode: Mode, occasion: Occasion) -> list[Owed]:
    """Every copy of an occasion, with those that must not go."""
    return list(_Count(workspace, mode, occasion, people.suppressed_keys(connection)).copies(connection))


@dataclass(frozen=True)
class _Count:
    """One count of an audience."""

    workspace: Workspace
    mode: Mode
    occasion: Occasion
    suppressed: Mapping[str, str]

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return allowed(self.workspace)

    def copies(self, connection: Connection) -> Iterator[Owed]:
        """Channel by channel, in the officer's order."""
        campaign, announcement = self.occasion.campaign, self.occasion.announcement
        languages = campaign.languages_of(announcement)
        for name in campaign.announcements[announcement].through:
            route = self.workspace.routes.get(name)
            spoken = route.spoken(languages) if route else ()
            if route is None or not spoken:
                continue
            if route.reach is Reach.ALL:
                yield from (self._copy(route, ALL, language) for language in spoken)
            else:
                yield from self._to_each(connection, route, spoken)

    def _to_each(self, connection: Connection, route: Route, spoken: Sequence[str]) -> Iterator[Owed]:
        named = self.occasion.campaign.announcements[self.occasion.announcement].to
        audiences = self.workspace.settings.audiences
        for person, audience in people.members(connection, (SUBSCRIBERS,) if route.is_newsletter else named):
            language = person.language if person.language in spoken else spoken[0]
            role = str(audiences[audience].role) if audience in audiences else SUBSCRIBERS
            yield self._copy(route, person.id, language, role=role, reason=self._must_not(person.address_key))

    def _must_not(self, key: str) -> str:
        if key in self.suppressed:
            return f"must not be written to: {self.suppressed[key]}"
        if self.mode is Mode.TRIAL and key not in self._allowed:
            return "trial mode: not on the allow-list"
        return ""

    def _copy(self, route: Route, person: int, language: str, *, role: str = "", reason: str = "") -> Owed:
        occasion = self.occasion
        parts = (self.mode, occasion.campaign.campaign, occasion.announcement, occasion.occurrence)
        whole = "/".join((*parts, route.name, str(person), language))
        stem = hashlib.sha256(whole.encode()).hexdigest()[:32]
        return Owed(
            channel=route.name,
            language=language,
            person=person,
            role=role,
            state=State.EXCLUDED if reason else State.SCHEDULED,
            reason=reason,
            reference=f"{stem}@{addresses.host_of(self.workspace.settings.public_address)}",
        )
