"""Every message of the shipped campaigns, rendered for a sample reader in each language it is written in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from channels import KINDS
from communique.campaign import Campaign
from communique.channel import Form, Letter, Mail, Post, Script
from communique.installation import Installation
from communique.moments import Milestone
from communique.occasion import Occasion
from communique.plan.preflight import Preflight, preflight
from communique.plan.samples import sample_letter, sample_recipient
from communique.publication import Publication
from communique.read.sources import Folder
from communique.texts.rendering import Addressee
from communique.texts.wording import read_wording
from communique.timeline import Occurrence, occurrences
from communique.workspace import Workspace, read_workspace

ROOT = Path(__file__).parents[1]
LANGUAGES = ("es", "en", "fr", "pt", "ar")
#: The milestones that are unknown as shipped, and for each a day it may well come to be.
UNKNOWN = {
    "plan-published": Milestone(start=datetime(2027, 11, 30, 10)),  # noqa: DTZ001 - milestones are local
    "moved": Milestone(start=datetime(2027, 2, 1, 10)),  # noqa: DTZ001 - the same
    "called-off": Milestone(start=datetime(2027, 2, 2, 10)),  # noqa: DTZ001 - the same
    "open-call": Milestone(start=datetime(2026, 12, 10, 10)),  # noqa: DTZ001 - the same
    "made-public": Milestone(start=datetime(2026, 12, 29, 10)),  # noqa: DTZ001 - the same
    "not-selected": Milestone(start=datetime(2027, 1, 18, 9)),  # noqa: DTZ001 - the same
}
HORIZON = datetime(2028, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """What one reader gets to see."""

    campaign: str
    announcement: str
    channel: str
    language: str
    content: Mail | Letter | Post | Script | Publication

    @property
    def headline(self) -> str:
        """What is read first."""
        return self.content.subject if isinstance(self.content, Mail | Letter) else self.content.headline

    @property
    def words(self) -> str:
        """All that is read, as plain text."""
        parts = (self.headline, getattr(self.content, "summary", ""), self.content.text)
        return "\n".join(part for part in parts if part)


@cache
def workspace() -> Workspace:
    """The repository as a workspace."""
    found, problems = read_workspace(Folder(ROOT), KINDS, None)
    assert found is not None, problems
    return found


def dated(campaign: Campaign) -> dict[str, Milestone]:
    """Its milestones, each with a day."""
    return {name: UNKNOWN.get(name, day) for name, day in campaign.milestones.items()}


def listed(campaign: Campaign, *, as_shipped: bool = False) -> list[Occurrence]:
    """Its occurrences when every milestone has a day, or as shipped, where some are unknown."""
    milestones = campaign.milestones if as_shipped else dated(campaign)
    return list(occurrences(campaign, milestones, workspace().almanac, HORIZON))


@cache
def occasions() -> tuple[Occasion, ...]:
    """Every occurrence of every announcement, with its dates."""
    return tuple(_occasions())


def _occasions() -> Iterator[Occasion]:
    routes = workspace().routes
    for campaign in workspace().campaigns.values():
        milestones = dated(campaign)
        for each in listed(campaign):
            assert each.due_at is not None, f"{each.announcement} has no date"
            through = campaign.announcements[each.announcement].through
            yield Occasion(
                campaign=campaign,
                announcement=each.announcement,
                occurrence=each.occurrence,
                due_at=each.due_at,
                milestones=milestones,
                has_page=any(routes[name].form is Form.PAGES for name in through),
            )


@cache
def checked() -> dict[str, Preflight]:
    """Every occasion rendered and checked, channels included, by its name."""
    opened = Installation(root=ROOT, variables={}, kinds=KINDS).channels(workspace())
    return {each.name: preflight(workspace(), opened.adapters, each) for each in occasions()}


@cache
def samples() -> tuple[Sample, ...]:
    """Every message, in all five languages, whatever languages a channel of the shipped settings speaks."""
    return tuple(_samples())


def _samples() -> Iterator[Sample]:
    renderer = workspace().renderer
    for occasion in occasions():
        announcement = occasion.campaign.announcements[occasion.announcement]
        role = str(workspace().settings.audiences[announcement.to[0]].role) if announcement.to else "subscribers"
        for name in announcement.through:
            route = workspace().routes[name]
            for language in route.languages if route.kind == "handoff" and route.languages else LANGUAGES:
                content: Mail | Letter | Post | Script | Publication
                addressee = Addressee(recipient=sample_recipient(workspace().words, language), role=role)
                if route.form is Form.LETTER:
                    content = sample_letter(renderer, occasion, route, addressee)
                elif route.form is Form.MAIL:
                    content = renderer.mail(occasion, route, addressee, occasion.due_at)
                elif route.form is Form.POST:
                    content = renderer.post(occasion, replace(route, languages=None), language)
                elif route.form is Form.SCRIPT:
                    content = renderer.script(occasion, route, language)
                else:
                    content = renderer.publication(occasion, language, occasion.due_at)
                yield Sample(occasion.campaign.campaign, occasion.announcement, name, language, content)


def sample(announcement: str, channel: str, language: str) -> Sample:
    """The first that fits."""
    wanted = (announcement, channel, language)
    return next(each for each in samples() if (each.announcement, each.channel, each.language) == wanted)


def sources() -> dict[str, str]:
    """The words of every text as officers write them, by path: front matter and body, nothing filled in."""
    kinds = (".md", ".txt")
    paths = [path for path in Folder(ROOT).paths("templates") if path.endswith(kinds) and "/layouts/" not in path]
    found = {}
    for path in paths:
        wording, problems = read_wording(Folder(ROOT), path)
        assert wording is not None, problems
        found[path] = "\n".join([*(line.source for line in wording.top.values()), wording.body])
    return found


def sentences(text: str) -> list[list[str]]:
    """The words of each whole sentence of a plain text; headings, lists of facts and addresses are none."""
    flowing = re.sub(r"https?://\S+|\S+@\S+", "", text)
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n|\n(?=\s*[-•\d])", flowing))
    split = (re.split(r"(?<=[.!?؟…])\s+", block) for block in blocks)
    whole = (each for block in split for each in block if each.endswith((".", "!", "?", "؟")))
    worded = [re.findall(r"[^\W_]+(?:[’'-][^\W_]+)*", each) for each in whole]
    return [words for words in worded if len(words) > 2 and not all(map(str.isdecimal, words))]
