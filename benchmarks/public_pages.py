"""What public pages weigh, and how long a slow phone waits for them: a city in the middle of its way, on our server."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.phone import chromium, looked_at
from channels.compressed import with_compressed
from tests.document_pictures.city import city_on

_CAMPAIGNS = ("accepted-into-ogp", "co-creation-kickoff")
_DAY = datetime(2027, 1, 26, 9, tzinfo=UTC)
_TAKEN_BACK = ("accepted-into-ogp", "why-we-joined")
_PAGES = {
    "the process": "/es/",
    "an announcement": "/es/accepted-into-ogp/tell-the-public/",
    "in Arabic": "/ar/accepted-into-ogp/tell-the-public/",
    "a meeting": "/es/dates/co-creation-kickoff/kickoff/",
    "the archive": "/es/archive/",
    "the public record": "/es/record/",
    "how to follow": "/es/follow/",
    "for the media": "/es/press/",
    "subscribing": "/subscribe?language=es",
}


def public_pages(times: int) -> list[dict[str, Any]]:
    """Each page, as `looked_at` says it; the answer to an invitation last."""
    with tempfile.TemporaryDirectory() as folder:
        reasons = {"es": "El texto no es correcto."}
        with (
            city_on(_DAY, Path(folder), campaigns=_CAMPAIGNS, taken_back=_TAKEN_BACK, reasons=reasons) as city,
            chromium() as browser,
        ):
            _compress(Path(folder))
            pages = {**_PAGES, "answering an invitation": f"{city.link('answer')}?language=es"}
            return [looked_at(browser, name, city.address + path, times) for name, path in pages.items()]


def _compress(root: Path) -> None:
    """As channels do; a rehearsal, for people to click through, leaves it out."""
    for folder in root.rglob("public"):
        files = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
        for path, data in with_compressed(files).items():
            if path not in files:
                (folder / path).write_bytes(data)
