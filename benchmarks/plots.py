"""Bars, as an SVG that a page shows: no script, no font of its own, readable in black and white."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LABEL, _BAR, _GAP, _TOP, _VALUE = 760, 210, 20, 10, 64, 110
_FONT = "font-family='system-ui, sans-serif'"


@dataclass(frozen=True)
class Bar:
    """One row."""

    label: str
    value: float
    shown: str  #: the value in words, written behind the bar
    ours: bool = False


def bars(title: str, subtitle: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars from zero, on a linear scale: a bar twice as long is twice as much."""
    height = _TOP + len(rows) * (_BAR + _GAP) + _GAP
    scale = (_WIDTH - _LABEL - _VALUE) / max([row.value for row in rows], default=1)
    described = f"{title}. {'; '.join(f'{row.label}: {row.shown}' for row in rows)}"
    view = f"viewBox='0 0 {_WIDTH} {height}' role='img' aria-label='{escape(described)}'"
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' {view}>",
        f"<rect width='{_WIDTH}' height='{height}' fill='#ffffff'/>",
        f"<text x='12' y='26' {_FONT} font-size='17' font-weight='600' fill='#1d2329'>{escape(title)}</text>",
        f"<text x='12' y='47' {_FONT} font-size='13' fill='#56616b'>{escape(subtitle)}</text>",
    ]
    for index, row in enumerate(rows):
        lines += _row(row, _TOP + index * (_BAR + _GAP), scale)
    return "\n".join([*lines, "</svg>", ""])


def _row(row: Bar, top: int, scale: float) -> list[str]:
    length, base = max(row.value * scale, 1), top + _BAR - 5
    weight = " font-weight='600'" if row.ours else ""
    text = f"{_FONT} font-size='13' fill='#1d2329'{weight}"
    colour = "#14508c" if row.ours else "#b4bdc5"
    return [
        f"<text x='{_LABEL - 8}' y='{base}' text-anchor='end' {text}>{escape(row.label)}</text>",
        f"<rect x='{_LABEL}' y='{top}' width='{length:.1f}' height='{_BAR}' fill='{colour}'/>",
        f"<text x='{_LABEL + length + 6:.1f}' y='{base}' {text}>{escape(row.shown)}</text>",
    ]
