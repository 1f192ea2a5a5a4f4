"""From the daemon through a hub of another project to who has subscribed to a feed (WebSub)."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from communique.monitoring.health import Health
from communique.service.daemon import Daemon
from communique.web.server import serving
from tests.counterparts.websub_hub import running_hub
from tests.workspaces import Town

pytestmark = pytest.mark.counterpart

PUBLIC, FEED = "https://open.littleton.example.org", "/feeds/public/en/atom.xml"
SECRET = "between-the-hub-and-its-subscriber"


@dataclass
class Subscriber:
    """Confirms what it has asked for, and keeps what it is given."""

    address: str = ""
    asked_about: list[str] = field(default_factory=list)
    given: list[tuple[bytes, str]] = field(default_factory=list)  #: a feed and its signature


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """On loopback."""
    made = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            made.asked_about += query["hub.topic"]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(query["hub.challenge"][0].encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.given.append((body, self.headers["X-Hub-Signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_port}/"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_subscribes_at_the_hub_is_given_what_is_new(town: Town, subscriber: Subscriber, tmp_path: Path) -> None:
    """The feed names its hub, the hub hears of the change and fetches it, and what it passes on is the feed, signed."""
    town.campaign("through: [email]", "through: [feed]")
    town.campaign("    to: [friends]\n", "")
    town.write("templates/news/hello/en/article.md", "---\nheadline: Hello\nsummary: A greeting.\n---\nHello, all.\n")
    town.clock.turn(minutes=-120)
    with (
        serving(Health(), town.installation, town.clock, 0) as port,
        running_hub(tmp_path, PUBLIC, local := f"http://127.0.0.1:{port}") as hub,
    ):
        channel = f"  feed: {{kind: feed, directory: var/public, hub: '{hub}', languages: [en]}}"
        town.settings("  feed: {kind: feed, directory: var/public}", channel)
        town.clock.turn(seconds=10)  # what serves the files looks again, should somebody have asked before
        daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
        daemon.tick()
        links = httpx.get(local + FEED).links
        assert (links["hub"]["url"], links["self"]["url"]) == (hub, PUBLIC + FEED)
        asked = {"hub.mode": "subscribe", "hub.topic": links["self"]["url"], "hub.callback": subscriber.address}
        httpx.post(links["hub"]["url"], data={**asked, "hub.secret": SECRET}, timeout=60).raise_for_status()
        assert subscriber.asked_about == [PUBLIC + FEED]
        daemon.pings.wait()
        subscriber.given.clear()

        town.clock.turn(minutes=240)
        daemon.tick()
        daemon.pings.wait()
        daemon.close()
        served = httpx.get(local + FEED).content
    ((body, signature),) = subscriber.given
    assert b"Hello" in body
    assert body == served
    assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
