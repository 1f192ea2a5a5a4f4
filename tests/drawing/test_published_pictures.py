"""Pictures where the public meets them: on the website, in feeds and in mails."""

import hashlib
from pathlib import Path
from xml.etree.ElementTree import Element

import feedparser
import html5lib
import pytest

from communique.channel import Mail, MergedMail
from communique.delivery import Mode
from communique.store.announcements import publications
from tests.drawn_pictures import jpeg, png
from tests.workspaces import PUBLIC, Town

ROOT = "https://open.littleton.example.org/"
ALT = 'Boats & "nets" <at> dawn'
NAME = f"pictures/{hashlib.sha256(png()).hexdigest()[:16]}.png"


@pytest.fixture
def shown(town: Town) -> Town:
    """A town that has published an announcement with a picture."""
    town.campaign("through: [email]", "through: [email, website, feed]")
    town.write(
        "templates/news/hello/en/article.md", PUBLIC.replace("---\n", f"---\nimage: boats.png\nalt: '{ALT}'\n", 1)
    )
    (town.root / "templates/news/hello/en/boats.png").write_bytes(png())
    town.invite("ana")
    town.run()
    return town


def parsed(html: str) -> Element:
    """As a browser understands it; a single parse error fails."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)  # type: ignore[no-any-return]


def pictures(html: str) -> list[dict[str, str]]:
    """What every `img` says of itself."""
    return [dict(image.attrib) for image in parsed(html).iter("img")]


def public(town: Town) -> Path:
    """The website's folder."""
    return town.root / "var/public"


def test_the_page_shows_the_picture_with_its_words_and_size(shown: Town) -> None:
    """The size keeps the text from jumping while the picture loads."""
    page = public(shown) / "en/news/hello/index.html"
    (image,) = pictures(page.read_text(encoding="utf-8"))
    assert image == {"src": f"../../../{NAME}", "alt": ALT, "width": "8", "height": "4"}
    assert (page.parent / image["src"]).resolve().read_bytes() == png()


def test_a_network_that_is_given_the_link_finds_the_picture(shown: Town) -> None:
    """Open Graph: address, words and size, and a card as wide as the picture deserves."""
    said = {
        meta.get("property") or meta.get("name"): meta.get("content")
        for meta in parsed((public(shown) / "en/news/hello/index.html").read_text(encoding="utf-8")).iter("meta")
    }
    assert said["og:image"] == ROOT + NAME
    assert said["og:image:alt"] == ALT
    assert (said["og:image:width"], said["og:image:height"]) == ("8", "4")
    assert said["twitter:card"] == "summary_large_image"


def test_other_pages_show_no_picture(shown: Town) -> None:
    """It belongs to its announcement."""
    home = (public(shown) / "en/index.html").read_text(encoding="utf-8")
    assert pictures(home) == []
    assert "og:image" not in home
    assert 'content="summary"' in home


def test_every_feed_shows_the_picture(shown: Town) -> None:
    """Readers of feeds are no second class: the address is absolute, the words are there."""
    for name in ("rss.xml", "atom.xml", "feed.json"):
        text = (public(shown) / f"feeds/public/en/{name}").read_text(encoding="utf-8")
        assert ROOT + NAME in text
    (entry,) = feedparser.parse(public(shown) / "feeds/public/en/atom.xml").entries
    (image,) = pictures(f"<!doctype html><title>t</title>{entry.content[0].value}")
    assert image == {"src": ROOT + NAME, "alt": ALT, "width": "8", "height": "4"}


def test_a_mail_shows_the_picture_of_the_page(shown: Town) -> None:
    """Loaded from the website; where pictures are off, its words stand there."""
    (message,) = shown.email.taken
    content = message.content
    assert isinstance(content, Mail | MergedMail)
    (image,) = pictures((content if isinstance(content, Mail) else content.whole()).html)
    assert (image["src"], image["alt"], image["width"]) == (ROOT + NAME, ALT, "8")
    assert "height" not in image


def test_a_wide_picture_fits_the_sheet_of_a_mail(shown: Town) -> None:
    """Outlook knows no max-width: the attribute says it. Elsewhere it shrinks with the sheet."""
    shown.campaign("hello:", "again:")
    shown.write("templates/news/again/en/article.md", PUBLIC.replace("---\n", "---\nimage: b.jpg\nalt: Boats.\n", 1))
    (shown.root / "templates/news/again/en/b.jpg").write_bytes(jpeg(1600, 900))
    found = shown.standing("again").preflight
    assert found is not None
    (image,) = pictures(found.samples["email", "en"].html)
    assert image["width"] == "534"
    assert "max-width: 534px" in image["style"]


def test_the_website_is_made_again_from_the_ledger_alone(shown: Town) -> None:
    """Pictures too: the workspace may have lost them, and the disk the site."""
    before = {path: path.read_bytes() for path in public(shown).rglob("*") if path.is_file()}
    (shown.root / "templates/news/hello/en/boats.png").unlink()
    with shown.database.reading() as connection:
        (publication,) = publications.on_website(connection, Mode.LIVE)
    assert publication.picture is not None
    assert publication.picture.data == png()
    assert before[public(shown) / NAME] == png()


def test_pictures_are_there_before_the_pages_that_show_them(shown: Town) -> None:
    """And pages before the mails and posts that point to them, whatever the channels are called."""
    shown.settings("  website: {kind", "  zebra: {kind")
    shown.campaign("[email, website, feed]", "[email, zebra, feed]")
    shown.campaign("hello:", "hello-again:")
    shown.say("hello-again", {"en": PUBLIC})
    existed = []
    page = public(shown) / "en/news/hello-again/index.html"
    shown.email.before = lambda _message: existed.append(page.is_file())
    shown.run()
    assert existed == [True]
