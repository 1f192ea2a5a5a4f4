"""Infographic: the counterpart is the folder that a person shows and prints from."""

import io
import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pdfplumber
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from channels.infographic import InfographicChannel
from communique.channel import Infographic, Message
from communique.delivery import Mode
from communique.drawing.font_files import installed_fonts
from communique.drawing.pixels import outlined
from communique.moments import parse_milestone
from communique.occasion import dates_of
from communique.plan.known_preflights import key_of
from communique.plan.planning import Planner
from communique.send.messages import as_sent
from communique.store.announcements import declarations
from communique.store.database import open_database, sqlite_url
from communique.website.infographics import infographic_of
from communique.workspace import Workspace
from tests.channels.contract import Bench, ChannelContract
from tests.drawing.test_card_shapes import LONGEST
from tests.shipped_messages import occasions, workspace

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
PLACE = "network/accepted-into-ogp-tell-the-public-once/es"
#: The announcement whose infographic has the most on it: the plan is published, with its commitments.
PUBLISHED = next(each for each in occasions() if each.announcement == "the-plan-is-published")


_MARGIN, _FOOT = 16 / 25.4 * 72, 14 / 25.4 * 72  #: of the poster, in points: at its sides; above and below
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
    described = drawing.findtext(
        "{http://www.w3.org/2000/svg}desc"
    )  # who hears it has the same as in the text beside it
    assert described is not None
    assert described.strip() in (folder / "description.txt").read_text()
    assert len(described) > 400
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


@pytest.mark.parametrize("language", ["es", "ar"])
def test_nothing_of_a_poster_lies_in_its_margin(tmp_path: Path, message: Message, language: str) -> None:
    """With the longest name and address, where a printer or the edge of a panel would cut it; on one sheet."""
    address = "https://abierto.santodomingodelostsachilas.example.org"
    settings = workspace().settings
    named = settings.government.model_copy(update={"name": LONGEST})
    settings = settings.model_copy(update={"public_address": address, "government": named})
    made = replace(workspace(), settings=settings)
    drawn = as_sent(infographic_of(made, PUBLISHED, workspace().routes["infographic"], language))
    InfographicChannel(directory=tmp_path).send(message._replace(content=drawn, language=language), ignore)
    with pdfplumber.open(next(tmp_path.rglob("poster.pdf"))) as poster:
        (page,) = poster.pages
        words = page.extract_words()
    assert address.removeprefix("https://") in {word["text"] for word in words}
    least, most = _MARGIN - 1, (page.width - _MARGIN + 1, page.height - _FOOT + 1)
    outside = [
        word["text"]
        for word in words
        if word["x0"] < least or word["x1"] > most[0] or word["top"] < _FOOT - 1 or word["bottom"] > most[1]
    ]
    assert outside == []


def test_it_shows_the_dates_of_other_campaigns_as_they_hold(tmp_path: Path) -> None:
    """Those that were declared: what is looked at, approved, kept and sent is made from them."""
    with closing(open_database(sqlite_url(tmp_path / "ledger.sqlite"))) as database:
        joined = next(each for each in occasions() if each.announcement == "why-we-joined")
        planner, now = Planner(workspace=workspace(), database=database, channels={}, mode=Mode.TRIAL), joined.due_at
        with database.begin() as connection:
            before = planner.as_it_holds(connection, joined, now)
            moment = parse_milestone("2030-11-04")
            declarations.declare(connection, "co-creation-kickoff", "proposals-open", moment, by="Ana", now=now)
            occasion = planner.as_it_holds(connection, joined, now)
            mails_only = next(each for each in occasions() if each.announcement == "thank-the-promoters")
            assert planner.as_it_holds(connection, mails_only, now).elsewhere == {}
    kept = replace(joined, **dates_of(json.loads(json.dumps(occasion.dates))))
    for each in (occasion, kept):
        said = infographic_of(workspace(), each, workspace().routes["infographic"], "es").text
        assert "3. Recepción de propuestas: Más adelante (4 de noviembre de 2030)" in said
    assert kept.milestones == occasion.milestones
    assert key_of(workspace(), {}, before) != key_of(workspace(), {}, occasion)


def test_what_is_said_of_a_stage_follows_its_date() -> None:
    """Before it, when it comes; during it, since when and until when; after it, that it is done, and no date of it."""
    begins = next(each for each in occasions() if each.announcement == "the-process-begins")
    opens, closes = (begins.milestones[name].start for name in ("proposals-open", "proposals-close"))
    assert opens is not None
    assert isinstance(closes, datetime)
    first = datetime(opens.year, opens.month, opens.day, 9, tzinfo=UTC)
    last = closes.replace(tzinfo=UTC)

    def said(at: datetime) -> str:
        route = workspace().routes["infographic"]
        return infographic_of(workspace(), replace(begins, due_at=at), route, "en").text

    before, during, after = said(first - timedelta(days=2)), said(last - timedelta(days=2)), said(last)
    assert re.search(r"Collecting proposals: Still to come \(\d+ \w+ \d{4}\)\n", before)
    assert re.search(r"Send a proposal \(from \d+ ", before)
    assert re.search(r"Collecting proposals: We are here \(since \d+ ", during)
    assert re.search(r"Send a proposal \(until \d+ ", during)
    assert "Collecting proposals: Done\n" in after
    assert "Send a proposal" not in after


def test_a_way_that_is_not_open_yet_says_from_when() -> None:
    """Nobody is told to send a proposal that nobody collects; what is over is not named."""
    begins = next(each for each in occasions() if each.announcement == "the-process-begins")
    route = workspace().routes["infographic"]
    said = infographic_of(workspace(), begins, route, "es")
    assert re.search(r"- Enviar una propuesta \(desde el \d+ de \w+ de \d{4}\)\n- Asistir a las reuniones", said.text)
    assert "Enviar una propuesta (desde el" in said.poster
    over = replace(begins, due_at=begins.due_at + timedelta(days=200))
    assert "Enviar una propuesta" not in infographic_of(workspace(), over, route, "es").text
