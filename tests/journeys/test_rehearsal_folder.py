"""What a rehearsal leaves, opened from the folder as `make demo` says, and as README.md shows it."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from communique.rehearse.rehearsal import Rehearsal
from tests.counterparts.browser import SCREENS, barriers, overflowing, running_chromium

pytestmark = pytest.mark.counterpart
_LEADS_TO = "[...document.querySelectorAll('a[href], link[href], img, source, iframe')].map((e) => e.href || e.src)"


def test_the_page_to_open_needs_no_server_and_keeps_nobody_out(rehearsal: Rehearsal) -> None:
    """By a double click: it has its style, every picture and link is in the folder, on a desk and on a telephone."""
    index = rehearsal.folder / "index.html"
    with running_chromium() as browser:
        for screen, size in SCREENS.items():
            page = browser.new_page(viewport=size)  # type: ignore[arg-type]
            failed: list[str] = []
            page.on("requestfailed", lambda request, failed=failed: failed.append(request.url))  # type: ignore[misc]
            page.goto(index.as_uri())
            assert page.title()
            assert page.locator("h1").count() == 1
            assert failed == []  # before axe asks for the style once more, which a folder lets no script do
            assert barriers(page) == []
            assert overflowing(page, screen) == []
            assert missing(page) == []
            page.close()


def missing(page: Page) -> list[str]:
    """Files that the page leads to and that are not there."""
    paths = {unquote(urlsplit(each).path) for each in page.evaluate(_LEADS_TO) if each.startswith("file:")}
    return sorted(each for each in paths if not Path(each).is_file())
