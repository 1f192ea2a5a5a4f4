"""What a picture file is, by its bytes."""

from pathlib import Path

import pytest

from communique.read.picture_header import NotAPictureError, PictureHeader, read_header
from tests.drawn_pictures import jpeg, png


def test_a_png_says_its_size() -> None:
    """A real one, made by a browser, too."""
    assert read_header(png(640, 360)) == PictureHeader("image/png", 640, 360)
    shown = Path(__file__).parents[2] / "docs" / "pictures" / "rehearsal.png"
    assert read_header(shown.read_bytes()).width > 600


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize(("orientation", "size"), [(1, (640, 360)), (3, (640, 360)), (6, (360, 640)), (8, (360, 640))])
def test_a_jpeg_says_its_size_as_it_is_shown(order: str, orientation: int, size: tuple[int, int]) -> None:
    """A telephone held upright writes a lying picture, and browsers turn it."""
    assert read_header(jpeg(640, 360, orientation, order)) == PictureHeader("image/jpeg", *size)


def test_any_number_of_fill_bytes_may_stand_before_a_marker() -> None:
    """T.81, B.1.1.2."""
    assert read_header(jpeg(640, 360).replace(b"\xff\xc2", b"\xff\xff\xff\xc2")).width == 640


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"GIF89a\x01\x00\x01\x00", "GIF"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"", "empty"),
        (b"Boats in the harbour", "another kind"),
        (png()[:-20], "breaks off"),
        (png()[:12], "breaks off"),
        (jpeg()[:-2], "breaks off"),
        (jpeg()[:30], "breaks off"),
        (b"\xff\xd8\xff", "breaks off"),
    ],
)
def test_what_is_no_whole_picture_is_named(data: bytes, found: str) -> None:
    """The officer reads what it is instead."""
    with pytest.raises(NotAPictureError, match=found):
        read_header(data)
