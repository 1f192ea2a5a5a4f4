"""The milestones of a campaign: each set without editing a file, once whoever does so has seen what moves."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.moments import Milestone, MomentError, parse_milestone
from communique.plan.declaring import declare
from communique.plan.meeting_changes import DateElsewhere, elsewhere, waiting
from communique.plan.moved import naming, shifts, stale, still_as_known
from communique.store.announcements import declarations
from communique.store.desk.officers import Duty
from communique.timeline import ONCE
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

#: Who may edit the campaign's file may do this, too.
_EDITORS = frozenset({Duty.EDITOR})
_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422


@dataclass(frozen=True)
class MilestonePages:
    """`/milestones/CAMPAIGN`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="milestones/{campaign}", show=self.show, act=self.declare, duties=_EDITORS),
            DeskPage(path="milestones/{campaign}/look", act=self.look, duties=_EDITORS),
        ]

    def show(self, ask: Ask) -> Reply:
        """All of them, with what holds now."""
        return self._page(ask)

    def look(self, ask: Ask) -> Reply:
        """What would go at another time, before anything is set."""
        asked = self._asked(ask)
        return self._page(ask, asked=asked) if isinstance(asked, Milestone) else self._refused(ask, asked)

    def declare(self, ask: Ask) -> Reply:
        """It holds from now on, if it still is what was looked at."""
        asked, campaign = self._asked(ask), self._campaign(ask)
        if campaign is None or not isinstance(asked, Milestone):
            return self._refused(ask, asked if isinstance(asked, str) else "")
        name, now = ask.visit.field("milestone"), self.office.clock()
        with self.office.database.begin() as connection:
            present = declarations.milestones_of(connection, campaign)[name]
            # A date that was typed after the look is looked at first, too.
            if str(present) != ask.visit.field("was") or f"{name} {asked}" != ask.visit.field("looked"):
                return self._page(ask, asked=asked, error="has_changed", status=_CONFLICT)
            declare(connection, campaign, name, asked, who=ask.who.name, now=now)
        self.office.refresh()
        return Reply(status=_SEE_OTHER, location=f"/milestones/{campaign.campaign}?said=declared")

    def _asked(self, ask: Ask) -> Milestone | str:
        """What was typed; or which error it is."""
        campaign, date = self._campaign(ask), ask.visit.field("date")
        if campaign is None or ask.visit.field("milestone") not in campaign.milestones:
            return "no_milestone"
        try:
            return parse_milestone(date)
        except MomentError:
            return "no_date"

    def _refused(self, ask: Ask, error: str) -> Reply:
        return self._page(ask, error=error, status=_WRONG)

    def _campaign(self, ask: Ask) -> Campaign | None:
        return self.office.planner_anew().workspace.campaigns.get(ask.named["campaign"])

    def _page(self, ask: Ask, *, asked: Milestone | None = None, error: str = "", status: int = 200) -> Reply:
        campaign = self._campaign(ask)
        if campaign is None:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "no_campaign"}), status=_GONE)
        chosen = ask.visit.field("milestone") or ask.visit.query.get("milestone", "")
        with self.office.database.reading() as connection:
            present = declarations.milestones_of(connection, campaign)
            after = {**present, chosen: asked} if asked is not None else present
            effects = self._effects(connection, campaign, chosen, asked, after) if asked is not None else {}
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "campaign": campaign,
            "present": present,
            "counted_from": _counted_from(campaign),
            "chosen": chosen if chosen in present else "",
            "typed": ask.visit.field("date"),
            "asked": asked,
            "shifts": self._shifts(campaign, present, after),
            "titles": self.office.planner().workspace.campaigns,
            "may_edit": ask.who.may(_EDITORS),
            **effects,
        }
        return Reply(body=self.pages.fill("milestones.html", ask, context), status=status)

    def _shifts(self, campaign: Campaign, before: Mapping[str, Milestone], after: Mapping[str, Milestone]) -> object:
        return shifts(self.office.planner(), campaign, before, after, self.office.clock())

    def _effects(
        self, connection: Connection, campaign: Campaign, chosen: str, asked: Milestone, after: Mapping[str, Milestone]
    ) -> dict[str, object]:
        """What else a date would do: the texts that name it, those that wait for another, and what is out already."""
        present = declarations.milestones_of(connection, campaign)
        gone = [each for each in stale(self.office.planner(), connection, campaign, after) if chosen in each.moved]
        return {
            "naming": self._naming(connection, campaign, present, after),
            "elsewhere": self._others(connection, campaign, chosen, asked),
            "unmoved": self._unmoved(connection, campaign, after, chosen),
            "waiting": list(waiting(campaign, after, chosen)) if asked.known else [],
            "gone": [(each, list(dict.fromkeys(line.channel for line in each.lines))) for each in gone],
        }

    def _others(
        self, connection: Connection, campaign: Campaign, milestone: str, moment: Milestone
    ) -> list[DateElsewhere]:
        planner = self.office.planner()
        today = self.office.clock().astimezone(planner.workspace.settings.timezone).date()
        held = planner.milestones(connection)
        return list(elsewhere(planner.workspace, held, campaign, milestone, moment, today))

    def _unmoved(
        self, connection: Connection, campaign: Campaign, after: Mapping[str, Milestone], milestone: str
    ) -> list[tuple[str, str]]:
        """What counts from it and tells of another date; and the milestone whose date people know already."""
        found = still_as_known(self.office.planner(), connection, campaign, after, self.office.clock())
        return [
            (each.announcement, campaign.facts[each.meeting_fact]["at"])
            for each, _ in found
            if campaign.announcements[each.announcement].when.milestone == milestone
        ]

    def _naming(
        self,
        connection: Connection,
        campaign: Campaign,
        before: Mapping[str, Milestone],
        after: Mapping[str, Milestone],
    ) -> list[tuple[str, str, list[str]]]:
        """What is to come and says the date: the announcement, its occurrence, and the channels that say it."""
        found = naming(self.office.planner(), connection, campaign, before, after, self.office.clock())
        return [
            (name.partition(" #")[0].partition("/")[2], name.partition(" #")[2] or ONCE, channels)
            for name, channels in found
        ]


def _counted_from(campaign: Campaign) -> dict[str, int]:
    """How many announcements count from each."""
    found = [each.when.milestone for each in campaign.announcements.values() if each.when is not None]
    return {name: found.count(name) for name in campaign.milestones}
