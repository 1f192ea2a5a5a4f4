"""Envelopes with a window: where on the sheet the address must lie to be seen through it, and where the rest begins.

DIN 5008:2020 forms A and B for the envelopes of DIN 680 (DL, C6/C5); for the American number 10 (4 1/8 by 9 1/2 inches,
window 4 1/2 by 1 1/8, 7/8 from the left, 1/2 from below) what is seen wherever the folded sheet slips in the envelope's
width, when it rests on its lower edge. All lengths in millimetres, from the upper left corner of the sheet.
"""

import re
from dataclasses import dataclass

_INCH = 25.4
_ABOVE = 1  #: between the sender's line and the address


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """A sheet folded for an envelope."""

    title: str
    page: tuple[float, float]
    window: Box
    address: Box  #: within the window: the lines of the address alone
    most_lines: int  #: of the address
    line_length: int  #: characters that surely fit a line
    line_height: float  #: of the address; a line with two scripts is a third of a millimetre higher
    letter_size: float  #: of the address, in points
    says_from: bool  #: whether the window has room for the sender's line
    details: Box  #: name, telephone, reference and date, beside the window
    text_top: float  #: where the text begins on the first sheet
    folds: tuple[float, float]
    letterhead_top: float
    margins: tuple[float, float, float, float] = (20, 20, 28, 25)  #: top, right, bottom, left

    @property
    def area(self) -> float:
        """Of the sheet, in square metres."""
        return self.page[0] * self.page[1] / 1_000_000


def _din(title: str, top: float) -> Envelope:
    return Envelope(
        title=title,
        page=(210, 297),
        window=Box(left=20, top=top, width=85, height=45),
        address=Box(left=25, top=top + 17.7, width=80, height=27.3),
        most_lines=6,
        line_length=42,
        line_height=4.3,
        letter_size=10.5,
        says_from=True,
        details=Box(left=125, top=top + 5, width=65, height=40),
        text_top=top + 53.46,
        folds=(top + 60, top + 165),
        letterhead_top=top - 25 if top > 30 else 6,  # noqa: PLR2004 - form A has its window higher up
    )


ENVELOPES = {
    "din-5008-b": _din("DIN 5008 B (DL, C6/C5)", 45),
    "din-5008-a": _din("DIN 5008 A (DL, C6/C5)", 27),
    "us-10": Envelope(
        title="US No. 10",
        page=(8.5 * _INCH, 11 * _INCH),
        window=Box(left=0.875 * _INCH, top=2.042 * _INCH, width=3.5 * _INCH, height=1.125 * _INCH),
        address=Box(left=1 * _INCH, top=2.156 * _INCH, width=3.3 * _INCH, height=0.9 * _INCH),
        most_lines=6,
        line_length=44,
        line_height=3.8,
        letter_size=9.5,
        says_from=False,
        details=Box(left=5.3 * _INCH, top=1.5 * _INCH, width=2.4 * _INCH, height=1.7 * _INCH),
        text_top=3.43 * _INCH,  # as with DIN, the heading stands between the window and the fold
        folds=(11 / 3 * _INCH, 22 / 3 * _INCH),
        letterhead_top=0.7 * _INCH,
        margins=(20, 0.8 * _INCH, 28, 1 * _INCH),
    ),
}


#: For a letter that would take a page more for its last lines: less room between them, and letters as large as ever.
CLOSER = """
html { line-height: 1.3 !important; }
h1 { margin-bottom: 3.5mm !important; }
main h2 { margin: 2.8mm 0 0.6mm !important; }
main p { margin-bottom: 1.8mm !important; }
main .text ul, main .text ol { margin-bottom: 2mm !important; }
main .text li { margin-bottom: 0.3mm !important; }
main .text > p:last-child { margin-top: 13mm !important; }
.answer { margin-top: 4mm !important; padding: 2mm 3mm !important; }
.answer p { margin-bottom: 0.6mm !important; }
.answer .code { width: 28mm !important; }
.answer img { width: 25mm !important; height: 25mm !important; }
"""
#: For an invitation that this does not help enough: the code and how to answer, beside the signature.
BESIDE = """
main .text > p:last-child { height: 13mm; margin-inline-end: 66% !important; margin-bottom: 0 !important; }
.answer { margin-top: -25mm !important; margin-inline-start: 36%; padding: 2mm !important; font-size: 9pt; }
.answer { line-height: 1.25; }
.answer h2 { font-size: 9.5pt; }
.answer .code { width: 27mm !important; }
"""
_MANY_ARABIC_LINES = '.window .to p[dir="rtl"]:nth-last-child(n+5), .window .to p:nth-last-child(n+5) ~ p[dir="rtl"]'
_CODE = '<section class="answer">'
#: Signs of a signature that has room beside the code: five lines of a third of the page.
_LONGEST_SIGNATURE = 120


def closers_of(html: str) -> tuple[str, ...]:
    """What may save a letter its last page, the mildest first."""
    return (CLOSER, CLOSER + BESIDE) if _has_room_beside(html) else (CLOSER,)


def _has_room_beside(html: str) -> bool:
    """Whether there is a code, and a short paragraph before it: a longer one would run out of the page."""
    text, code, _ = html.partition(_CODE)
    text = text.rstrip().removesuffix("</div>").rstrip()
    if not (code and text.endswith("</p>")):
        return False
    last = re.sub(r"<[^>]*>", "", text[text.rindex("<p") :])
    return len(last.strip()) <= _LONGEST_SIGNATURE


def style_of(envelope: Envelope) -> str:
    """CSS that puts the parts of `templates/layouts/letter.html` where they belong."""
    top, right, bottom, left = envelope.margins
    width, height = envelope.page
    head = Box(left=left, top=envelope.letterhead_top, width=width - left - right, height=20)
    address = envelope.address
    # Small print right above the address, of as many lines as it takes: a letter that comes back has to find us.
    above = f"position: absolute; bottom: {height - bottom - address.top + _ABOVE:.2f}mm;"
    above += f" left: {address.left - left:.2f}mm; width: {address.width:.2f}mm;"
    letters = f"font-size: {envelope.letter_size}pt; line-height: {envelope.line_height}mm;"
    mark = f"content: ''; position: absolute; left: {5 - left:.2f}mm; width: 4mm; border-top: 0.2mm solid #9aa3ab;"
    upper, lower = (f"top: {fold - top:.2f}mm;" for fold in envelope.folds)
    return "\n".join(
        [
            f"@page {{ size: {width:.2f}mm {height:.2f}mm; margin: {top}mm {right:.2f}mm {bottom}mm {left:.2f}mm; }}",
            f".window::before {{ {mark} {upper} }} .window::after {{ {mark} {lower} }}",
            f".letterhead {{ {_placed(head, envelope)} }}",
            f".window .from {{ {above} {'' if envelope.says_from else 'display: none;'} }}",
            f".window .to {{ {_placed(address, envelope)} {letters} }}",
            # With figures in it, an Arabic line is as much higher: where there are many they would leave the window.
            f"{_MANY_ARABIC_LINES} {{ line-height: {envelope.line_height - 0.3:.2f}mm; }}",
            f".details {{ {_placed(envelope.details, envelope)} }}",
            f"main {{ padding-top: {envelope.text_top - top:.2f}mm; }}",
        ]
    )


def _placed(box: Box, envelope: Envelope) -> str:
    """From the edge of the page's text, where absolute positions are counted from."""
    top, _, _, left = envelope.margins
    return f"position: absolute; left: {box.left - left:.2f}mm; top: {box.top - top:.2f}mm; width: {box.width:.2f}mm;"
