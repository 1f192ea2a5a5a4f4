"""Letters on paper: what a printer gets is read by another program than the one that wrote it."""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
import zxingcpp
from pypdf import PdfReader

from channels.letter import LetterChannel, Window
from channels.paper.envelopes import ENVELOPES, Box
from channels.paper.own_process import SHARED
from channels.paper.press import Press
from channels.paper.tray import Tray
from communique.channel import (
    Cover,
    Crossing,
    Letter,
    Message,
    Outcome,
    PermanentError,
    Secret,
    TemporaryError,
    UnavailableError,
    UncertainError,
)
from communique.plan.samples import sample_recipient
from communique.postal_address import PostalAddress
from communique.texts.paper import with_addresses
from communique.texts.rendering import Addressee
from tests.channels.contract import Bench, ChannelContract
from tests.shipped_messages import occasions, workspace

MM = 72 / 25.4
KEY = Secret("a key of some length")
#: The longest address that the window takes: an organisation, and a country abroad.
HOME = PostalAddress(street="Avenida de la Constitución 12, 3.º B", city="Oporto", postcode="4000-322", country="PT")
SENDER = "Ayuntamiento de Puerto Claro"
#: As many lines as there may be, and other scripts than the letter's: their letters are higher.
FULL = {
    "uk": PostalAddress(street="вул. Хрещатик, 36", city="Київ", postcode="01044", country="UA"),
    "ar": PostalAddress(street="شارع الحبيب بورقيبة 12\nالطابق 3", city="تونس", postcode="1000", country="TN"),
}
PLAIN = Letter(
    subject="Hello",
    text="Hello.",
    html='<!doctype html><html lang="en"><head><title>Hello</title></head><body><p>Hello.</p></body></html>',
    address=("Ana Gil", "1 Quay Street"),
    cover=Cover(
        title="Letters",
        direction="ltr",
        language=("Language", "English"),
        labels=dict.fromkeys(("letters", "pages", "sheets", "weight", "postage", "together", "envelope"), "word"),
        steps=("Print.",),
    ),
)


@pytest.fixture
def letter(message: Message) -> Message:
    """A valid letter."""
    return addressed(message, 7)


def addressed(message: Message, person: int, language: str = "es", content: Letter = PLAIN) -> Message:
    """A letter to somebody."""
    key = f"accepted-into-ogp/thank-the-promoters/once/letter/{person}/{language}"
    recipient = sample_recipient(workspace().words, language)._replace(id=str(person))
    return message._replace(
        key=key, reference=f"{person}@here", language=language, content=content, recipient=recipient
    )


class TestContract(ChannelContract):
    """What every adapter promises, with the folder as the counterpart."""

    @pytest.fixture
    def bench(self, tmp_path: Path, letter: Message) -> Bench:
        """The adapter and the folder."""
        long = replace(PLAIN, address=("Line",) * 7)
        return Bench(
            make=lambda: LetterChannel(directory=tmp_path),
            message=letter,
            invalid=letter._replace(content=long),
            complaint="7 lines; the window has 6",
            accepted=lambda: len(list(tmp_path.glob("letter/*/es-*/letters/*.pdf"))),
        )


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
    address = _text(page, envelope.address)
    for words in ("Avenida de la Constitución 12", "4000-322", "PORTUGAL"):
        assert words in address
    seen = _touching(page, envelope.window)
    assert [each["text"] for each in seen if not _is_within(each, envelope.window)] == []
    others = [each for each in seen if not _is_within(each, envelope.address)]
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
    seen = _touching(page, envelope.window)
    assert [each["text"] for each in seen if not _is_within(each, envelope.window)] == []
    above = [each for each in seen if not _is_within(each, envelope.address)]
    assert " ".join(each["text"] for each in above) == f"{long} · Plaza Mayor 1 · 41999 Puerto Claro"
    assert all(each["bottom"] <= envelope.address.top * MM for each in above)


@pytest.mark.parametrize("window", ["din-5008-b", "us-10"])
@pytest.mark.parametrize("script", FULL)
def test_six_lines_of_another_script_are_seen_whole(script: str, window: Window) -> None:
    """In an Arabic letter, whose own letters are the highest; what is outside is in no window by a hair."""
    envelope = ENVELOPES[window]
    seen = _touching(opened("ar", window, FULL[script]).pages[0], envelope.window)
    assert max(each["bottom"] for each in seen) > (envelope.address.top + 5 * envelope.line_height) * MM
    assert [each["text"] for each in seen if not _is_within(each, envelope.window)] == []


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.left * MM, box.top * MM, (box.left + box.width) * MM, (box.top + box.height) * MM


def _text(page: Any, box: Box) -> str:
    return str(page.crop(_edges(box)).extract_text())


def _touching(page: Any, box: Box) -> list[Any]:
    left, top, right, bottom = _edges(box)
    return [
        each
        for each in page.extract_words()
        if each["x1"] > left and each["x0"] < right and each["bottom"] > top and each["top"] < bottom
    ]


def _is_within(word: Mapping[str, float], box: Box) -> bool:
    left, top, right, bottom = _edges(box)
    return left <= word["x0"] and word["x1"] <= right and top <= word["top"] and word["bottom"] <= bottom


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
    text = _text(page, ENVELOPES["din-5008-b"].address)

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


