"""How long pages of the desk of a large city take: the server's processor time, at the first look and later."""

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.city import OFFICER, City
from communique.store.desk import officers
from communique.web.desk.desk_server import serving_desk

SENT = 12  #: announcements that went to all of them in the last year
_PAGES = {
    "timeline": "/",
    "calendar": "/calendar",
    "deliveries": "/live",
    "announcement being sent": f"/announcement/town-news/news-{SENT + 1}/once",
    "announcement that went out": f"/announcement/town-news/news-{SENT}/once",
    "announcement to come": "/announcement/accepted-into-ogp/tell-the-public/once?in=en",
    "what left": f"/sent/town-news/news-{SENT}/once",
    "correcting": f"/correct/town-news/news-{SENT}/once",
    "cancelling": f"/cancel/town-news/news-{SENT + 1}/once",
    "editing": "/edit/campaigns/town-news.yaml",
}


def city_pages(people: int, times: int) -> Iterator[dict[str, Any]]:
    """Each page: seconds of processor time of the server, which this process is, too."""
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        city = City(Path(folder) / "city", people, SENT)
        city.make(now, smtp_port=9)  # nothing is sent
        database = city.installation.database()
        with database.begin() as connection:
            officer = next(each for each in officers.everybody(connection) if each.name == OFFICER)
            session = officers.begin_session(connection, officer, now)
        database.close()
        with serving_desk(city.installation, lambda: datetime.now(UTC), 0, say=lambda _line: None) as port:
            for name, address in _PAGES.items():
                took = [_asked_for(port, address, session) for _ in range(times + 1)]
                yield {"page": name, "first": took[0], "again": statistics.median(took[1:])}


def _asked_for(port: int, address: str, session: str) -> float:
    began = time.process_time()
    connection = http.client.HTTPConnection("localhost", port)
    connection.request("GET", address, headers={"Cookie": f"desk={session}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise SystemExit(f"{address}: expected a page, found {answer.status}")
    return time.process_time() - began
