"""The example of docs/adding-a-channel.md keeps what every adapter promises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from communique.channel import Message
from tests.channels.contract import Bench, ChannelContract
from tests.channels.example_channel import NoticeboardChannel


class TestContract(ChannelContract):
    """What every adapter promises, with the folder as the counterpart."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, with_post: Callable[..., Message]) -> Bench:
        """The adapter and the folder."""
        return Bench(
            make=lambda: NoticeboardChannel(directory=tmp_path),
            message=message,
            invalid=with_post(text="una línea\n" * 13),
            complaint="13 of 12 lines",
            accepted=lambda: len(list(tmp_path.glob("*.txt"))),
        )
