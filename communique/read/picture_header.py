"""What a picture file says of itself: its real kind and its size, by its bytes.

PNG (ISO/IEC 15948, section 11.2.2) and JPEG (ITU-T T.81, annex B) are read; the orientation of a JPEG stands in its
Exif segment (tag 0x0112), and browsers turn the picture by it.
"""

import struct
from dataclasses import dataclass

from communique.phrase import phrase

PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xae\x42\x60\x82"
JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
NORMAL = 1  #: the orientation of what is shown as it stands
_TURNED = frozenset({5, 6, 7, 8})  #: orientations that swap width and height
_START_OF_SCAN = 0xDA
#: Markers of a frame's header: C0 to CF without those for tables (DHT, JPG, DAC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class NotAPictureError(ValueError):
    """Neither PNG nor JPEG, or not whole; `args[0]` says what was found."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """Kind and size."""

    media_type: str
    width: int  #: pixels, as it is shown
    height: int


def read_header(data: bytes) -> PictureHeader:
    """The kind and size of a whole picture.

    Raises:
        NotAPictureError: it is of another kind, or broken.
    """
    try:
        if data.startswith(PNG):
            return _png(data)
        if data.startswith(JPEG):
            return _jpeg(data)
    except (struct.error, IndexError):
        raise NotAPictureError(phrase("a file that breaks off")) from None
    raise NotAPictureError(_other_kind(data))


def _png(data: bytes) -> PictureHeader:
    width, height = struct.unpack_from(">II", data, 16)
    if _PNG_END not in data[-64:]:
        raise NotAPictureError(phrase("a PNG that breaks off"))
    return PictureHeader("image/png", width, height)


def _jpeg(data: bytes) -> PictureHeader:
    at, size, turned = 2, (0, 0), False
    while True:
        marker, length = struct.unpack_from(">xBH", data, at)
        if marker == 0xFF:  # noqa: PLR2004 - any number of these may stand before a marker
            at += 1
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (height, width) if turned else (width, height)
        elif data.startswith(_EXIF, at + 4):
            turned = orientation_of(data[at + 10 : at + 2 + length]) in _TURNED
        elif marker == _START_OF_SCAN:
            break
        at += 2 + length
    if data.rfind(_JPEG_END) < at:
        raise NotAPictureError(phrase("a JPEG that breaks off"))
    return PictureHeader("image/jpeg", *size)


def orientation_of(tiff: bytes) -> int:
    """By the first directory of the Exif data (TIFF 6.0, section 2); 1 when it says nothing."""
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * entries, 12):
            tag, value = struct.unpack_from(f"{order}H6xH", tiff, at)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        pass
    return NORMAL


def _other_kind(data: bytes) -> str:
    start = data[:1000].lstrip().lower()
    kinds = {
        phrase("an SVG drawing"): b"<svg" in start,
        phrase("a GIF"): start.startswith(b"gif8"),
        phrase("a WebP"): data[8:12] == b"WEBP",
        phrase("a photo as some telephones keep it (HEIC or AVIF)"): data[4:8] == b"ftyp",
        phrase("an empty file"): not data,
    }
    return next((name for name, is_it in kinds.items() if is_it), phrase("another kind of file"))
