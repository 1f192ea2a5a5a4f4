"""The WebSub hub hears of changed feeds, over a real socket; and nothing waits for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from communique.service.daemon import Daemon
from tests.workspaces import Town

FEED = "https://open.littleton.example.org/feeds/public/en/"
NAMES = ("atom.xml", "feed.json", "rss.xml")
_BLOCK = b"a" * 1_000_000


@dataclass
class Hub:
    """Keeps what it is told."""

    address: str = ""
    status: int = 202
    says: int = 0  #: blocks of an answer after its head
    said: int = 0  #: those that were taken
    leads_to: str = ""  #: another address, which it sends on to
    told: list[str] = field(default_factory=list)  #: in order, as they came
    goes_on: threading.Event = field(default_factory=threading.Event)

    def news(self) -> list[str]:
        """What it was told since somebody last asked."""
        found, self.told = sorted(self.told), []
        return found


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """On loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            assert form["hub.mode"] == ["publish"]
            assert form["hub.topic"] == form["hub.url"]
            hub.goes_on.wait()
            hub.told += form["hub.topic"]
            self.send_response(hub.status)
            if hub.leads_to:
                self.send_header("Location", hub.leads_to)
            self.end_headers()
            with suppress(OSError):
                for _ in range(hub.says):
                    self.wfile.write(_BLOCK)
                    hub.said += 1

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}/hub"
    try:
        yield hub
    finally:
        hub.goes_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """One that answers at once."""
    made = Hub()
    made.goes_on.set()
    with running(made) as started:
        yield started


@pytest.fixture
def tick(town: Town, hub: Hub) -> Iterator[Callable[[], Daemon]]:
    """The daemon does what is due."""
    town.settings("  feed: {kind: feed, directory: var/public}", _channel(hub))
    town.campaign("through: [email]", "through: [feed]")
    town.campaign("    to: [friends]\n", "")
    town.write("templates/news/hello/en/article.md", "---\nheadline: Hello\nsummary: A greeting.\n---\nHello, all.\n")
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)

    def ticked() -> Daemon:
        daemon.tick()
        return daemon

    yield ticked
    daemon.close()


def _channel(hub: Hub) -> str:
    return f"  feed: {{kind: feed, directory: var/public, hub: '{hub.address}', languages: [en]}}"


def test_it_hears_of_each_change_once(town: Town, hub: Hub, tick: Callable[[], Daemon]) -> None:
    """Of the empty feeds when they are there, and of every format when an announcement is in it; never twice."""
    town.clock.turn(minutes=-120)
    tick().pings.wait()
    assert hub.news() == [FEED + name for name in NAMES]
    tick().pings.wait()
    assert hub.news() == []
    town.clock.turn(minutes=240)
    tick().pings.wait()
    assert "tag:" in (town.root / "var" / "public" / "feeds" / "public" / "en" / "rss.xml").read_text()
    assert hub.news() == [FEED + name for name in NAMES]
    again = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    tick().close()
    again.tick()
    again.pings.wait()
    again.close()
    assert hub.news() == []


def test_a_hub_that_is_away_is_told_later(town: Town, hub: Hub, tick: Callable[[], Daemon]) -> None:
    """Less and less often, and at last all of it."""
    hub.status = 503
    daemon = tick()
    daemon.pings.wait()
    assert "503" in daemon.pings.fault
    assert len(hub.news()) == 1
    for minutes, tries in ((0.5, 0), (0.6, 1), (1.5, 0), (0.6, 1)):
        town.clock.turn(minutes=minutes)
        tick().pings.wait()
        assert len(hub.news()) == tries
    hub.status = 202
    town.clock.turn(minutes=60)
    tick().pings.wait()
    assert hub.news() == [FEED + name for name in NAMES]
    assert not daemon.pings.fault


def test_nothing_waits_for_a_hub_that_says_nothing(town: Town, hub: Hub, tick: Callable[[], Daemon]) -> None:
    """The next announcement goes out while the hub is still silent, and is told afterwards."""
    hub.goes_on.clear()
    town.clock.turn(minutes=-120)
    tick()
    town.clock.turn(minutes=240)
    daemon = tick()
    assert "tag:" in (town.root / "var" / "public" / "feeds" / "public" / "en" / "rss.xml").read_text()
    assert hub.news() == []
    hub.goes_on.set()
    daemon.pings.wait()
    tick().pings.wait()
    assert set(hub.news()) == {FEED + name for name in NAMES}


def test_what_a_hub_says_besides_is_not_read(hub: Hub, tick: Callable[[], Daemon]) -> None:
    """That it has heard stands in the head of its answer; what follows may be long, and may have no end."""
    hub.says = 200
    daemon = tick()
    daemon.pings.wait()
    assert (len(hub.news()), daemon.pings.fault) == (3, "")
    assert hub.said < 3 * hub.says


def test_a_hub_that_sends_on_has_not_heard(hub: Hub, tick: Callable[[], Daemon]) -> None:
    """Whoever stands at the other address was chosen by nobody here."""
    elsewhere = Hub()
    elsewhere.goes_on.set()
    with running(elsewhere):
        hub.status, hub.leads_to = 307, elsewhere.address
        daemon = tick()
        daemon.pings.wait()
    assert "307" in daemon.pings.fault
    assert (elsewhere.told, len(hub.told)) == ([], 1)


def test_a_trial_tells_nobody(town: Town, hub: Hub, tick: Callable[[], Daemon]) -> None:
    """What lies below `var/trial` is not what the public sees."""
    town.settings("mode: live", "mode: trial")
    tick().pings.wait()
    assert (town.root / "var" / "trial" / "public" / "feeds").is_dir()
    assert hub.news() == []


def test_a_record_that_cannot_be_read_is_made_anew(town: Town, hub: Hub, tick: Callable[[], Daemon]) -> None:
    """The hub is told once more, which does no harm."""
    record: Path = town.root / "var" / "hub-pings.json"
    record.parent.mkdir(exist_ok=True)
    record.write_text("[half")
    tick().pings.wait()
    assert len(hub.news()) == 3
    assert len(json.loads(record.read_text())) == 3
