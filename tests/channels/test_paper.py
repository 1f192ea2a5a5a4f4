"""How letters lie on their pages: no line of one word, no signature alone, no page for two lines."""

import io
import re
from functools import cache
from typing import Any

import pdfplumber
import pytest
from pypdf import PdfReader

from channels.paper.envelopes import ENVELOPES, closers_of, style_of
from channels.paper.press import Press
from communique.channel import Secret
from communique.plan.samples import sample_recipient
from communique.postal_address import PostalAddress
from communique.texts.rendering import Addressee
from tests.drawing.test_card_shapes import LONGEST
from tests.shipped_messages import occasions, workspace

PARAGRAPH = (
    "Una semana antes le enviaremos el orden del día. Mientras tanto, puede ver cómo trabajamos en la "
    '<a href="https://abierto.puertoclaro.example.org/es/">página del proceso</a>. Le esperamos.'
)
HOME = PostalAddress(street="Avenida de la Constitución 12", city="Sevilla", postcode="41001", country="ES")
KEY = Secret("0123456789abcdef0123456789abcdef")
_LAST = re.compile(r"<p>[^<]*</p>(\s*</div>\s*(?:<section|</main>))")


@cache
def press() -> Press:
    """One for all: it learns of fonts."""
    return Press()


def lines(page: Any) -> list[str]:
    """What stands on each line of a page."""
    return [str(each["text"]) for each in page.extract_text_lines()]


def test_no_line_ends_after_its_first_word() -> None:
    """Words before a link that fill a line exactly, but for the space after them, stay on it, at any width."""
    paragraphs = "".join(f'<p style="width:{width / 10}mm">{PARAGRAPH}</p>' for width in range(1600, 1700, 4))
    html = f"<html lang='es'><style>@page {{ size: A4 }} html {{ font: 10pt 'Noto Sans' }}</style>{paragraphs}</html>"
    with pdfplumber.open(io.BytesIO(press().print(html, "").data)) as pdf:
        begun = [line for page in pdf.pages for line in lines(page) if line.startswith("Una")]
    assert len(begun) == 25
    assert [line for line in begun if len(line.split()) < 10] == []


def test_a_link_is_one_link() -> None:
    """Where its text may break, on narrow screens, lies no other link of no width, which no tag would tell of."""
    link = '<a href="mailto:open@example.org">open@<wbr>example.org</a>'
    printed = press().print(f"<html lang='en'><title>Links</title><p>Write to {link}.</p></html>", "")
    with pdfplumber.open(io.BytesIO(printed.data)) as pdf:
        assert [each["uri"] for each in pdf.pages[0].hyperlinks] == ["mailto:open@example.org"]
        assert lines(pdf.pages[0]) == ["Write to open@example.org."]


def letter(announcement: str, language: str, name: str = "") -> str:
    """A letter of the shipped campaigns as HTML; with another name of the place and its government."""
    occasion = next(each for each in occasions() if each.announcement == announcement)
    addressee = Addressee(recipient=sample_recipient(workspace().words, language), role="invited")
    html = workspace().renderer_with(KEY).letter(occasion, workspace().routes["letter"], addressee, HOME, "4f1a").html
    government = workspace().settings.government
    for each in (government.name, government.place):
        html = html.replace(str(each[language]), name or str(each[language]))  # type: ignore[index]
    return html


@pytest.mark.parametrize(("language", "name"), [("es", ""), ("ar", ""), ("fr", LONGEST["fr"])])
def test_a_signature_never_stands_alone_on_a_page(language: str, name: str) -> None:
    """Of the longest letter without a table, also of the longest name: two paragraphs at least go over with it."""
    html, found = re.subn(_LAST, r"<p>SIGNATURE</p>\1", letter("invite-the-stakeholders", language, name))
    assert found == 1
    printed = press().print(html, style_of(ENVELOPES["din-5008-b"]))
    with pdfplumber.open(io.BytesIO(printed.data)) as pdf:
        page = next(each for each in map(lines, pdf.pages) if "SIGNATURE" in each)
    assert page.index("SIGNATURE") >= 2


