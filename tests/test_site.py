"""The website: every page of it is parsed by html5lib and held to what people and machines need."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import fromstring as read_xml

import html5lib
import pytest
from ruamel.yaml import YAML

from communique.publication import Publication
from communique.read.sources import Folder
from communique.settings import Glossary, Look, Settings, localise
from communique.texts.accent import accent_fault, contrast, readable_on
from communique.texts.templates import Templates
from communique.website.process import FeedLinks, KeyDate, Process, Stage, StageStatus
from communique.website.site import Site, build_site

WORKSPACE = Path(__file__).parent.parent
ROOT = "https://abierto.puertoclaro.example.org/"
LANGUAGES = ("es", "en", "fr", "pt", "ar")
FIRST = datetime(2027, 1, 19, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> {{7*7}} \" ' &"


@cache
def yaml(path: str) -> Any:
    """A file of the workspace."""
    return YAML(typ="safe").load((WORKSPACE / path).read_text())


def words(language: str) -> Mapping[str, Any]:
    """The fixed phrases of a language."""
    return yaml(f"templates/layouts/words/{language}.yaml")  # type: ignore[no-any-return]


SETTINGS = Settings.model_validate(yaml("config/settings.yaml"))
GLOSSARY = Glossary.model_validate(yaml("config/glossary.yaml")).model_dump()
TEMPLATES = Templates(Folder(WORKSPACE), {"en": "en-GB"}, words)


def render(name: str, language: str, context: Mapping[str, Any]) -> str:
    """As the engine does it: sandboxed and strict."""
    return TEMPLATES.fill_layout(name, {**context, "language": language})


def publication(name: str, language: str, day: int = 0, **changes: object) -> Publication:
    """An announcement."""
    made = Publication(
        campaign="accepted-into-ogp",
        announcement=name,
        occurrence="once",
        language=language,
        audience="public",
        headline=f"{name} ({language})",
        summary=f"Summary of {name}",
        html=f'<p>Text of {name}, with a <a href="{ROOT}{language}/">link</a>.</p><h2>More</h2><p>…</p>',
        text="…",
        path=f"{language}/accepted-into-ogp/{name}/",
        published_at=FIRST + timedelta(days=day),
        updated_at=FIRST + timedelta(days=day),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def process(language: str) -> Process:
    """A process under way."""
    return Process(
        stages=(
            Stage(name="Accepted", status=StageStatus.DONE, dates="18 January"),
            Stage(name="Kickoff", status=StageStatus.CURRENT),
            Stage(name="Proposals", status=StageStatus.NEXT),
        ),
        dates=(
            KeyDate(name="Proposals open", starts_at=datetime(2027, 3, 14, 23, tzinfo=UTC), all_day=True),
            KeyDate(
                name="Kickoff",
                starts_at=datetime(2027, 2, 9, 9, tzinfo=UTC),
                ends_at=FIRST + timedelta(days=21, hours=2),
            ),
        ),
        feeds=(FeedLinks(title=words(language)["feed_title"], path=f"feeds/public/{language}/"),),
    )


def site(**changes: object) -> Site:
    """The website of the shipped workspace."""
    made = Site(
        publications=[
            publication(name, language, day)
            for day, name in enumerate(("open-the-process-page", "tell-the-public", "why-we-joined"))
            for language in LANGUAGES
        ],
        settings=SETTINGS,
        glossary={language: localise(GLOSSARY, language, LANGUAGES) for language in LANGUAGES},
        words={language: words(language) for language in LANGUAGES},
        processes={language: process(language) for language in LANGUAGES},
        today=date(2027, 1, 25),
        render=render,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@cache
def files() -> Mapping[str, bytes]:
    """Its files."""
    return build_site(site())


def pages() -> list[str]:
    """Paths of its pages."""
    return [path for path in files() if path.endswith(".html")]


def parsed(html: bytes) -> Element:
    """The document as a browser understands it; a single parse error fails."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(html, transport_encoding="utf-8")  # type: ignore[no-any-return]


def page(path: str) -> Element:
    """A page of the site."""
    return parsed(files()[path])


def said(element: Element) -> str:
    """Its text, on one line."""
    return " ".join("".join(element.itertext()).split())


