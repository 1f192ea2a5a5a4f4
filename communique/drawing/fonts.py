"""The fonts pictures are set in: Noto Sans in two weights, and its sisters for other scripts, by their files' names."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uharfbuzz

from communique.drawing.font_files import FIRST


class Face:
    """One font file. Lengths are in its own units, `units` to the em."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
        self.font = uharfbuzz.Font(face)
        self.units: int = face.upem
        self.letters: frozenset[int] = frozenset(face.unicodes)
        extents = self.font.get_font_extents("ltr")
        self.ascent, self.descent = extents.ascender, -extents.descender
        self._outlines: dict[int, str] = {}

    def outline(self, glyph: int) -> str:
        """A glyph as the `d` of an SVG path, its y axis pointing up; empty for a space."""
        found = self._outlines.get(glyph)
        if found is None:
            pen = _Pen()
            self.font.draw_glyph_with_pen(glyph, pen)
            found = self._outlines[glyph] = "".join(pen.parts)
        return found


class _Pen:
    """Takes down what HarfBuzz draws (the pen protocol of fontTools) as SVG path commands."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - as HarfBuzz calls it
        self._add("M", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("L", point)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("Q", *points)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("C", *points)

    def closePath(self) -> None:  # noqa: N802
        self.parts.append("Z")

    def _add(self, command: str, *points: tuple[float, float]) -> None:
        self.parts.append(command + " ".join(f"{x:g} {y:g}" for x, y in points))


@dataclass(frozen=True)
class Fonts:
    """The fonts of one folder, each read when a letter asks for it."""

    folder: Path
    _faces: dict[Path, Face] = field(default_factory=dict, repr=False, compare=False)
    _found: dict[tuple[str, str], Face] = field(default_factory=dict, repr=False, compare=False)

    def face_for(self, letter: str, weight: str) -> Face | None:
        """The font that has a letter, in a weight (`Regular`, `Bold`); None when no font of the folder has it.

        What was found is kept: a drawing asks for the same letters thousands of times. What was not is looked for
        again, for somebody may install it meanwhile.
        """
        found = self._found.get((letter, weight))
        if found is None:
            found = next((face for face in self._likely(letter, weight) if ord(letter) in face.letters), None)
            if found is not None:
                self._found[letter, weight] = found
        return found

    def _likely(self, letter: str, weight: str) -> Iterator[Face]:
        """The first font; the one named for the letter's script; then all others, by name."""
        script = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0].title()
        names = (FIRST.format(weight=weight), f"NotoSans{script}-{weight}.ttf", f"NotoSans{script}-Regular.ttf")
        yield from (self._face(path) for name in names if (path := self.folder / name).is_file())
        yield from (self._face(path) for path in sorted(self.folder.glob("NotoSans*-Regular.ttf")))

    def _face(self, path: Path) -> Face:
        if path not in self._faces:
            self._faces[path] = Face(path)
        return self._faces[path]
