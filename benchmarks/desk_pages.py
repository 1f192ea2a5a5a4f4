"""What pages of the desk weigh, how long a slow phone waits for them, and how soon they show a saved file.

The three shipped campaigns at a desk on loopback.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.phone import chromium, looked_at, phone
from channels import KINDS
from communique.installation import Installation
from communique.new_workspace.creation import make_workspace
from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.web.desk.desk_server import serving_desk

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

#: The announcement first: the timeline has everything looked at.
_PAGES = {
    "announcement": "/announcement/accepted-into-ogp/tell-the-public/once?in=en",
    "timeline": "/",
    "editing": "/edit/campaigns/accepted-into-ogp.yaml",
    "signing in": "/sign-in",
}
_TEXT = "templates/accepted-into-ogp/tell-the-public/en/article.md"


def desk_pages(times: int) -> tuple[list[dict[str, Any]], list[float]]:
    """Each page: bytes over the wire and seconds to the first paint, medians; and seconds from a save to its words."""
    with _desk() as (address, session, root), chromium() as browser:
        pages = [
            looked_at(browser, name, address + path, times, "" if name == "signing in" else session)
            for name, path in _PAGES.items()
        ]
        saved = _saved(phone(browser, address, session), address, root, times)
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