def links(path: str) -> Iterator[str]:
    """Paths below the root of everything a page links to or loads inside the site."""
    base = urljoin(ROOT, path.removesuffix("index.html"))
    for element in page(path).iter():
        address = urljoin(base, element.get("href") or element.get("src") or "#")
        if element.tag in {"a", "link", "img", "script"} and address.startswith(ROOT):
            yield urlsplit(address).path.removeprefix("/")


every_page = pytest.mark.parametrize("path", pages())


def test_the_pages_there_are() -> None:
    """A process page, an archive and every announcement in every language, and what belongs to a website."""
    expected = {"index.html", "404.html", "style.css", "sitemap.xml", "robots.txt"}
    for language in LANGUAGES:
        expected |= {f"{language}/index.html", f"{language}/archive/index.html"}
        expected |= {
            f"{language}/accepted-into-ogp/{name}/index.html"
            for name in ("open-the-process-page", "tell-the-public", "why-we-joined")
        }
    assert set(files()) == expected


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
        assert found in files() or target.startswith("feeds/public/"), f"{path} links to {target}"


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


@pytest.mark.parametrize("path", [path for path in pages() if path != "404.html"])
def test_a_page_has_landmarks_and_a_way_past_the_menu(path: str) -> None:
    """Header, navigation with a name, main, footer; the first link leads to the content."""
    root = page(path)
    for tag in ("header", "main", "footer"):
        assert len(list(root.iter(tag))) == 1
    assert all(navigation.get("aria-label") for navigation in root.iter("nav"))
    first = next(root.iter("a"))
    assert first.get("href") == f"#{next(root.iter('main')).get('id')}"


@pytest.mark.parametrize("path", [path for path in pages() if path != "404.html"])
def test_search_engines_learn_of_all_languages(path: str) -> None:
    """A canonical address and the same set of language versions on each of them, with a default."""
    root = page(path)
    canonical = root.find("head/link[@rel='canonical']")
    assert canonical is not None
    versions = {link.get("hreflang"): link.get("href") for link in root.findall("head/link[@hreflang]")}
    assert set(versions) == {*LANGUAGES, "x-default"}
    assert canonical.get("href") == versions[root.get("lang")]
    assert versions["x-default"] == versions["es"]


def test_the_home_page_is_the_default_language() -> None:
    """The root shows the process page in the first language, and says where it really lives."""
    root = page("index.html")
    canonical = root.find("head/link[@rel='canonical']")
    assert canonical is not None
    assert canonical.get("href") == f"{ROOT}es/"
    assert said(next(root.iter("h1"))) == said(next(page("es/index.html").iter("h1")))


def test_the_process_page_says_where_we_are() -> None:
    """The current stage is marked for machines and in words; done and coming ones in words too."""
    stages = [item for item in page("en/index.html").iter("li") if "stage" in str(item.get("class"))]
    assert [said(stage) for stage in stages] == [
        "Accepted Done 18 January",
        "Kickoff We are here",
        "Proposals Still to come",
    ]
    assert [stage.get("aria-current") for stage in stages] == [None, "step", None]


def test_coming_dates_are_in_local_time_and_in_order() -> None:
    """Dates stand in the zone of the settings, the nearest first; an all-day date shows no time."""
    times = [item for item in page("en/index.html").iter("time") if "2027-0" in str(item.get("datetime"))]
    assert [item.get("datetime") for item in times[:2]] == ["2027-02-09T10:00:00+01:00", "2027-03-15T00:00:00+01:00"]
    assert "10:00" in said(times[0])
    assert ":" not in said(times[1])


def test_past_dates_are_gone() -> None:
    """The day after the meeting it is no longer a coming date; on the day itself it still is."""
    for day, kept in ((9, True), (10, False)):
        html = build_site(site(today=date(2027, 2, day)))["en/index.html"]
        assert (b"2027-02-09T10:00" in html) == kept


def test_the_latest_announcements_come_first() -> None:
    """The process page lists the newest announcements, without the one it is made of; the archive lists all."""
    latest = [said(item) for item in page("fr/index.html").iter("h3")][:2]
    assert latest == ["why-we-joined (fr)", "tell-the-public (fr)"]
    register = [item for item in page("fr/archive/index.html").iter("ul") if item.get("class") == "register"]
    assert [said(link) for link in register[0].iter("a")] == [*latest, "open-the-process-page (fr)"]


