"""A meeting that two campaigns, or a campaign and the process page, tell of: one room and one day. Warnings only."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from communique.campaign import Campaign
from communique.language.names_in_text import numbered
from communique.moments import Milestone
from communique.phrase import phrase
from communique.plan.checks.known_names import meeting_places, numbers_in, said_in_language
from communique.problems import Problem, Severity
from communique.read.yaml_positions import read
from communique.workspace import PROCESS, Workspace

CODE = "meetings-differ"


def check_process_places(workspace: Workspace) -> Iterator[Problem]:
    """Places of the process page, held against the meeting that the campaign of that date has."""
    for index, each in enumerate(workspace.outline.dates):
        name, _, milestone = (each.milestone or "").partition("/")
        campaign = workspace.campaigns.get(name)
        if campaign is None or not each.place:
            continue
        places = {"": each.place} if isinstance(each.place, str) else each.place
        for language, place in places.items():
            theirs = _place(workspace, campaign, milestone, language or workspace.settings.languages[0])
            if theirs and (differing := _differing(place, theirs)):
                document, _ = read((workspace.sources.read(PROCESS) or b""), PROCESS)
                path = ("dates", index, "place", language) if language else ("dates", index, "place")
                if document is not None:
                    yield document.problem(
                        path,
                        CODE,
                        phrase(
                            "expected the place that the campaign `{campaign}` has, {theirs}, found {found}",
                            campaign=name,
                            theirs=theirs,
                            found=differing,
                        ),
                        hint=phrase("Correct the one that is wrong: people go where either of them says."),
                        severity=Severity.WARNING,
                    )


def check_same_meetings(
    workspace: Workspace, campaign: Campaign, milestones: Mapping[str, Mapping[str, Milestone]]
) -> Iterator[Problem]:
    """Meetings of one campaign, held against those that an earlier one, by its name, calls the same."""
    earlier = [each for name, each in workspace.campaigns.items() if name < campaign.campaign]
    if CODE in campaign.waive:
        return
    language = workspace.settings.languages[0]
    for name, fact in campaign.facts.items():
        for other in earlier if isinstance(fact, Mapping) and "at" in fact else ():
            theirs = next((each for each in other.facts.values() if _is_the_same(fact, each)), None)
            if theirs is None:
                continue
            path = ("facts", name)
            here, there = (
                held.get(str(each["at"]), Milestone()).start
                for each, held in ((fact, milestones[campaign.campaign]), (theirs, milestones[other.campaign]))
            )
            if here is not None and there is not None and _day(here) != _day(there):
                found, known = _day(here).isoformat(), _day(there).isoformat()
            else:
                place = _place(workspace, other, str(theirs["at"]), language)
                own = _place(workspace, campaign, str(fact["at"]), language)
                found, known = _differing(own, place), place
            if found:
                message = phrase(
                    "expected the same meeting as in `{campaign}`, {known}, found {found}",
                    campaign=other.campaign,
                    known=known,
                    found=found,
                )
                hint = phrase("Correct the one that is wrong. If they are two meetings, give each a title of its own.")
                document = workspace.document(campaign.campaign)
                yield document.problem(path, CODE, message, hint=hint, severity=Severity.WARNING, at_key=True)


def _is_the_same(one: Mapping[str, Any], other: Any) -> bool:
    """By title, and by the name of the milestone at which they are."""
    return isinstance(other, Mapping) and all(one.get(key) and one[key] == other.get(key) for key in ("at", "title"))


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _place(workspace: Workspace, campaign: Campaign, milestone: str, language: str) -> str:
    facts = said_in_language(workspace.settings, campaign.facts, language)
    of_it = {name: each for name, each in facts.items() if isinstance(each, Mapping) and each.get("at") == milestone}
    return next(iter(meeting_places(of_it)), "")


def _differing(place: str, other: str) -> str:
    """What a place has under another number than the other place has."""
    known = numbers_in([other])
    return next(
        (each.words for each in numbered(place) if each.word in known and each.number not in known[each.word]), ""
    )
