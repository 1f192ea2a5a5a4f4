"""Infographic: the counterpart is the folder that a person shows and prints from."""

import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from channels.infographic import InfographicChannel
from communique.channel import Infographic, Message
from communique.drawing.font_files import installed_fonts
from communique.drawing.pixels import outlined
from communique.send.messages import as_sent
from communique.website.infographics import infographic_of
from communique.workspace import Workspace
from tests.channels.contract import Bench, ChannelContract
from tests.shipped_messages import occasions, workspace

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
PLACE = "network/accepted-into-ogp-tell-the-public-once/es"
#: The announcement whose infographic has the most on it: the plan is published, with its commitments.
PUBLISHED = next(each for each in occasions() if each.announcement == "the-plan-is-published")


PROMISE = "Publicar las actas, los presupuestos y los contratos de cada barrio en datos abiertos antes del 1 de junio"


def town() -> Workspace:
    """The shipped workspace, with a plan of as many commitments as there may be."""
    name = PUBLISHED.campaign.campaign
    campaign = PUBLISHED.campaign.model_copy(
        update={"facts": {**PUBLISHED.campaign.facts, "commitments": [{"title": PROMISE}] * 5}}
    )
    return replace(workspace(), campaigns={**workspace().campaigns, name: campaign})


def infographic(language: str) -> Infographic:
    """Not yet drawn."""
    return infographic_of(town(), PUBLISHED, workspace().routes["infographic"], language)


@pytest.fixture(scope="module")
def in_spanish() -> Infographic:
    """The one that most tests look at."""
    return as_sent(infographic("es"))


@pytest.fixture
def message(message: Message, in_spanish: Infographic) -> Message:
    """An infographic."""
    return message._replace(content=in_spanish)


def ignore() -> None:
    """A commit that nobody looks at."""


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, in_spanish: Infographic) -> Bench:
        """The adapter and the folder, without posters."""
        return Bench(
            make=lambda: InfographicChannel(directory=tmp_path, poster=False),
            message=message,
            invalid=message._replace(content=replace(in_spanish, image=None)),
            complaint="There is no picture.",
            accepted=lambda: len(list(tmp_path.rglob("infographic.png"))),
        )


def test_the_folder_has_picture_drawing_words_and_poster(tmp_path: Path, message: Message) -> None:
    """The drawing needs no font; the code on the picture leads to the page; the poster is one tagged page of text."""
    channel = InfographicChannel(directory=tmp_path)
    receipt = channel.send(message, ignore)
    assert (receipt.reference, receipt.by_hand) == (PLACE, True)
    assert set(channel.offered(receipt.reference)) == {"infographic.png", "infographic.svg", "poster.pdf"}
    folder = tmp_path / PLACE
    picture = Image.open(io.BytesIO((folder / "infographic.png").read_bytes()))
    assert picture.size == (1200, 1800)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == "https://abierto.puertoclaro.example.org/es/"
    drawing = ET.fromstring((folder / "infographic.svg").read_bytes())
    assert drawing.findall(".//{http://www.w3.org/2000/svg}text") == []
    assert drawing[0].text == "Ya puede leer el primer plan de acción de gobierno abierto"
    poster = PdfReader(folder / "poster.pdf")
    assert len(poster.pages) == 1
    assert poster.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert poster.trailer["/Root"]["/Lang"] == "es"
    printed = poster.pages[0].extract_text()
    described = (folder / "description.txt").read_text()
    for words in (
        "Plan de acción publicado: Estamos aquí",
        "Compromisos",
        f"5. {PROMISE}",
        "abierto.puertoclaro.example.org",
    ):
        assert words in described
        assert words.replace(": ", " ") in " ".join(printed.split())  # the state stands in a column of its own


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_nothing_is_cut_in_any_language(language: str) -> None:
    """The longest words and the direction that turns the page; the words say where we are."""
    undrawn = infographic(language)
    assert undrawn.card is not None
    assert outlined(undrawn.card.source).cut == ()
    here = workspace().words.of(language)["stage_states"]["current"]
    assert undrawn.text.count(here) == 1
