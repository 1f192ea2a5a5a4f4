"""The address in the window of the envelope, to the millimetre."""

import io

import pdfplumber
import pytest

from channels.letter import Window
from channels.paper.envelopes import ENVELOPES
from communique.postal_address import PostalAddress
from tests.channels.printed_letters import MM, is_within, opened, shipped, text_within, touching

#: As many lines as there may be, and other scripts than the letter's: their letters are higher.
FULL = {
    "uk": PostalAddress(street="вул. Хрещатик, 36", city="Київ", postcode="01044", country="UA"),
    "ar": PostalAddress(street="شارع الحبيب بورقيبة 12\nالطابق 3", city="تونس", postcode="1000", country="TN"),
}


@pytest.mark.parametrize(
    ("language", "window"),
    [
        ("es", "din-5008-b"),
        ("ar", "din-5008-b"),
        ("es", "din-5008-a"),
        ("en", "us-10"),
        ("es", "us-10"),
        ("ar", "us-10"),
    ],
)
def test_the_window_shows_the_address_and_nothing_else(language: str, window: Window) -> None:
    """In millimetres: all of it within, the sender's line above it where the window has room, no other word."""
    envelope = ENVELOPES[window]
    page = opened(language, window).pages[0]

    assert (round(page.width / MM, 1), round(page.height / MM, 1)) == tuple(round(each, 1) for each in envelope.page)
    address = text_within(page, envelope.address)
    for words in ("Avenida de la Constitución 12", "4000-322", "PORTUGAL"):
        assert words in address
    seen = touching(page, envelope.window)
    assert [each["text"] for each in seen if not is_within(each, envelope.window)] == []
    others = [each for each in seen if not is_within(each, envelope.address)]
    assert all(each["bottom"] <= envelope.address.top * MM for each in others)
    assert bool(others) == envelope.says_from


@pytest.mark.parametrize(
    "long",
    [
        "Ayuntamiento de San Cristóbal de La Laguna de los Caballeros",
        "Gobierno Autónomo Descentralizado Provincial de Santo Domingo de los Tsáchilas, Dirección de la Participación",
    ],
)
def test_a_long_name_of_the_sender_leaves_the_way_back_to_be_read(long: str) -> None:
    """Above the address, in two or three lines, and within the window."""
    envelope = ENVELOPES["din-5008-b"]
    page = pdfplumber.open(io.BytesIO(shipped("es", "din-5008-b", sender=long))).pages[0]
    seen = touching(page, envelope.window)
    assert [each["text"] for each in seen if not is_within(each, envelope.window)] == []
    above = [each for each in seen if not is_within(each, envelope.address)]
    assert " ".join(each["text"] for each in above) == f"{long} · Plaza Mayor 1 · 41999 Puerto Claro"
    assert all(each["bottom"] <= envelope.address.top * MM for each in above)


@pytest.mark.parametrize("window", ["din-5008-b", "us-10"])
@pytest.mark.parametrize("script", FULL)
def test_six_lines_of_another_script_are_seen_whole(script: str, window: Window) -> None:
    """In an Arabic letter, whose own letters are the highest; what is outside is in no window by a hair."""
    envelope = ENVELOPES[window]
    seen = touching(opened("ar", window, FULL[script]).pages[0], envelope.window)
    assert max(each["bottom"] for each in seen) > (envelope.address.top + 5 * envelope.line_height) * MM
    assert [each["text"] for each in seen if not is_within(each, envelope.window)] == []
