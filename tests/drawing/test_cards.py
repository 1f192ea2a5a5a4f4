"""Cards: the pictures that texts without one get, from their own words, for networks."""

import io
import json
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from PIL import Image

from communique.channel import Drawing, Post
from communique.drawing.font_files import installed_fonts
from communique.send.messages import as_kept, as_sent
from tests.drawn_pictures import png
from tests.workspaces import Town, build

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
ROOT = "https://open.littleton.example.org/"
WIDE, SCREEN = (1200, 630), (1200, 675)
ALT = "{}. City of Littleton, open.littleton.example.org"


@pytest.fixture
def drawing(tmp_path: Path) -> Town:
    """A town whose texts get cards; nothing is sent."""
    town = build(tmp_path)
    town.campaign("through: [email]", "through: [website, feed, handoff]")
    town.say_to_nobody_in_particular()
    town.draw_cards()
    return town


def size(data: bytes) -> tuple[int, int]:
    """Of a PNG that another program can read whole."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture.size


def metas(page: Path) -> dict[str | None, str | None]:
    """What a page says to networks."""
    parsed: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.read_text())
    return {meta.get("property") or meta.get("name"): meta.get("content") for meta in parsed.iter("meta")}


def test_a_post_and_its_page_get_a_card_each_in_its_shape(drawing: Town) -> None:
    """What was frozen is drawn and sent; networks that look at the page find the same words. Its readers have the text.

    The pack for a person holds the picture, and the words for those who do not see it.
    """
    drawing.run()
    (pack,) = (drawing.root / "var/handoff/handoff").glob("*.png")
    assert size(pack.read_bytes()) == WIDE
    alt = ALT.format("Hello")
    assert alt in pack.with_suffix(".html").read_text()
    page = drawing.root / "var/public/en/news/hello/index.html"
    said = metas(page)
    path = urlsplit(str(said["og:image"])).path.removeprefix("/")
    assert str(said["og:image"]).startswith(f"{ROOT}pictures/")
    assert size((drawing.root / "var/public" / path).read_bytes()) == WIDE
    assert (said["og:image:alt"], said["og:image:width"], said["og:image:height"]) == (alt, "1200", "630")
    assert said["twitter:card"] == "summary_large_image"
    assert "<img" not in page.read_text()
    assert "<img" not in (drawing.root / "var/public/feeds/public/en/rss.xml").read_text()


def post(town: Town) -> Post:
    """What goes to X, not yet drawn."""
    workspace = town.workspace
    return workspace.renderer.post(town.occasion(has_page=True), workspace.routes["x"], "en")


def card(town: Town) -> Drawing:
    """Its card."""
    found = post(town).card
    assert found is not None
    return found


def test_each_network_has_its_shape(drawing: Town) -> None:
    """As wide as X shows pictures; what is kept of it names the picture by its hash, and nothing of the drawing."""
    sent = as_sent(post(drawing))
    assert sent.image is not None
    assert (sent.image.width, sent.image.height) == size(sent.image.data) == SCREEN
    kept = as_kept(sent)
    assert kept is not None
    assert (len(kept["image"]["sha256"]), kept["image"]["drawn"]) == (64, True)
    assert "<svg" not in json.dumps(kept)


def test_a_card_says_when_and_where_if_the_text_does(drawing: Town) -> None:
    """A fact that the text does not name may not be for the public yet."""
    drawing.campaign("facts:\n", "facts:\n  meeting: {at: start, place: 'Town Hall, Room 2'}\n")
    assert "Town Hall" not in card(drawing).source
    drawing.edit("templates/news/hello/en/social.txt", "Hello", "Hello, at {{ facts.meeting.place }}")
    assert "Town Hall, Room 2" in card(drawing).source
    assert ": Tuesday, December 1, 2026, 10:00 AM, Town Hall, Room 2." in card(drawing).alt


def test_no_description_of_a_card_has_two_full_stops(drawing: Town) -> None:
    """Ukrainian dates end with one of their own, and a question has its mark."""
    for headline, said in (("Ends on 1 May.", "Ends on 1 May. City"), ("Are you coming?", "Are you coming? City")):
        drawing.write("templates/news/hello/en/social.txt", f"---\nheadline: {headline}\n---\nHello {{{{ link }}}}\n")
        assert card(drawing).alt.startswith(said)


@pytest.mark.parametrize("own", ["image: boats.png\nalt: Boats", "image: none"])
def test_a_picture_of_one_s_own_wins_and_so_does_none(drawing: Town, own: str) -> None:
    """At the top of the text."""
    (drawing.root / "templates/news/hello/en/boats.png").write_bytes(png())
    drawing.edit("templates/news/hello/en/social.txt", "Hello", f"---\n{own}\n---\nHello")
    assert post(drawing).card is None
    assert (post(drawing).image is not None) == ("boats" in own)
    assert drawing.standing().preflight.problems == ()  # type: ignore[union-attr]


def test_an_edited_drawing_voids_the_approval(drawing: Town) -> None:
    """It is part of what is approved; a card that was approved is drawn from the copy."""
    drawing.settings("required: 0", "required: 1")
    drawing.approve("Ana")
    assert drawing.standing().reason != "changed since it was approved"
    drawing.edit("templates/layouts/cards/wide.svg", "#14181c", "#2b2f33")
    assert drawing.standing().reason == "changed since it was approved"


@pytest.mark.parametrize(
    ("edit", "code", "file"),
    [
        (("templates/news/hello/en/article.md", "Hello\n", "Hello " * 200 + "\n"), "card-cut", "article.md"),
        (("templates/news/hello/en/article.md", "Hello\n", "Hello \ue000\n"), "card-letters", "article.md"),
        (("templates/layouts/cards/wide.svg", 'font-size="80"', 'font-size="5em"'), "wrong-drawing", "wide.svg"),
        (("templates/layouts/cards/wide.svg", 'width="1200"', 'width="100%"'), "wrong-drawing", "wide.svg"),
        (("templates/layouts/cards/wide.svg", 'width="1200"', 'width="12000"'), "wrong-drawing", "wide.svg"),
        (
            ("templates/layouts/cards/wide.svg", 'fill="#3d464f" text-anchor', 'fill="#8a939b" text-anchor'),
            "too-faint",
            "wide.svg",
        ),
    ],
)
def test_what_is_wrong_with_a_card_is_said_before_it_is_drawn(
    drawing: Town, edit: tuple[str, str, str], code: str, file: str
) -> None:
    """At the text that has no room, or the drawing that is wrong."""
    drawing.edit(*edit)
    found = drawing.standing().preflight
    assert found is not None
    assert {each.code for each in found.problems} == {code}
    assert file in {each.file.rpartition("/")[2] for each in found.problems}
