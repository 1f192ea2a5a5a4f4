"""The kinds of pages the website has, and what each of them shows."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from markupsafe import Markup

from communique.channel import Image
from communique.publication import Publication
from communique.website.process import Process
from communique.website.site_contents import Context, Site

#: The announcement whose wording opens the process page.
OPENING = "open-the-process-page"
#: How many announcements the process page shows before it points to the archive.
LATEST = 5

#: Columns of a Markdown table come with a style attribute, which a strict content security policy ignores.
_ALIGNED = re.compile(r' style="text-align:(left|center|right)"')


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
    picture: Image | None = None


def pages_of(site: Site, language: str) -> Iterator[Page]:
    """Every page of one language."""
    yield process_page(site, language)
    yield _archive_page(site, language)
    yield from (_announcement_page(site, item) for item in site.said(language))


def process_page(site: Site, language: str) -> Page:
    """Where we are, what comes next, what was said last, whom to ask."""
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
            "picture": site.shown(opening.picture, at) if opening and opening.picture else None,
            "stages": process.stages,
            "dates": _coming(site, process),
            "latest": [_shown(site, item, at) for item in latest],
        }

    return Page(
        template="process",
        language=language,
        path=f"{language}/",
        title=headline,
        description=lead,
        versions={other: f"{other}/" for other in site.settings.languages},
        changed_at=_changed_at(said),
        content=content,
        picture=opening.picture if opening else None,
    )


def _archive_page(site: Site, language: str) -> Page:
    said, words = site.said(language), site.words[language]

    def content(at: str) -> Context:
        shown = [_shown(site, item, at) for item in said]
        years = groupby(shown, key=lambda item: item["published_at"].year)
        return {"years": [{"year": year, "announcements": list(items)} for year, items in years]}

    return Page(
        template="archive",
        language=language,
        path=f"{language}/archive/",
        title=words["archive_title"],
        description=words["archive_lead"],
        versions={other: f"{other}/archive/" for other in site.settings.languages},
        changed_at=_changed_at(said),
        content=content,
    )


def _announcement_page(site: Site, item: Publication) -> Page:
    return Page(
        template="announcement",
        language=item.language,
        path=item.path,
        title=item.headline,
        description=item.summary,
        versions={language: version.path for language, version in site.versions(item).items()},
        changed_at=item.updated_at,
        content=lambda at: {
            "announcement": _shown(site, item, at) | {"html": _body(item)},
            "picture": site.shown(item.picture, at) if item.picture else None,
        },
        published_at=item.published_at,
        picture=item.picture,
    )


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
        "link": site.link(item.path, at),
        "published_at": item.published_at.astimezone(zone),
        "updated_at": item.updated_at.astimezone(zone),
        "corrected": item.updated_at > item.published_at,
    }


def _body(item: Publication) -> Markup:
    html = _ALIGNED.sub(r' class="to-\1"', item.html)
    return Markup(html)  # noqa: S704 - made by our Markdown, where raw HTML is text


def _changed_at(said: Iterable[Publication]) -> datetime | None:
    return max((item.updated_at for item in said), default=None)
