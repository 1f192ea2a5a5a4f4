"""`deploy/nginx.conf` in Debian's nginx: the same folder is answered as by the service's own server."""

from collections.abc import Iterator

import httpx
import pytest

from channels.feed import FeedChannel
from communique.monitoring.health import Health
from communique.web.server import serving
from tests.channels.test_feed import feed, newest_first
from tests.counterparts.nginx import running_nginx
from tests.web.test_published_files import FILES, RSS, write
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

HUB = "https://hub.example.org/"  # the one that the configuration names
COMPARED = (
    *("cache-control", "content-encoding", "content-security-policy", "content-type", "link", "referrer-policy"),
    *("vary", "x-content-type-options"),
)

WITHDRAWN = ("/es/old.mp4", "/es/old/captions.vtt", "/pictures/old.png", "/es/old.ics")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Our own and nginx, over one folder."""
    root = tmp_path_factory.mktemp("town")
    town = build(root)
    town.settings("{kind: feed, directory: var/public}", f"{{kind: feed, directory: var/public, hub: '{HUB}'}}")
    town.settings("open.littleton.example.org", "open.example.org")
    write(root / "var" / "public", {**FILES, **{f"gone{path}.html": b"Withdrawn" for path in WITHDRAWN}})
    FeedChannel(directory=root / "var" / "public", hub=HUB).send(feed(*newest_first(150)), lambda: None)
    with (
        serving(Health(), town.installation, town.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"Accept-Encoding": "identity"}) as ours,
        running_nginx(tmp_path_factory.mktemp("nginx"), root / "var" / "public") as nginx,
    ):
        yield ours, nginx
    town.database.close()


@pytest.mark.parametrize(
    ("coding", "accept"), [("identity", "*/*"), ("gzip", "application/atom+xml, text/html;q=0.5"), ("gzip", BROWSER)]
)
def test_both_answer_alike(servers: tuple[httpx.Client, httpx.Client], coding: str, accept: str) -> None:
    """Types, caching, compression, links to the hub; and whoever has it is told so, by tag and by date alone."""
    asking = {"Accept-Encoding": coding, "Accept": accept}
    feeds = [RSS.replace("rss.xml", name) for name in ("atom.xml", "feed.json", "atom-archive-1.xml", "rss.xml")]
    paths = [f"/{path.removesuffix('index.html')}" for path in FILES if path != "404.html"]
    for path in [*paths, *feeds, "/feeds/feed.css"]:
        answers = [server.get(path, headers=asking) for server in servers]
        said = [{name: each.headers.get(name) for name in COMPARED} for each in answers]
        assert said[0] == said[1], path
        assert answers[0].content == answers[1].content
        for server, answer in zip(servers, answers, strict=True):
            assert answer.status_code == 200
            for known in (
                {"If-None-Match": answer.headers["etag"]},
                {"If-Modified-Since": answer.headers["last-modified"]},
            ):
                assert server.get(path, headers={**known, **asking}).status_code == 304, (path, known)


def test_both_say_what_is_not_there(servers: tuple[httpx.Client, httpx.Client]) -> None:
    """With the website's own page; what is hidden is not there."""
    for path in ("/nowhere", "/.git/config", "/es/.part"):
        for server in servers:
            answer = server.get(path)
            assert (answer.status_code, "Lost" in answer.text) == (404, True), path


def test_both_say_what_was_withdrawn(servers: tuple[httpx.Client, httpx.Client]) -> None:
    """At its own address, as the page that lies below `gone/` says it; that page has no address of its own."""
    for path in WITHDRAWN:
        for server in servers:
            answer = server.get(path)
            said = (answer.status_code, answer.text, answer.headers["content-type"])
            assert said == (410, "Withdrawn", "text/html; charset=utf-8"), (path, str(server.base_url))
            assert "max-age" not in answer.headers.get("cache-control", "")
            gone = server.get(f"/gone{path}.html")
            assert (gone.status_code, "Lost" in gone.text) == (404, True)


def test_a_daemon_that_is_away_is_said_in_words(servers: tuple[httpx.Client, httpx.Client]) -> None:
    """By the website's own page, and so is that somebody asks too often; the files are there all the same."""
    _, nginx = servers
    answers = [nginx.get("/subscribe?language=fr") for _ in range(45)]
    assert {answer.status_code for answer in answers} == {502, 429}
    assert all("Not now" in answer.text for answer in answers)
    assert all("max-age" not in answer.headers.get("cache-control", "") for answer in answers)
    assert nginx.get("/es/").status_code == 200
