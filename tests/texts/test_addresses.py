"""Public addresses and identifiers: stable, and without a slash too many."""

from datetime import UTC, datetime

import pytest

from communique.texts import addresses


@pytest.mark.parametrize("base", ["https://open.example.org", "https://open.example.org/"])
def test_a_slash_at_the_end_of_the_base_changes_nothing(base: str) -> None:
    """Officers write the public address either way."""
    assert addresses.process_page(base, "es") == "https://open.example.org/es/"
    assert addresses.archive_page(base, "es") == "https://open.example.org/es/archive/"
    assert addresses.feed_address(base, "es") == "https://open.example.org/feeds/public/es/rss.xml"
    assert addresses.host_of(base) == "open.example.org"


def test_each_occurrence_has_a_page() -> None:
    """One that happens once has its plain name; each of a series has its number."""
    assert addresses.page_path("es", "news", "hello", "once") == "es/news/hello/"
    assert addresses.page_path("es", "news", "hello", "2") == "es/news/hello-2/"


def test_an_entry_s_identity_outlives_the_year() -> None:
    """It names the year it was published in, and neither scheme nor slash at the end (RFC 4151)."""
    made = addresses.entry_id("https://open.example.org/", "es/news/hello/", datetime(2027, 1, 18, tzinfo=UTC))
    assert made == "tag:open.example.org,2027:es/news/hello"


def test_posts_without_pages_are_told_apart() -> None:
    """Networks refuse to show one address twice as if it were new: each post's is its own."""
    links = {
        addresses.post_link("https://o.example", "es", "news", name, occurrence, has_page=has_page)
        for name in ("a", "b")
        for occurrence in ("once", "2")
        for has_page in (True, False)
    }
    assert len(links) == 8
    assert "https://o.example/es/?from=news.a-2" in links
