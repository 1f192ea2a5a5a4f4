"""Drawings with boxes of text made into drawings with outlines, which look the same wherever they are shown.

A box is a `text` element with `x`, `y`, `width` and `height`. Of SVG's own words it knows `font-size` (the largest it
may have), `font-weight`, `fill` and `text-anchor` (`start`, `middle`, `end` of the reading direction); of ours
`data-least` (the least size), `data-leading` (from line to line, in sizes) and `data-stand` (`top`, `middle`,
`bottom` of the box). The groups in a group with `data-step` stand so far below each other, or closer if `data-height`
is all the room there is. A drawing that says `direction="rtl"` is mirrored, but for its texts and pictures.
"""

import re
from dataclasses import dataclass

from lxml import etree

from communique.drawing.fitting import Box, Fit, fit
from communique.drawing.fonts import Fonts
from communique.drawing.shaping import Line, Shaper
from communique.phrase import phrase

SVG = "http://www.w3.org/2000/svg"
_BOLD = {"600", "700", "800", "900", "bold"}
_LEAST, _LEADING = 0.5, 1.25
#: Pixels a side: what networks take at most; a slip of a zero takes gigabytes to draw.
_MOST_PIXELS = 4096
_SHARE_OF_ROOM = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
#: What reads the same in a drawing that is mirrored.
#: What is not seen.
_WORDS = (f"{{{SVG}}}title", f"{{{SVG}}}desc")
_UPRIGHT = (f"{{{SVG}}}image", f"{{{SVG}}}svg")


class UnfitDrawingError(Exception):
    """A drawing cannot be used; the message says what is wrong with it, `line` where."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, kw_only=True, slots=True)
class SetDrawing:
    """A drawing without text elements."""

    svg: str
    width: int
    height: int
    cut: tuple[str, ...]  #: texts that even at their least size had no room


class Typesetter:
    """Sets drawings in the fonts of a machine."""

    def __init__(self, fonts: Fonts) -> None:
        self._shapers = {weight: Shaper(fonts, weight) for weight in ("Regular", "Bold")}

    def set(self, source: str) -> SetDrawing:
        """The drawing with outlines in the place of its texts.

        Raises:
            UnfitDrawingError: it is no drawing, it is too large, or a box says no size.
            NoGlyphError: no font has a letter.
        """
        root = parsed(source)
        width, height = size_of(root)
        for group in root.iter(f"{{{SVG}}}g"):
            stand_below(group)
        mirrored = root.get("direction") == "rtl"
        glyphs: dict[str, str] = {}
        cut = []
        for box in list(root.iter(f"{{{SVG}}}text")):
            text = "".join(map(str, box.itertext())).strip()
            drawn, fitted = self._drawn(box, text, glyphs, rtl=mirrored)
            _put(drawn, box, mirrored=mirrored)
            if fitted.cut:
                cut.append(text)
        if mirrored:
            _mirror(root, width)
        if glyphs:
            kept = etree.Element(f"{{{SVG}}}defs")
            for name, outline in glyphs.items():
                etree.SubElement(kept, f"{{{SVG}}}path", id=name, d=outline)
            root.append(kept)
        return SetDrawing(svg=etree.tostring(root, encoding="unicode"), width=width, height=height, cut=tuple(cut))

    def _drawn(
        self, box: etree._Element, text: str, glyphs: dict[str, str], *, rtl: bool
    ) -> tuple[etree._Element, Fit]:
        """A box's outlines, from its own left upper corner. `glyphs` takes those it uses, by their names."""
        shaper = self._shapers["Bold" if box.get("font-weight") in _BOLD else "Regular"]
        width, height, largest = (_number(box, name) for name in ("width", "height", "font-size"))
        least = _number(box, "data-least", largest * _LEAST)
        leading = max(_number(box, "data-leading", _LEADING), shaper.least_leading(text))
        room = Box(width=width, height=height, largest=largest, least=min(least, largest), leading=leading)
        fitted = fit(text, room, shaper)
        above, below = shaper.height(text)
        used = fitted.size * (above + below + (len(fitted.lines) - 1) * leading)
        top = (height - used) * _SHARE_OF_ROOM.get(box.get("data-stand", "top"), 0.0)
        group = etree.Element(f"{{{SVG}}}g", fill=box.get("fill", "#000000"))
        for number, words in enumerate(fitted.lines):
            line = shaper.line(words, rtl=rtl)
            left = (width - line.width * fitted.size) * _share_before(box.get("text-anchor", "start"), rtl=rtl)
            base = top + fitted.size * (above + number * leading)
            _draw(group, line, left, base, fitted.size, glyphs)
        return group, fitted


