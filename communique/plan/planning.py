"""What is due, whether it may go, and to whom it is owed: planning again never doubles anything."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.channel import Form
from communique.delivery import Mode, State
from communique.joined_phrases import all_of, one_after_another
from communique.moments import Milestone, When
from communique.occasion import Occasion
from communique.phrase import as_phrase, phrase
from communique.plan import digesting
from communique.plan.approval_terms import Terms, terms
from communique.plan.findings import UNSEEN, Channels, Findings
from communique.plan.hindrances import first_of, no_date, nobody_in, why_cancelled
from communique.plan.letters_instead import LettersInstead
from communique.plan.meeting_changes import not_moved
from communique.plan.overtaken import Overtaken
from communique.plan.owing import Copies, CountGroups, counting
from communique.plan.publishing import publish
from communique.plan.standing import Standing, gated
from communique.problems import Problem
from communique.store import epochs
from communique.store.announcements import cancellations, copies, declarations
from communique.store.announcements.cancellations import Cancellation
from communique.store.database import Database, may_pass
from communique.store.deliveries import ledger
from communique.store.deliveries.ledger import Shut
from communique.store.deliveries.owed import Owed, OwedToEach
from communique.store.deliveries.owed_anew import falls_due_anew
from communique.store.recipients import meeting_terms
from communique.timeline import Occurrence, occurrences, resolve
from communique.workspace import Workspace

HORIZON = timedelta(days=366)  #: how far ahead recurring announcements without an end are listed


def _ignore(_standing: Standing) -> None:
    pass


def _look(workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
    from communique.plan.preflight import preflight  # whoever knows what was found needs nothing that writes texts

    return preflight(workspace, channels, occasion)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    """What is the same for each occurrence of a campaign that is looked at."""

    connection: Connection
    campaign: Campaign
    milestones: Mapping[str, Milestone]
    now: datetime
    groups: CountGroups
    stopped: Sequence[Cancellation]
    all_texts: bool  #: False: only what is due is rendered, the rest counts as fine


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Planning for one workspace and one ledger."""

    workspace: Workspace
    database: Database
    channels: Channels
    mode: Mode
    preflight: Callable[[Workspace, Channels, Occasion], Findings] = _look
    #: Hears of all that will be looked at, before the first of it is.
    ahead: Callable[[Workspace, Channels, Collection[Occasion]], None] | None = None
    counting: Callable[[Connection, datetime], CountGroups] = lambda connection, _now: counting(connection)
    approve_all: bool = False  #: a rehearsal takes everything as approved
    #: A campaign's workspace as it was when something of it was last approved.
    as_approved: Callable[[str], Workspace | None] = lambda _campaign: None

    def milestones(self, connection: Connection) -> dict[str, Mapping[str, Milestone]]:
        """Each campaign's milestones as they hold."""
        campaigns = self.workspace.campaigns
        return {name: declarations.milestones_of(connection, each) for name, each in campaigns.items()}

    def standings(
        self, connection: Connection, now: datetime, *, all_texts: bool = True, of: str = ""
    ) -> list[Standing]:
        """Every occurrence, or those `of` a campaign, in the order they are due.

        With `all_texts` False only what is due is rendered; the rest counts as fine. That is what a clock needs.
        """
        found: list[Standing] = []
        groups = self.counting(connection, now)
        stopped = cancellations.in_mode(connection, self.mode)
        if all_texts and self.ahead is not None:
            self.ahead(self.workspace, self.channels, self._to_come(connection, now, of))
        for name, campaign in self.workspace.campaigns.items():
            if of not in {"", name}:  # what one waits for is of its own campaign
                continue
            given = _Given(
                connection=connection,
                campaign=campaign,
                milestones=declarations.milestones_of(connection, campaign),
                now=now,
                groups=groups,
                stopped=stopped,
                all_texts=all_texts,
            )
            listed = occurrences(campaign, given.milestones, self.workspace.almanac, now + HORIZON)
            found.extend(self._standing(given, each) for each in listed)
        by_time = sorted(found, key=lambda one: (one.occurrence.due_at is None, one.occurrence.due_at or now))
        return gated(by_time)

    def _to_come(self, connection: Connection, now: datetime, of: str) -> list[Occasion]:
        """What falls due later, of a campaign or of all, in the order of `standings`."""
        found = []
        for name, campaign in self.workspace.campaigns.items():
            if of in {"", name}:
                milestones = declarations.milestones_of(connection, campaign)
                listed = occurrences(campaign, milestones, self.workspace.almanac, now + HORIZON)
                known = (self.occasion(campaign, milestones, each) for each in listed if each.expires_at is not None)
                later = (each for each in known if each is not None and each.due_at > now)
                found += [self.as_it_holds(connection, each, now) for each in later]
        return found

    def as_last_approved(self, campaign: str) -> "Planner":
        """Itself for a campaign that is there; else with it as it was when something of it was last approved."""
        if campaign in self.workspace.campaigns:
            return self
        earlier = self.as_approved(campaign)
        known = earlier is not None and campaign in earlier.campaigns
        return replace(self, workspace=earlier) if earlier is not None and known else self

    def freeze_due(self, now: datetime, held: Callable[[Standing], None] = _ignore) -> list[Standing]:
        """Freeze what is due or missed; the occurrences that were frozen now. `held` hears of what is due and waits.

        One that cannot be frozen keeps no other one: the first mistake is raised when all have had their turn.
        """
        with self.database.reading() as connection:
            standings = self.standings(connection, now, all_texts=False)
        changed, failures = list[Standing](), list[Exception]()
        for standing in standings:
            if standing.is_held_at(now):
                held(standing)
            try:
                if self._is_frozen_now(standing, now):
                    changed.append(standing)
            except Exception as error:
                if may_pass(error):  # the ledger's, which the others would meet as well
                    raise
                failures.append(error)
        LettersInstead(self.workspace, self.database, self.mode).owe(standings, now)
        Overtaken(self.workspace, self.database, self.mode).stop(standings, now)
        # After what is announced now: after a long sleep one newsletter carries all of it.
        digesting.freeze_due(self.workspace, self.database, self.mode, now)
        if failures:
            raise failures[0]
        return changed

    def _is_frozen_now(self, standing: Standing, now: datetime) -> bool:
        if standing.occasion is None or not (standing.due or standing.missed):
            return False
        planner = replace(self, workspace=standing.texts) if standing.texts else self
        with self.database.begin() as connection:
            return planner._freeze(connection, standing, standing.occasion, now)  # noqa: SLF001 - its own kind

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

    def as_it_holds(self, connection: Connection, occasion: Occasion, now: datetime) -> Occasion:
        """The same, with what the ledger knows: which meetings are meant; for an infographic, the whole process."""
        routes = self.workspace.routes
        through = occasion.campaign.announcements[occasion.announcement].through
        if any(routes[name].form is Form.INFOGRAPHIC for name in through if name in routes):
            own = occasion.campaign.campaign
            others = {name: each for name, each in self.milestones(connection).items() if name != own}
            known = {f"{name}/{each}": moment for name, dates in others.items() for each, moment in dates.items()}
            occasion = replace(occasion, elsewhere=known)
        return meeting_terms.in_term(connection, self.mode, occasion, now)

    def _standing(self, given: _Given, occurrence: Occurrence) -> Standing:
        """Where it stands now; a text that an edit has broken stands where it stood when it was approved."""
        present = self._present(given, occurrence)
        broken = (
            present.preflight.stopping if present.preflight and not (present.is_frozen or present.is_cancelled) else []
        )
        name = given.campaign.campaign
        earlier = self.as_approved(name) if broken else None
        if earlier is None or name not in earlier.campaigns:
            return present
        then = earlier.campaigns[name]
        if occurrence.announcement not in then.announcements:
            return present
        before = replace(self, workspace=earlier)
        approved = before._present(replace(given, campaign=then, all_texts=True), occurrence)  # noqa: SLF001 - its own kind
        if not approved.will_go:
            return present
        reason = phrase("as it was approved; the present text has a fault: {fault}", fault=first_of(broken))
        return replace(approved, texts=earlier, reason=one_after_another(approved.reason, reason))

    def _present(self, given: _Given, occurrence: Occurrence) -> Standing:
        connection, campaign, now = given.connection, given.campaign, given.now
        occasion = self.occasion(campaign, given.milestones, occurrence)
        if occasion is not None:
            occasion = self.as_it_holds(connection, occasion, now)
        overtaken = self._overtaken(campaign, given.milestones, occurrence, now)
        cancelled = overtaken or self._cancelled(given.stopped, campaign, occurrence)
        standing = Standing(
            campaign=campaign,
            occurrence=occurrence,
            occasion=occasion,
            cancelled=cancelled,
            overtaken=bool(overtaken),
        )
        if occasion is None or occurrence.expires_at is None:
            return replace(standing, reason=why_cancelled(standing) or no_date(campaign, occurrence))
        row = ledger.frozen(connection, self.mode, occasion)
        ends = campaign.announcements[occurrence.announcement].unless is not None
        if row is not None and not (
            now <= occurrence.expires_at and falls_due_anew(connection, row, now, freed=ends and not overtaken)
        ):
            return replace(standing, is_frozen=True)
        if given.all_texts or occasion.due_at <= now:
            found = self.preflight(self.workspace, self.channels, occasion)
            counted = Copies(self.workspace, self.mode, occasion).counted(given.groups)
            standing = replace(standing, preflight=None if found is UNSEEN else found, counted=counted)
        if why := why_cancelled(standing):  # once its time has passed it is written down, as what was missed is
            past = now > occurrence.expires_at
            return replace(standing, reason=why, is_past=past, missed=past and row is None)
        reason, will_go = self._judge(connection, standing, occasion, now)
        if now > occurrence.expires_at:
            over = phrase("its time has passed: {reason}", reason=as_phrase(reason))
            why = over if reason else phrase("its time has passed")
            return replace(standing, reason=why, is_past=True, missed=row is None)
        due = occasion.due_at <= now and will_go and not reason
        remark = self._remark(connection, standing, occasion, now) if will_go and not reason else ""
        known = reason or remark
        if now - occasion.due_at > ledger.LATE and will_go:
            known = phrase("late: {reason}", reason=as_phrase(known)) if known else phrase("late")
        return replace(standing, reason=known, will_go=will_go, due=due)

    def _overtaken(
        self, campaign: Campaign, milestones: Mapping[str, Milestone], occurrence: Occurrence, now: datetime
    ) -> dict[str, str]:
        """Through no channel, and why, once the moment has come after which it is to go no more."""
        announcement = campaign.announcements[occurrence.announcement]
        name = announcement.unless or ""
        if occurrence.due_at is None or not milestones.get(name, Milestone()).known:
            return {}
        if resolve(When(milestone=name), milestones, self.workspace.almanac) > max(now, occurrence.due_at):
            return {}
        reason = phrase("it goes no more since {milestone} ({date})", milestone=name, date=milestones[name])
        return dict.fromkeys(announcement.through, reason)

    def _cancelled(
        self, found: Sequence[Cancellation], campaign: Campaign, occurrence: Occurrence
    ) -> Mapping[str, str]:
        """Through which channels somebody has cancelled it, and why."""
        through = campaign.announcements[occurrence.announcement].through
        name = campaign.campaign, occurrence.announcement
        return cancellations.channels_of(found, name, occurrence.occurrence, through)

    def _remark(self, connection: Connection, standing: Standing, occasion: Occasion, now: datetime) -> str:
        """What is to be known of something that will go."""
        ends = ""
        if standing.preflight is not None and not self.approve_all:
            approved = self.terms(connection, occasion, standing.preflight.digest, now)
            ends = approved.ends_early(occasion.due_at, self.workspace.almanac.zone)
        return one_after_another(ends, self._open_gate(connection, occasion))

    def terms(self, connection: Connection, occasion: Occasion, digest: str, now: datetime) -> Terms:
        """How approvals stand to exactly this."""
        return terms(connection, self.workspace.settings.approvals, occasion, digest, now)

    def _judge(self, connection: Connection, standing: Standing, occasion: Occasion, now: datetime) -> tuple[str, bool]:
        """Why it does not go now, if there is a reason; and whether it will once its time and its turn have come."""
        if reason := self._hindrance(connection, occasion, standing.preflight, now):
            return reason, False
        # Who stands towards a meeting as is asked for, only its time tells: all may have answered, which is no fault.
        if standing.counted is not None and not standing.counted.total and occasion.only(self.mode) is None:
            return nobody_in(occasion, self.workspace.settings), False
        if shut := self._shut_gate(connection, occasion):
            return shut.reason, not shut.for_good
        if occasion.due_at <= now and (faults := self._faults_for_anybody(connection, occasion)):
            return first_of(faults), False
        return "", True

    def _faults_for_anybody(self, connection: Connection, occasion: Occasion) -> Sequence[Problem]:
        from communique.plan.mail_faults import faults_for_anybody

        return faults_for_anybody(connection, Copies(self.workspace, self.mode, occasion))

    def _hindrance(self, connection: Connection, occasion: Occasion, found: Findings | None, now: datetime) -> str:
        """Why it may not go, whatever the time."""
        name = occasion.campaign.campaign
        if problems := self.workspace.problems_of(name):
            return first_of(problems)
        if found is None:
            return ""
        if found.stopping:
            return first_of(found.stopping)
        if unmoved := not_moved(self.workspace, connection, self.mode, occasion):
            return first_of([unmoved])
        if self.approve_all:
            return ""
        return self.terms(connection, occasion, found.digest, now).shortfall(self.workspace.almanac.zone)

    def _shut_gate(self, connection: Connection, occasion: Occasion) -> Shut | None:
        campaign = occasion.campaign
        shut = (
            ledger.finished(connection, self.mode, campaign.campaign, gate)
            for gate in campaign.announcements[occasion.announcement].gates
        )
        return next((each for each in shut if each), None)

    def _open_gate(self, connection: Connection, occasion: Occasion) -> str:
        """Why a gate is open behind which nobody got anything; empty when there is none."""
        campaign = occasion.campaign
        named = [
            gate
            for gate in campaign.announcements[occasion.announcement].gates
            if ledger.was_for_nobody(connection, self.mode, campaign.campaign, gate)
        ]
        if not named:
            return ""
        return phrase("waits no more for {gate}: it was for nobody, so nobody got it", gate=all_of(named))

    def _still_holds(self, connection: Connection, standing: Standing, occasion: Occasion, now: datetime) -> bool:
        """Whether nobody has cancelled it, asked for changes or set another date since it was looked at.

        Asked where nobody else can write. What does not hold is looked at anew at the next tick.
        """
        if declarations.milestones_of(connection, occasion.campaign) != occasion.milestones:
            return False
        stopped = self._cancelled(cancellations.in_mode(connection, self.mode), standing.campaign, standing.occurrence)
        if not standing.overtaken and stopped != standing.cancelled:
            return False
        if standing.missed:
            return True
        hindrance = self._hindrance(connection, occasion, standing.preflight, now)
        return not (hindrance or self._shut_gate(connection, occasion))

    def _freeze(self, connection: Connection, standing: Standing, occasion: Occasion, now: datetime) -> bool:
        """In one transaction: who gets what, the texts as they are now, and what the public will read."""
        from communique.plan.mail_faults import faults_of_form_letters

        expires_at = standing.occurrence.expires_at
        found = standing.preflight
        if expires_at is None or found is None or not self._still_holds(connection, standing, occasion, now):
            return False
        owed = Copies(self.workspace, self.mode, occasion, epochs.ledger_of(connection))
        # Looked at again, now that nobody else can write: people may have been imported since.
        if not standing.missed and faults_of_form_letters(connection, owed):
            return False
        copies_owed = [_as_it_stands(each, standing) for each in owed.owed()]
        before = ledger.frozen(connection, self.mode, occasion)
        count = ledger.freeze(
            connection, self.mode, occasion, copies_owed, expires_at=expires_at, digest=found.digest, now=now
        )
        row = ledger.frozen(connection, self.mode, occasion)
        if row is None or (before is not None and not count):
            return False
        if not standing.missed:
            copies.keep(connection, copies.frozen(row.id), self.workspace.sources, occasion.campaign.campaign, now)
            publish(self.workspace, connection, self.mode, occasion, now, but_for=standing.cancelled)
        return True


def _as_it_stands(owed: Owed | OwedToEach, standing: Standing) -> Owed | OwedToEach:
    """Through a channel that somebody has cancelled nothing goes, nor does anything after its time."""
    if owed.state is not State.SCHEDULED:
        return owed
    if reason := standing.cancelled.get(owed.channel):
        return replace(owed, state=State.CANCELLED, reason=reason)
    return replace(owed, state=State.MISSED, reason=str(standing.reason)) if standing.missed else owed
