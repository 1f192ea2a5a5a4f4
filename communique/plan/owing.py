"""To whom an announcement is owed, through what, in which language; and who must not get it, and why."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial

from sqlalchemy import Connection

from communique.answering import Only
from communique.channel import Form, Reach
from communique.delivery import Mode
from communique.localisation.regional_languages import spoken_for
from communique.occasion import Occasion
from communique.routes import SUBSCRIBERS, Route
from communique.store.deliveries.owed import ALL, Owed, OwedToEach, References
from communique.store.recipients import people
from communique.store.recipients.people import Group
from communique.store.recipients.ways import Way
from communique.store.recipients.wishes import Mailed, Waiting, Wish
from communique.texts import addresses, tokens
from communique.workspace import Workspace

#: Members of audiences by what they have in common, and which of the addresses given are among them.
CountGroups = Callable[[tuple[str, ...], frozenset[str], Wish | None, Only | None, Way], Sequence[Group]]

_SUPPRESSED = "must not be written to: "
_UNLISTED = "trial mode: not on the allow-list"


def allowed(workspace: Workspace) -> frozenset[str]:
    """Canonical addresses that mail reaches in trial mode."""
    return _keys(workspace.settings.allow_list)


@lru_cache(maxsize=8)  # asked for each announcement anew
def _keys(addresses: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(people.address_key, addresses))


def counting(connection: Connection) -> CountGroups:
    """Counts each audience once, for as many announcements as go to it."""
    return cache(partial(people.groups, connection))


@dataclass(frozen=True)
class Counted:
    """How many copies of an occasion there are, by channel and language; those that must not go by reason, too."""

    going: Mapping[tuple[str, str], int]
    excluded: Mapping[tuple[str, str], Mapping[str, int]]
    #: Of those going: how many wait for a newsletter by day or week.
    collected: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.going.values()) + sum(sum(reasons.values()) for reasons in self.excluded.values())


@dataclass(frozen=True)
class Copies:
    """Every copy of an occasion, with those that must not go; who they are for, the database knows."""

    workspace: Workspace
    mode: Mode
    occasion: Occasion
    ledger: str = ""  #: its name: what another one sent, of which servers' logs may tell, is nothing of ours

    def counted(self, groups: CountGroups) -> Counted:
        """Their numbers, which the database counts."""
        going: Counter[tuple[str, str]] = Counter()
        excluded: dict[tuple[str, str], Counter[str]] = {}
        collected: Counter[tuple[str, str]] = Counter()
        for route, spoken in self._routes():
            if route.reach is Reach.ALL:
                going.update((route.name, language) for language in spoken)
                continue
            alike = groups(
                self._audiences(route), self._allowed, self._wish(route), self._only(route), self._way(route)
            )
            for group in alike:
                line = route.name, spoken_to(group.language, spoken)
                if reason := self._must_not(group, route):
                    excluded.setdefault(line, Counter())[reason] += group.number
                else:
                    going[line] += group.number
                    if group.collected:
                        collected[line] += group.number
        return Counted(going, excluded, collected)

    def owed(self) -> Iterator[Owed | OwedToEach]:
        """Channel by channel in the officer's order: of those that reach all at once a copy a language."""
        for route, spoken in self._routes():
            references = self._references(route)
            if route.reach is Reach.ALL:
                yield from (
                    Owed(channel=route.name, language=each, person=ALL, reference=references.to(ALL, each))
                    for each in spoken
                )
            else:
                yield self._to_each(route, spoken, references)

    def _routes(self) -> Iterator[tuple[Route, Sequence[str]]]:
        campaign, announcement = self.occasion.campaign, self.occasion.announcement
        languages = campaign.languages_of(announcement)
        for name in campaign.announcements[announcement].through:
            route = self.workspace.routes.get(name)
            spoken = route.spoken(languages) if route else ()
            if route is not None and spoken:
                yield route, spoken

    def _to_each(self, route: Route, spoken: Sequence[str], references: References) -> OwedToEach:
        return OwedToEach(
            channel=route.name,
            audiences=self._audiences(route),
            roles=self._roles(route),
            languages=spoken,
            references=references,
            suppressed=_SUPPRESSED,
            listed=self._allowed if self._leaves_on_trial(route) else None,
            unlisted=_UNLISTED,
            wish=self._wish(route),
            only=self._only(route),
            way=self._way(route),
        )

    def _way(self, route: Route) -> Way:
        """A letter beside a mail is for those whom no mail reaches."""
        if route.form is not Form.LETTER:
            return Way.MAIL
        return Way.POST_INSTEAD if self._is_mailed else Way.POST

    def _leaves_on_trial(self, route: Route) -> bool:
        """Whether it must be held back but for the allow-list; letters stay on this machine."""
        return self.mode is Mode.TRIAL and not route.local

    def _roles(self, route: Route) -> list[str]:
        audiences = self.workspace.settings.audiences
        return [str(audiences[name].role) if name in audiences else SUBSCRIBERS for name in self._audiences(route)]

    def _audiences(self, route: Route) -> tuple[str, ...]:
        named = self.occasion.campaign.announcements[self.occasion.announcement].to
        return (SUBSCRIBERS,) if route.is_newsletter else tuple(named)

    def _wish(self, route: Route) -> Wish | None:
        """What subscribers must have chosen to get it; nobody else has a choice of topics."""
        return Wish(self.occasion.campaign.campaign, self._mailed) if route.is_newsletter else None

    @cached_property
    def _mailed(self) -> Mailed | None:
        """Whom it is mailed to beside the newsletter."""
        announcement = self.occasion.campaign.announcements[self.occasion.announcement]
        is_mailed = self._is_mailed and announcement.to
        return Mailed(tuple(announcement.to), self.occasion.only(self.mode)) if is_mailed else None

    @cached_property
    def _is_mailed(self) -> bool:
        return any(route.form is Form.MAIL and not route.is_newsletter for route, _ in self._routes())

    def _only(self, route: Route) -> Only | None:
        """How people must stand towards a meeting; subscribers are asked by nobody."""
        return None if route.is_newsletter else self.occasion.only(self.mode)

    def _must_not(self, group: Group, route: Route) -> str:
        if group.suppressed:
            return f"{_SUPPRESSED}{group.suppressed}"
        if group.unreachable:
            return group.unreachable
        return _UNLISTED if self._leaves_on_trial(route) and not group.listed else ""

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return allowed(self.workspace) if self.mode is Mode.TRIAL else frozenset()

    def _references(self, route: Route) -> References:
        occasion = self.occasion
        named = (occasion.campaign.campaign, occasion.announcement, occasion.occurrence, route.name)
        return references(self.workspace, self.ledger, self.mode, named)


