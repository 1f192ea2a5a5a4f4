"""The outbox: the counterpart is the folder an officer opens."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.outbox import Outbox
from channels.x import XChannel
from communique.channel import Form, Image, Message, Pages, Reach
from tests.channels.contract import Bench, ChannelContract, RetractionContract


class TestContract(ChannelContract, RetractionContract):
    """What every adapter promises, in front of X, which is never reached: it has no keys."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, with_post: Callable[..., Message]) -> Bench:
        """The adapter and the folder."""
        return Bench(
            make=lambda: Outbox(directory=tmp_path, inner=XChannel(), name="x"),
            message=message,
            invalid=with_post(text="ñ" * 300),
            complaint="of 280",
            accepted=lambda: len(list(tmp_path.rglob("*.json"))),
        )


def ignore() -> None:
    """A commit that nobody looks at."""


def test_the_file_says_what_would_have_gone_out(
    tmp_path: Path, with_post: Callable[..., Message], picture: Image
) -> None:
    """Text, link, alternative text, length and price; the picture lies beside it."""
    message = with_post(image=picture)
    receipt = Outbox(directory=tmp_path, inner=XChannel(), name="x").send(message, ignore)
    written = json.loads((tmp_path / receipt.reference).read_text())
    content = written["message"]["content"]
    assert content["image"]["alt"] == picture.alt
    assert content["image"]["data"].endswith(" bytes")
    assert (tmp_path / receipt.reference).with_suffix(".png").read_bytes() == picture.data
    assert written["measure"]["price"] == "0.205"
    assert "not sent" in receipt.detail


def test_it_is_what_it_stands_for() -> None:
    """Planning and rendering see the inner channel's reach and form."""
    outbox = Outbox(directory=Path(), inner=XChannel())
    assert (outbox.reach, outbox.form, outbox.local) == (Reach.ALL, Form.POST, True)


def test_it_takes_pages_too(tmp_path: Path, message: Message) -> None:
    """By itself it refuses nothing."""
    pages = Message(
        key=message.key,
        reference=message.reference,
        created_at=message.created_at,
        language="es",
        content=Pages(files={"index.html": b"<p>Hola"}),
    )
    receipt = Outbox(directory=tmp_path).send(pages, ignore)
    written = json.loads((tmp_path / receipt.reference).read_text())
    assert written["message"]["content"]["files"] == {"index.html": "7 bytes"}
