"""A draft of the correction of what went out with a date that has moved: for somebody to read, and then to approve."""

from collections.abc import Mapping

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.correction import Corrected, file_of
from communique.plan import telling
from communique.plan.moved import Stale
from communique.plan.planning import Planner
from communique.store.announcements import corrections
from communique.texts.corrections import MovedDate, moved_draft, written
from communique.texts.wording import path_of


def drafts(planner: Planner, connection: Connection, campaign: Campaign, one: Stale) -> dict[str, str]:
    """The files of its next correction by their paths, one a language, of those that are not there yet.

    Raises:
        TemplateProblemError: the layout or a phrase is missing or wrong.
    """
    number = len(corrections.of(connection, one.row.id)) + 1
    known = telling.headlines(planner, connection, one.row)
    spoken = {each.language for each in telling.lines(planner, connection, one.row)}
    found: dict[str, str] = {}
    for language in (each for each in planner.workspace.settings.languages if each in spoken):
        path = path_of(one.row.campaign, one.row.announcement, language, file_of(number, one.row.occurrence))
        if planner.workspace.sources.read(path) is None:
            headline = known.get(language) or next(iter(known.values()), "")
            found[path] = written(_draft(planner, campaign, one, language, headline))
    return found


def _draft(planner: Planner, campaign: Campaign, one: Stale, language: str, headline: str) -> Corrected:
    """All dates that it names and that have moved, in one correction."""
    now = {name: is_now for name, (_, is_now) in one.moved.items()}
    facts = planner.workspace.renderer.facts.of_campaign(campaign, now, language).values()
    titles = {
        str(fact["at"]): str(fact["title"])
        for fact in facts
        if isinstance(fact, Mapping) and fact.get("at") in now and "title" in fact
    }
    moved = [
        MovedDate(what=titles.get(name, name.replace("-", " ")), was=was, is_now=is_now)
        for name, (was, is_now) in one.moved.items()
    ]
    what = titles.get(next(iter(now)), headline) if len(moved) == 1 else headline
    return moved_draft(planner.workspace.renderer, what, moved, language)
