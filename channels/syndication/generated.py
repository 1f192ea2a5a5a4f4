"""A feed as feedgen makes it, before `channels.syndication.mended` puts right what it gets wrong."""

from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from channels.syndication.archive import Document
from channels.syndication.safe_text import clean_html, directed, plain
from communique.channel import Entry


def generated(document: Document, changed_at: datetime) -> FeedGenerator:
    """The document's own parts and its entries; links and the stylesheet come later."""
    feed = document.feed
    generator = FeedGenerator()
    generator.id(document.address("atom", ".xml", 0))
    generator.title(directed(feed.title))
    generator.description(directed(feed.description))
    generator.link(href=feed.home, rel="alternate")
    generator.language(feed.language)
    generator.author(name=plain(feed.author_name), email=feed.author_email)
    generator.updated(changed_at)
    generator.generator("Communiqué")
    for entry in document.entries:
        _add(generator, entry)
    return generator


def _add(generator: FeedGenerator, entry: Entry) -> None:
    item = generator.add_entry(order="append")
    item.id(entry.id)
    item.title(directed(entry.title))
    item.link(href=entry.link, rel="alternate")
    item.description(directed(entry.summary), isSummary=True)
    item.content(clean_html(entry.html, entry.link), type="html")
    item.published(entry.published_at.astimezone(UTC))
    item.updated(entry.updated_at.astimezone(UTC))
    for category in entry.categories:
        item.category(term=plain(category))
