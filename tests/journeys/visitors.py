"""Visitors of the public pages, each in a browser of their own."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.counterparts.browser import SCREENS, barriers, overflowing
from tests.subscribing import Post

#: Language, screen and colours: each two of them that can come together do.
LOOKS = (("en", "desktop", "light"), ("en", "phone", "dark"), ("ar", "desktop", "dark"), ("ar", "phone", "light"))
PATIENCE = 120_000  #: milliseconds, for a machine with much to do


#: The title of a page that says what is wrong with what was sent.
WRONG = re.compile("^Error: ")
expect.set_options(PATIENCE)


def opened(browser: Browser, post: Post, screen: str = "desktop", scheme: str = "light") -> Page:
    """A page of a new visitor. Whatever it asks of another host makes the test fail."""
    context = browser.new_context(
        base_url=str(post.client.base_url),
        viewport=SCREENS[screen],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("request", lambda request: _own(request.url, post))
    return page


def _own(url: str, post: Post) -> None:
    assert url.startswith(str(post.client.base_url)), url


def sends(page: Page) -> None:
    """Press the page's button, and wait for the page that answers: it may have all that the one before had."""
    with page.expect_navigation():
        page.locator("form button").click()


def faults(page: Page, path: str, screen: str) -> list[str]:
    """What keeps people out of a page: findings of axe, and what is wider than the screen."""
    return [f"{path}: {each}" for each in [*barriers(page), *overflowing(page, screen)]]
