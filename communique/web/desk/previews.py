"""What a page shows of an announcement as its readers will see it: for the desk, and for `communique preview`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection

from communique.channel import Drawing, Image, Post
from communique.occasion import Occasion
from communique.plan.findings import Channels
from communique.plan.owing import spoken_to
from communique.plan.planning import Planner
from communique.plan.preflight import Preflight
from communique.preview.as_read import AsRead, as_read
from communique.preview.cards import cards
from communique.preview.documents import PICTURE
from communique.preview.occasions import Shown, shown
from communique.preview.parity import side_by_side
from communique.preview.readers import Listed, Reader, listed, reader
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

#: Finds what is wrong with an occasion, and writes its samples.
LooksAt = Callable[[Workspace, Channels, Occasion], Preflight]


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """Where the parts of a preview lie."""

    document: Callable[[str, str], str]  #: by channel and view
    page: Callable[[str, str], str]  #: in a language, with another beside it


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One occurrence, as somebody reads it."""

    shown: Shown
    found: Preflight
    seen: AsRead
    unknown_reader: str  #: who was asked for, and is in no audience; an invented person reads instead

    @property
    def languages(self) -> Sequence[str]:
        """Those it is written in, in the officer's order."""
        return self.shown.occasion.campaign.languages_of(self.shown.occasion.announcement)

    def language(self, *wanted: str) -> str:
        """The first that it is written in; or its reader's, or its own first."""
        person = self.seen.reader.person
        own = [spoken_to(person.language, self.languages)] if person is not None else []
        return next((each for each in (wanted[0], *own, *wanted[1:]) if each in self.languages), self.languages[0])


def preview(
    planner: Planner,
    connection: Connection,
    looks_at: LooksAt,
    name: tuple[str, str],
    now: datetime,
    *,
    occurrence: str = "",
    asked: str = "",
) -> Preview | None:
    """As `asked` reads it (`communique.preview.readers`). None: there is no such announcement, or it has no time."""
    found = shown(planner, connection, name, now, occurrence)
    if found is None:
        return None
    workspace, occasion = planner.workspace, found.occasion
    to = occasion.campaign.announcements[occasion.announcement].to
    whose = reader(workspace, connection, asked, to)
    looked = looks_at(workspace, planner.channels, occasion)
    return Preview(
        shown=found,
        found=looked,
        seen=as_read(workspace, planner.channels, occasion, looked, whose or Reader()),
        unknown_reader="" if whose is not None else asked,
    )


def context(
    it: Preview,
    language: str,
    beside: str,
    links: Links,
    choices: Sequence[Listed] = (),
) -> Mapping[str, Any]:
    """What `previews.html` is filled with; without `choices` nobody and nothing else can be chosen."""
    workspace, whose = it.seen.workspace, it.seen.reader
    spoken = [(each, workspace.words.of(each).get("language_name", each)) for each in it.languages]
    others = [each for each in it.languages if each != language]
    second = beside if beside in others else next(iter(others), "")
    return {
        "spoken": spoken,
        "language_shown": language,
        "beside": second,
        "pairs": _pairs(it.seen, language, second) if second else [],
        "reader": whose,
        "reader_name": whose.recipient(workspace.words, language).name,
        "unknown_reader": it.unknown_reader,
        "choices": choices,
        "made_up": it.shown.made_up,
        "cards": list(cards(it.seen, language)),
        "address": _each_once(it.seen, language, links.document),
        "in_language": links.page,
        "can_choose": bool(choices),
    }


def _each_once(seen: AsRead, language: str, document: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """Addresses of documents; posts with the same picture share its address, so that browsers ask for it once."""
    first: list[tuple[Image | Drawing, str]] = []
    of: dict[str, str] = {}
    for (channel, spoken), sample in seen.samples.items():
        picture = (sample.image or sample.card) if spoken == language and isinstance(sample, Post) else None
        if picture is not None:
            same = next((other for known, other in first if known == picture), "")
            of[channel] = same or channel
            if not same:
                first.append((picture, channel))
    return lambda channel, view: document(of.get(channel, channel) if view == PICTURE else channel, view)


def links_of(at: str, language: str, choice: str) -> Links:
    """Below an address, as seen by a reader; a choice of another language leads back to the same page."""

    def document(channel: str, view: str) -> str:
        return f"{at}/{channel}/{language}/{view}{f'?as={quote(choice)}' if choice else ''}"

    def page(shown_in: str, beside: str) -> str:
        asked = {"in": shown_in, "beside": beside if beside != shown_in else "", "as": choice}
        return f"?{urlencode({name: value for name, value in asked.items() if value})}#preview"

    return Links(document=document, page=page)


def choices(planner: Planner, connection: Connection, it: Preview, language: str) -> list[Listed]:
    """Whose eyes it can be seen with."""
    occasion = it.shown.occasion
    to = occasion.campaign.announcements[occasion.announcement].to
    spoken = language if language in planner.workspace.settings.languages else planner.workspace.settings.languages[0]
    return list(listed(planner.workspace, connection, to, spoken))


def _pairs(seen: AsRead, first: str, second: str) -> list[Any]:
    try:
        return list(side_by_side(seen, first, second))
    except TemplateProblemError:  # it cannot be filled for this reader: the checks say why
        return []
