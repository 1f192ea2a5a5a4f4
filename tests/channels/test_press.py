"""The channel of releases is e-mail with a form of its own: it promises what e-mail promises."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels.press import PressChannel
from tests.channels.contract import Bench, ChannelContract
from tests.channels.mail_messages import MAIL, MESSAGE
from tests.channels.recording_smtp import RecordingSmtp


@pytest.fixture
def smtp() -> Iterator[RecordingSmtp]:
    """A mail server on this machine."""
    with RecordingSmtp() as server:
        yield server


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, smtp: RecordingSmtp) -> Bench:
        """The channel and its server."""
        return Bench(
            make=lambda: PressChannel(
                host=smtp.host, port=smtp.port, tls="none", sender="Prensa <prensa@puertoclaro.example>"
            ),
            message=MESSAGE,
            invalid=MESSAGE._replace(content=replace(MAIL, subject="")),
            complaint="subject",
            accepted=lambda: len(smtp.accepted),
            looks_up=False,
        )
