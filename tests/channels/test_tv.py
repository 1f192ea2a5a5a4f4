"""Television: the counterpart is the folder that a person takes to the stations; what is in it is read again."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdf
import pytest
from PIL import Image

from channels.tv import TelevisionChannel
from communique.channel import Form, Message, Script
from communique.drawing.font_files import installed_fonts
from communique.drawing.safe_area import outside
from communique.send.messages import as_kept, overlaid
from tests.channels.contract import Bench, ChannelContract
from tests.shipped_messages import occasions, workspace

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
PLACE = "network/accepted-into-ogp-tell-the-public-once"
#: Of 1920 × 1080, 5 % from each edge (EBU R 95).
SAFE = (96, 54, 1824, 1026)


def script(language: str) -> Script:
    """Of the shipped campaign, as it is sent."""
    (occasion,) = [each for each in occasions() if each.announcement == "tell-the-public"]
    return overlaid(workspace().renderer.script(occasion, workspace().routes["tv"], language))


@pytest.fixture(scope="module")
def in_spanish() -> Script:
    """With its pictures drawn."""
    return script("es")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, in_spanish: Script) -> Mapping[str, Path]:
    """What stations get, in a language read from the left and one read from the right."""
    root = tmp_path_factory.mktemp("tv")
    channel = TelevisionChannel(directory=root, stations={"Canal Puerto Claro": "20:55"})
    (occasion,) = [each for each in occasions() if each.announcement == "tell-the-public"]
    for language, content in (("es", in_spanish), ("ar", script("ar"))):
        key = f"accepted-into-ogp/tell-the-public/once/network/all/{language}"
        message = Message(key=key, reference="x@y", created_at=occasion.due_at, language=language, content=content)
        assert channel.send(message, lambda: None).by_hand
    return {language: root / PLACE / language for language in ("es", "ar")}


@pytest.fixture
def message(message: Message, in_spanish: Script) -> Message:
    """A script without pictures, quickly written."""
    spots = tuple(
        replace(spot, shots=tuple(replace(shot, overlays=()) for shot in spot.shots)) for spot in in_spanish.spots
    )
    return message._replace(content=replace(in_spanish, spots=spots, document="<p>.</p>"))


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, in_spanish: Script) -> Bench:
        """The adapter and the folder."""
        spot = in_spanish.spots[1]
        return Bench(
            make=lambda: TelevisionChannel(directory=tmp_path),
            message=message,
            invalid=message._replace(content=replace(in_spanish, spots=(replace(spot, takes=30.6),))),
            complaint="Too long for 30 seconds: 30.6 seconds",
            accepted=lambda: len(list(tmp_path.rglob("cue-sheet.html"))),
        )


def test_a_station_finds_all_it_needs_in_one_folder(folders: Mapping[str, Path], in_spanish: Script) -> None:
    """The script on paper and as text with times, the words for the screen, and a sheet that says whom to ask."""
    folder = folders["es"]
    assert {file.name for file in folder.iterdir()} == {
        "cue-sheet.html",
        "script.pdf",
        *("tv-15.txt", "tv-15-shot-1-super.png", "tv-15-shot-2-super.png"),
        *("tv-30.txt", "tv-30-shot-1-super.png", "tv-30-shot-2-lower-third.png", "tv-30-shot-4-super.png"),
        *("tv-60.txt", "tv-60-shot-3-lower-third.png"),
        *(f"tv-60-shot-{number}-super.png" for number in (1, 2, 5, 6)),
    }
    text = (folder / "tv-30.txt").read_text()
    assert text.startswith("0:00–0:05\nImagen: La plaza principal al empezar el día.\nEn pantalla: Entramos en")
    assert "En pantalla: abierto.puertoclaro.example.org\nSonido: Siga cada paso" in text
    assert "abierto punto puertoclaro punto example punto org" in text
    sheet = (folder / "cue-sheet.html").read_text()
    for words in (
        "Canal Puerto Claro: 20:55",
        "19 de enero de 2027, 10:00 (CET)",
        "+34 955 000 000",
        "script.pdf",
        "tv-30-shot-2-lower-third.png",
        "Elena Robles, alcaldesa de Puerto Claro",
        "EBU R 95",
        f"communique done {PLACE}/es --as NAME",
    ):
        assert words in sheet
    assert "<audio" not in sheet
    assert [spot.seconds for spot in in_spanish.spots] == [15, 30, 60]
    for spot in in_spanish.spots:
        assert 0.75 * spot.seconds <= spot.takes <= spot.seconds
        assert spot.takes == pytest.approx(sum(shot.takes for shot in spot.shots))
        spans = [(at, until) for at, until, _ in spot.timed_shots]
        assert (spans[0][0], spans[-1][1]) == (0, spot.seconds)  # a station has something to show until the end
        assert all(until == at for (_, until), (at, _) in pairwise(spans))
    with pdfplumber.open(folder / "script.pdf") as paper:
        printed = "".join(page.extract_text() for page in paper.pages)
    assert re.findall(r"0:\d\d–(0:15|0:30|1:00)", printed) == ["0:15", "0:30", "1:00"]


@pytest.mark.parametrize("language", ["es", "ar"])
def test_words_for_the_screen_leave_its_edges_free(folders: Mapping[str, Path], language: str) -> None:
    """As large as the screen, transparent but for the words, and those in the safe area; Arabic begins at the right."""
    pictures = [Image.open(file) for file in sorted(folders[language].glob("tv-30-*.png"))]
    assert [picture.size for picture in pictures] == [(1920, 1080)] * 3
    boxes = [picture.convert("RGBA").getchannel("A").getbbox() for picture in pictures]
    for box in boxes:
        assert box is not None
        assert (box[0] >= SAFE[0], box[1] >= SAFE[1], box[2] <= SAFE[2], box[3] <= SAFE[3]) == (True,) * 4
    lower_third = boxes[1]
    assert lower_third is not None
    assert (lower_third[0] == SAFE[0], lower_third[2] == SAFE[2]) == (
        (True, False) if language == "es" else (False, True)
    )


@pytest.mark.parametrize(("language", "direction"), [("es", "ltr"), ("ar", "rtl")])
def test_the_script_on_paper_is_tagged(folders: Mapping[str, Path], language: str, direction: str) -> None:
    """Its language and title are set, so that it can be read aloud; each length is whole on one sheet."""
    reader = pypdf.PdfReader(io.BytesIO((folders[language] / "script.pdf").read_bytes()))
    catalogue = reader.trailer["/Root"]
    assert isinstance(catalogue, pypdf.generic.DictionaryObject)
    assert (catalogue["/Lang"], "/StructTreeRoot" in catalogue) == (language, True)
    sheets = [re.findall(r"(\d+:\d\d)[–-](\d+:\d\d)", page.extract_text()) for page in reader.pages]
    begun = [any("0:00" in span for span in sheet) for sheet in sheets]
    assert all(begun)  # none goes on from the sheet before
    assert reader.metadata is not None
    assert reader.metadata.title == script(language).headline
    assert f'dir="{direction}"' in script(language).document


def test_a_long_address_leaves_what_is_heard_its_room(tmp_path: Path, message: Message, in_spanish: Script) -> None:
    """On the screen it stands in one word; the column beside it stays the wider one."""
    long = "abierto.santodomingodelostsachilas.example.org"
    document = in_spanish.document.replace("abierto.puertoclaro.example.org", long)
    TelevisionChannel(directory=tmp_path).send(
        message._replace(content=replace(in_spanish, document=document)), lambda: None
    )
    (folder,) = {file.parent for file in tmp_path.rglob("script.pdf")}
    with pdfplumber.open(folder / "script.pdf") as paper:
        page = paper.pages[0]
        heard = next(word for word in page.extract_words() if word["text"] == "Sonido")
    assert heard["x0"] < page.width / 2 + 10


def test_what_lies_too_near_the_edge_is_found() -> None:
    """By its line; what is wrong with the drawing itself is found elsewhere."""
    box = '<rect x="{}" y="54" width="500" height="90"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080">\n{box}</svg>'
    assert outside(svg.format(96)) == []
    assert outside(svg.format(95)) == [(2, "rect from 95, 54 to 595, 144")]
    assert outside(svg.format(1325)) == [(2, "rect from 1325, 54 to 1825, 144")]
    assert outside("no drawing") == []


def test_the_ledger_keeps_the_words_and_not_the_pictures(in_spanish: Script) -> None:
    """What stood on the screen can be told later."""
    kept = as_kept(in_spanish)
    assert kept is not None
    assert [each["text"] for each in kept["spots"][1]["shots"][1]["overlays"]] == [
        "Elena Robles, alcaldesa de Puerto Claro"
    ]
    assert "\\x89PNG" not in repr(kept)
    assert "document" not in kept


def test_a_script_that_is_only_heard_is_none_for_television(message: Message, in_spanish: Script) -> None:
    """And one without a machine that prints is there as text."""
    heard = replace(in_spanish, spots=tuple(replace(spot, shots=()) for spot in in_spanish.spots))
    channel = TelevisionChannel(directory=Path())
    assert channel.check(message._replace(content=heard)) == [
        "A script with two columns was expected, found one that is only heard."
    ]
    route = workspace().routes["tv"]
    assert (route.form, route.is_for_a_person, route.is_television) == (Form.SCRIPT, True, True)
