"""Letters on paper: what is handed over, and what is refused or put off."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.letter import LetterChannel
from channels.paper.own_process import SHARED
from communique.channel import Message, PermanentError, TemporaryError, UnavailableError
from tests.channels.contract import Bench, ChannelContract
from tests.channels.plain_letters import PLAIN, Stream, addressed


@pytest.fixture
def letter(message: Message) -> Message:
    """A valid letter."""
    return addressed(message, 7)


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
