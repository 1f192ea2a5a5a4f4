"""Flashes that can harm people with photosensitive epilepsy: WCAG 2.2, 2.3.1, general flash threshold.

A flash is a pair of opposing changes of relative luminance of a tenth or more, where the darker picture is below 0.8.
More than three in a second are too many, if they fill more than a quarter of what the eye sees at once: the picture is
looked at in a raster of three by three parts, and each counts for itself. Flashes of red alone are not looked for:
these films have one colour of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = HEIGHT = 36  #: of the small picture of each still that is looked at
_PARTS = 3
_CHANGE, _DARK, _SHARE = 0.1, 0.8, 0.25
_MOST_CHANGES = 6  #: in a second: three flashes
#: Relative luminance of each value of a grey picture (sRGB).
_LUMINANCE = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in range(256)]  # noqa: PLR2004 - the knee of the curve


@dataclass(frozen=True, slots=True)
class Still:
    """What is seen from a moment on."""

    start: float  #: seconds
    grey: bytes  #: `WIDTH` × `HEIGHT`, a byte each


def flashing(stills: Sequence[Still]) -> float | None:
    """The second at which a film begins to flash too often; None when it never does."""
    for part in range(_PARTS * _PARTS):
        changes = list(_changes(stills, part))
        for first, last in zip(changes, changes[_MOST_CHANGES:], strict=False):
            if last - first < 1:
                return first
    return None


def _changes(stills: Sequence[Still], part: int) -> Iterator[float]:
    """When a part of the picture becomes brighter after it became darker, or the other way round."""
    before = 0
    for one, following in pairwise(stills):
        way = _way(_within(one.grey, part), _within(following.grey, part))
        if way and way != before:
            before = way
            yield following.start


def _within(grey: bytes, part: int) -> bytes:
    size = WIDTH // _PARTS
    left, top = part % _PARTS * size, part // _PARTS * size
    return b"".join(grey[y * WIDTH + left : y * WIDTH + left + size] for y in range(top, top + size))


def _way(one: bytes, other: bytes) -> int:
    """1 where enough of it becomes brighter, -1 where darker, 0 where neither."""
    pairs = [(_LUMINANCE[a], _LUMINANCE[b]) for a, b in zip(one, other, strict=True)]
    changed = [b - a for a, b in pairs if abs(b - a) >= _CHANGE and min(a, b) < _DARK]
    brighter = sum(each > 0 for each in changed)
    most = max(brighter, len(changed) - brighter)
    if most <= _SHARE * len(pairs):
        return 0
    return 1 if brighter == most else -1
