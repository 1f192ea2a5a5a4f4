"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from datetime import UTC, datetime
from typing import Any

from channels.syndication.archive import Document
from channels.syndication.safe_text import clean_html, directed, plain
from communique.channel import Entry

STEM, SUFFIX = "feed", ".json"


def json_document(document: Document, hub: str) -> bytes:
    """One page; `next_url` leads to the entries before these."""
    feed = document.feed
    data: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": directed(feed.title),
        "description": directed(feed.description),
        "home_page_url": feed.home,
        "feed_url": document.address(STEM, SUFFIX, 0),  # identifies the feed, so it is the same on every page
        "language": feed.language,
        "authors": [{"name": plain(feed.author_name), "url": f"mailto:{feed.author_email}"}],
    }
    if document.previous:
        data["next_url"] = document.address(STEM, SUFFIX, document.previous)
    if hub and not document.number:
        data["hubs"] = [{"type": "WebSub", "url": hub}]
    data["items"] = [_item(entry, feed.language) for entry in document.entries]
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: Entry, language: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.link,
        "title": directed(entry.title),
        "summary": directed(entry.summary),
        "content_html": clean_html(entry.html, entry.link),
        "date_published": _rfc3339(entry.published_at),
        "date_modified": _rfc3339(entry.updated_at),
        "language": language,
    }
    if entry.withdrawn:
        # The format has no word for it; names that begin with `_` are free (section "Extensions").
        item["_withdrawn"] = {"at": _rfc3339(entry.updated_at), "why": directed(entry.withdrawn)}
    if entry.categories:
        item["tags"] = [plain(category) for category in entry.categories]
    return item


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
