"""Pictures made by a few lines: real PNGs, and JPEGs as far as their headers go."""

import struct
import zlib


def png(width: int = 8, height: int = 4, colour: bytes = b"\x14\x50\x8c", padding: int = 0) -> bytes:
    """A PNG of one colour; `padding` bytes of a private chunk make it as heavy as one likes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + colour * width) * height)
    heavy = [(b"prIv", b"\0" * padding)] if padding else []
    chunks = [(b"IHDR", header), (b"IDAT", rows), *heavy, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def jpeg(width: int = 8, height: int = 4, orientation: int = 1, order: str = ">") -> bytes:
    """The segments of a JPEG, without what it shows; `order` is that of the numbers in its Exif data."""
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    directory = struct.pack(f"{order}H", 1) + entry + struct.pack(f"{order}I", 0)
    tiff = {">": b"MM", "<": b"II"}[order] + struct.pack(f"{order}HI", 42, 8) + directory
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    segments = [
        (0xE1, b"Exif\0\0" + tiff + b"\xff\xd9"),  # a thumbnail's end is not the picture's
        (0xC4, b"\0" * 17),
        (0xC2, frame),
        (0xDA, b"\1\1\0\0\x3f\0"),
    ]
    return b"\xff\xd8" + b"\xff".join([b"", *(_segment(*each) for each in segments)]) + b"scan\xff\xd9"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BH", marker, len(data) + 2) + data
