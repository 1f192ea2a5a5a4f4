"""Whoever cares about one topic follows it alone: a page, feeds, and the same names as on the form for mails."""

from dataclasses import replace

import html5lib

from channels.feed import FeedChannel
from communique.channel import Message
from communique.send.messages import feed
from communique.subscription import Choices, Frequency
from communique.web.choice_fields import choice_fields
from tests.workspaces import PUBLIC, Town

TOPICS = """\
subscribing:
  topics:
    news: {en: The town, es: La ciudad, fr: La ville}
    plans: {en: The plan, es: El plan, fr: Le plan}
"""


def linked(page: str) -> list[tuple[str | None, str | None]]:
    """The feeds that a browser finds by itself: title and address."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [(each.get("title"), each.get("href")) for each in root.iter("link") if "rss" in each.get("type", "")]


def test_each_topic_has_a_page_and_feeds_named_as_on_the_form(town: Town) -> None:
    """Its entries and no others; a page names one feed, its own; the page that says how to follow names all."""
    town.settings("channels:\n", f"{TOPICS}channels:\n")
    town.campaign("through: [email]", "through: [website, feed]")
    town.write("templates/news/hello/en/article.md", PUBLIC)
    town.run()
    public = town.root / "var/public"
    feeds = "https://open.littleton.example.org/feeds"
    assert "<title>Hello" in (public / "feeds/topic.news/en/rss.xml").read_text(encoding="utf-8")
    other = (public / "feeds/topic.plans/en/rss.xml").read_text(encoding="utf-8")
    assert "The plan: City of Littleton" in other
    assert "Hello" not in other
    page = (public / "en/news/index.html").read_text(encoding="utf-8")
    assert linked(page) == [("The town", f"{feeds}/topic.news/en/rss.xml")]
    assert 'href="hello/"' in page
    assert 'hreflang="es" href="https://open.littleton.example.org/es/news/"' in page
    follow = (public / "en/follow/index.html").read_text(encoding="utf-8")
    assert linked(follow) == [("Open government announcements", f"{feeds}/public/en/rss.xml")]
    choices = Choices(language="en", frequency=Frequency.EACH, topics=())
    offered = [topic["title"] for topic in choice_fields(town.workspace, choices, "en")["topics"]]
    assert offered == ["The town", "The plan"]
    assert [title for title in offered if title not in follow] == []
    assert [name for name in ("news", "plans") if f"{feeds}/topic.{name}/en/rss.xml" not in follow] == []


def test_a_fault_in_a_topics_feed_is_found_before_anything_is_written(town: Town) -> None:
    """As in the feed of everything."""
    town.settings("channels:\n", f"{TOPICS}channels:\n")
    whole = feed(town.workspace, [], "en")
    broken = replace(whole, topics=(replace(whole.topics[0], title=" "),))
    message = Message(key="k", reference="r", created_at=town.clock.now, language="en", content=broken)
    (fault,) = FeedChannel(directory=town.root).check(message)
    assert "title" in fault
