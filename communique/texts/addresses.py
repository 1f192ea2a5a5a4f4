"""Where things are seen: public addresses of pages, and identifiers that never change."""

import functools
import hashlib
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from communique.channel import Image
from communique.timeline import ONCE

PUBLIC = "public"  #: the audience of pages and feeds that anybody may read


def page_path(language: str, campaign: str, announcement: str, occurrence: str) -> str:
    """An announcement's page below the website's root, with a slash at the end."""
    name = announcement if occurrence == ONCE else f"{announcement}-{occurrence}"
    return f"{language}/{campaign}/{name}/"


def press_path(language: str) -> str:
    """The page for the media below the website's root; the pages of releases lie below it."""
    return f"{language}/press/"


def release_path(language: str, campaign: str, announcement: str, occurrence: str) -> str:
    """A release's page below the website's root, with a slash at the end."""
    return press_path(language) + page_path(language, campaign, announcement, occurrence).removeprefix(f"{language}/")


def picture_path(image: Image) -> str:
    """A picture below the website's root, named by its bytes: another picture has another address."""
    return f"pictures/{_name(image.data)}.{'jpg' if image.media_type == 'image/jpeg' else 'png'}"


def logo_path(name: str) -> str:
    """The logo below the website's root, by the name of its file in the settings."""
    return f"logo{PurePosixPath(name).suffix.lower()}"


@functools.lru_cache(maxsize=64)
def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def page(base: str, path: str) -> str:
    """The public address of a path below the root."""
    return f"{base.rstrip('/')}/{path}"


def process_page(base: str, language: str) -> str:
    """The page people follow the process on."""
    return page(base, f"{language}/")


def archive_page(base: str, language: str) -> str:
    """The list of everything announced."""
    return page(base, f"{language}/archive/")


def follow_page(base: str, language: str) -> str:
    """How to hear of what is new: by mail, in a reader of feeds, in a calendar."""
    return page(base, f"{language}/follow/")


def date_path(language: str, milestone: str) -> str:
    """The page of a date, which is a milestone (`campaign/milestone`), below the website's root."""
    return f"{language}/dates/{milestone}/"


def calendar_path(language: str) -> str:
    """The calendar of all dates, below the website's root."""
    return f"calendar/{language}.ics"


def document_path(file: str) -> str:
    """A document below the website's root: where it is cited, it stays."""
    return f"documents/{file}"


def documents_page(language: str) -> str:
    """The list of all documents, below the website's root."""
    return f"{language}/documents/"


def record_page(language: str) -> str:
    """The page of the public record, below the website's root."""
    return f"{language}/record/"


def record_file(name: str) -> str:
    """A file of the public record, below the website's root: the same for all languages."""
    return f"record/{name}"


def topic_path(language: str, campaign: str) -> str:
    """The page of a topic, which is a campaign, below the website's root; its announcements lie below it."""
    return f"{language}/{campaign}/"


def topic_audience(campaign: str) -> str:
    """What stands for the audience in the addresses of a topic's feeds; no audience is called so."""
    return f"topic.{campaign}"


def feed_address(base: str, language: str, audience: str = PUBLIC) -> str:
    """The RSS feed of an audience in a language."""
    return page(base, f"feeds/{audience}/{language}/rss.xml")


def host_of(base: str) -> str:
    """The host name of the public address, for identifiers."""
    return urlsplit(base).hostname or "localhost"


def entry_id(base: str, path: str, published_at: datetime) -> str:
    """A `tag:` URI (RFC 4151) for a feed entry: the year is the one it was published in, and stays."""
    return f"tag:{host_of(base)},{published_at.year}:{path.rstrip('/')}"


def post_link(base: str, language: str, campaign: str, announcement: str, occurrence: str, *, has_page: bool) -> str:
    """What a post points to: the announcement's own page, or the process page with a mark that tells posts apart."""
    path = page_path(language, campaign, announcement, occurrence)
    if has_page:
        return page(base, path)
    mark = path.removeprefix(f"{language}/").rstrip("/").replace("/", ".")
    return f"{process_page(base, language)}?from={mark}"