def test_a_letter_that_is_some_lines_too_long_is_set_closer() -> None:
    """One page instead of two, with letters as large; what is much too long stays as it is."""
    style = style_of(ENVELOPES["din-5008-b"])
    html = letter("not-selected", "es")
    wide, close = press().print(html, style), press().print(html, style, closers_of(html))
    assert (wide.pages, close.pages) == (2, 1)
    sizes = [_sizes(each.data) for each in (wide, close)]
    assert sizes[0] == sizes[1]
    longer = html.replace("</main>", "<p>Más.</p>" * 60 + "</main>")
    assert press().print(longer, style, closers_of(longer)).data == press().print(longer, style).data


@pytest.mark.parametrize(
    ("announcement", "language", "window"),
    [
        ("thank-the-promoters", "fr", "din-5008-b"),
        ("invite-the-promoters", "pt", "din-5008-b"),
        ("thank-the-promoters", "es", "us-10"),
    ],
)
def test_an_invitation_has_its_code_on_its_page(announcement: str, language: str, window: str) -> None:
    """No second sheet for the code alone; French takes more lines than others, American sheets have fewer."""
    html = letter(announcement, language)
    assert press().print(html, style_of(ENVELOPES[window]), closers_of(html)).pages == 1


@pytest.mark.parametrize(
    ("announcement", "language", "window"),
    [("thank-the-promoters", "fr", "us-10"), ("invite-the-stakeholders", "ar", "din-5008-b")],
)
def test_in_the_longest_name_the_code_stands_beside_the_signature(
    announcement: str, language: str, window: str
) -> None:
    """On the one page that there is, neither over the other, in the letter's direction."""
    html = letter(announcement, language, LONGEST[language])
    printed = press().print(
        re.sub(_LAST, r"<p>SIGNATURE LINE</p>\1", html), style_of(ENVELOPES[window]), closers_of(html)
    )
    assert printed.pages == 1
    with pdfplumber.open(io.BytesIO(printed.data)) as pdf:
        frame = max(pdf.pages[0].rects, key=lambda each: each["height"] * each["width"])
        signed = [each for each in pdf.pages[0].extract_words() if each["text"] in {"SIGNATURE", "LINE"}]
    assert len(signed) == 2
    for word in signed:
        assert frame["top"] < word["top"] < word["bottom"] < frame["bottom"]
        assert word["x1"] < frame["x0"] if language == "fr" else word["x0"] > frame["x1"]


@pytest.mark.parametrize("end", ["<p>" + "A long last paragraph. " * 8 + "</p>", "<ul><li>A list</li></ul>"])
def test_nothing_but_a_signature_has_the_code_beside_it(end: str) -> None:
    """A text of one's own may end with anything: it is not pressed into a third of the page, nor written over."""
    html = letter("thank-the-promoters", "en")
    assert len(closers_of(html)) == 2
    changed, found = re.subn(_LAST, rf"{end}\1", html)
    assert found == 1
    assert len(closers_of(changed)) == 1


def test_a_code_goes_to_the_next_page_with_the_signature() -> None:
    """Where a letter takes two pages, its second is more than a frame without a word before it."""
    html = re.sub(_LAST, r"<p>SIGNATURE</p>\1", letter("thank-the-promoters", "en"))
    html = html.replace('<div class="text">', '<div class="text">' + "<p>More.</p>" * 2)
    with pdfplumber.open(io.BytesIO(press().print(html, style_of(ENVELOPES["din-5008-b"])).data)) as pdf:
        first, second = map(lines, pdf.pages)
    assert "SIGNATURE" in second
    assert "SIGNATURE" not in first


def _sizes(data: bytes) -> set[float]:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return {round(each["size"], 1) for page in pdf.pages for each in page.chars}


def test_an_address_that_keeps_its_direction_is_one_link() -> None:
    """Two in one place would be one more than any tag tells of (PDF/UA-1, 7.18.5)."""
    html = '<p><a href="mailto:a@b.example"><bdi dir="ltr">a@<wbr>b.example</bdi></a></p>'
    printed = Press().print(f"<!doctype html><title>T</title>{html}", "")
    (page,) = PdfReader(io.BytesIO(printed.data)).pages
    assert len(page["/Annots"]) == 1  # type: ignore[arg-type]
