"""The public website as a pure function: what has been published, and where the process stands, to files.

The wording and the markup are in `templates/layouts/`; here is only what goes into them. Links between pages
are relative, so that the site works below any address; search engines and feeds get absolute ones.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from communique.accent import readable_on
from communique.formatting import direction
from communique.process import FeedLinks, Process
from communique.publication import Publication
from communique.settings import Settings, localise
from communique.site_map import MappedPage, robots, site_map

#: `render(template name below templates/, language, context)`.
Render = Callable[[str, str, Mapping[str, Any]], str]
Context = dict[str, Any]

#: The announcement whose wording opens the process page.
OPENING = "open-the-process-page"
#: How many announcements the process page shows before it points to the archive.
LATEST = 5
#: Backgrounds of panels: what is readable on them is readable on the page, which is lighter or darker still.
LIGHT_PANEL, DARK_PANEL = "#f4f5f6", "#1d2329"

#: Contrast of links in dark mode: at the least that is allowed, they look extinguished.
BRIGHT = 7.0

#: Columns of a Markdown table come with a style attribute, which a strict content security policy ignores.
_ALIGNED = re.compile(r' style="text-align:(left|center|right)"')


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything the website is made from."""

    publications: Sequence[Publication]  #: in any order; those of other audiences than `public` are left out
    settings: Settings
    glossary: Mapping[str, Mapping[str, Any]]  #: by language, already localised
    words: Mapping[str, Mapping[str, Any]]  #: by language: `templates/layouts/words/<language>.yaml`
    processes: Mapping[str, Process]  #: by language
    today: date  #: in the settings' zone; dates before it are no longer shown as coming
    render: Render
    logo: bytes = b""  #: the file `settings.look.logo` names
    subscribe: Mapping[str, str] = field(default_factory=dict)  #: by language: address of the page for e-mail
    named_index: bool = False  #: True: links name `index.html`, so the site can be read from a folder

    @property
    def root(self) -> str:
        """Public address of the site, with a slash at the end."""
        return self.settings.public_address.rstrip("/") + "/"

    @property
    def logo_path(self) -> str:
        """Where the logo lies below the root; empty without one."""
        suffix = PurePosixPath(self.settings.look.logo or "").suffix.lower()
        return f"logo{suffix}" if self.logo and suffix else ""

    def said(self, language: str) -> list[Publication]:
        """Public announcements in a language, newest first."""
        found = (item for item in self.publications if item.audience == "public" and item.language == language)
        return sorted(found, key=lambda item: (item.published_at, item.path), reverse=True)

    def versions(self, publication: Publication) -> dict[str, Publication]:
        """The same announcement in every language it was published in, in the settings' order."""
        same = {item.language: item for item in self.publications if _identity(item) == _identity(publication)}
        return {language: same[language] for language in self.settings.languages if language in same}


def build_site(site: Site) -> dict[str, bytes]:
    """Every file of the website, by its path below the root. The same site gives the same bytes."""
    pages = [page for language in site.settings.languages for page in _pages(site, language)]
    files = {f"{page.path}index.html": _html(site, page) for page in pages}
    first = _process_page(site, site.settings.languages[0])
    files["index.html"] = _html(site, first, at="")
    files["404.html"] = _not_found(site)
    files["style.css"] = _style(site)
    files["sitemap.xml"] = site_map(_mapped(site, page) for page in pages)
    files["robots.txt"] = robots(site.root)
    if site.logo_path:
        files[site.logo_path] = site.logo
    return files


@dataclass(frozen=True, kw_only=True)
class _Page:
    template: str
    language: str
    path: str  # below the root, with a slash at the end
    title: str
    description: str
    versions: Mapping[str, str]  # language -> path of the same page in it
    changed_at: datetime | None
    content: Callable[[str], Context]  # given the path of the page that holds it
    published_at: datetime | None = None


def _pages(site: Site, language: str) -> Iterator[_Page]:
    yield _process_page(site, language)
    yield _archive_page(site, language)
    yield from (_announcement_page(site, item) for item in site.said(language))


def _process_page(site: Site, language: str) -> _Page:
    said, words = site.said(language), site.words[language]
    opening = next((item for item in said if item.announcement == OPENING), None)
    headline = opening.headline if opening else words["process_headline"]
    lead = opening.summary if opening else words["process_summary"]
    process = site.processes.get(language, Process())

    def content(at: str) -> Context:
        latest = [item for item in said if item is not opening][:LATEST]
        return {
            "headline": headline,
            "lead": lead,
            "introduction": _body(opening) if opening else "",
            "stages": process.stages,
            "dates": _coming(site, process),
            "latest": [_shown(site, item, at) for item in latest],
        }

    return _Page(
        template="process",
        language=language,
        path=f"{language}/",
        title=headline,
        description=lead,
        versions={other: f"{other}/" for other in site.settings.languages},
        changed_at=_changed_at(said),
        content=content,
    )


def _archive_page(site: Site, language: str) -> _Page:
    said, words = site.said(language), site.words[language]

    def content(at: str) -> Context:
        shown = [_shown(site, item, at) for item in said]
        years = groupby(shown, key=lambda item: item["published_at"].year)
        return {"years": [{"year": year, "announcements": list(items)} for year, items in years]}

    return _Page(
        template="archive",
        language=language,
        path=f"{language}/archive/",
        title=words["archive_title"],
        description=words["archive_lead"],
        versions={other: f"{other}/archive/" for other in site.settings.languages},
        changed_at=_changed_at(said),
        content=content,
    )


def _announcement_page(site: Site, item: Publication) -> _Page:
    return _Page(
        template="announcement",
        language=item.language,
        path=item.path,
        title=item.headline,
        description=item.summary,
        versions={language: version.path for language, version in site.versions(item).items()},
        changed_at=item.updated_at,
        content=lambda at: {"announcement": _shown(site, item, at) | {"html": _body(item)}},
        published_at=item.published_at,
    )


