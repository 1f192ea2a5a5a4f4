"""Hand-off: the counterpart is the folder a person opens."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from channels.handoff import HandoffChannel
from communique.channel import Image, Measured, Message, TemporaryError
from tests.channels.conftest import LINK
from tests.channels.contract import Bench, ChannelContract

STEM = "network/accepted-into-ogp-tell-the-public-once-es"


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, with_post: Callable[..., Message]) -> Bench:
        """The adapter and the folder."""
        return Bench(
            make=lambda: HandoffChannel(directory=tmp_path, limit=300),
            message=message,
            invalid=with_post(text="ñ" * 300),
            complaint="of 300 characters",
            accepted=lambda: len(list(tmp_path.rglob("*.txt"))),
        )


def ignore() -> None:
    """A commit that nobody looks at."""


def test_the_text_is_ready_to_paste(tmp_path: Path, message: Message) -> None:
    """The file holds what is to be pasted and nothing else."""
    receipt = HandoffChannel(directory=tmp_path, limit=3000).send(message, ignore)
    assert receipt.reference == f"{STEM}.txt"
    assert receipt.by_hand
    lines = (tmp_path / receipt.reference).read_text().split("\n")
    assert (lines[0][:12], lines[-1]) == ("¡Puerto Clar", LINK)


def test_the_sheet_says_what_to_do(tmp_path: Path, with_post: Callable[..., Message], picture: Image) -> None:
    """Where, how long, which picture and its alternative text, and how to say that it is done."""
    message = with_post(image=picture)
    HandoffChannel(directory=tmp_path, limit=3000).send(message, ignore)
    sheet = (tmp_path / f"{STEM}.md").read_text()
    for words in ("network", LINK, "of 3000 characters", picture.alt, f"communique done {STEM}"):
        assert words in sheet
    assert (tmp_path / f"{STEM}.png").read_bytes() == picture.data


def test_the_sheet_of_an_answer_says_to_which_post(tmp_path: Path, message: Message) -> None:
    """The one that was made of the earlier pack."""
    HandoffChannel(directory=tmp_path, limit=3000).send(replace(message, answers="network/earlier-es.txt"), ignore)
    assert "Answer the post that was made of `network/earlier-es.txt`" in (tmp_path / f"{STEM}.md").read_text()


def test_a_folder_that_cannot_be_written_is_temporary(tmp_path: Path, message: Message) -> None:
    """Nothing is handed over; when the folder is mended it goes."""
    (tmp_path / "full").write_text("")
    with pytest.raises(TemporaryError):
        HandoffChannel(directory=tmp_path / "full", limit=3000).send(message, ignore)


def test_a_limit_is_needed() -> None:
    """Zero would refuse everything, much later."""
    with pytest.raises(ValueError, match="limit"):
        HandoffChannel(directory=Path(), limit=0)


def test_it_is_measured() -> None:
    """The plan can show how much room is left."""
    assert isinstance(HandoffChannel(directory=Path(), limit=1), Measured)
