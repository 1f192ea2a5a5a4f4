"""Campaign files, read: YAML to `Campaign`, and everything that is wrong with them, at once."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import PurePosixPath

from communique.campaign import Campaign
from communique.phrase import phrase
from communique.problems import Problem, errors, in_order
from communique.read.announcement_checks import check_announcements, check_authors, check_pages
from communique.read.campaign_draft import Draft
from communique.read.fact_checks import check_facts
from communique.read.gate_checks import check_gates
from communique.read.model_file import fill
from communique.read.waivers import check_waivers, without_waived
from communique.read.yaml_positions import read
from communique.settings import Settings

#: Whether an announcement through a channel must say to whom, by the channel's name.
NeedsAudience = Callable[[str], bool] | Collection[str]

_CHECKS = (check_authors, check_announcements, check_pages, check_gates, check_facts, check_waivers)


def read_campaign(
    text: str | bytes, file: str, settings: Settings | None, *, needs_audience: NeedsAudience = frozenset()
) -> tuple[Campaign | None, list[Problem]]:
    """The campaign of a file, or None when a problem is an error; and all problems in the order of the file.

    Without settings, channels and audiences are not looked up. Problems that the campaign as a whole waives are left
    out, if they can be waived.

    Args:
        text: the file's bytes, or its text.
        file: the path below the workspace, with forward slashes; its name is the campaign's.
        settings: None while they cannot be read.
        needs_audience: channels that write to people one by one.
    """
    document, problems = read(text, file)
    if document is None:
        return None, problems
    campaign, faults = fill(Campaign, document)
    if campaign is not None and campaign.author is None and settings is not None and settings.approvals.authors:
        campaign = campaign.model_copy(update={"author": settings.approvals.authors})
    faults = document.unmended(faults)
    draft = Draft(document=document, settings=settings, needs_audience=_asked(needs_audience))
    problems += faults
    if isinstance(document.data, dict):
        known = {(problem.line, problem.column) for problem in problems}
        found = [problem for check in _CHECKS for problem in check(draft)] + _name(draft)
        problems += [each for each in document.unmended(found) if (each.line, each.column) not in known]
    problems = in_order(without_waived(problems, draft))
    return (None if errors(problems) else campaign), problems


def _asked(needs_audience: NeedsAudience) -> Callable[[str], bool]:
    return needs_audience if callable(needs_audience) else needs_audience.__contains__


def _name(draft: Draft) -> list[Problem]:
    stem, found = PurePosixPath(draft.document.file).stem, draft.at(("campaign",))
    if not isinstance(found, str) or found == stem:
        return []
    message = phrase("expected `campaign: {stem}`, like the name of the file; found `{found}`", stem=stem, found=found)
    hint = phrase(
        "Rename one of the two. The name stands in addresses and in the log: do not change it once anything went out."
    )
    return [replace(draft.problem(("campaign",), "name-mismatch", message), hint=hint)]
