"""Officers at the desk, each in a browser of their own."""

import pytest
from playwright.sync_api import Browser, Page

from tests.counterparts.browser import SCREENS, barriers
from tests.desk import Desk, Seat
from tests.journeys.visitors import PATIENCE


def page_of(
    browser: Browser,
    desk: Desk,
    seat: Seat | None = None,
    *,
    screen: str = "desktop",
    scheme: str = "light",
    scripts: bool = True,
) -> Page:
    """A new browser, in which somebody may be signed in.

    What asks anything of another host, breaks the desk's policy, or is a script that fails, makes the test fail.
    """
    context = browser.new_context(
        base_url=desk.address,
        viewport=SCREENS[screen],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE)
    if seat is not None:
        context.add_cookies([{"name": "desk", "value": seat.session, "url": desk.address}])
    page = context.new_page()
    page.on("request", lambda request: _own(request.url, desk))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: _is_quiet(message.text))
    return page


def send(desk: Desk) -> None:
    """What the daemon does at a tick, through the channels as they are set."""
    desk.town.freeze()
    opened = desk.town.opened
    try:
        desk.town.dispatcher(opened.channels).run()
    finally:
        opened.close()


def faults(page: Page, screen: str) -> list[str]:
    """What keeps people out of a page."""
    wide = page.evaluate("document.documentElement.scrollWidth") > SCREENS[screen]["width"]
    return [f"{page.url}: {each}" for each in [*barriers(page), *(["wider than the screen"] if wide else [])]]


def _own(url: str, desk: Desk) -> None:
    assert url.startswith((desk.address, "data:", "about:")), url


def _is_quiet(said: str) -> None:
    assert "Content Security Policy" not in said, said
