"""Cards and infographics in whatever colour a town has: by their pixels, every line can be read where it stands."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageChops

from communique.drawing.font_files import installed_fonts
from communique.drawing.pixels import png
from communique.drawing.typesetting import SVG, parsed
from communique.settings import Look
from communique.texts.accent import contrast
from communique.website.infographics import infographic_of
from communique.workspace import Workspace
from tests.shipped_messages import occasions, workspace

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
_LEAST = 4.5  #: WCAG 1.4.3, as if no letter were large
_INK = 40  #: what a letter changes in a pixel, at least, so that it is one of the letter's own and not of its edge


@cache
def town(accent: str) -> Workspace:
    """The shipped one, in a colour of its own."""
    settings = workspace().settings
    return replace(workspace(), settings=settings.model_copy(update={"look": Look(accent=accent)}))


def drawings(accent: str) -> Iterator[str]:
    """Of a card of each kind of shape, and of the infographic with most on it."""
    public = next(each for each in occasions() if each.announcement == "call-for-proposals")
    published = next(each for each in occasions() if each.announcement == "the-plan-is-published")
    made = town(accent)
    for shape in ("wide", "tall"):
        card = made.renderer.post(public, replace(made.routes["x"], card=shape), "es").card
        assert card is not None
        yield card.source
    card = infographic_of(made, published, made.routes["infographic"], "es").card
    assert card is not None
    yield card.source


def picture(source: str) -> Image.Image:
    """Its pixels."""
    return Image.open(io.BytesIO(png(source))).convert("RGB")


def most_common(image: Image.Image, places: Sequence[int]) -> str:
    """The colour that most of these pixels have, as style sheets write it."""
    data = image.tobytes()
    ((colour, _),) = Counter(data[3 * at : 3 * at + 3] for at in places).most_common(1)
    return f"#{colour.hex()}"


def pairs(source: str) -> Iterator[tuple[str, str, str]]:
    """Of each text: its words, the colour of its letters, and the one that they stand on."""
    tree = parsed(source)
    bare = ET.fromstring(source)
    for parent in list(bare.iter()):
        for text in parent.findall(f"{{{SVG}}}text"):
            parent.remove(text)
    written, blank = picture(source), picture(ET.tostring(bare, encoding="unicode"))
    for box in tree.iter(f"{{{SVG}}}text"):
        x, y, width, height = (float(box.get(name, "0")) for name in ("x", "y", "width", "height"))
        area = tuple(map(round, (x, y, x + width, y + height)))
        over, under = written.crop(area), blank.crop(area)  # type: ignore[arg-type]
        changed = ImageChops.difference(over, under).convert("L").point(lambda value: 255 * (value > _INK))
        inked = [at for at, value in enumerate(changed.tobytes()) if value]
        if inked:
            ink, paper = (most_common(each, inked) for each in (over, under))
            yield "".join(box.itertext()).strip()[:40], ink, paper


@pytest.mark.parametrize("accent", ["#ffdd00", "#808080"])
def test_every_line_can_be_read_whatever_the_colour(accent: str) -> None:
    """Pale yellow and middle grey: what neither white nor black letters suit by chance."""
    found = [pair for source in drawings(accent) for pair in pairs(source)]
    assert len(found) > 20
    assert [pair for pair in found if contrast(*pair[1:]) < _LEAST] == []
