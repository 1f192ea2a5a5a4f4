"""What lies under the texts of a drawing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from communique.drawing.typesetting import SVG, UnfitDrawingError, parsed

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, kw_only=True, slots=True)
class OnGround:
    """A text, and the plain colour it stands on."""

    line: int
    text: str
    colour: str  #: `#rrggbb`, as is the other
    ground: str


def texts_on_grounds(source: str) -> Iterator[OnGround]:
    """Each text with the topmost rectangle below it that holds all of it; those that stand on none are left out.

    So are those in groups, which have places of their own. What a translucent rectangle lies on is not known: it counts
    as if it were opaque.
    """
    try:
        root = parsed(source)
    except UnfitDrawingError:
        return
    grounds: list[etree._Element] = []
    for element in root.iterchildren(f"{{{SVG}}}rect", f"{{{SVG}}}text"):
        if etree.QName(element).localname == "rect":
            grounds.append(element)
            continue
        under = next((each for each in reversed(grounds) if _holds(each, element)), None)
        text = "".join(map(str, element.itertext())).strip()
        colour = element.get("fill", "#000000")
        ground = "" if under is None else under.get("fill", "#000000")
        if text and _COLOUR.fullmatch(colour) and _COLOUR.fullmatch(ground):
            line = element.sourceline
            yield OnGround(line=line if isinstance(line, int) else 1, text=text, colour=colour, ground=ground)


def _holds(rect: etree._Element, text: etree._Element) -> bool:
    return all(
        _number(rect, at) <= _number(text, at)
        and _number(text, at) + _number(text, long) <= _number(rect, at) + _number(rect, long)
        for at, long in (("x", "width"), ("y", "height"))
    )


def _number(element: etree._Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        return 0.0