def test_an_announcement_leads_to_its_other_languages() -> None:
    """Its page links the versions that exist; in a language without one, the menu leads to the process page."""
    some = [publication("tell-the-public", language) for language in ("es", "ar")]
    root = parsed(build_site(site(publications=some))["es/accepted-into-ogp/tell-the-public/index.html"])
    versions = next(item for item in root.iter("section") if item.get("class") == "versions")
    assert [(link.get("lang"), link.get("dir")) for link in versions.iter("a")] == [("ar", "rtl")]
    menu = next(item for item in root.iter("nav") if item.get("class") == "languages")
    assert [link.get("href") for link in menu.iter("a")] == [
        "./",
        "../../../en/",
        "../../../fr/",
        "../../../pt/",
        "../../../ar/accepted-into-ogp/tell-the-public/",
    ]
    assert {link.get("hreflang") for link in root.findall("head/link[@hreflang]")} == {"es", "ar", "x-default"}


def test_a_shared_link_shows_what_it_leads_to() -> None:
    """Search engines and networks get the headline, the summary, the address and the date (Open Graph)."""
    root = page("en/accepted-into-ogp/tell-the-public/index.html")
    named = {item.get("property") or item.get("name"): item.get("content") for item in root.iter("meta")}
    assert named["description"] == named["og:description"] == "Summary of tell-the-public"
    assert named["og:title"] == "tell-the-public (en)"
    assert named["og:url"] == f"{ROOT}en/accepted-into-ogp/tell-the-public/"
    assert (named["og:type"], named["og:locale"]) == ("article", "en_GB")
    assert named["article:published_time"] == "2027-01-20T10:00:00+01:00"


def test_a_correction_is_dated() -> None:
    """A page that was corrected says when; one that was not says nothing of it."""
    corrected = publication("tell-the-public", "en", updated_at=FIRST + timedelta(days=4))
    path = "en/accepted-into-ogp/tell-the-public/index.html"
    changed = parsed(build_site(site(publications=[corrected]))[path])
    assert "Corrected: Saturday 23 January 2027" in said(changed).replace(",", "")
    assert "Corrected" not in said(page(path))


def test_hostile_text_is_shown_as_text() -> None:
    """Markup and template code in a headline, summary, stage or date neither runs nor breaks the page."""
    hostile = publication("tell-the-public", "en", headline=HOSTILE, summary=HOSTILE)
    bad = Process(
        stages=(Stage(name=HOSTILE, status=StageStatus.CURRENT, dates=HOSTILE),),
        dates=(KeyDate(name=HOSTILE, starts_at=FIRST + timedelta(days=30), place=HOSTILE),),
        feeds=(FeedLinks(title=HOSTILE, path="feeds/public/en/"),),
    )
    made = build_site(site(publications=[hostile], processes={"en": bad}))
    for path in ("en/index.html", "en/archive/index.html", "en/accepted-into-ogp/tell-the-public/index.html"):
        root = parsed(made[path])
        assert not list(root.iter("script"))
        assert HOSTILE in said(root)
        assert b">49" not in made[path]


def test_aligned_columns_need_no_inline_style() -> None:
    """A table whose column stands to the right keeps that through a class, as inline styles are blocked."""
    table = '<table><tr><td style="text-align:right">10</td></tr></table><p>style="text-align:right" in a text</p>'
    path = "en/accepted-into-ogp/tell-the-public/index.html"
    root = parsed(build_site(site(publications=[publication("tell-the-public", "en", html=table)]))[path])
    cell = next(root.iter("td"))
    assert dict(cell.attrib) == {"class": "to-right"}


def test_people_can_subscribe_where_that_is_possible() -> None:
    """With an address for subscribing by mail, the process page leads to it, in its language."""
    made = build_site(site(subscribe={"en": "https://abierto.puertoclaro.example.org/en/subscribe/"}))
    assert words("en")["follow_by_mail"].encode() in made["en/index.html"]
    assert words("es")["follow_by_mail"].encode() not in made["es/index.html"]