def parsed(source: str) -> etree._Element:
    """The root of a drawing.

    Raises:
        UnfitDrawingError: it is none.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnfitDrawingError(str(error.msg), error.lineno or 1) from error
    if root.tag != f"{{{SVG}}}svg":
        raise UnfitDrawingError(phrase("expected the element svg of {svg}, found {tag}", svg=SVG, tag=root.tag))
    return root


def size_of(root: etree._Element) -> tuple[int, int]:
    """Width and height of a drawing, in pixels.

    Raises:
        UnfitDrawingError: it says none, or none that can be drawn.
    """
    width, height = round(_number(root, "width")), round(_number(root, "height"))
    if not (0 < width <= _MOST_PIXELS and 0 < height <= _MOST_PIXELS):
        raise UnfitDrawingError(
            phrase(
                "expected 1 to {most_pixels} pixels a side, found {width} × {height}",
                most_pixels=_MOST_PIXELS,
                width=width,
                height=height,
            ),
            _line(root),
        )
    return width, height


def _number(element: etree._Element, name: str, otherwise: float | None = None) -> float:
    value = element.get(name)
    if value is None and otherwise is not None:
        return otherwise
    if value is None or not re.fullmatch(r"\d+(\.\d+)?", value):
        what = etree.QName(element).localname
        raise UnfitDrawingError(
            phrase(
                "expected a number for `{name}` of `{what}`, found {value}", name=name, what=what, value=value or "none"
            ),
            _line(element),
        )
    return float(value)


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 1


def stand_below(group: etree._Element) -> None:
    """The groups in a group with `data-step`, each so far below the one before it; closer, if `data-height` is less."""
    if group.get("data-step") is None:
        return
    rows = list(group.iterchildren(f"{{{SVG}}}g"))
    step = _number(group, "data-step")
    if rows and group.get("data-height"):
        step = min(step, _number(group, "data-height") / len(rows))
    for index, row in enumerate(rows):
        row.set("transform", f"translate(0 {index * step:g})")


def _share_before(anchor: str, *, rtl: bool) -> float:
    """Of the room a line leaves, how much lies left of it."""
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}.get(anchor, 0.0)
    return 1 - share if rtl else share


def _draw(group: etree._Element, line: Line, left: float, base: float, size: float, glyphs: dict[str, str]) -> None:
    for glyph in line.glyphs:
        outline = glyph.face.outline(glyph.id)
        if not outline:
            continue
        name = f"{glyph.face.name}-{glyph.id}"
        glyphs[name] = outline
        scale = size / glyph.face.units
        x, y = left + glyph.x * size, base - glyph.y * size
        moved = f"matrix({scale:.5f} 0 0 {-scale:.5f} {x:.2f} {y:.2f})"
        etree.SubElement(group, f"{{{SVG}}}use", href=f"#{name}", transform=moved)


def _put(drawn: etree._Element, box: etree._Element, *, mirrored: bool) -> None:
    """Outlines in the place of their box."""
    x, y = _number(box, "x"), _number(box, "y")
    if mirrored:
        drawn.set("transform", f"matrix(-1 0 0 1 {x + _number(box, 'width'):g} {y:g})")
    else:
        drawn.set("transform", f"translate({x:g} {y:g})")
    parent = box.getparent()
    if parent is not None:
        drawn.tail = box.tail
        parent.replace(box, drawn)


def _mirror(root: etree._Element, width: int) -> None:
    for picture in [each for each in root.iter(*_UPRIGHT) if each is not root]:
        parent = picture.getparent()
        if parent is None:
            continue
        turned = etree.Element(f"{{{SVG}}}g")
        middle = 2 * _number(picture, "x") + _number(picture, "width")
        turned.set("transform", f"matrix(-1 0 0 1 {middle:g} 0)")
        parent.replace(picture, turned)
        turned.append(picture)
    whole = etree.Element(f"{{{SVG}}}g", transform=f"matrix(-1 0 0 1 {width} 0)")
    whole.extend(each for each in list(root) if each.tag not in _WORDS)
    root.append(whole)
