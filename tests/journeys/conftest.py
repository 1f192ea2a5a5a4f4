"""What journeys have in common: a browser, and a mail server that takes whatever goes out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.channels.recording_smtp import RecordingSmtp
from tests.counterparts.browser import running_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Of a module, not of all: while it runs, nothing else in its thread can run a loop of its own."""
    with running_chromium() as running:
        yield running


@pytest.fixture
def server() -> Iterator[RecordingSmtp]:
    """A mail server of the test's own."""
    with RecordingSmtp() as running:
        yield running
