"""What was found wrong with an announcement's texts, and through what and in which languages they go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from communique.channel import Channel, Measure
from communique.occasion import Occasion
from communique.problems import Problem, Severity
from communique.routes import Route
from communique.workspace import Workspace

Channels = Mapping[str, Channel]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found."""

    digest: str  #: hash (SHA-256, hex) of all that is said, to which audiences, and when
    problems: tuple[Problem, ...]
    measures: Mapping[tuple[str, str], Measure]  #: of posts, by channel and language
    links: tuple[tuple[str, str], ...] = ()  #: web addresses of others, each with the file of its text

    @property
    def stopping(self) -> list[Problem]:
        """Problems that keep it from going out."""
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]


#: Nobody has looked yet, and nobody is waited for: until somebody has, the texts count as fine.
UNSEEN = Findings(digest="", problems=(), measures={})


def routes_and_languages(workspace: Workspace, occasion: Occasion) -> Iterator[tuple[Route, str]]:
    """The open channels an announcement names, each with the languages it speaks."""
    languages = occasion.campaign.languages_of(occasion.announcement)
    for name in occasion.campaign.announcements[occasion.announcement].through:
        if route := workspace.routes.get(name):
            for language in route.spoken(languages):
                yield route, language
