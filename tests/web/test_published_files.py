"""The website and the feeds by the service's own server, over a real socket: conditions, compression, types."""

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message as Event

from channels.feed import FeedChannel
from channels.website import WebsiteChannel
from communique.channel import Message, Pages
from communique.monitoring.health import Health
from communique.web.preconditions import Validators, answer_to
from communique.web.public_pages import PublicPages
from communique.web.published_files import PublishedFiles, accepts_gzip
from communique.web.server import serving
from tests.channels.test_feed import entry, feed
from tests.workspaces import Town, build

HUB = "https://hub.example/"
HOME, STYLE = b"<!doctype html><title>Home</title>" * 9, b"body { margin: 0 }"
FILES = {
    "index.html": HOME,
    "404.html": b"<!doctype html><title>Lost</title>",
    "unavailable.html": b"<!doctype html><title>Not now</title>",
    "es/index.html": HOME,
    "style.css": STYLE,
    "sitemap.xml": b"<urlset/>",
    "pictures/0123456789abcdef.png": b"\x89PNG",
    "es/film.mp4": b"0123456789",
    "es/press/kit.zip": b"PK",
}
RSS = "/feeds/public/es/rss.xml"


def write(public: Path, files: Mapping[str, bytes] = FILES) -> None:
    """As the daemon does."""
    moment = datetime(2027, 1, 19, 9, tzinfo=UTC)
    message = Message(key="k", reference="r", created_at=moment, language="es", content=Pages(files=files))
    WebsiteChannel(directory=public).send(message, lambda: None)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """With a website and a feed whose channel names a hub."""
    made = build(tmp_path_factory.mktemp("town"))
    made.settings("{kind: feed, directory: var/public}", f"{{kind: feed, directory: var/public, hub: '{HUB}'}}")
    write(made.root / "var" / "public")
    FeedChannel(directory=made.root / "var" / "public", hub=HUB).send(feed(entry(0)), lambda: None)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(town: Town) -> Iterator[httpx.Client]:
    """Asks for no compression unless told to."""
    with (
        serving(Health(), town.installation, town.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"Accept-Encoding": "identity"}) as made,
    ):
        yield made


def raw(client: httpx.Client, path: str) -> httpx.URL:
    """The path as it is; httpx would put it in order."""
    return client.base_url.copy_with(raw_path=path.encode())


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
        ("application/rss+xml, text/html;q=0.5, */*;q=0.1", "application/rss+xml"),
        ("application/atom+xml,application/rss+xml,text/html", "application/rss+xml"),
        ("*/*", "application/rss+xml"),
        ("", "application/rss+xml"),
    ],
)
def test_a_browser_gets_a_feed_as_what_it_can_show(client: httpx.Client, accept: str, media_type: str) -> None:
    """The same bytes: browsers show the source of what is not called XML; readers of feeds get the feed's own type."""
    answer = client.get(RSS, headers={"Accept": accept})
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding, Accept"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/es/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/pictures/0123456789abcdef.png", "image/png"),
        ("/es/film.mp4", "video/mp4"),
        ("/es/press/kit.zip", "application/zip"),
        (RSS, "application/rss+xml; charset=utf-8"),
        ("/feeds/public/es/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feeds/public/es/feed.json", "application/feed+json; charset=utf-8"),
    ],
)
def test_each_file_has_its_type(client: httpx.Client, path: str, media_type: str) -> None:
    """By GET and by HEAD alike, with what caches go by; HEAD has no body."""
    answer, head = client.get(path), client.head(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert len(answer.content) == int(answer.headers["content-length"]) > 0
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "last-modified", "cache-control"):
        assert head.headers[name] == answer.headers[name]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    kept = "immutable" if path.startswith("/pictures/") else "max-age=300"
    assert kept in answer.headers["cache-control"]


