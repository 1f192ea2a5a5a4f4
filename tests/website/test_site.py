"""The website as a whole: which files it has, and what they depend on."""

from dataclasses import replace
from datetime import timedelta
from xml.etree.ElementTree import fromstring as read_xml

from communique.channel import Pages
from communique.send.messages import LastPages, hash_of
from communique.settings import Look
from communique.texts import addresses
from communique.website.process import FeedLinks, KeyDate, Process, Stage, StageStatus
from communique.website.site import build_site
from communique.website.site_map import MappedPage, site_map
from tests.shipped_messages import workspace
from tests.shipped_site import (
    FIRST,
    HOSTILE,
    LANGUAGES,
    ROOT,
    SETTINGS,
    files,
    page,
    pages,
    parsed,
    publication,
    said,
    site,
    words,
)

FOR_ERRORS = {"404.html", "unavailable.html"}  #: servers answer with them at any address
PAGES = ("", "archive/", "follow/", "documents/", "press/", "record/")


def test_the_pages_there_are() -> None:
    """Process, archive, how to follow, documents, press, each announcement, release and date, what any site has."""
    expected = {"index.html", "style.css", "sitemap.xml", "robots.txt", "documents/rules.pdf", *FOR_ERRORS}
    expected.add(addresses.picture_path(next(site().pictures())))
    for language in LANGUAGES:
        expected |= {f"{language}/{page}index.html" for page in PAGES}
        kit = f"{language}/press/accepted-into-ogp/tell-the-media/"
        expected |= {f"{kit}index.html", f"{kit}tell-the-media-{language}.txt"}
        expected |= {
            f"{language}/accepted-into-ogp/{name}/index.html"
            for name in ("open-the-process-page", "tell-the-public", "why-we-joined")
        }
        for date in ("kickoff", "proposals-open"):
            folder = f"{language}/dates/co-creation-kickoff/{date}"
            expected |= {f"{folder}/index.html", f"{folder}/event.ics"}
        expected.add(f"calendar/{language}.ics")
    expected |= {f"record/{name}" for name in ("record.json", "record.csv", "verify-record.txt")}
    assert set(files()) == expected


def test_what_is_asked_for_again_is_not_made_again() -> None:
    """An announcement in five languages writes the same website five times; another day or text makes it anew."""
    last, here = LastPages(), workspace()
    made = last.of(here, site())
    assert last.of(here, site()) is made
    tomorrow = replace(site(), today=site().today + timedelta(days=1))
    assert last.of(here, tomorrow) is not made
    assert last.of(replace(here), tomorrow) is not last.of(here, tomorrow)


def test_the_home_page_is_the_default_language() -> None:
    """The root shows the process page in the first language, and says where it really lives."""
    root = page("index.html")
    canonical = root.find("head/link[@rel='canonical']")
    assert canonical is not None
    assert canonical.get("href") == f"{ROOT}es/"
    assert said(next(root.iter("h1"))) == said(next(page("es/index.html").iter("h1")))


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


def test_only_what_is_public_is_shown() -> None:
    """Announcements of another audience are on no page."""
    secret = publication("for-members", "en", headline="Members only", audience="external-promoters")
    made = build_site(site(publications=[secret, publication("tell-the-public", "en")]))
    assert not [path for path, data in made.items() if b"Members only" in data or "for-members" in path]


def test_a_site_before_the_first_announcement() -> None:
    """Without announcements, dates, stages or feeds, every page still stands and says so in words."""
    made = build_site(site(publications=[], processes={}))
    for path in ("en/index.html", "ar/archive/index.html", "en/follow/index.html", "404.html", "index.html"):
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
    expected = {ROOT + path.removesuffix("index.html") for path in pages() if path not in {*FOR_ERRORS, "index.html"}}
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


def test_the_site_map_is_sound_whatever_is_in_an_address() -> None:
    """Signs that mean something in XML stand for themselves."""
    hostile = 'https://city.example/?a=1&b="<2>"/'
    made = site_map([MappedPage(address=hostile, changed_at=None, versions={"en": hostile})])
    root = read_xml(made)
    assert next(root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")).text == hostile
    assert next(root.iter("{http://www.w3.org/1999/xhtml}link")).get("href") == hostile


def test_the_ledger_knows_what_the_website_was() -> None:
    """The same files in another order have the same hash; another document or another sheet has another."""
    one = Pages(files={"a.html": b"a", "b.html": b"b"}, printed={"c.pdf": "<p>"})
    again = replace(one, files={"b.html": b"b", "a.html": b"a"})
    others = [replace(one, files={"a.html": b"a", "b.html": b"c"}), replace(one, printed={"c.pdf": "<b>"})]
    assert hash_of(one) == hash_of(again)
    assert len({hash_of(each) for each in (one, *others)}) == 3