def test_only_what_is_public_is_shown() -> None:
    """Announcements of another audience are on no page."""
    secret = publication("for-members", "en", headline="Members only", audience="external-promoters")
    made = build_site(site(publications=[secret, publication("tell-the-public", "en")]))
    assert not [path for path, data in made.items() if b"Members only" in data or "for-members" in path]


def test_a_site_before_the_first_announcement() -> None:
    """Without announcements, dates, stages or feeds, every page still stands and says so in words."""
    made = build_site(site(publications=[], processes={}))
    for path in ("en/index.html", "ar/archive/index.html", "404.html", "index.html"):
        parsed(made[path])
    text = said(parsed(made["en/index.html"]))
    for phrase in ("no_announcements", "no_dates", "process_headline", "follow_without_feed"):
        assert words("en")[phrase] in text


def test_the_same_site_gives_the_same_bytes() -> None:
    """Pages are a pure function: nothing in them depends on the order of rows or on when they are made."""
    shuffled = site(publications=list(reversed(site().publications)))
    assert build_site(shuffled) == files()


def test_the_site_can_be_read_from_a_folder() -> None:
    """For rehearsals, links name `index.html`, so that a browser can follow them without a web server."""
    made = build_site(site(named_index=True))
    assert b'href="../es/index.html"' in made["en/index.html"]
    assert b'href="../style.css"' in made["en/index.html"]


def test_the_site_works_below_a_path() -> None:
    """Where the site is not at the root of its host, the page for lost visitors still finds its way."""
    below = SETTINGS.model_copy(update={"public_address": "https://city.example/open/"})
    made = build_site(site(settings=below))
    assert b'href="/open/es/"' in made["404.html"]
    assert b'href="/open/style.css"' in made["404.html"]
    assert b'href="https://city.example/open/en/"' in made["en/index.html"]


def test_the_site_map_names_every_page() -> None:
    """`sitemap.xml` lists every page but the duplicate at the root, with its languages; `robots.txt` names it."""
    root = read_xml(files()["sitemap.xml"])
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    mapped = {element.text for element in root.iter(f"{space}loc")}
    expected = {ROOT + path.removesuffix("index.html") for path in pages() if path not in {"404.html", "index.html"}}
    assert mapped == expected
    assert len(list(root.iter("{http://www.w3.org/1999/xhtml}link"))) == len(mapped) * len(LANGUAGES)
    assert f"Sitemap: {ROOT}sitemap.xml".encode() in files()["robots.txt"]


def test_the_logo_is_part_of_the_site() -> None:
    """With a logo, the file is published, and every page shows it with the text that stands for it."""
    look = Look(
        logo="crest.PNG", logo_alt={"es": "Escudo", "en": "Crest", "fr": "Blason", "pt": "Brasão", "ar": "شعار"}
    )
    made = build_site(site(settings=SETTINGS.model_copy(update={"look": look}), logo=b"PNG"))
    assert made["logo.png"] == b"PNG"
    image = next(parsed(made["ar/archive/index.html"]).iter("img"))
    assert (image.get("src"), image.get("alt")) == ("../../logo.png", "شعار")


def test_contrast_is_counted_as_wcag_does() -> None:
    """Reference values: black on white 21:1, a colour on itself 1:1, #767676 on white just passes 4.5:1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#14508c", "#14508c") == pytest.approx(1)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("accent", ["#14508c", "#ffdd00", "#ffffff", "#000000", "#00aa55", "#d4351c"])
def test_any_accent_is_made_readable(accent: str) -> None:
    """Whatever colour an officer picks, links can be read on page and panel, by day and by night."""
    for background in ("#ffffff", "#f4f5f6", "#15191d", "#1d2329"):
        assert contrast(readable_on(background, accent), background) >= 4.5
        assert contrast(readable_on(background, accent, 7), background) >= 7
    style = build_site(site(settings=SETTINGS.model_copy(update={"look": Look(accent=accent)})))["style.css"].decode()
    assert readable_on("#f4f5f6", accent) in style
    assert readable_on("#1d2329", accent, 7) in style


def test_a_pale_accent_is_reported() -> None:
    """The officer reads what was found, what is expected and what the pages use instead; a good one passes."""
    assert accent_fault("#14508c") == ""
    assert "#ffdd00 with 1.3:1" in accent_fault("#ffdd00")
