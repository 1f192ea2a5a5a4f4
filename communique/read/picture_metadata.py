"""What a picture file says beside the picture: where, when, by whom and with what it was taken. It is left out.

Kept is what the picture needs to look as it did: of a JPEG its JFIF head, colour profile, Adobe's colour transform, and
the one tag of its Exif data by which it is turned; of a PNG the chunks of its colours and of its movement.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from communique.read.picture_header import JPEG, NORMAL, PNG, orientation_of

_EXIF, _PROFILE = b"Exif\0\0", b"ICC_PROFILE\0"
_GPS = 0x8825
_APP0, _APP1, _APP2, _APP13, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF, 0xFE
_SCAN, _END = 0xDA, 0xD9
#: Bytes in a scan that follow FF and are no marker: a stuffed zero, and restarts (T.81, F.1.2.3, B.1.1.3).
_IN_SCAN = frozenset({0x00, *range(0xD0, 0xD8)})
#: PNG, third edition: what shows the picture, and what browsers need for its colours and its movement.
_SHOWN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs hIST acTL fcTL fdAT".split()
)


class Cleaned(NamedTuple):
    """A picture without what it says of its maker."""

    data: bytes
    had_place: bool  #: where it was taken stood in it
    had_more: bool  #: something else did: names, times, the camera, a text


def without_metadata(data: bytes) -> Cleaned:
    """The same picture, for everybody; as it is, where nothing was in it or it is no PNG or JPEG.

    What breaks off within a JPEG's picture is cleaned all the same: browsers show it.
    """
    if not data.startswith((PNG, JPEG)):
        return Cleaned(data, had_place=False, had_more=False)
    try:
        parts = _png(data) if data.startswith(PNG) else _jpeg(data)
        kept, left_out = list[bytes](), list[bytes]()
        for part, is_kept in parts:
            (kept if is_kept else left_out).append(part)
    except (struct.error, IndexError):
        return Cleaned(data, had_place=False, had_more=False)
    if not left_out:
        return Cleaned(data, had_place=False, had_more=False)
    return Cleaned(b"".join(kept), had_place=any(map(_has_place, left_out)), had_more=True)


def _jpeg(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """Its segments, each with whether it is kept. What follows its end (other pictures, a film) is not."""
    at = 2
    yield data[:2], True
    while True:
        while data[at + 1] == 0xFF:  # noqa: PLR2004 - any number of these may stand before a marker
            at += 1
        marker = data[at + 1]
        if marker == _END:
            yield data[at : at + 2], True
            if rest := data[at + 2 :]:
                yield rest, False
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        segment = data[at:end]
        yield from _kept_of(segment, marker)
        if end == len(data):  # it breaks off within the picture
            return
        at = end


def _kept_of(segment: bytes, marker: int) -> Iterator[tuple[bytes, bool]]:
    if marker == _APP1 and segment.startswith(_EXIF, 4) and (way := orientation_of(segment[10:])) != NORMAL:
        turned = _exif(way)
        yield turned, True
        if segment != turned:
            yield segment, False
        return
    is_of_program = _APP0 <= marker <= _APP15 or marker == _COMMENT
    is_needed = marker in {_APP0, _APP14} or (marker == _APP2 and segment.startswith(_PROFILE, 4))
    yield segment, is_needed or not is_of_program


def _end_of_scan(data: bytes, at: int) -> int:
    """The next marker, or the end of what breaks off."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in _IN_SCAN:
            return at
        at += 1
    return len(data)


def _exif(orientation: int) -> bytes:
    """A segment that says how the picture is turned, and nothing else (TIFF 6.0, section 2)."""
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(_EXIF) + 26) + _EXIF + _tiff(orientation)


def _tiff(orientation: int) -> bytes:
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _png(data: bytes) -> Iterator[tuple[bytes, bool]]:
    yield data[:8], True
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind == b"eXIf" and (way := orientation_of(data[at + 8 : end - 4])) != NORMAL:
            turned = _chunk(kind, _tiff(way))
            yield turned, True
            if data[at:end] != turned:
                yield data[at:end], False
        else:
            yield data[at:end], kind in _SHOWN
        at = end
        if kind == b"IEND":
            break
    if rest := data[at:]:
        yield rest, False


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _has_place(part: bytes) -> bool:
    """Whether it says where the picture was taken: in Exif's directory of the place, or in XMP's words."""
    tags = struct.pack(">H", _GPS), struct.pack("<H", _GPS)
    exif = part.find(_EXIF)
    has_tag = (exif >= 0 or part[4:8] == b"eXIf") and any(tag in part for tag in tags)
    return has_tag or b"exif:GPS" in part or b"GPSLatitude" in part
