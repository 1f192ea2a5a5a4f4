"""A printed letter as it is read: aloud, from the right, in tables, by the camera of a telephone."""

import io
from pathlib import Path

import pdfplumber
import pytest
import zxingcpp
from pypdf import PdfReader

from channels.letter import LetterChannel
from channels.paper.envelopes import ENVELOPES
from channels.paper.press import Press
from communique.plan.samples import sample_recipient
from communique.texts.paper import with_addresses
from communique.texts.rendering import Addressee
from tests.channels.printed_letters import HOME, KEY, MM, opened, text_within
from tests.shipped_messages import occasions, workspace


@pytest.mark.parametrize("language", ["es", "ar"])
def test_programs_that_read_aloud_can_read_it(language: str) -> None:
    """Tagged, in its language, with a title; every font lies in the file."""
    pdf = opened(language)
    catalog = pdf.doc.catalog

    assert catalog["Lang"].decode() == language
    assert catalog["MarkInfo"]["Marked"]
    assert pdf.structure_tree
    assert pdf.metadata["Title"]
    fonts = {char["fontname"] for page in pdf.pages for char in page.chars}
    assert all(name[6] == "+" for name in fonts), fonts  # a subset, which only an embedded font can be


def test_an_arabic_letter_is_read_from_the_right() -> None:
    """Its text begins at the right edge; the Latin address keeps its order."""
    page = opened("ar").pages[0]
    words = [each for each in page.extract_words() if each["top"] > ENVELOPES["din-5008-b"].text_top * MM]
    text = text_within(page, ENVELOPES["din-5008-b"].address)

    assert max(each["x1"] for each in words) == pytest.approx((210 - 20) * MM, abs=2)
    assert "4000-322 OPORTO" in text


def test_no_row_of_a_table_is_left_alone_on_the_sheet_before_the_others() -> None:
    """However long the text above it is, an agenda begins with two rows, or on the next sheet with its heading."""
    occasion = next(each for each in occasions() if each.announcement == "invite-the-offices")
    addressee = Addressee(recipient=sample_recipient(workspace().words, "es")._replace(id="7"), role="internal")
    html = (
        workspace().renderer_with(KEY).letter(occasion, workspace().routes["letter"], addressee, HOME, "4f1a90c3").html
    )
    heading = html.rindex("<h", 0, html.index("<thead"))
    above, agenda = html[:heading].split("<ul>", 1)[0], html[heading:]
    channel = LetterChannel(directory=Path())
    moments = [row["moment"]["es"] for row in occasion.campaign.facts["agenda"]]

    def on_the_first_sheet(lines: int) -> int:
        printed = channel._press.print(above + "<p>Una línea.</p>" * lines + agenda, channel._style)
        text = " ".join(PdfReader(io.BytesIO(printed.data)).pages[0].extract_text().split())
        return sum(moment in text for moment in moments)

    found = [on_the_first_sheet(lines) for lines in range(12, 22)]
    assert 1 not in found
    assert {0, 2} <= set(found), found


def test_the_code_leads_to_the_readers_own_answer() -> None:
    """Read by another program from the printed page; a telephone number and an address stand beside it in words."""
    pdf = opened("en")
    codes = [code for page in pdf.pages for code in zxingcpp.read_barcodes(page.to_image(resolution=150).original)]
    renderer = workspace().renderer_with(KEY)
    recipient = sample_recipient(workspace().words, "en")._replace(id="7")
    token = renderer.own_links.answer_token(recipient, "kickoff.meeting")
    text = "\n".join(page.extract_text() for page in pdf.pages)

    assert [code.text for code in codes] == [f"https://abierto.puertoclaro.example.org/answer/{token}"]
    for words in (
        "+34 955 000 000",
        "2 February 2027",
        "Elena Robles, Mayor of Puerto Claro",
        "1 of 2",
        "2027-4F1A-90C3",
    ):
        assert words in text
    assert "calendar" not in text  # nothing comes with a letter


def test_the_address_of_a_link_begins_its_line_where_other_lines_begin() -> None:
    """No gap stands before it; an address that is written out is not said twice."""
    (invitation,) = [each for each in occasions() if each.announcement == "invite-the-stakeholders"]
    reader = Addressee(recipient=sample_recipient(workspace().words, "es"), role="invited")
    renderer, route = workspace().renderer_with(KEY), workspace().routes["letter"]
    made = renderer.letter(invitation, route, reader, HOME, "4f1a90c3")
    with pdfplumber.open(io.BytesIO(Press().print(made.html, "").data)) as pdf:
        lines = [line for page in pdf.pages for line in page.extract_text_lines()]
    at = next(number for number, line in enumerate(lines) if line["text"].startswith("(https"))
    assert lines[at]["x0"] == pytest.approx(lines[at - 1]["x0"], abs=1)
    assert with_addresses('<a href="https://a.example">https://a.example</a>').count("a.example") == 2