def test_who_has_it_already_is_not_sent_it_again(client: httpx.Client) -> None:
    """ETag and Last-Modified count each alone, and the tag goes before the date (RFC 9110 13.2.2)."""
    first = client.get(RSS)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    before = format_datetime(parsedate_to_datetime(date) - timedelta(seconds=1), usegmt=True)
    expected = [
        ({"If-None-Match": tag}, 304),
        ({"If-Modified-Since": date}, 304),
        ({"If-None-Match": f'"other", W/{tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": tag, "If-Modified-Since": before}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": date}, 200),
        ({"If-Modified-Since": before}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Match": tag}, 200),
        ({"If-Match": f"W/{tag}"}, 412),
        ({"If-Match": '"other"'}, 412),
        ({"If-Unmodified-Since": date}, 200),
        ({"If-Unmodified-Since": before}, 412),
    ]
    for headers, status in expected:
        for answer in (client.get(RSS, headers=headers), client.head(RSS, headers=headers)):
            assert answer.status_code == status, headers
            if status == 304:
                assert answer.content == b""
                assert (answer.headers["etag"], answer.headers["last-modified"]) == (tag, date)
                assert answer.headers["vary"] == "Accept-Encoding, Accept"
                assert "content-type" not in answer.headers


def test_films_are_sent_in_parts(client: httpx.Client) -> None:
    """What a player asks for, whichever way it counts; the whole if it has another state of the file or asks oddly."""
    etag = client.head("/es/film.mp4").headers["etag"]
    for asked, status, data, said in (
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("bytes=4-2", 200, b"0123456789", None),
        ("rows=1-2", 200, b"0123456789", None),
    ):
        answer = client.get("/es/film.mp4", headers={"Range": asked, "If-Range": etag})
        assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, data, said), asked
        assert answer.headers["accept-ranges"] == "bytes"
    assert client.get("/es/film.mp4", headers={"Range": "bytes=0-3", "If-Range": '"old"'}).status_code == 200
    assert client.get("/es/", headers={"Range": "bytes=0-3"}).status_code == 200


def asked_for(town: Town, path: str, leaves_after: int = 1_000_000) -> list[int]:
    """How many bytes are in each piece of an answer to somebody who reads so many of them."""
    pages = PublicPages(town.installation, town.clock)
    pieces: list[int] = []

    async def ask() -> None:
        gone = asyncio.Event()

        async def receive() -> Event:
            if pieces:
                await gone.wait()
            return {"type": "http.disconnect" if pieces else "http.request"}

        async def send(message: Event) -> None:
            if message["type"] == "http.response.body":
                pieces.append(len(message["body"]))
                if len(pieces) >= leaves_after:
                    gone.set()

        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        await PublishedFiles(pages, Starlette())(scope, receive, send)

    asyncio.run(ask())
    pages.close()
    return pieces


def test_a_film_is_never_in_memory_whole(town: Town, client: httpx.Client) -> None:
    """However many watch it, and however slowly; and nothing is read for somebody who has left."""
    film = bytes(range(256)) * 40_000
    (town.root / "var/public/es/long.mp4").write_bytes(film)
    assert client.get("/es/long.mp4").content == film
    part = client.get("/es/long.mp4", headers={"Range": "bytes=5-9999999"})
    assert (part.status_code, part.content) == (206, film[5:10_000_000])
    pieces = asked_for(town, "/es/long.mp4")
    assert sum(pieces) == len(film)
    assert max(pieces) <= 1 << 18
    assert len(asked_for(town, "/es/long.mp4", leaves_after=2)) < 6 < len(pieces)


def test_a_film_that_is_cut_off_meanwhile_ends(town: Town, client: httpx.Client) -> None:
    """By somebody who writes into it by hand: the reader is told that it is not all, and the next one gets the rest."""
    film = town.root / "var/public/es/cut.mp4"
    film.write_bytes(bytes(60_000_000))
    with client.stream("GET", "/es/cut.mp4") as answer:
        pieces = answer.iter_raw()
        next(pieces)
        film.write_bytes(b"short")
        with pytest.raises(httpx.RemoteProtocolError):
            sum(map(len, pieces))
    assert client.get("/es/cut.mp4").content == b"short"


def test_texts_are_sent_compressed(client: httpx.Client) -> None:
    """To who can read it; both forms have a tag of their own, and a cache knows that there are two."""
    plain, zipped = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip"})
    assert plain.content == zipped.content == HOME
    assert (zipped.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert int(zipped.headers["content-length"]) < len(HOME)
    assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != zipped.headers["etag"]
    for answer, coding in ((plain, "identity"), (zipped, "gzip")):
        for other in (plain, zipped):
            headers = {"Accept-Encoding": coding, "If-None-Match": other.headers["etag"]}
            assert client.get("/", headers=headers).status_code == (304 if other is answer else 200)
    picture = client.get("/pictures/0123456789abcdef.png", headers={"Accept-Encoding": "gzip"})
    assert not {"content-encoding", "vary"} & set(picture.headers)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("identity, *;q=0.1", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("*, gzip; q=0.0", False),
        ("gzip;q=nonsense", False),
    ],
)
def test_gzip_is_sent_to_who_accepts_it(header: str, *, expected: bool) -> None:
    """As RFC 9110 12.5.3 reads the header."""
    assert accepts_gzip(header) is expected


def test_a_changed_file_is_another_one(town: Town, client: httpx.Client) -> None:
    """However soon after, and of the same length: its tag changes, in both forms."""
    public, path = town.root / "var" / "public", "/es/"
    before = [client.get(path, headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip")]
    write(public, {**FILES, "es/index.html": HOME.swapcase()})
    for answer in before:
        coding = answer.headers.get("content-encoding", "identity")
        headers = {"If-None-Match": answer.headers["etag"], "Accept-Encoding": coding}
        assert client.get(path, headers=headers).content == HOME.swapcase()
    write(public)


def test_a_file_changed_by_hand_is_not_hidden_by_its_old_compressed_one(town: Town, client: httpx.Client) -> None:
    """What is older than the text is out of date."""
    style = town.root / "var" / "public" / "style.css"
    compressed = style.with_name("style.css.gz")
    assert gzip.decompress(compressed.read_bytes()) == STYLE
    style.write_bytes(b"body { color: red }")
    assert client.get("/style.css", headers={"Accept-Encoding": "gzip"}).content == b"body { color: red }"
    write(town.root / "var" / "public")


def test_feeds_name_their_hub_in_a_header(client: httpx.Client) -> None:
    """As WebSub (section 4) looks for it first, also when nothing has changed; pages do not."""
    answer = client.get(RSS)
    own = "https://open.littleton.example.org/feeds/public/es/rss.xml"
    assert answer.headers["link"] == f'<{HUB}>; rel="hub", <{own}>; rel="self"'
    again = client.get(RSS, headers={"If-None-Match": answer.headers["etag"]})
    assert again.headers["link"] == answer.headers["link"]
    assert "link" not in client.get("/").headers


def test_what_is_not_published_is_not_served(town: Town, client: httpx.Client) -> None:
    """Neither what is hidden, nor what lies elsewhere, nor a folder; the website says that there is no such page."""
    (town.root / "var" / "public" / ".secret.html").write_text("secret")
    (town.root / "var" / "public" / "notes.py").write_text("secret")
    for path in (
        "/.secret.html",
        "/notes.py",
        "/%2e%2e/secret.key",
        "/..%2fsecret.key",
        "/es/..%2f.secret.html",
        "//index.html",
        "/index.html%00",
        "/index.html.gz",
        "/feeds/",
        "/nowhere/",
    ):
        answer = client.get(raw(client, path))
        assert (answer.status_code, "Lost" in answer.text) == (404, True), path
        assert "secret" not in answer.text
    assert client.post("/index.html").status_code == 404


def test_what_is_gone_is_answered_with_the_page_that_says_why(town: Town, client: httpx.Client) -> None:
    """410 at the address of what is gone, and nowhere else."""
    write(town.root / "var" / "public", {**FILES, "gone/pictures/old.png.html": b"Withdrawn"})
    answer = client.get("/pictures/old.png")
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (410, b"Withdrawn", "no-store")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/gone/pictures/old.png.html").status_code == 404


def test_a_folder_without_its_slash_leads_to_its_page(client: httpx.Client) -> None:
    """By a path, never by a host that the visitor has named."""
    answer = client.get("/es", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, "/es/")
    assert client.get(raw(client, "//evil.example")).status_code == 404
    assert client.get(raw(client, "//es")).status_code == 404


def test_the_pages_of_the_service_are_still_there(client: httpx.Client) -> None:
    """Health, and what people do by themselves."""
    assert client.get("/healthz").headers["content-type"] == "application/json"
    assert client.get("/leave/x").status_code == 200


def test_in_trial_the_files_of_the_trial_are_served(tmp_path: Path) -> None:
    """And not those that the public has."""
    town = build(tmp_path)
    town.settings("mode: live", "mode: trial")
    write(tmp_path / "var" / "public")
    write(tmp_path / "var" / "trial" / "public", {"index.html": b"trial"})
    with serving(Health(), town.installation, town.clock, 0) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "trial"
    town.database.close()


def test_settings_that_cannot_be_read_keep_no_monitor_out(tmp_path: Path) -> None:
    """There is no website then, and the page of health still answers."""
    town = build(tmp_path)
    town.write("config/settings.yaml", "government: [\n")
    with serving(Health(), town.installation, town.clock, 0) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").headers["content-type"] == "application/json"
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 404
    town.database.close()


def test_old_forms_of_dates_are_understood() -> None:
    """All three of RFC 9110 5.6.7."""
    present = Validators('"a"', 784111777)
    for date in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
        assert answer_to({"if-modified-since": date}, present) == 304
        assert answer_to({"if-unmodified-since": date}, present) == 200
