"""A slow phone: 360 × 740 pixels, a processor four times slower, and a network as Lighthouse’s “slow 4G” has it.

That is 1.6 Mbit/s down, 0.75 up, 150 ms for a round trip; in Debian's Chromium.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

_SLOWER = 4
_SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 0.75 * 1024 * 1024 / 8,
}
_PATIENCE = 300_000  #: milliseconds
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_EDITOR = "/editor.js"  #: it comes behind the page, which can be used without it


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser."""
    from playwright.sync_api import sync_playwright  # measured alone, the other parts need no browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def phone(browser: "Browser", address: str, session: str = "") -> "BrowserContext":
    """With nothing in its cache; whoever has a session at the desk brings it along."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    context.set_default_timeout(_PATIENCE)
    context.add_cookies([{"name": "desk", "value": session, "url": address}] if session else [])
    return context


def looked_at(browser: "Browser", name: str, address: str, times: int, session: str = "") -> dict[str, Any]:
    """A page: bytes over the wire and seconds to the first paint, at first and opened again; medians.

    It has been looked at once before: what a server writes and checks then is not the phone’s time.
    """
    first = phone(browser, address, session)
    _open(first, address, throttled=False)
    first.close()
    cold, warm = list[tuple[int, float]](), list[tuple[int, float]]()
    for _ in range(times):
        context = phone(browser, address, session)
        cold.append(_open(context, address))
        warm.append(_open(context, address))
        context.close()
    return {
        "page": name,
        "bytes": statistics.median(size for size, _ in cold),
        "bytes_again": statistics.median(size for size, _ in warm),
        "seconds": statistics.median(seconds for _, seconds in cold),
        "seconds_again": statistics.median(seconds for _, seconds in warm),
    }


def _open(context: "BrowserContext", address: str, *, throttled: bool = True) -> tuple[int, float]:
    """Bytes over the wire, headers included, without the editor; and seconds until something is seen."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    asked: dict[str, str] = {}
    sizes: dict[str, float] = {}
    network.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    if throttled:
        network.send("Network.emulateNetworkConditions", _SLOW_4G)
        network.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_function(_PAINT)
    seen = float(page.evaluate(_PAINT)) / 1000
    page.close()
    return int(sum(size for each, size in sizes.items() if _EDITOR not in asked.get(each, ""))), seen
