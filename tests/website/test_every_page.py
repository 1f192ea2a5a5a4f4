"""Every page of the website is held to what people and machines need of any page."""

import posixpath
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import pytest

from communique.website.site import build_bundles
from tests.shipped_site import LANGUAGES, ROOT, files, page, pages, said, site


def links(path: str) -> Iterator[str]:
    """Paths below the root of everything a page links to or loads inside the site."""
    base = urljoin(ROOT, path.removesuffix("index.html"))
    for element in page(path).iter():
        address = urljoin(base, element.get("href") or element.get("src") or "#")
        if element.tag in {"a", "link", "img", "script"} and address.startswith(ROOT):
            yield urlsplit(address).path.removeprefix("/")


@cache
def bundles() -> frozenset[str]:
    """Files that the adapter puts together."""
    return frozenset(build_bundles(site()))


#: Servers answer with them at any address.
FOR_ERRORS = {"404.html", "unavailable.html"}

every_page = pytest.mark.parametrize("path", pages())


@every_page
def test_a_page_is_sound(path: str) -> None:
    """Every page parses without an error, and says its language, direction, title and description."""
    root = page(path)
    language = path.split("/", maxsplit=1)[0] if "/" in path else "es"
    assert (root.get("lang"), root.get("dir")) == (language, "rtl" if language == "ar" else "ltr")
    title, description = root.find("head/title"), root.find("head/meta[@name='description']")
    assert title is not None
    assert description is not None
    assert len(said(title)) > 10
    assert description.get("content")


@every_page
def test_headings_are_in_order(path: str) -> None:
    """One h1, first, and no level is skipped."""
    levels = [int(element.tag[1]) for element in page(path).iter() if element.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@every_page
def test_every_link_leads_somewhere(path: str) -> None:
    """Whatever a page links to inside the site is a file of the site, or of the feed."""
    for target in links(path):
        found = posixpath.join(target, "index.html") if target.endswith("/") or not target else target
        assert found in files() or found in bundles() or target.startswith("feeds/public/"), f"{path} links to {target}"


@every_page
def test_every_jump_lands(path: str) -> None:
    """A link to a place on the same page finds it, and no id is used twice."""
    root = page(path)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    jumps = [str(link.get("href"))[1:] for link in root.iter("a") if str(link.get("href")).startswith("#")]
    labels = [str(element.get("aria-labelledby")) for element in root.iter() if element.get("aria-labelledby")]
    assert {*jumps, *labels} <= set(ids)


@every_page
def test_a_page_loads_nothing_from_elsewhere(path: str) -> None:
    """No script, no inline style, nothing from another host: a strict content security policy can stand before it."""
    root = page(path)
    assert not list(root.iter("script"))
    assert not list(root.iter("style"))
    for element in root.iter():
        assert element.get("style") is None
        assert not [name for name in element.attrib if name.startswith("on")]
        loaded = element.get("src") or (element.get("href") if element.get("rel") == "stylesheet" else None)
        assert loaded is None or not urlsplit(loaded).netloc
    assert b"url(" not in files()["style.css"]
    assert b"@import" not in files()["style.css"]


@every_page
def test_a_page_is_small(path: str) -> None:
    """Page and style together stay under 50 kB."""
    assert len(files()[path]) + len(files()["style.css"]) < 50_000


@every_page
def test_one_feed_announces_itself(path: str) -> None:
    """Exactly one autodiscovery link, in the page's language, under a title that says something to people."""
    root = page(path)
    found = root.findall("head/link[@type='application/rss+xml']")
    assert len(found) == 1
    assert found[0].get("href") == f"{ROOT}feeds/public/{root.get('lang')}/rss.xml"
    assert "RSS" not in str(found[0].get("title"))


@pytest.mark.parametrize("path", [path for path in pages() if path not in FOR_ERRORS])
def test_a_page_has_landmarks_and_a_way_past_the_menu(path: str) -> None:
    """Header, navigation with a name, main, footer; the first link leads to the content."""
    root = page(path)
    for tag in ("header", "main", "footer"):
        assert len(list(root.iter(tag))) == 1
    assert all(navigation.get("aria-label") for navigation in root.iter("nav"))
    first = next(root.iter("a"))
    assert first.get("href") == f"#{next(root.iter('main')).get('id')}"


@pytest.mark.parametrize("path", [path for path in pages() if path not in FOR_ERRORS])
def test_search_engines_learn_of_all_languages(path: str) -> None:
    """A canonical address and the same set of language versions on each of them, with a default."""
    root = page(path)
    canonical = root.find("head/link[@rel='canonical']")
    assert canonical is not None
    versions = {link.get("hreflang"): link.get("href") for link in root.findall("head/link[@hreflang]")}
    assert set(versions) == {*LANGUAGES, "x-default"}
    assert canonical.get("href") == versions[root.get("lang")]
    assert versions["x-default"] == versions["es"]
