"""Flashes that can harm people with photosensitive epilepsy: WCAG 2.2, 2.3.1, general and red flash thresholds.

A general flash is a pair of opposing changes of relative luminance of a tenth or more, where the darker picture is
below 0.8. A red flash is a pair of opposing changes from or to a saturated red, R/(R + G + B) of at least 0.8, by more
than 20 of (R - G - B) × 320, of linear light. More than three of a kind in a second are too many, if they fill more
than a quarter of what the eye sees at once: the picture is looked at in a raster of three by three parts, and each
counts for itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

WIDTH = HEIGHT = 36  #: of the small picture of each still that is looked at
_PARTS = 3
_CHANGE, _DARK, _SHARE = 0.1, 0.8, 0.25
_SATURATED, _RED_CHANGE, _RED_SCALE = 0.8, 20, 320
_MOST_CHANGES = 6  #: in a second: three flashes
#: The light of each value of a colour (sRGB).
_LIGHT = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in range(256)]  # noqa: PLR2004 - the knee of the curve


@dataclass(frozen=True, slots=True)
class Still:
    """What is seen from a moment on."""

    start: float  #: seconds
    rgb: bytes  #: `WIDTH` × `HEIGHT`, three bytes each


@dataclass(frozen=True, slots=True)
class _Colour:
    luminance: float
    red: float  #: how much of it is red alone; 0 or more
    is_saturated_red: bool


#: Of one place in two pictures: 1 when it becomes brighter, or redder, -1 for the opposite, 0 when neither counts.
_Way = Callable[[_Colour, _Colour], int]


def flashing(stills: Sequence[Still]) -> float | None:
    """The second at which a film begins to flash too often; None when it never does."""
    for part in range(_PARTS * _PARTS):
        seen = [(each.start, _within(each.rgb, part)) for each in stills]
        for way in (_brighter, _redder):
            changes = list(_changes(seen, way))
            for first, last in zip(changes, changes[_MOST_CHANGES:], strict=False):
                if last - first < 1:
                    return first
    return None


def _changes(seen: Sequence[tuple[float, Sequence[_Colour]]], way: _Way) -> Iterator[float]:
    """When a part of the picture turns back after a change, or changes first."""
    before = 0
    for (_, one), (start, other) in pairwise(seen):
        now = _together([way(*each) for each in zip(one, other, strict=True)])
        if now and now != before:
            before = now
            yield start


def _within(rgb: bytes, part: int) -> list[_Colour]:
    size = WIDTH // _PARTS
    left, top = part % _PARTS * size, part // _PARTS * size
    places = (3 * (y * WIDTH + x) for y in range(top, top + size) for x in range(left, left + size))
    return [_colour(*rgb[place : place + 3]) for place in places]


@lru_cache(maxsize=4096)
def _colour(*values: int) -> _Colour:
    red, green, blue = (_LIGHT[value] for value in values)
    whole = red + green + blue
    return _Colour(
        luminance=0.2126 * red + 0.7152 * green + 0.0722 * blue,
        red=max(0.0, red - green - blue) * _RED_SCALE,
        is_saturated_red=whole > 0 and red / whole >= _SATURATED,
    )


def _brighter(one: _Colour, other: _Colour) -> int:
    change = other.luminance - one.luminance
    counts = abs(change) >= _CHANGE and min(one.luminance, other.luminance) < _DARK
    return _sign(change) if counts else 0


def _redder(one: _Colour, other: _Colour) -> int:
    change = other.red - one.red
    counts = abs(change) > _RED_CHANGE and (one.is_saturated_red or other.is_saturated_red)
    return _sign(change) if counts else 0


def _sign(change: float) -> int:
    return 1 if change > 0 else -1


def _together(ways: Sequence[int]) -> int:
    """What enough of its places do."""
    more, less = ways.count(1), ways.count(-1)
    if max(more, less) <= _SHARE * len(ways):
        return 0
    return 1 if more >= less else -1
