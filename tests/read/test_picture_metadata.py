"""What a telephone writes into a photo stays with the town: the picture goes out, turned as it was, and no more."""

import io
import zlib

import pytest
from PIL import ExifTags, Image, ImageOps, PngImagePlugin

from communique.read.picture_metadata import without_metadata

MAKER, OWNER = "Telephone 7", "Ana Gil"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:li>Ana Gil</rdf:li></x:xmpmeta>'
SECRETS = (MAKER.encode(), OWNER.encode(), b"2026:11:29", b"at home")


def photo(orientation: int = 6, *, with_place: bool = True, progressive: bool = False) -> bytes:
    """As a telephone takes one: half of it red, half of it blue, lying on its side."""
    shown = Image.new("RGB", (64, 32), "red")
    shown.paste("blue", (32, 0, 64, 32))
    said = Image.Exif()
    said[ExifTags.Base.Orientation] = orientation
    said[ExifTags.Base.Make] = MAKER
    said[ExifTags.Base.Artist] = OWNER
    said[ExifTags.Base.DateTime] = "2026:11:29 10:00:00"
    if with_place:
        said.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (40.0, 25.0, 7.0)
    made = io.BytesIO()
    shown.save(made, "JPEG", exif=said, xmp=XMP, comment=b"at home", progressive=progressive, icc_profile=b"profile")
    return made.getvalue()


def seen(data: bytes) -> bytes:
    """Its dots as a browser shows them."""
    with Image.open(io.BytesIO(data)) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB").tobytes()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photo_looks_the_same_and_tells_nothing(orientation: int, *, progressive: bool) -> None:
    """Dot by dot, with its profile of colours; and what is clean is left as it is."""
    taken = photo(orientation, progressive=progressive)
    assert all(secret in taken for secret in SECRETS)
    cleaned = without_metadata(taken)
    assert (cleaned.had_place, cleaned.had_more) == (True, True)
    assert seen(cleaned.data) == seen(taken)
    assert not [secret for secret in SECRETS if secret in cleaned.data]
    with Image.open(io.BytesIO(cleaned.data)) as opened:
        assert dict(opened.getexif()) == ({} if orientation == 1 else {ExifTags.Base.Orientation: orientation})
        assert opened.info["icc_profile"] == b"profile"
    assert without_metadata(cleaned.data) == (cleaned.data, False, False)


def test_what_hangs_on_behind_a_photo_is_left_out() -> None:
    """A second picture, or the film that some telephones put there."""
    taken = photo(with_place=False)
    cleaned = without_metadata(taken + b"ftypmp4 at home")
    assert (cleaned.had_place, cleaned.data) == (False, without_metadata(taken).data)


def test_a_photo_that_breaks_off_tells_nothing_either() -> None:
    """A browser shows the part that is there."""
    whole = photo()
    for cut in (1, 2, 20):
        cleaned = without_metadata(whole[:-cut])
        assert cleaned.had_place
        assert not [secret for secret in SECRETS if secret in cleaned.data]
        assert whole[:-cut].endswith(cleaned.data[-20:])


def test_a_png_loses_its_words_and_keeps_its_colours() -> None:
    """Text, time and Exif data go; what is seen through stays so."""
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", OWNER)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = MAKER
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (40.0, 25.0, 7.0)
    made = io.BytesIO()
    Image.new("RGBA", (4, 2), (10, 20, 30, 40)).save(made, "PNG", pnginfo=said, exif=exif, dpi=(72, 72))
    cleaned = without_metadata(made.getvalue())
    assert cleaned.had_place
    assert not [secret for secret in SECRETS if secret in cleaned.data]
    with Image.open(io.BytesIO(cleaned.data)) as opened:
        assert (opened.getpixel((0, 0)), dict(opened.getexif())) == ((10, 20, 30, 40), {ExifTags.Base.Orientation: 6})
    assert without_metadata(cleaned.data) == (cleaned.data, False, False)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff", b"\x89PNG\r\n\x1a\n\0\0", zlib.compress(b"x")]
)
def test_what_is_no_whole_picture_is_left_to_those_who_refuse_it(data: bytes) -> None:
    """It is never shown to anybody."""
    assert without_metadata(data).data == data
