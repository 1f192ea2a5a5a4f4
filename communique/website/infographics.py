"""The infographic: what the partnership is, where we are on the way, what is promised, what comes next, how to join in.

It is made from the process as its page shows it (`config/process.yaml`) and from the announcement's headline.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from communique.channel import Infographic
from communique.occasion import Occasion
from communique.routes import Route
from communique.website.process import KeyDate, Stage, StageStatus, Way, WayStatus
from communique.website.process_state import Milestones, process_of
from communique.workspace import Workspace

SHAPE = "infographic"
#: As many as have room; the commitments of a plan are at most five.
_MOST_DATES, _MOST_COMMITMENTS, _MOST_WAYS = 4, 5, 3


def infographic_of(workspace: Workspace, occasion: Occasion, route: Route, language: str) -> Infographic:
    """As it is when the announcement falls due.

    Raises:
        TemplateProblemError: a text or layout is missing or wrong, with its place.
    """
    from communique.texts.paper import code_of  # loads what draws codes, for who draws one

    renderer = workspace.renderer
    headline, context = renderer.headline(occasion, route, language)
    shown = {**_standing(workspace, occasion, language), "code": code_of(context["pages"]["process"])}
    shown = {**context, **renderer.cards.beside(language), **shown, "headline": headline}
    return Infographic(
        headline=headline,
        text=workspace.templates.fill_layout("cards/infographic.txt", shown).strip(),
        poster=workspace.templates.fill_layout("poster.html", shown),
        card=renderer.cards.drawing(SHAPE, shown, "infographic-alt.txt"),
    )


def _standing(workspace: Workspace, occasion: Occasion, language: str) -> dict[str, Any]:
    """The process at that time, with all dates as they hold."""
    process = process_of(workspace, _milestones(workspace, occasion), language, occasion.due_at)
    zone = workspace.settings.timezone
    coming = sorted((each for each in process.dates if _is_ahead(each, occasion)), key=lambda each: each.starts_at)
    return {
        "stages": process.stages,
        "here": _here(process.stages),
        "commitments": process.commitments[:_MOST_COMMITMENTS],
        "dates": [_dated(each, zone) for each in coming[:_MOST_DATES]],
        "ways": list(_ways(process.ways))[:_MOST_WAYS]
        or [{"name": name, "opens": "", "closes": ""} for name in workspace.words.of(language)["infographic"]["ways"]],
    }


def _ways(ways: Sequence[Way]) -> Iterator[Mapping[str, str]]:
    """Those that are open, and those of which is known when they will be."""
    for way in ways:
        if way.status in {WayStatus.OPEN, WayStatus.UNDATED}:
            yield {"name": way.name, "opens": "", "closes": way.closes}
        elif way.status is WayStatus.OPENS and way.opens:
            yield {"name": way.name, "opens": way.opens, "closes": way.closes}


def _milestones(workspace: Workspace, occasion: Occasion) -> Milestones:
    """Of all campaigns: those of a campaign that has come since the occasion was kept are as its file has them."""
    found = {name: dict(campaign.milestones) for name, campaign in workspace.campaigns.items()}
    for name, moment in occasion.elsewhere.items():
        campaign, _, milestone = name.partition("/")
        found.setdefault(campaign, {})[milestone] = moment
    return {**found, occasion.campaign.campaign: occasion.milestones}


def _here(stages: tuple[Stage, ...]) -> str:
    return next((stage.name for stage in stages if stage.status is StageStatus.CURRENT), "")


def _is_ahead(date: KeyDate, occasion: Occasion) -> bool:
    return date.starts_at > occasion.due_at and not date.called_off


def _dated(date: KeyDate, zone: tzinfo) -> Mapping[str, Any]:
    return {
        "name": date.name,
        "start": date.starts_at.astimezone(zone),
        "end": date.ends_at and date.ends_at.astimezone(zone),
        "all_day": date.all_day,
        "place": date.place,
    }