def _html(site: Site, page: _Page, *, at: str | None = None) -> bytes:
    """The page's bytes. `at` is where it lies when that is not its own path."""
    path = page.path if at is None else at
    about = {
        "kind": page.template,
        "title": page.title,
        "description": page.description,
        "canonical": site.root + page.path,
        "published_at": page.published_at and page.published_at.astimezone(site.settings.timezone),
        "versions": _versions(site, page),
    }
    context = _frame(site, page.language, path) | page.content(path) | {"page": about}
    context["languages"] = _languages(site, page, path)
    return site.render(f"site/{page.template}.html", page.language, context).encode()


def _frame(site: Site, language: str, at: str) -> Context:
    """What every page needs, whatever it shows."""
    feeds = [_feed(feed, site, at) for feed in site.processes.get(language, Process()).feeds]
    return {
        "language": language,
        "dir": direction(language),
        "words": site.words[language],
        "glossary": site.glossary[language],
        "government": _government(site, language),
        "look": localise(site.settings.look.model_dump(), language, site.settings.languages),
        "feeds": feeds,
        "subscribe": site.subscribe.get(language, ""),
        "links": {
            "home": _link(site, f"{language}/", at),
            "archive": _link(site, f"{language}/archive/", at),
            "style": _link(site, "style.css", at),
            "logo": _link(site, site.logo_path, at) if site.logo_path else "",
            "logo_address": site.root + site.logo_path if site.logo_path else "",
        },
    }


def _government(site: Site, language: str) -> Context:
    """The settings' own, with what a template cannot work out: lines of the address, a number to dial."""
    government: Context = localise(site.settings.government.model_dump(), language, site.settings.languages)
    government["address_lines"] = government["address"].strip().splitlines()
    government["contact"]["phone_link"] = "".join(government["contact"]["phone"].split())
    return government


def _feed(feed: FeedLinks, site: Site, at: str) -> Context:
    files = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
    links = {kind: _link(site, feed.path + file, at) for kind, file in files.items()}
    return links | {"title": feed.title, "address": f"{site.root}{feed.path}rss.xml"}


def _languages(site: Site, page: _Page, at: str) -> list[Context]:
    """The choice of languages; where this page is not translated, it leads to the process page."""
    return [
        {
            "language": language,
            "dir": direction(language),
            "name": site.words[language]["language_name"],
            "link": _link(site, page.versions.get(language, f"{language}/"), at),
            "same_page": language in page.versions,
            "current": language == page.language,
        }
        for language in site.settings.languages
    ]


def _versions(site: Site, page: _Page) -> list[Context]:
    """Addresses for `hreflang`, this page's own included (each version must name all of them)."""
    paths = dict(page.versions)
    if default := paths.get(site.settings.languages[0]):
        paths["x-default"] = default
    return [{"language": language, "address": site.root + path} for language, path in paths.items()]


def _coming(site: Site, process: Process) -> list[Context]:
    zone = site.settings.timezone
    return [
        {
            "name": item.name,
            "starts_at": item.starts_at.astimezone(zone),
            "ends_at": item.ends_at and item.ends_at.astimezone(zone),
            "all_day": item.all_day,
            "place": item.place,
        }
        for item in sorted(process.dates, key=lambda item: item.starts_at)
        if (item.ends_at or item.starts_at).astimezone(zone).date() >= site.today
    ]


def _shown(site: Site, item: Publication, at: str) -> Context:
    zone = site.settings.timezone
    return {
        "headline": item.headline,
        "summary": item.summary,
        "link": _link(site, item.path, at),
        "published_at": item.published_at.astimezone(zone),
        "updated_at": item.updated_at.astimezone(zone),
        "corrected": item.updated_at > item.published_at,
    }


def _body(item: Publication) -> Markup:
    html = _ALIGNED.sub(r' class="to-\1"', item.html)
    return Markup(html)  # noqa: S704 - made by our Markdown, where raw HTML is text


def _not_found(site: Site) -> bytes:
    """One page for all languages. It is shown at any address, so its links start at the server's root."""
    top = urlsplit(site.root).path
    default = site.settings.languages[0]
    choices = [
        {"language": language, "dir": direction(language), "words": site.words[language], "home": f"{top}{language}/"}
        for language in site.settings.languages
    ]
    context = _frame(site, default, "") | {"choices": choices, "style": f"{top}style.css"}
    return site.render("site/not-found.html", default, context).encode()


def _style(site: Site) -> bytes:
    light, dark = LIGHT_PANEL, DARK_PANEL
    accent = site.settings.look.accent
    colours = {
        "light_panel": light,
        "dark_panel": dark,
        "on_light": readable_on(light, accent),
        "on_dark": readable_on(dark, accent, BRIGHT),
    }
    return site.render("site/style.css", site.settings.languages[0], {"colours": colours}).encode()


def _mapped(site: Site, page: _Page) -> MappedPage:
    versions = {language: site.root + path for language, path in page.versions.items()}
    return MappedPage(address=site.root + page.path, changed_at=page.changed_at, versions=versions)


def _link(site: Site, target: str, at: str) -> str:
    """From a page to a file, or to a folder (slash at the end), both below the root."""
    relative = posixpath.relpath(target or ".", at or ".")
    if target and not target.endswith("/"):
        return relative
    return f"{relative}/" + ("index.html" if site.named_index else "")


def _changed_at(said: Iterable[Publication]) -> datetime | None:
    return max((item.updated_at for item in said), default=None)


def _identity(item: Publication) -> tuple[str, str, str, str]:
    return item.campaign, item.announcement, item.occurrence, item.audience
