"""The sheet that lies on a batch: how many letters, what they weigh, and what is to be done with them."""

import html
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.paper.envelopes import Envelope
from communique.channel import Cover, Localised, said_in

_STYLE = """
html { font-family: "Noto Sans", "Noto Sans Arabic", "DejaVu Sans", sans-serif; font-size: 11pt; line-height: 1.5; }
h1 { font-size: 17pt; line-height: 1.3; }
table { width: 100%; margin: 8mm 0; border-collapse: collapse; }
th, td { padding: 2mm; border-bottom: 0.2mm solid #9aa3ab; text-align: start; vertical-align: top; }
thead th, tfoot th, tfoot td { border-bottom: 0.5mm solid #4d565f; font-weight: bold; }
li { margin-bottom: 2mm; }
code { display: block; padding: 3mm; background: #f1f3f4; direction: ltr; text-align: left; font-size: 9pt; }
code span { white-space: nowrap; }
.facts { color: #4d565f; }
"""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What letters are printed on and sent in."""

    envelope: Envelope
    grams_per_square_metre: float
    envelope_grams: float
    both_sides: bool
    postage: Mapping[int, Localised]  #: most grams to the name of what it costs

    def sheets(self, pages: int) -> int:
        """Of a letter of so many pages."""
        return math.ceil(pages / 2) if self.both_sides else pages

    def grams(self, sheets: int) -> int:
        """Of a letter of so many sheets in its envelope, rounded up."""
        return math.ceil(sheets * self.envelope.area * self.grams_per_square_metre + self.envelope_grams)

    def postage_for(self, grams: int, language: str) -> str:
        """The first class that takes it; empty when none does, or none is known."""
        return next((said_in(name, language) for most, name in sorted(self.postage.items()) if grams <= most), "")


def cover_html(cover: Cover, paper: Paper, pages: Sequence[int], command: Sequence[str], language: str) -> str:
    """A page for letters of so many pages each; `command`, word by word, puts on record that they are in the post."""
    labels, title = cover.labels, html.escape(cover.title)
    with_postage = bool(paper.postage)
    head = [labels["letters"], labels["pages"], labels["sheets"], labels["weight"]]
    rows = [
        [
            str(count),
            str(each),
            str(paper.sheets(each)),
            f"\u2066{grams} g\u2069",
            paper.postage_for(grams, language) or f"> {grams - 1} g",
        ]
        for each, count in sorted(Counter(pages).items())
        for grams in [paper.grams(paper.sheets(each))]
    ]
    sheets = sum(map(paper.sheets, pages))
    together = [f"{labels['together']}: {len(pages)}", str(sum(pages)), str(sheets), ""]
    columns = [*head, labels["postage"]] if with_postage else head
    width = len(columns)
    facts = f"{cover.language[0]}: {cover.language[1]} · {labels['envelope']}: {paper.envelope.title}"
    said = " ".join(f"<span>{html.escape(word)}</span>" for word in command)
    steps = "".join(f"<li>{html.escape(step)}</li>" for step in cover.steps)
    return (
        f'<!doctype html><html lang="{language}" dir="{cover.direction}"><head><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f'<p class="facts">{html.escape(facts)}</p>'
        f"<table><thead>{_row('th', columns)}</thead>"
        f"<tbody>{''.join(_row('td', row[:width]) for row in rows)}</tbody>"
        f"<tfoot>{_row('td', [*together, ''][:width])}</tfoot></table>"
        f"<ol>{steps}</ol><code>{said}</code></body></html>"
    )


def _row(tag: str, cells: Sequence[str]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return f"<tr>{''.join(f'<{tag}{scope}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"
