"""Text to glyphs: in the order in which they are seen, each from a font that has it, joined as their script wants.

The order is that of `bidirectional`, the shapes are HarfBuzz's.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import uharfbuzz

from communique.drawing.bidirectional import JOINERS, Run, runs_as_seen
from communique.drawing.fonts import Face, Fonts

_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
#: In ems, of Noto Sans Arabic: down to the dots below a yā’; and from there up to the hamza above an alif.
_BELOW_ARABIC, _ARABIC_LEADING = 0.47, 1.45


class NoGlyphError(Exception):
    """No font of the machine has a letter; `args[0]` is the letter."""


@dataclass(frozen=True)
class Glyph:
    """One glyph and where it stands, in ems from the line's left end; y points up."""

    face: Face
    id: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A line of text, shaped."""

    glyphs: tuple[Glyph, ...]
    width: float  #: in ems


class Shaper:
    """Shapes text in one weight, and keeps the widths of words: fitting asks for the same ones again and again."""

    def __init__(self, fonts: Fonts, weight: str) -> None:
        self._fonts = fonts
        self._weight = weight
        self._widths: dict[str, float] = {}

    def height(self, text: str) -> tuple[float, float]:
        """What stands above and below the base line, in ems: of the first font, and what Arabic letters need."""
        above, below = self._height
        return above, max(below, _BELOW_ARABIC) if _ARABIC.search(text) else below

    def least_leading(self, text: str) -> float:
        """How far apart base lines have to be, in ems, that marks of two lines do not touch."""
        return _ARABIC_LEADING if _ARABIC.search(text) else 0.0

    @cached_property
    def _height(self) -> tuple[float, float]:
        face = self._fonts.face_for("x", self._weight)
        if face is None:
            raise NoGlyphError("x")
        return face.ascent / face.units, face.descent / face.units

    def width(self, text: str) -> float:
        """In ems. A line is as wide as its words and spaces together: no script joins letters across a space."""
        if text not in self._widths:
            self._widths[text] = self.line(text, rtl=False).width
        return self._widths[text]

    def line(self, text: str, *, rtl: bool) -> Line:
        """The glyphs of one line; `rtl` is the direction of the paragraph.

        Raises:
            NoGlyphError: no font has a letter.
        """
        glyphs: list[Glyph] = []
        at = 0.0
        for run in runs_as_seen(text, rtl=rtl):
            for face, part in self._by_face(run):
                buffer = uharfbuzz.Buffer()
                buffer.add_str(part)
                buffer.guess_segment_properties()
                buffer.direction = "rtl" if run.from_right else "ltr"
                uharfbuzz.shape(face.font, buffer)
                for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                    x, y = position.x_offset / face.units, position.y_offset / face.units
                    glyphs.append(Glyph(face, info.codepoint, at + x, y))
                    at += position.x_advance / face.units
        return Line(tuple(glyphs), at)

    def _by_face(self, run: Run) -> list[tuple[Face, str]]:
        """A run in parts of one font each, as they are seen from the left."""
        faces: list[Face] = []
        for letter in run.text:
            stays = faces and (letter in JOINERS or (_goes_along(letter) and ord(letter) in faces[-1].letters))
            face = faces[-1] if stays else self._fonts.face_for(letter, self._weight)
            if face is None:
                raise NoGlyphError(letter)
            faces.append(face)
        pairs = groupby(zip(faces, run.text, strict=True), key=lambda pair: pair[0])
        parts = [(face, "".join(letter for _, letter in letters)) for face, letters in pairs]
        return parts[::-1] if run.from_right else parts


def _goes_along(letter: str) -> bool:
    """Whether it is set in the font of the letter before it, if that has it: marks, and spaces."""
    return letter == " " or unicodedata.combining(letter) > 0
