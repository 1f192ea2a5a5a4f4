"""What all journeys have: a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.counterparts.browser import running_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Of a module, not of all: while it runs, nothing else in its thread can run a loop of its own."""
    with running_chromium() as running:
        yield running