@dataclass
class Stream:
    """Messages to be handed over, and what became of them; as `Traffic`."""

    waiting: list[Message]
    stays: Collection[str] = ()  #: references of those that must not go any more
    outcomes: dict[str, object] = field(default_factory=dict)

    def next(self) -> Message | None:
        """The next one."""
        return self.waiting.pop(0) if self.waiting else None

    def is_halted(self) -> bool:
        """Never."""
        return False

    def settle(self, crossing: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        """Who may go, and what became of the others."""
        self.outcomes |= {each.message.reference: each.result for each in outcomes}
        return [each.message.reference for each in crossing if each.message.reference not in self.stays]


def texts(file: Path) -> list[str]:
    """Of each page."""
    with pdfplumber.open(file) as pdf:
        return [page.extract_text() for page in pdf.pages]


def test_letters_are_bound_by_language_under_a_cover(tmp_path: Path, message: Message) -> None:
    """One file to print a language, each letter on a sheet of its own; the cover counts them and says what to do."""
    channel = LetterChannel(directory=tmp_path, postage={20: {"en": "Standard", "es": "Normal"}})
    stream = Stream([addressed(message, 1), addressed(message, 2, "en"), addressed(message, 3)])
    channel.send_all(stream)
    pages = texts(tmp_path / "letter/accepted-into-ogp-thank-the-promoters-once/es-1/to-print.pdf")

    assert [each[:6] for each in pages[1:]] == ["", "Hello.", "", "Hello.", ""]
    for words in ("2 1 1 10 g Normal", "communique done letter/accepted-into-ogp-thank-the-promoters-once/es-1"):
        assert words in pages[0]
    assert "1 1 1 10 g Standard" in texts(next(tmp_path.rglob("en-1/to-print.pdf")))[0]
    assert {type(each) for each in stream.outcomes.values()} == {UncertainError}  # only a person knows that they went
    found = [channel.lookup(addressed(message, *to)) for to in ((1,), (2, "en"), (3,))]
    assert [each and each.reference.split("/")[2] for each in found] == ["es-1", "en-1", "es-1"]


def test_what_is_bound_can_be_read_aloud_as_each_letter_can(tmp_path: Path, message: Message) -> None:
    """One tree of tags (PDF/UA-1): every page has its own place in it, and what stands there lies on that page."""
    LetterChannel(directory=tmp_path).send_all(Stream([addressed(message, 1), addressed(message, 2)]))
    pdf = PdfReader(next(tmp_path.rglob("to-print.pdf")))
    root = pdf.root_object
    tree = root["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    places = dict(zip(numbers[::2], numbers[1::2], strict=True))

    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "es",
        True,
        True,
    )
    assert pdf.metadata is not None
    assert pdf.metadata.title == PLAIN.cover.title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert len(pdf.pages) == len({page["/StructParents"] for page in pdf.pages}) == 6
    assert [document.get_object()["/P"] for document in tree["/K"]] == [tree] * 6
    for page in pdf.pages:
        on_it = [each.get_object() for each in places[page["/StructParents"]].get_object()]
        assert {each.raw_get("/Pg").idnum for each in on_it if "/Pg" in each} <= {page.indirect_reference.idnum}
    said = places[pdf.pages[2]["/StructParents"]].get_object()
    assert [each.get_object()["/P"]["/S"] for each in said] == ["/P"]  # its one paragraph


def test_nobody_is_bound_in_who_must_not_go(tmp_path: Path, message: Message) -> None:
    """Somebody may leave between the two: neither the file to print nor the folder has their letter."""
    channel = LetterChannel(directory=tmp_path)
    channel.send_all(Stream([addressed(message, 1), addressed(message, 2)], stays=["1@here"]))

    assert channel.lookup(addressed(message, 1)) is None
    assert len(texts(next(tmp_path.rglob("to-print.pdf")))) == 4
    assert [each.name for each in tmp_path.rglob("letters/*")] == ["2.pdf"]


def test_a_batch_is_there_whole_or_not_at_all(
    tmp_path: Path, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before it takes its name nothing is left, and the next time everybody is in one."""
    letters = [addressed(message, 1), addressed(message, 2)]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Tray, "put_out", killed)
        with pytest.raises(KeyboardInterrupt):
            LetterChannel(directory=tmp_path).send_all(Stream([*letters]))
    assert list(tmp_path.rglob("*.pdf")) == []
    channel = LetterChannel(directory=tmp_path)
    assert [channel.lookup(each) for each in letters] == [None, None]
    channel.send_all(Stream([*letters]))
    assert len(list(tmp_path.rglob("to-print.pdf"))) == 1


def test_one_bad_letter_stops_no_other(tmp_path: Path, message: Message) -> None:
    """It fails with the reason, the others are printed; what its page asks for from elsewhere is not fetched."""
    far = replace(PLAIN, html=PLAIN.html.replace("<p>", '<img src="file:///etc/hostname" alt=""><p>'))
    stream = Stream([addressed(message, 1, content=far), addressed(message, 2)])
    LetterChannel(directory=tmp_path).send_all(stream)

    assert isinstance(stream.outcomes["1@here"], PermanentError)
    assert [each.name for each in tmp_path.rglob("letters/*")] == ["2.pdf"]


def test_a_folder_that_cannot_be_written_is_temporary(tmp_path: Path, letter: Message) -> None:
    """Nothing is handed over; when the folder is mended it goes."""
    (tmp_path / "letter").write_text("")
    stream = Stream([letter])
    LetterChannel(directory=tmp_path).send_all(stream)

    assert isinstance(stream.outcomes["7@here"], TemporaryError)


def test_a_machine_without_pango_is_told_what_it_lacks(
    tmp_path: Path, letter: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No letter would fare better: the channel rests."""
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    SHARED.close()  # it has been begun with another
    try:
        with pytest.raises(UnavailableError, match="apt-get install"):
            LetterChannel(directory=tmp_path).send_all(Stream([letter]))
    finally:
        SHARED.close()


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"window": "c4"}, {"paper": 0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """Long before a letter is made."""
    with pytest.raises(ValueError, match="expect"):
        LetterChannel(directory=Path(), **wrong)
