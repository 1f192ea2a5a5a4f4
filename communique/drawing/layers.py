"""What lies under the texts of a drawing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from communique.drawing.typesetting import SVG, UnfitDrawingError, parsed, stand_below

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TRANSFORM = re.compile(r"(translate|scale)\s*\(([^)]*\d[^)]*)\)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class OnGround:
    """A text, and the plain colour it stands on."""

    line: int
    text: str
    colour: str  #: `#rrggbb`, as is the other
    ground: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Within:
    """What holds for everything in a group."""

    fill: str = "#000000"
    opacity: float = 1.0
    scale: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)

    def of(self, element: etree._Element) -> "_Within | None":
        """The same for one element in it; None where a transform turns it or slants it."""
        (wide, high), (right, down) = self.scale, self.shift
        written = element.get("transform", "")
        for name, values in _TRANSFORM.findall(written):
            numbers = [float(each) for each in _NUMBER.findall(values)]
            x, y = (*numbers, *(numbers if name == "scale" else [0.0]))[:2]
            if name == "translate":
                right, down = right + wide * x, down + high * y
            else:
                wide, high = wide * x, high * y
        if _TRANSFORM.sub("", written).strip(" ,\n"):
            return None
        opacity = self.opacity * _number(element, "opacity", 1) * _number(element, "fill-opacity", 1)
        return _Within(fill=element.get("fill", self.fill), opacity=opacity, scale=(wide, high), shift=(right, down))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ground:
    """A rectangle, and the colour that is seen there; empty where it is not a plain one."""

    box: tuple[float, float, float, float]
    colour: str
    is_round: bool = False  #: its box is more than what it covers: nothing is known of what stands in part on it


def texts_on_grounds(source: str) -> Iterator[OnGround]:
    """Each text with the topmost rectangle below it that holds all of it; those that stand on none are left out.

    Groups hand on their `fill`, their opacity (to each of what is in them, which is a shade too strong where it
    overlaps) and their place, as far as they move and scale; what is turned or slanted is left out.
    """
    try:
        root = parsed(source)
        for group in root.iter(f"{{{SVG}}}g"):
            stand_below(group)
    except UnfitDrawingError:
        return
    yield from _in_group(root, _Within(), [])


def _in_group(group: etree._Element, around: _Within, grounds: list[_Ground]) -> Iterator[OnGround]:
    for element in group.iterchildren(*(f"{{{SVG}}}{name}" for name in ("g", "rect", "circle", "text"))):
        within, kind = around.of(element), etree.QName(element).localname
        if within is None:
            continue
        if kind == "g":
            yield from _in_group(element, within, grounds)
            continue
        box = _box(element, within)
        if kind == "circle":
            grounds.append(_Ground(box=_around(element, within), colour="", is_round=True))
            continue
        under = next((each.colour for each in reversed(grounds) if _lies_under(each, box)), "")
        seen = _over(within.fill, under, within.opacity)
        if kind == "rect":
            grounds.append(_Ground(box=box, colour=seen))
            continue
        text = "".join(map(str, element.itertext())).strip()
        if text and seen and under:
            line = element.sourceline
            yield OnGround(line=line if isinstance(line, int) else 1, text=text, colour=seen, ground=under)


def _over(colour: str, ground: str, opacity: float) -> str:
    """What is seen of a colour on another; empty where that is not known."""
    if not _COLOUR.fullmatch(colour) or (opacity < 1 and not ground):
        return ""
    if opacity >= 1:
        return colour
    pairs = ((int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(opacity * own + (1 - opacity) * under):02x}" for own, under in pairs)


def _box(element: etree._Element, within: _Within) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, on the drawing."""
    left, top = _number(element, "x", 0), _number(element, "y", 0)
    right, bottom = left + _number(element, "width", 0), top + _number(element, "height", 0)
    (wide, high), (across, down) = within.scale, within.shift
    return left * wide + across, top * high + down, right * wide + across, bottom * high + down


def _around(circle: etree._Element, within: _Within) -> tuple[float, float, float, float]:
    x, y, radius = (_number(circle, name, 0) for name in ("cx", "cy", "r"))
    (wide, high), (across, down) = within.scale, within.shift
    return (
        (x - radius) * wide + across,
        (y - radius) * high + down,
        (x + radius) * wide + across,
        (y + radius) * high + down,
    )


def _lies_under(ground: _Ground, box: tuple[float, float, float, float]) -> bool:
    """A rectangle under all of a text, a circle under any of it."""
    left, top, right, bottom = ground.box
    if ground.is_round:
        return left < box[2] and box[0] < right and top < box[3] and box[1] < bottom
    return left <= box[0] and top <= box[1] and box[2] <= right and box[3] <= bottom


def _number(element: etree._Element, name: str, otherwise: float) -> float:
    try:
        return float(element.get(name, str(otherwise)))
    except ValueError:
        return otherwise
