"""What is due, whether it may go, and to whom it is owed: planning again never doubles anything."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from communique import addresses, approvals, copies, declarations, ledger, people, publications
from communique.campaign import Campaign
from communique.channel import Form, Reach
from communique.database import Database
from communique.delivery import Mode, State
from communique.facts import Occasion
from communique.ledger import ALL, Owed
from communique.moments import Milestone
from communique.preflight import Channels, Preflight, preflight, routes_and_languages
from communique.problems import Problem
from communique.publication import Publication
from communique.rendering import Addressee
from communique.routes import SUBSCRIBERS, Route
from communique.templates import TemplateProblemError
from communique.timeline import Occurrence, occurrences
from communique.workspace import Workspace

HORIZON = timedelta(days=366)  #: how far ahead recurring announcements without an end are listed
_LATE = timedelta(minutes=5)  #: later than this is said to be late


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one occurrence of an announcement stands."""

    campaign: Campaign
    occurrence: Occurrence
    occasion: Occasion | None  #: None while its date is unknown
    preflight: Preflight | None
    is_frozen: bool  #: it has fallen due, and its audience is fixed
    will_go: bool
    reason: str  #: why it will not go, or what it waits for
    due: bool  #: it may go now
    missed: bool  #: its time has passed, and it may not go any more

    @property
    def name(self) -> tuple[str, str]:
        """Campaign and announcement."""
        return self.campaign.campaign, self.occurrence.announcement


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Planning for one workspace and one ledger."""

    workspace: Workspace
    database: Database
    channels: Channels
    mode: Mode
    approve_all: bool = False  #: a rehearsal takes everything as approved

    def milestones(self, connection: Connection) -> dict[str, Mapping[str, Milestone]]:
        """Each campaign's milestones as they hold."""
        campaigns = self.workspace.campaigns
        return {name: declarations.milestones_of(connection, each) for name, each in campaigns.items()}

    def standings(self, connection: Connection, now: datetime, *, all_texts: bool = True) -> list[Standing]:
        """Every occurrence, in the order they are due.

        With `all_texts` False only what is due is rendered; the rest counts as fine. That is what a clock needs.
        """
        found: list[Standing] = []
        for campaign in self.workspace.campaigns.values():
            milestones = declarations.milestones_of(connection, campaign)
            listed = occurrences(campaign, milestones, self.workspace.almanac, now + HORIZON)
            found.extend(
                self._standing(connection, campaign, milestones, each, now, all_texts=all_texts) for each in listed
            )
        by_time = sorted(found, key=lambda one: (one.occurrence.due_at is None, one.occurrence.due_at or now))
        return _gated(by_time)

    def freeze_due(self, now: datetime) -> list[Standing]:
        """Freeze what is due or missed; the occurrences that were frozen now."""
        with self.database.reading() as connection:
            standings = self.standings(connection, now, all_texts=False)
        changed = []
        for standing in standings:
            if standing.occasion is not None and (standing.due or standing.missed):
                with self.database.begin() as connection:
                    if self._freeze(connection, standing, standing.occasion, now):
                        changed.append(standing)
        return changed

    def occasion(
        self, campaign: Campaign, milestones: Mapping[str, Milestone], occurrence: Occurrence
    ) -> Occasion | None:
        """What is to be said, when its date is known."""
        if occurrence.due_at is None:
            return None
        through = campaign.announcements[occurrence.announcement].through
        routes = [self.workspace.routes[name] for name in through if name in self.workspace.routes]
        return Occasion(
            campaign=campaign,
            announcement=occurrence.announcement,
            occurrence=occurrence.occurrence,
            due_at=occurrence.due_at,
            milestones=milestones,
            has_page=any(route.form is Form.PAGES for route in routes),
        )

    def owed(self, connection: Connection, occasion: Occasion) -> list[Owed]:
        """Every copy of an occasion, with those that must not go and why."""
        found: list[Owed] = []
        languages = occasion.campaign.languages_of(occasion.announcement)
        suppressed = people.suppressed_keys(connection)
        for name in occasion.campaign.announcements[occasion.announcement].through:
            route = self.workspace.routes.get(name)
            spoken = route.spoken(languages) if route else ()
            if route is None or not spoken:
                continue
            if route.reach is Reach.ALL:
                found += [self._copy(occasion, route, ALL, language) for language in spoken]
            else:
                found += self._copies_to_each(connection, occasion, route, spoken, suppressed)
        return found

    def _copies_to_each(
        self,
        connection: Connection,
        occasion: Occasion,
        route: Route,
        spoken: Sequence[str],
        suppressed: Mapping[str, str],
    ) -> list[Owed]:
        named = occasion.campaign.announcements[occasion.announcement].to
        audiences = self.workspace.settings.audiences
        found = []
        for person, audience in people.members(connection, (SUBSCRIBERS,) if route.is_newsletter else named):
            language = person.language if person.language in spoken else spoken[0]
            role = str(audiences[audience].role) if audience in audiences else SUBSCRIBERS
            reason = self._must_not(person.address_key, suppressed)
            found.append(self._copy(occasion, route, person.id, language, role=role, reason=reason))
        return found

    def _must_not(self, key: str, suppressed: Mapping[str, str]) -> str:
        if key in suppressed:
            return f"must not be written to: {suppressed[key]}"
        if self.mode is Mode.TRIAL and key not in allowed(self.workspace):
            return "trial mode: not on the allow-list"
        return ""

    def _copy(
        self, occasion: Occasion, route: Route, person: int, language: str, *, role: str = "", reason: str = ""
    ) -> Owed:
        campaign = occasion.campaign.campaign
        parts = (self.mode, campaign, occasion.announcement, occasion.occurrence, route.name, str(person), language)
        stem = hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]
        return Owed(
            channel=route.name,
            language=language,
            person=person,
            role=role,
            state=State.EXCLUDED if reason else State.SCHEDULED,
            reason=reason,
            reference=f"{stem}@{addresses.host_of(self.workspace.settings.public_address)}",
        )

    def _standing(
        self,
        connection: Connection,
        campaign: Campaign,
        milestones: Mapping[str, Milestone],
        occurrence: Occurrence,
        now: datetime,
        *,
        all_texts: bool,
    ) -> Standing:
        occasion = self.occasion(campaign, milestones, occurrence)
        if occasion is None or occurrence.expires_at is None:
            command = f"communique declare {campaign.campaign} {occurrence.unknown} DATE"
            reason = f"the date of {occurrence.unknown} is unknown: {command}"
            return self._no(campaign, occurrence, None, None, reason)
        row = ledger.frozen(connection, self.mode, occasion)
        if row is not None and not (row.expires_at < now <= occurrence.expires_at and _all_missed(connection, row.id)):
            return self._no(campaign, occurrence, occasion, None, "", is_frozen=True)
        is_due = occasion.due_at <= now
        found = None
        if all_texts or is_due:
            found = preflight(self.workspace, self.channels, occasion)
        reason = self._hindrance(connection, occasion, found)
        if now > occurrence.expires_at:
            why = f"its time has passed{f': {reason}' if reason else ''}"
            return self._no(campaign, occurrence, occasion, found, why, missed=row is None)
        if reason:
            return self._no(campaign, occurrence, occasion, found, reason)
        shut = self._shut_gate(connection, occasion)
        late = "late: " if is_due and now - occasion.due_at > _LATE else ""
        return Standing(
            campaign=campaign,
            occurrence=occurrence,
            occasion=occasion,
            preflight=found,
            is_frozen=False,
            will_go=True,
            reason=f"{late}{shut}" if shut else late.removesuffix(": "),
            due=is_due and not shut,
            missed=False,
        )

    def _no(
        self,
        campaign: Campaign,
        occurrence: Occurrence,
        occasion: Occasion | None,
        found: Preflight | None,
        reason: str,
        *,
        missed: bool = False,
        is_frozen: bool = False,
    ) -> Standing:
        return Standing(
            campaign=campaign,
            occurrence=occurrence,
            occasion=occasion,
            preflight=found,
            is_frozen=is_frozen,
            will_go=False,
            reason=reason,
            due=False,
            missed=missed,
        )

    def _hindrance(self, connection: Connection, occasion: Occasion, found: Preflight | None) -> str:
        """Why it may not go, whatever the time."""
        name = occasion.campaign.campaign
        if name not in self.workspace.stale and (problems := self.workspace.problems_of(name)):
            return _counted(problems)
        if found is None:
            return ""
        if found.stopping:
            return _counted(found.stopping)
        return "" if self.approve_all else self._lacking(connection, occasion, found)

    def _lacking(self, connection: Connection, occasion: Occasion, found: Preflight) -> str:
        given = approvals.approved_by(connection, occasion, found.digest)
        missing = approvals.lacking(self.workspace.settings.approvals, occasion.campaign.author, given)
        if not missing:
            return ""
        if not given and approvals.was_approved(connection, occasion):
            return "changed since it was approved"
        return f"not approved: {missing} approval{'s' if missing > 1 else ''} missing"

    def _shut_gate(self, connection: Connection, occasion: Occasion) -> str:
        campaign = occasion.campaign
        shut = (
            ledger.finished(connection, self.mode, campaign.campaign, gate)
            for gate in campaign.announcements[occasion.announcement].gates
        )
        return next((reason for reason in shut if reason), "")

    def _freeze(self, connection: Connection, standing: Standing, occasion: Occasion, now: datetime) -> bool:
        """In one transaction: who gets what, the texts as they are now, and what the public will read."""
        expires_at = standing.occurrence.expires_at
        found = standing.preflight
        if expires_at is None or found is None:
            return False
        owed = self.owed(connection, occasion)
        if standing.missed:
            owed = [_as_missed(each, standing.reason) for each in owed]
        elif self.faults_for_anybody(connection, occasion, owed):
            return False
        before = ledger.frozen(connection, self.mode, occasion)
        count = ledger.freeze(
            connection, self.mode, occasion, owed, expires_at=expires_at, digest=found.digest, now=now
        )
        row = ledger.frozen(connection, self.mode, occasion)
        if row is None or (before is not None and not count):
            return False
        if not standing.missed:
            copies.keep(connection, copies.frozen(row.id), self.workspace.sources, occasion.campaign.campaign, now)
            self._publish(connection, occasion, now)
        return True

    def faults_for_anybody(self, connection: Connection, occasion: Occasion, owed: Sequence[Owed]) -> list[Problem]:
        """Fill the texts for every single recipient: one that cannot be filled stops all."""
        renderer = self.workspace.renderer
        for each in owed:
            person = people.by_id(connection, each.person) if each.person != ALL else None
            if person is None or each.state is not State.SCHEDULED:
                continue
            addressee = Addressee(recipient=person.as_recipient(each.language), role=each.role)
            try:
                renderer.mail(occasion, self.workspace.routes[each.channel], addressee, occasion.due_at)
            except TemplateProblemError as error:
                return [error.problem]
        return []

    def _publish(self, connection: Connection, occasion: Occasion, now: datetime) -> None:
        forms: dict[str, set[Form]] = {}
        for route, language in routes_and_languages(self.workspace, occasion):
            forms.setdefault(language, set()).add(route.form)
        for language, carried in forms.items():
            if carried & {Form.PAGES, Form.FEED}:
                publication: Publication = self.workspace.renderer.publication(occasion, language, now)
                publications.publish(
                    connection,
                    self.mode,
                    publication,
                    on_website=Form.PAGES in carried,
                    in_feed=Form.FEED in carried,
                )


