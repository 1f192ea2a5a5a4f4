"""What pages of the desk weigh, how long a slow phone waits for them, and how soon they show a saved file.

The three shipped campaigns at a desk on loopback, in Debian's Chromium: 360 × 740 pixels, a processor four times
slower, and a network as Lighthouse’s “slow 4G” has it (1.6 Mbit/s down, 0.75 up, 150 ms for a round trip). Each page
has been looked at once before: its texts are written and checked then, which is not the phone’s time.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels import KINDS
from communique.installation import Installation
from communique.new_workspace import make_workspace
from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.web.desk.desk_server import serving_desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

#: The announcement first: the timeline has everything looked at.
_PAGES = {
    "announcement": "/announcement/accepted-into-ogp/tell-the-public/once?in=en",
    "timeline": "/",
    "editing": "/edit/campaigns/accepted-into-ogp.yaml",
    "signing in": "/sign-in",
}
_TEXT = "templates/accepted-into-ogp/tell-the-public/en/article.md"
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


def desk_pages(times: int) -> tuple[list[dict[str, Any]], list[float]]:
    """Each page: bytes over the wire and seconds to the first paint, medians; and seconds from a save to its words."""
    from playwright.sync_api import sync_playwright  # measured alone, the other parts need no browser

    with _desk() as (address, session, root), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        pages = [_looked_at(browser, name, address, session, times) for name in _PAGES]
        saved = _saved(_context(browser, address, session), address, root, times)
        browser.close()
    return pages, saved


@contextmanager
def _desk() -> Iterator[tuple[str, str, Path]]:
    """Its address, the session of somebody who may do everything, and its files."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "city"
        make_workspace(root, now)
        installation = Installation(root=root, variables={"COMMUNIQUE_KEY": "key"}, kinds=KINDS)
        database = installation.database()
        with database.begin() as connection:
            officer = officers.invite(connection, "Inés Vidal", [*Duty], language="en", now=now)
            session = officers.begin_session(connection, officer, now)
        database.close()
        with serving_desk(installation, lambda: datetime.now(UTC), 0, say=lambda _line: None) as port:
            yield f"http://localhost:{port}", session, root


def _context(browser: "Browser", address: str, session: str) -> "BrowserContext":
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    context.set_default_timeout(_PATIENCE)
    context.add_cookies([{"name": "desk", "value": session, "url": address}] if session else [])
    return context


def _looked_at(browser: "Browser", name: str, address: str, session: str, times: int) -> dict[str, Any]:
    whose = "" if name == "signing in" else session
    first = _context(browser, address, whose)
    _open(first, address + _PAGES[name], throttled=False)
    first.close()
    cold, warm = list[tuple[int, float]](), list[tuple[int, float]]()
    for _ in range(times):
        context = _context(browser, address, whose)
        cold.append(_open(context, address + _PAGES[name]))
        warm.append(_open(context, address + _PAGES[name]))
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


def _saved(context: "BrowserContext", address: str, root: Path, times: int) -> list[float]:
    """Seconds from a save in another program until an open page says so; no phone, for officers write at a desk."""
    page = context.new_page()
    page.goto(address + _PAGES["announcement"], wait_until="load")
    text = (root / _TEXT).read_text(encoding="utf-8")
    waited = []
    for number in range(times):
        page.wait_for_timeout(1000)  # until the page listens, and the change before is over
        words = f"Number {number} is new."
        began = time.perf_counter()
        (root / _TEXT).write_text(f"{text}\n{words}\n", encoding="utf-8")
        page.wait_for_function(f"() => document.body.textContent.includes('{words}')", polling=20)
        waited.append(time.perf_counter() - began)
    context.close()
    return waited
