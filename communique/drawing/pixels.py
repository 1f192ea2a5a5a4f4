"""Drawings as PNG: outlines alone, drawn by resvg, which asks no font and no library of the machine."""

import functools
from pathlib import Path

from communique.drawing.font_files import INSTALL, installed_fonts
from communique.drawing.fonts import Fonts
from communique.drawing.own_process import SHARED
from communique.drawing.typesetting import SetDrawing, Typesetter
from communique.phrase import phrase


class NoFontsError(Exception):
    """This machine has no fonts for pictures; the message says how to get them."""


@functools.lru_cache(maxsize=64)  # of some ten kilobytes each
def png(source: str) -> bytes:
    """A drawing with boxes of text, as a picture of its own size.

    Raises:
        NoFontsError: no fonts are installed.
        UnfitDrawingError: it is no drawing, it is too large, or a box says no size.
        NoGlyphError: no font has a letter.
        MemoryError: there is not enough, or what draws was ended.
    """
    return SHARED.png(outlined(source).svg)


@functools.lru_cache(maxsize=64)
def outlined(source: str) -> SetDrawing:
    """A drawing with outlines in the place of its texts; what is checked first and drawn later is set once.

    Raises:
        NoFontsError: no fonts are installed.
        UnfitDrawingError: it is no drawing, it is too large, or a box says no size.
        NoGlyphError: no font has a letter.
    """
    return _typesetter().set(source)


def _typesetter() -> Typesetter:
    """The one of this machine.

    Raises:
        NoFontsError: no fonts are installed.
    """
    folder = installed_fonts()
    if folder is None:
        raise NoFontsError(phrase("no fonts are installed in which pictures could be set. {install}", install=INSTALL))
    return _of(folder)


@functools.cache
def _of(folder: Path) -> Typesetter:
    return Typesetter(Fonts(folder))
