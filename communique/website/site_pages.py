"""The kinds of pages the website has, and what each of them shows."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from communique.publication import Publication
from communique.texts import addresses
from communique.website.process import KeyDate, Topic
from communique.website.record_pages import record_page
from communique.website.site_contents import Context, Page, Site, picture_of
from communique.website.site_marks import corrections_of, withdrawal_of
from communique.website.site_press import kit_of, press_context, press_pages
from communique.website.site_process import agenda_of, body_of, documents_page, met, standing_of
from communique.website.site_products import products_of

#: The announcement whose wording opens the process page.
OPENING = "open-the-process-page"
#: How many announcements the process page shows before it points to the archive.
LATEST = 5
#: The file beside the page of a date.
ENTRY = "event.ics"


def pages_of(site: Site, language: str) -> Iterator[Page]:
    """Every page of one language."""
    yield process_page(site, language)
    yield _archive_page(site, language)
    yield _follow_page(site, language)
    yield from (_topic_page(site, language, topic) for topic in site.topics(language))
    yield from (announcement_page(site, item) for item in site.said(language))
    if site.process(language).documents:
        yield documents_page(site, language)
    yield from press_pages(site, language)
    if site.record:
        yield record_page(site, language)
    yield from (_date_page(site, language, date) for date in site.dates(language))


def process_page(site: Site, language: str) -> Page:
    """Where we are, what comes next, what was said last, whom to ask."""
    said, words = site.said(language), site.words[language]
    opening = next((item for item in said if item.announcement == OPENING and not item.retraction), None)
    headline = opening.headline if opening else words["process_headline"]
    lead = opening.summary if opening else words["process_summary"]

    def content(at: str) -> Context:
        latest = [item for item in said if item is not opening][:LATEST]
        return {
            "headline": headline,
            "lead": lead,
            "introduction": body_of(opening) if opening else "",
            "picture": _beside_text(site, opening, at),
            "calendar": _calendar(site, language, at),
            "latest": [_shown(site, item, at) for item in latest],
            "record": site.link(addresses.record_page(language), at) if site.record else "",
            **standing_of(site, language, at),
            **press_context(site, language, at),
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
        return {"years": _by_year(site, said, at)}

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


def _by_year(site: Site, said: Iterable[Publication], at: str) -> list[Context]:
    years = groupby((_shown(site, item, at) for item in said), key=lambda item: item["published_at"].year)
    return [{"year": year, "announcements": list(items)} for year, items in years]


def _topic_page(site: Site, language: str, topic: Topic) -> Page:
    """What was announced on one topic, and its feed."""
    said, words = [item for item in site.said(language) if item.campaign == topic.campaign], site.words[language]
    others = {each: {one.campaign for one in site.topics(each)} for each in site.settings.languages}
    return Page(
        template="topic",
        language=language,
        path=addresses.topic_path(language, topic.campaign),
        title=topic.title,
        description=words["topic_description"],
        versions={
            each: addresses.topic_path(each, topic.campaign)
            for each, known in others.items()
            if topic.campaign in known
        },
        changed_at=_changed_at(said),
        content=lambda at: {"years": _by_year(site, said, at)},
        feed=topic.feed,
    )


def _calendar(site: Site, language: str, at: str) -> str:
    """Where all dates are as a calendar, seen from a page; empty without dates."""
    return site.link(addresses.calendar_path(language), at) if site.dates(language) else ""


def _follow_page(site: Site, language: str) -> Page:
    """How to hear of what is new; mails and feeds are in every page's context."""
    words = site.words[language]

    def content(at: str) -> Context:
        topics = [
            {
                "title": topic.title,
                "link": site.link(addresses.topic_path(language, topic.campaign), at),
                "feed": f"{site.root}{topic.feed.path}rss.xml" if topic.feed else "",
            }
            for topic in site.topics(language)
        ]
        return {"calendar": _calendar(site, language, at), "topics": topics}

    return Page(
        template="follow",
        language=language,
        path=f"{language}/follow/",
        title=words["follow"],
        description=words["follow_lead"],
        versions={other: f"{other}/follow/" for other in site.settings.languages},
        changed_at=None,
        content=content,
    )


def announcement_page(site: Site, item: Publication) -> Page:
    """What was said, and where else it can be read."""
    return Page(
        template="announcement",
        language=item.language,
        path=item.path,
        title=item.headline,
        description=item.summary,
        versions={language: version.path for language, version in site.versions(item).items()},
        changed_at=item.retraction.at if item.retraction else item.updated_at,
        is_withdrawn=item.retraction is not None,
        content=lambda at: {
            "announcement": _shown(site, item, at) | {"html": body_of(item)},
            "picture": _beside_text(site, item, at),
            "press_kit": kit_of(site, item, at),
            "products": products_of(site, item, at),
        },
        published_at=item.published_at,
        picture=picture_of(item),
    )


def _date_page(site: Site, language: str, date: KeyDate) -> Page:
    """When and where, and the entry for a calendar."""
    path = addresses.date_path(language, date.id)
    others = {each: {one.id for one in site.dates(each)} for each in site.settings.languages}
    return Page(
        template="date",
        language=language,
        path=path,
        title=date.name,
        description=site.words[language]["date_page"]["description"],
        versions={each: addresses.date_path(each, date.id) for each, known in others.items() if date.id in known},
        changed_at=None,
        content=lambda at: {
            "date": met(site, language, date, at) | agenda_of(site, date) | {"entry": site.link(f"{path}{ENTRY}", at)},
            "calendar": site.link(addresses.calendar_path(language), at),
        },
    )


def _shown(site: Site, item: Publication, at: str) -> Context:
    zone = site.settings.timezone
    return {
        "headline": item.headline,
        "summary": item.summary,
        "link": site.link(item.path, at),
        "published_at": item.published_at.astimezone(zone),
        "updated_at": item.updated_at.astimezone(zone),
        "corrected": item.updated_at > item.published_at,
        "withdrawn": withdrawal_of(site, item),
        "corrections": corrections_of(site, item),
    }


def _beside_text(site: Site, item: Publication | None, at: str) -> Context | None:
    """Its picture, unless that was drawn from the words that stand on the page."""
    picture = item.picture if item else None
    return site.shown(picture, at) if picture and not picture.drawn else None


def _changed_at(said: Iterable[Publication]) -> datetime | None:
    return max((item.retraction.at if item.retraction else item.updated_at for item in said), default=None)
