"""What the public website is made from: plain values, handed in."""

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from communique.channel import Image
from communique.public_record import Sealed
from communique.publication import Product, Publication, Release
from communique.settings import Settings
from communique.store.recipients.calendar_entries import CalendarEntry
from communique.texts import addresses
from communique.website.process import FeedLinks, KeyDate, Process, Topic

#: `render(template name below templates/layouts/, language, context)`.
Render = Callable[[str, str, Mapping[str, Any]], str]
Context = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page, before it is rendered."""

    template: str  #: below `templates/layouts/site/`, without its ending
    language: str
    path: str  #: below the root, with a slash at the end
    title: str
    description: str
    versions: Mapping[str, str]  #: language -> path of the same page in it
    changed_at: datetime | None
    content: Callable[[str], Context]  #: given the path of the page that holds it
    published_at: datetime | None = None
    feed: FeedLinks | None = None  #: the one that browsers find by themselves; None: that of everything
    is_withdrawn: bool = False  #: search engines are asked to forget it
    picture: Image | None = None


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything the website is made from."""

    publications: Sequence[Publication]  #: in any order; those of other audiences than `public` are left out
    settings: Settings
    glossary: Mapping[str, Mapping[str, Any]]  #: by language, already localised
    words: Mapping[str, Mapping[str, Any]]  #: by language: `templates/layouts/words/<language>.yaml`
    processes: Mapping[str, Process]  #: by language
    today: date  #: in the settings' zone; dates before it are no longer shown as coming
    render: Render = field(compare=False)
    releases: Sequence[Release] = ()  #: to the media; those whose embargo is not over are left out
    products: Sequence[Product] = ()  #: what other channels have made of announcements
    logo: bytes = b""  #: the file `settings.look.logo` names
    entries: Mapping[str, CalendarEntry] = field(default_factory=dict)  #: by date: what calendars know it by
    subscribe: Mapping[str, str] = field(default_factory=dict)  #: by language: address of the page for e-mail
    record: Sequence[Sealed] = ()  #: the public record, the first entry first
    prints: bool = False  #: whether agendas and minutes are published as PDF, too
    named_index: bool = False  #: True: links name `index.html`, so the site can be read from a folder

    @property
    def root(self) -> str:
        """Public address of the site, with a slash at the end."""
        return self.settings.public_address.rstrip("/") + "/"

    @property
    def logo_path(self) -> str:
        """Where the logo lies below the root; empty without one."""
        return addresses.logo_path(self.settings.look.logo) if self.logo and self.settings.look.logo else ""

    def said(self, language: str) -> list[Publication]:
        """Public announcements in a language, newest first."""
        found = (item for item in self.publications if item.audience == "public" and item.language == language)
        return sorted(found, key=lambda item: (item.published_at, item.path), reverse=True)

    def releases_in(self, language: str) -> list[Release]:
        """Releases in a language, newest first."""
        found = (each for each in self.releases if each.language == language)
        return sorted(found, key=lambda each: (each.published_at, each.path), reverse=True)

    def dates(self, language: str) -> list[KeyDate]:
        """Those with a page, the earliest first; past ones, too."""
        dates = self.process(language).dates
        return sorted((date for date in dates if date.id), key=lambda date: (date.starts_at, date.id))

    def process(self, language: str) -> Process:
        """Where it stands; nothing at all where nobody has said so."""
        return self.processes.get(language, Process())

    def announced(self, language: str, name: str) -> Publication | None:
        """The announcement `campaign/announcement` as it was last published in a language."""
        found = (
            item
            for item in self.said(language)
            if f"{item.campaign}/{item.announcement}" == name and not item.retraction
        )
        return next(found, None) if name else None

    def topics(self, language: str) -> tuple[Topic, ...]:
        """Those that people can follow by themselves."""
        return self.process(language).topics

    def versions(self, publication: Publication) -> dict[str, Publication]:
        """The same announcement in every language it was published in, in the settings' order."""
        same = {item.language: item for item in self.publications if _identity(item) == _identity(publication)}
        return {language: same[language] for language in self.settings.languages if language in same}

    def pictures(self) -> Iterator[Image]:
        """Of everything with a page."""
        for language in self.settings.languages:
            shown: list[Publication | Release] = [*self.said(language), *self.releases_in(language)]
            yield from (picture for item in shown if (picture := picture_of(item)))

    def shown(self, picture: Image, at: str) -> Context:
        """A picture as a page shows it."""
        path = addresses.picture_path(picture)
        size = {"width": picture.width, "height": picture.height}
        return {
            "link": self.link(path, at),
            "address": self.root + path,
            "alt": picture.alt,
            "credit": picture.credit,
            **size,
        }

    def link(self, target: str, at: str) -> str:
        """From a page to a file, or to a folder (slash at the end), both below the root."""
        relative = posixpath.relpath(target or ".", at or ".")
        if target and not target.endswith("/"):
            return relative
        return f"{relative}/" + ("index.html" if self.named_index else "")


def picture_of(item: Publication | Release) -> Image | None:
    """The picture of its page; none that was drawn from words that were withdrawn."""
    return None if item.retraction and item.picture and item.picture.drawn else item.picture


def _identity(item: Publication) -> tuple[str, str, str, str]:
    return item.campaign, item.announcement, item.occurrence, item.audience
