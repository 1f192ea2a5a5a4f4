"""Bars, as an SVG that a page shows: no script, no font of its own, readable in black and white and in the dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LABEL, _BAR, _GAP, _TOP, _VALUE = 760, 250, 20, 10, 64, 120
_SVG = "http://www.w3.org/2000/svg"
_STYLE = """<style>
text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1d2329 }
.paper { fill: #ffffff } .title { font-size: 17px; font-weight: 600 } .what { fill: #56616b }
.ours { fill: #14508c } .others { fill: #b4bdc5 } .strong { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #eceff1 } .paper { fill: #15191d } .what { fill: #b4bdc5 }
  .ours { fill: #6cacec } .others { fill: #56616b }
}
</style>"""


@dataclass(frozen=True)
class Bar:
    """One row."""

    label: str
    value: float
    shown: str  #: the value in words, written behind the bar
    ours: bool = False


@dataclass(frozen=True)
class Plot:
    """A picture of bars, and what it says in words."""

    name: str  #: of its file
    title: str
    subtitle: str
    rows: Sequence[Bar]

    @property
    def alternative(self) -> str:
        """For who does not see it."""
        return f"{self.title}, {self.subtitle}: {'; '.join(f'{row.label} {row.shown}' for row in self.rows)}."

    def svg(self) -> str:
        """Horizontal bars from zero, on a linear scale: a bar twice as long is twice as much."""
        height = _TOP + len(self.rows) * (_BAR + _GAP) + _GAP
        scale = (_WIDTH - _LABEL - _VALUE) / (max([row.value for row in self.rows], default=0) or 1)
        lines = [
            f"<svg xmlns='{_SVG}' viewBox='0 0 {_WIDTH} {height}' role='img' aria-labelledby='t d'>",
            f"<title id='t'>{escape(self.title)}</title>",
            f"<desc id='d'>{escape(self.alternative)}</desc>",
            _STYLE,
            f"<rect class='paper' width='{_WIDTH}' height='{height}'/>",
            f"<text x='12' y='26' class='title'>{escape(self.title)}</text>",
            f"<text x='12' y='47' class='what'>{escape(self.subtitle)}</text>",
        ]
        for index, row in enumerate(self.rows):
            lines += _row(row, _TOP + index * (_BAR + _GAP), scale)
        return "\n".join([*lines, "</svg>", ""])


def _row(row: Bar, top: int, scale: float) -> list[str]:
    length, base = max(row.value * scale, 1), top + _BAR - 5
    weight, colour = (" class='strong'", "ours") if row.ours else ("", "others")
    return [
        f"<text x='{_LABEL - 8}' y='{base}' text-anchor='end'{weight}>{escape(row.label)}</text>",
        f"<rect x='{_LABEL}' y='{top}' width='{length:.1f}' height='{_BAR}' class='{colour}'/>",
        f"<text x='{_LABEL + length + 6:.1f}' y='{base}'{weight}>{escape(row.shown)}</text>",
    ]
