"""Letters that go together: one file to print for each language, under a cover, with nobody in it who must not go."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from channels.letter import LetterChannel
from channels.paper.tray import Tray
from communique.channel import Message, UncertainError
from tests.channels.plain_letters import PLAIN, Stream, addressed, texts


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
