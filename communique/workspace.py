"""A workspace, read: settings, glossary, campaigns, and everything wrong with them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from communique.campaign import Campaign
from communique.channel import Form, Secret
from communique.phrase import phrase
from communique.problems import Problem, errors, in_order
from communique.read.definitions import read_campaign
from communique.read.process_file import Around, read_process
from communique.read.process_outline import ProcessOutline
from communique.read.settings_file import read_glossary, read_settings
from communique.read.sources import Sources
from communique.read.yaml_document import Document
from communique.read.yaml_positions import read
from communique.routes import Kinds, Route, routes_of
from communique.settings import Glossary, Settings
from communique.timeline import Almanac
from communique.working_days import working_days

if TYPE_CHECKING:
    from communique.texts.rendering import Renderer
    from communique.texts.templates import Templates
    from communique.texts.words import Words

SETTINGS = "config/settings.yaml"
GLOSSARY = "config/glossary.yaml"
PROCESS = "config/process.yaml"


#: As other programs, and editors of other systems, end such a name.
_MEANT_AS_YAML = re.compile(r"\.ya?ml(?:\.txt)?$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """What a workspace says. Campaigns that could not be read are missing; `problems` says why."""

    sources: Sources
    settings: Settings
    glossary: Glossary
    outline: ProcessOutline
    campaigns: Mapping[str, Campaign]
    problems: tuple[Problem, ...]
    kinds: Kinds
    key: Secret | None  #: signs links; from the environment
    _documents: dict[str, Document] = field(default_factory=dict)

    @cached_property
    def almanac(self) -> Almanac:
        """What dates mean here."""
        return Almanac(
            zone=self.settings.timezone,
            day_starts=self.settings.day_starts,
            late_window=self.settings.late_window,
            is_working_day=working_days(self.settings.holidays),
        )

    @cached_property
    def routes(self) -> dict[str, Route]:
        """The channels that are open."""
        return routes_of(self.settings, self.kinds)

    @cached_property
    def for_a_person(self) -> frozenset[str]:
        """Channels that write what somebody then posts."""
        return frozenset(name for name, route in self.routes.items() if route.is_for_a_person)

    @cached_property
    def newsrooms(self) -> frozenset[str]:
        """Channels that reach newsrooms."""
        return frozenset(name for name, route in self.routes.items() if route.is_press)

    @cached_property
    def can_subscribe(self) -> bool:
        """Whether a newsletter goes out, and a channel can ask an address to confirm."""
        channel = self.settings.channels.get(self.settings.subscribing.through)
        asks = channel is not None and channel.kind == "email"
        return asks and any(route.is_newsletter for route in self.routes.values())

    @cached_property
    def feeds(self) -> frozenset[str]:
        """Languages in which a feed is written."""
        spoken = (each.spoken(self.settings.languages) for each in self.routes.values() if each.form is Form.FEED)
        return frozenset(language for languages in spoken for language in languages)

    @cached_property
    def words(self) -> "Words":
        """Fixed phrases."""
        from communique.texts.words import Words

        return Words(self.sources)

    @cached_property
    def templates(self) -> "Templates":
        """The templates of this workspace."""
        from communique.texts.templates import Templates  # loaded, with what writes, when something is written

        return Templates(self.sources, self.settings.locales, self.words.of)

    @cached_property
    def renderer(self) -> "Renderer":
        """Makes content from the texts."""
        return self.renderer_with(self.key)

    def renderer_with(self, key: Secret | None) -> "Renderer":
        """A renderer whose links are signed by a key (or not at all)."""
        from communique.texts.facts import Facts
        from communique.texts.rendering import Renderer

        facts = Facts(settings=self.settings, glossary=self.glossary, almanac=self.almanac, feeds=self.feeds)
        return Renderer(
            sources=self.sources,
            facts=facts,
            templates=self.templates,
            words=self.words,
            key=key,
            has_site=any(route.form is Form.PAGES for route in self.routes.values()),
        )

    def document(self, campaign: str) -> Document:
        """A campaign's file with the place of everything in it, for problems found later."""
        if campaign not in self._documents:
            path = f"campaigns/{campaign}.yaml"
            document, _ = read(self.sources.read(path) or b"", path)
            self._documents[campaign] = document or Document(file=path, lines=())
        return self._documents[campaign]

    @property
    def unread(self) -> list[str]:
        """Campaigns whose files have errors."""
        named = [PurePosixPath(path).stem for path in self.sources.paths("campaigns") if path.endswith(".yaml")]
        return [name for name in named if name not in self.campaigns]

    def problems_of(self, campaign: str) -> list[Problem]:
        """Errors that stop a campaign: its own and those of the settings."""
        own = (f"campaigns/{campaign}.yaml", SETTINGS, GLOSSARY)
        return [problem for problem in errors(self.problems) if problem.file in own]


