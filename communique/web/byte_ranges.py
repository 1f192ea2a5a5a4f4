"""A part of a file (RFC 9110 section 14): films are played from the middle, and Safari plays nothing it cannot part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes from `first` on, as many as `length`; none when what was asked for lies behind the end (416)."""

    first: int
    length: int


def part_of(headers: Mapping[str, str], etag: str, size: int) -> Part | None:
    """What is asked for; None for the whole.

    Several ranges, and what is no range, are answered with the whole (14.2), as is a part of another state (If-Range,
    13.1.5).
    """
    asked = _ONE.fullmatch(headers.get("range", "").replace(" ", ""))
    if asked is None or not any(asked.groups()) or headers.get("if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        length = min(int(last), size)
        return Part(size - length, length)
    begin, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < begin:
        return None
    return Part(begin, max(0, end - begin + 1))
