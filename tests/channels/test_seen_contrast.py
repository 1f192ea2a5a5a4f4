"""What is read on posters and infographics, on the pixels themselves, in a town's colour that is pale or dark."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pdfplumber
import pytest
from PIL import Image

from channels.infographic import InfographicChannel
from communique.channel import Infographic
from communique.drawing.pixels import png
from communique.drawing.typesetting import SVG, parsed
from communique.send.messages import as_sent
from communique.settings import Look
from communique.texts.accent import READABLE, contrast
from communique.website.infographics import infographic_of
from tests.shipped_messages import occasions, workspace

DOTS = 110  #: an inch
ODD = ("#ffdd00", "#ff7bac")
Box = tuple[float, float, float, float]


@cache
def in_colour(accent: str) -> Infographic:
    """Of the shipped kickoff, in Arabic."""
    settings = workspace().settings.model_copy(update={"look": Look(accent=accent)})
    occasion = next(each for each in occasions() if each.announcement == "the-process-begins")
    occasion = replace(occasion, due_at=datetime(2027, 2, 24, 10, tzinfo=UTC))
    return infographic_of(replace(workspace(), settings=settings), occasion, workspace().routes["infographic"], "ar")


def fainter(picture: Image.Image, boxes: Iterable[Box], least: float) -> Iterator[tuple[Box, float]]:
    """Where what is written stands out less: the pixel that differs most from what there is most of."""
    for box in boxes:
        pixels = Counter(picture.crop(tuple(map(round, box))).get_flattened_data())  # type: ignore[arg-type]
        (behind, _), *_ = pixels.most_common(1)
        found = max(contrast(_hex(behind), _hex(each)) for each in pixels)
        if found < least:
            yield box, round(found, 2)


def _hex(pixel: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*pixel)


@pytest.mark.parametrize("accent", ODD)
def test_every_word_of_a_poster_can_be_read(accent: str) -> None:
    """Also those on the band with the code, and on the stage that is current."""
    data = InfographicChannel(directory="")._printed(as_sent(in_colour(accent)).poster)  # type: ignore[arg-type]
    with pdfplumber.open(io.BytesIO(data)) as poster:
        (page,) = poster.pages
        picture = page.to_image(resolution=DOTS).original.convert("RGB")
        scale = DOTS / 72
        words = [[each[side] * scale for side in ("x0", "top", "x1", "bottom")] for each in page.extract_words()]
    assert len(words) > 40
    assert list(fainter(picture, map(tuple, words), READABLE)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("accent", ODD)
def test_every_line_of_an_infographic_can_be_read(accent: str) -> None:
    """Where its drawing has text."""
    drawing = in_colour(accent).card
    assert drawing is not None
    picture = Image.open(io.BytesIO(png(drawing.source))).convert("RGB")
    boxes = []
    for each in parsed(drawing.source).iter(f"{{{SVG}}}text"):
        x, y, width, height = (float(each.get(name, "0")) for name in ("x", "y", "width", "height"))
        x = drawing.width - x - width
        boxes.append((x, y, x + width, y + height))
    assert len(boxes) > 10
    assert list(fainter(picture, boxes, READABLE)) == []
