"""What of a drawing lies where some television screens show nothing.

EBU R 95, "Safe areas for 16:9 television production": graphics keep 5 % from each edge. (So does the BKSTS Dictionary
of Moving Image Technology, appendix B: titles of 16:9 in 90 % of the height, what happens in 93 %.)
"""

from lxml import etree

from communique.drawing.typesetting import SVG, UnfitDrawingError, parsed, size_of

MARGIN = 0.05
_SEEN = tuple(f"{{{SVG}}}{name}" for name in ("text", "rect", "image"))


def outside(source: str) -> list[tuple[int, str]]:
    """Boxes, rectangles and pictures that do not lie wholly within the area: the line, and what and where it is.

    A drawing that is none has none: what is wrong with it is found by who sets it.
    """
    try:
        root = parsed(source)
        width, height = size_of(root)
    except UnfitDrawingError:
        return []
    left, top = MARGIN * width, MARGIN * height
    found = []
    for element in root.iter(*_SEEN):
        x, y, wide, high = (_number(element, name) for name in ("x", "y", "width", "height"))
        if x < left or y < top or x + wide > width - left or y + high > height - top:
            line = element.sourceline
            name = etree.QName(element).localname
            found.append(
                (line if isinstance(line, int) else 1, f"{name} from {x:g}, {y:g} to {x + wide:g}, {y + high:g}")
            )
    return found


def _number(element: etree._Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        return 0.0
