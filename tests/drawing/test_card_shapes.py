"""Every shape of card, with the longest name a member of OGP Local has and the longest words of each language."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from PIL import Image, ImageChops, ImageDraw

from communique.channel import Drawing
from communique.drawing.font_files import installed_fonts
from communique.drawing.pixels import outlined, png
from communique.drawing.typesetting import SVG, parsed
from communique.workspace import Workspace
from tests.shipped_messages import occasions, workspace

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
SIZES = {"wide": (1200, 630), "screen": (1200, 675), "square": (1080, 1080), "tall": (1080, 1350)}
#: Four regions that joined as one (opengovpartnership.org: action plan Laayoune Sakia El Hamra, Morocco, 2025-2027).
LONGEST = {
    "es": "Consorcio de las Regiones Oriental, Souss-Massa, El Aaiún-Saguía el Hamra y Drâa-Tafilalet",
    "en": "Consortium of the Regions Oriental, Souss-Massa, Laâyoune-Sakia El Hamra and Drâa-Tafilalet",
    "fr": "Consortium des régions de l’Oriental, Souss-Massa, Laâyoune-Sakia El Hamra et Drâa-Tafilalet",
    "pt": "Consórcio das Regiões Oriental, Souss-Massa, El Aiune-Saguia el-Hamra e Drâa-Tafilalet",
    "ar": "تجمّع جهات الشرق وسوس ماسة والعيون الساقية الحمراء ودرعة تافيلالت",
}


#: Of a card as wide as a telephone (390 px), where networks show it: below this nobody reads whose it is.
READABLE = 7.5


@cache
def of_that_member() -> Workspace:
    """The shipped workspace in its name."""
    settings = workspace().settings
    government = settings.government.model_copy(update={"name": LONGEST})
    return replace(workspace(), settings=settings.model_copy(update={"government": government}))


def cards(shape: str, language: str) -> Iterator[Drawing]:
    """Of every post that has one, in the name of that member."""
    route = replace(workspace().routes["x"], card=shape)
    for occasion in occasions():
        if "x" in occasion.campaign.announcements[occasion.announcement].through:
            card = of_that_member().renderer.post(occasion, route, language).card
            if card is not None:
                assert LONGEST[language] in card.source
                yield card


@pytest.mark.parametrize("shape", SIZES)
def test_nothing_is_cut_in_any_language(shape: str) -> None:
    """By the metrics of the fonts themselves; and the drawing says its own size."""
    found = [card for language in LONGEST for card in cards(shape, language)]
    assert len(found) > 10
    assert {(card.width, card.height) for card in found} == {SIZES[shape]}
    assert [cut for card in found for cut in outlined(card.source).cut] == []


@pytest.mark.parametrize("shape", SIZES)
def test_whose_it_is_can_be_read_on_a_telephone(shape: str) -> None:
    """Still at that size the whole name has room, in each language."""
    least = READABLE * SIZES[shape][0] / 390
    for language, name in LONGEST.items():
        source = next(cards(shape, language)).source
        of_name = re.compile(rf"<text(?=[^>]*>{re.escape(name)}</text>)")
        assert of_name.search(source), language
        assert outlined(of_name.sub(f'<text data-least="{least}"', source)).cut == (), language


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("shape", SIZES)
def test_no_letter_leaves_its_box(shape: str, language: str) -> None:
    """By the pixels of the longest one: all that is text, in red on white, lies where the drawing has room for text."""
    longest = max(cards(shape, language), key=lambda card: len(card.source))
    red = re.sub(r'(<text[^>]*) fill="#\w+"', r'\1 fill="#ff0000"', longest.source)
    red = re.sub(r'(<rect[^>]*) fill="#\w+"', r'\1 fill="#ffffff"', red)
    picture = Image.open(io.BytesIO(png(red))).convert("RGB")
    assert picture.size == SIZES[shape]
    ink = ImageChops.invert(picture.getchannel("G")).point(lambda value: 255 * (value > 0))
    assert ink.getbbox() is not None
    covered, more = ImageDraw.Draw(ink), 4  # a tail or a dot may hang over by some pixels: of 1,200 nobody sees these
    for box in parsed(longest.source).iter(f"{{{SVG}}}text"):
        x, y, width, height = (float(box.get(name, "")) for name in ("x", "y", "width", "height"))
        x = SIZES[shape][0] - x - width if language == "ar" else x
        covered.rectangle((x - more, y - more, x + width + more, y + height + more), fill=0)
    assert ink.getbbox() is None


@pytest.mark.parametrize("language", LONGEST)
def test_what_stands_for_a_card_can_be_read_alone(language: str) -> None:
    """A headline, whose it is and where to find it; without signs of a template, and the same in all shapes."""
    shapes = [[card.alt for card in cards(shape, language)] for shape in SIZES]
    assert all(alts == shapes[0] for alts in shapes)
    for alt in shapes[0]:
        assert alt.endswith("abierto.puertoclaro.example.org")
        assert 40 < len(alt) < 400
        assert not re.search(r"[{}<>]|\bNone\b|\.\.|  ", alt)