def read_workspace(sources: Sources, kinds: Kinds, key: Secret | None) -> tuple[Workspace | None, list[Problem]]:
    """Read everything; the workspace is None when its settings or glossary are unusable."""
    settings, problems = _read(sources, SETTINGS, lambda text, file: read_settings(text, file, kinds))
    campaigns, faults = _campaigns(sources, settings, kinds)
    problems += faults
    if settings is None:
        return None, in_order(problems)
    glossary, faults = _read(sources, GLOSSARY, lambda text, file: read_glossary(text, file, settings.languages))
    problems += faults
    around = Around(
        languages=settings.languages,
        milestones={name: campaign.milestones if campaign else None for name, campaign in campaigns.items()},
        announcements={name: campaign.announcements if campaign else None for name, campaign in campaigns.items()},
        sources=sources,
    )
    outline, faults = _read(sources, PROCESS, lambda text, file: read_process(text, file, around))
    problems += faults
    if glossary is None:
        return None, in_order(problems)
    workspace = Workspace(
        sources=sources,
        settings=settings,
        glossary=glossary,
        outline=outline or ProcessOutline(),
        campaigns={name: campaign for name, campaign in campaigns.items() if campaign},
        problems=tuple(in_order(problems)),
        kinds=kinds,
        key=key,
    )
    return workspace, list(workspace.problems)


def _campaigns(
    sources: Sources, settings: Settings | None, kinds: Kinds
) -> tuple[dict[str, Campaign | None], list[Problem]]:
    """Every campaign by the name of its file, None where it has errors; without settings fewer things are checked."""
    routes = routes_of(settings, kinds) if settings else {}
    needy = frozenset(name for name, route in routes.items() if route.needs_audience)
    found: dict[str, Campaign | None] = {}
    problems: list[Problem] = []
    for path in sources.paths("campaigns"):
        if path.endswith(".yaml"):
            campaign, faults = read_campaign(sources.read(path) or b"", path, settings, needs_audience=needy)
            problems += faults
            found[PurePosixPath(path).stem] = campaign
    return found, [*problems, *_of_another_ending(sources)]


def _of_another_ending(sources: Sources) -> Iterator[Problem]:
    """Files that somebody means to be read, and nobody reads: what is in them would be missing in silence."""
    for folder in ("campaigns", "config"):
        for path in sources.paths(folder):
            match = (
                None if path.endswith(".yaml") or path.startswith("config/documents/") else _MEANT_AS_YAML.search(path)
            )
            if match:
                right = f"{path[: match.start()]}.yaml"
                message = phrase("expected a file whose name ends with `.yaml`, found `{path}`", path=path)
                hint = phrase("It is not read. Rename it: {right}.", right=right)
                yield Problem(code="missing-file", message=message, hint=hint, file=path)


def _read(sources: Sources, path: str, read: Any) -> tuple[Any, list[Problem]]:
    text = sources.read(path)
    if text is None:
        hint = phrase("`communique init DIR` makes a workspace with all of them.")
        return None, [
            Problem(code="missing-file", message=phrase("expected this file, found none"), hint=hint, file=path)
        ]
    value, problems = read(text, path)
    return value, list(problems)
