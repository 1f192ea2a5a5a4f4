"""Debian's Chromium, driven by Playwright; and axe-core, which finds what keeps people out of a page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.counterparts.presence import require

_CHROMIUM = "chromium"
#: By a name for reports: a desktop and a telephone.
#: 320 px is what a page has to fit in (WCAG 1.4.10), on a small telephone or at 400 % on a desk.
SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 320, "height": 640}}
_WIDTH = "document.documentElement.scrollWidth"
#: Whether what has the focus looks different from before.
_SEEN = """() => {
  const at = document.activeElement, look = getComputedStyle(at);
  const seen = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2) || look.boxShadow !== "none";
  return [at.tagName + "." + at.className + " " + (at.textContent || at.name || "").trim().slice(0, 40), seen];
}"""
_GRAVE = {"serious", "critical"}
#: The first rule is of WCAG 2.2 (2.5.8), and off until it is asked for. What passes is not told, and frames are not
#: waited for, which takes half of the time: axe is in none of them, and each has a test of its own.
_ALSO = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"], "iframes": False}


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser without a window."""
    found = shutil.which(_CHROMIUM)
    require(found, "Chromium is not there: run `make counterparts`.")
    with sync_playwright() as playwright:
        # Containers run as root, where its sandbox does not start; it opens nothing but our own pages.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page) -> list[str]:
    """What axe finds that is serious or critical, WCAG 2.2 AA and good practice, contrast included."""
    result = Axe().run(page, options=_ALSO)
    return [
        f"{each['id']}: {each['help']} ({', '.join(str(node['target']) for node in each['nodes'])})"
        for each in result.response["violations"]
        if each["impact"] in _GRAVE
    ]


def overflowing(page: Page, screen: str) -> list[str]:
    """Where a page has to be scrolled sideways; on a desktop, also with letters twice as large (WCAG 1.4.4)."""
    width = SCREENS[screen]["width"]
    found = ["wider than the screen"] if page.evaluate(_WIDTH) > width else []
    if screen == "desktop":
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += ["wider than the screen in large letters"] if page.evaluate(_WIDTH) > width else []
        page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def walked(page: Page, most: int = 400) -> Iterator[str]:
    """What is wrong on the way: a place that Tab does not leave, or that does not show that it has the focus."""
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    unseen = set[str]()
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body || !document.hasFocus()"):
            yield from (f"the focus is not seen: {each}" for each in sorted(unseen))
            return
        at, seen = page.evaluate(_SEEN)
        if not seen and not at.startswith("IFRAME"):
            unseen.add(at)
    yield "Tab comes to no end"
