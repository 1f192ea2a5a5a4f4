"""The letter that promoters get, printed, and where its words stand on the sheet."""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pdfplumber

from channels.letter import LetterChannel, Window
from channels.paper.envelopes import Box
from communique.channel import Secret
from communique.plan.samples import sample_recipient
from communique.postal_address import PostalAddress
from communique.texts.rendering import Addressee
from tests.shipped_messages import occasions, workspace

MM = 72 / 25.4
KEY = Secret("a key of some length")
#: The longest address that the window takes: an organisation, and a country abroad.
HOME = PostalAddress(street="Avenida de la Constitución 12, 3.º B", city="Oporto", postcode="4000-322", country="PT")
SENDER = "Ayuntamiento de Puerto Claro"


@cache
def shipped(language: str, window: Window, home: PostalAddress = HOME, sender: str = SENDER) -> bytes:
    """The invitation that promoters get, as one PDF; in the name of another town hall, if there is one."""
    occasion = next(each for each in occasions() if each.announcement == "thank-the-promoters")
    addressee = Addressee(recipient=sample_recipient(workspace().words, language)._replace(id="7"), role="promoters")
    renderer = workspace().renderer_with(KEY)
    content = renderer.letter(occasion, workspace().routes["letter"], addressee, home, "4f1a90c3")
    channel = LetterChannel(directory=Path(), window=window)
    return channel._press.print(content.html.replace(SENDER, sender), channel._style).data


def opened(language: str = "es", window: Window = "din-5008-b", home: PostalAddress = HOME) -> Any:
    """It, read by pdfminer."""
    return pdfplumber.open(io.BytesIO(shipped(language, window, home)))


def edges(box: Box) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in points."""
    return box.left * MM, box.top * MM, (box.left + box.width) * MM, (box.top + box.height) * MM


def text_within(page: Any, box: Box) -> str:
    """What is read of it there."""
    return str(page.crop(edges(box)).extract_text())


def touching(page: Any, box: Box) -> list[Any]:
    """Words that are in it, or partly."""
    left, top, right, bottom = edges(box)
    return [
        each
        for each in page.extract_words()
        if each["x1"] > left and each["x0"] < right and each["bottom"] > top and each["top"] < bottom
    ]


def is_within(word: Mapping[str, float], box: Box) -> bool:
    """Whether a word is wholly in it."""
    left, top, right, bottom = edges(box)
    return left <= word["x0"] and word["x1"] <= right and top <= word["top"] and word["bottom"] <= bottom