def to_subscribers(
    workspace: Workspace, mode: Mode, route: Route, spoken: Sequence[str], references: References, wish: Wish | Waiting
) -> OwedToEach:
    """A copy to each of the subscribers who have a wish."""
    return OwedToEach(
        channel=route.name,
        audiences=(SUBSCRIBERS,),
        roles=(SUBSCRIBERS,),
        languages=spoken,
        references=references,
        suppressed=_SUPPRESSED,
        listed=allowed(workspace) if mode is Mode.TRIAL else None,
        unlisted=_UNLISTED,
        wish=wish,
    )


def references(workspace: Workspace, ledger: str, mode: Mode, named: Sequence[str]) -> References:
    """Identities of copies; `ledger` as of `Copies`, `named` is what they are copies of, and the channel."""
    of = "/".join((ledger, mode, *named))
    if key := workspace.key:
        # Keyed, so that only who has seen a mail can name it: reports of returned mail are believed by that.
        of = tokens.keyed(tokens.REFERENCE, of.encode(), key).hex()
    return References(of=of, host=addresses.host_of(workspace.settings.public_address))


def spoken_to(language: str, spoken: Sequence[str]) -> str:
    """The language in which somebody is written to: their own, or that of another country, else the first."""
    return spoken_for(language, spoken) or spoken[0]