def allowed(workspace: Workspace) -> frozenset[str]:
    """Canonical addresses that mail reaches in trial mode."""
    return frozenset(people.address_key(each) for each in workspace.settings.allow_list)


def _as_missed(owed: Owed, reason: str) -> Owed:
    if owed.state is not State.SCHEDULED:
        return owed
    return Owed(
        channel=owed.channel,
        language=owed.language,
        person=owed.person,
        role=owed.role,
        state=State.MISSED,
        reason=reason,
        reference=owed.reference,
    )


def _all_missed(connection: Connection, occurrence: int) -> bool:
    return ledger.states_of(connection, occurrence) <= {State.MISSED, State.EXCLUDED}


def _counted(problems: Sequence[Problem]) -> str:
    first = problems[0]
    place = ":".join(str(part) for part in (first.file, first.line) if part)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{place}: {first.message}{more}"


def _gated(standings: Sequence[Standing]) -> list[Standing]:
    """The same, but what waits for something that will not go will not go either."""
    found = {(one.name, one.occurrence.occurrence): one for one in standings}
    changed = True
    while changed:
        changed = False
        for key, one in found.items():
            dead = _dead_gate(one, list(found.values())) if one.will_go and not one.is_frozen else ""
            if dead:
                reason = f"waits for {dead}, which will not go"
                found[key] = _stopped(one, reason)
                changed = True
    return list(found.values())


def _dead_gate(one: Standing, others: Sequence[Standing]) -> str:
    for gate in one.campaign.announcements[one.occurrence.announcement].gates:
        same = [each for each in others if each.name == (one.campaign.campaign, gate)]
        if same and not any(each.will_go or each.is_frozen for each in same):
            return gate
    return ""


def _stopped(one: Standing, reason: str) -> Standing:
    return Standing(
        campaign=one.campaign,
        occurrence=one.occurrence,
        occasion=one.occasion,
        preflight=one.preflight,
        is_frozen=one.is_frozen,
        will_go=False,
        reason=reason,
        due=False,
        missed=False,
    )
