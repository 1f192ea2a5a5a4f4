"""The feed adapter: what it writes is read again by feedparser and held to the rules of RSS, Atom and JSON Feed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from channels.feed import FeedChannel
from communique.channel import Entry, Feed, Form, InDoubt, Message, PermanentError, Reach
from tests.channels.contract import Bench, ChannelContract

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
HISTORY = "{http://purl.org/syndication/history/1.0}archive"
BASE = "https://abierto.example/feeds/public/es/"
FIRST = datetime(2027, 1, 19, 9, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script> & "José" {{7*7}}'


def entry(number: int, **changes: object) -> Entry:
    """An announcement, the higher the number the newer."""
    made = Entry(
        id=f"tag:abierto.example,2027:es/{number}",
        title=f"Anuncio {number}",
        summary=f"Resumen {number}",
        html=f'<p>Texto <a href="https://abierto.example/es/">completo</a> {number}</p>',
        link=f"https://abierto.example/es/{number}/",
        published_at=FIRST + timedelta(days=number),
        updated_at=FIRST + timedelta(days=number, hours=1),
        categories=("gobierno abierto",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def feed(*entries: Entry, language: str = "es") -> Message:
    """A feed of these entries."""
    content = Feed(
        audience="public",
        language=language,
        title="Anuncios de gobierno abierto",
        description="Todo lo que anunciamos",
        home=f"https://abierto.example/{language}/",
        base="https://abierto.example/",
        author_name="Ayuntamiento de Puerto Claro (España)",
        author_email="gobiernoabierto@puertoclaro.example",
        entries=entries,
    )
    return Message(key="c/a/once/feed/all/es", reference="r", created_at=FIRST, language=language, content=content)


def newest_first(count: int) -> tuple[Entry, ...]:
    """As many entries."""
    return tuple(entry(number) for number in reversed(range(count)))


def write(directory: Path, message: Message, **settings: object) -> Path:
    """Send it; the folder the files lie in."""
    FeedChannel(directory=directory, **{"compress": False, **settings}).send(message, lambda: None)  # type: ignore[arg-type]
    return directory / "feeds" / "public" / message.language


def xml(file: Path) -> etree._Element:
    """The parsed document."""
    return etree.fromstring(file.read_bytes())


def links(root: etree._Element) -> dict[str, str]:
    """Relation -> address of the feed's own Atom links."""
    holder = root.find("channel") if root.tag == "rss" else root
    assert holder is not None
    return {str(link.get("rel")): str(link.get("href")) for link in holder.findall(f"{ATOM}link")}


def texts(root: etree._Element, path: str) -> list[str]:
    """The text of every element at a path."""
    return [element.text or "" for element in root.findall(path)]


class TestContract(ChannelContract):
    """The feed keeps what every channel promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Bench:
        """Accepted is what readers can fetch."""
        return Bench(
            make=lambda: FeedChannel(directory=tmp_path),
            message=feed(entry(0)),
            invalid=feed(entry(0, title="")),
            complaint="has no title",
            accepted=lambda: len(list(tmp_path.glob("feeds/public/es/rss.xml"))),
        )


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    """It reaches everybody with a feed, may be written again, and its constructor touches nothing."""
    channel = FeedChannel(directory=tmp_path / "public")
    assert (channel.reach, channel.form, channel.in_doubt) == (Reach.ALL, Form.FEED, InDoubt.REWRITE)
    assert channel.local
    assert not (tmp_path / "public").exists()


def test_all_three_formats_say_the_same(tmp_path: Path) -> None:
    """RSS, Atom and JSON Feed hold the same entries in the same order, with summary and full text."""
    folder = write(tmp_path, feed(*newest_first(3)))
    rss, atom = (feedparser.parse((folder / name).read_bytes()) for name in ("rss.xml", "atom.xml"))
    items = json.loads((folder / "feed.json").read_text())["items"]
    assert not rss.bozo
    assert not atom.bozo
    expected = [f"tag:abierto.example,2027:es/{number}" for number in (2, 1, 0)]
    assert [each.id for each in rss.entries] == expected
    assert [each.id for each in atom.entries] == expected
    assert [each["id"] for each in items] == expected
    assert rss.entries[0].summary == atom.entries[0].summary == items[0]["summary"] == "Resumen 2"
    assert "completo" in rss.entries[0].content[0].value
    assert "completo" in atom.entries[0].content[0].value
    assert "completo" in items[0]["content_html"]


def test_rss_keeps_the_rules_of_its_validator(tmp_path: Path) -> None:
    """Self link, guid, dates by RFC 822, an address with a name, a language: what the W3C validator asks of RSS 2.0."""
    root = xml(write(tmp_path, feed(*newest_first(2))) / "rss.xml")
    assert texts(root, "channel/link") == ["https://abierto.example/es/"]
    own = root.find(f"channel/{ATOM}link[@rel='self']")
    assert own is not None
    assert (own.get("href"), own.get("type")) == (BASE + "rss.xml", "application/rss+xml")
    assert [guid.get("isPermaLink") for guid in root.iter("guid")] == ["false", "false"]
    assert [parsedate_to_datetime(date) for date in texts(root, "channel/item/pubDate")] == [
        FIRST + timedelta(days=1),
        FIRST,
    ]
    assert texts(root, "channel/managingEditor") == [
        "gobiernoabierto@puertoclaro.example (Ayuntamiento de Puerto Claro [España])"
    ]
    assert texts(root, "channel/language") == ["es"]


def test_atom_keeps_the_rules_of_its_validator(tmp_path: Path) -> None:
    """Id, author, dates by RFC 3339, typed links, HTML marked as such: RFC 4287 and the W3C validator."""
    root = xml(write(tmp_path, feed(*newest_first(2))) / "atom.xml")
    assert links(root) == {"alternate": "https://abierto.example/es/", "self": BASE + "atom.xml"}
    assert texts(root, f"{ATOM}updated") == ["2027-01-20T10:00:00+00:00"]
    assert texts(root, f"{ATOM}author/{ATOM}name") == ["Ayuntamiento de Puerto Claro (España)"]
    for item in root.findall(f"{ATOM}entry"):
        link, content = item.find(f"{ATOM}link"), item.find(f"{ATOM}content")
        assert link is not None
        assert content is not None
        assert dict(link.attrib) == {
            "rel": "alternate",
            "href": str(link.get("href")),
            "type": "text/html",
            "hreflang": "es",
        }
        assert content.get("type") == "html"
        assert texts(item, f"{ATOM}published") < texts(item, f"{ATOM}updated")


def test_json_feed_names_itself(tmp_path: Path) -> None:
    """JSON Feed 1.1: version, own address, language, dates by RFC 3339, tags."""
    data = json.loads((write(tmp_path, feed(entry(0))) / "feed.json").read_text())
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["feed_url"] == BASE + "feed.json"
    assert (data["language"], data["items"][0]["tags"]) == ("es", ["gobierno abierto"])
    assert data["items"][0]["date_published"] == "2027-01-19T09:00:00Z"


def test_the_language_is_marked(tmp_path: Path) -> None:
    """`xml:lang` stands at the root of both XML formats, also for Arabic."""
    folder = write(tmp_path, feed(entry(0, title="إعلان"), language="ar"))
    for name in ("rss.xml", "atom.xml"):
        assert xml(folder / name).get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"


def test_an_arabic_title_is_in_order_in_a_reader_that_shows_all_from_the_left(tmp_path: Path) -> None:
    """With a Latin name, or a sign at its end; nothing is added where nothing is needed."""
    first, second = entry(0, title="طلب إلى OGP Local", summary="ما الجديد؟"), entry(1, title="إعلان 2027")
    folder = write(tmp_path, feed(second, first, language="ar"))
    expected = ["إعلان 2027", "\u2067طلب إلى OGP Local\u2069"]

    assert texts(xml(folder / "rss.xml"), "channel/item/title") == expected
    assert texts(xml(folder / "atom.xml"), f"{ATOM}entry/{ATOM}title") == expected
    assert [item["title"] for item in json.loads((folder / "feed.json").read_text())["items"]] == expected
    assert texts(xml(folder / "atom.xml"), f"{ATOM}entry/{ATOM}summary")[1] == "\u2067ما الجديد؟\u2069"


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    """No clock and no chance is in a feed: written twice, even later, its files are equal and are not touched."""
    message = feed(*newest_first(7))
    one = write(tmp_path / "one", message)
    two = write(tmp_path / "two", message._replace(created_at=FIRST + timedelta(days=99)))
    assert {file.name: file.read_bytes() for file in one.iterdir()} == {
        file.name: file.read_bytes() for file in two.iterdir()
    }
    again = FeedChannel(directory=tmp_path / "one", compress=False).send(message, lambda: None)
    assert again.detail == "0 of 4 files written"


def test_an_entry_keeps_its_id_when_it_is_corrected(tmp_path: Path) -> None:
    """A correction changes the text and the date of change, not the guid and not the date of publication."""
    before = xml(write(tmp_path, feed(entry(0))) / "rss.xml")
    corrected = entry(0, title="Anuncio corregido", updated_at=FIRST + timedelta(days=9))
    after = xml(write(tmp_path, feed(corrected)) / "rss.xml")
    for path in ("channel/item/guid", "channel/item/pubDate"):
        assert texts(before, path) == texts(after, path)
    assert texts(before, "channel/lastBuildDate") != texts(after, "channel/lastBuildDate")


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Markup in a headline or summary is shown, never obeyed."""
    folder = write(tmp_path, feed(entry(0, title=HOSTILE, summary=HOSTILE)))
    atom = xml(folder / "atom.xml")
    assert texts(atom, f"{ATOM}entry/{ATOM}title") == [HOSTILE]
    assert texts(atom, f"{ATOM}entry/{ATOM}summary") == [HOSTILE]
    rss = xml(folder / "rss.xml")
    assert texts(rss, "channel/item/title") == [HOSTILE]
    assert texts(rss, "channel/item/description") == ['&lt;script&gt;alert(1)&lt;/script&gt; &amp; "José" {{7*7}}']
    assert not list(rss.iter("script"))


def test_full_text_carries_nothing_a_reader_must_remove(tmp_path: Path) -> None:
    """Scripts, frames, styles and handlers are left out, relative addresses made absolute."""
    html = (
        'A &amp; B<p style="color:red" onclick="x()">uno <a href="/es/">dos</a> <a href="javascript:x()">tres</a></p>'
        "<script>x()</script>cuatro<iframe src='https://e.example'></iframe><!-- c --><img src='logo.png' alt='Escudo'>"
    )
    folder = write(tmp_path, feed(entry(5, html=html)))
    expected = (
        'A &amp; B<p>uno <a href="https://abierto.example/es/">dos</a> <a>tres</a></p>'
        'cuatro<img src="https://abierto.example/es/5/logo.png" alt="Escudo">'
    )
    assert texts(xml(folder / "rss.xml"), f"channel/item/{CONTENT}") == [expected]
    assert texts(xml(folder / "atom.xml"), f"{ATOM}entry/{ATOM}content") == [expected]


def test_characters_that_xml_cannot_hold_are_left_out(tmp_path: Path) -> None:
    """One stray control character does not cost the whole feed."""
    folder = write(tmp_path, feed(entry(0, title="Uno\x00dos\x0btres\ufffe", html="<p>a\x08b</p>")))
    assert texts(xml(folder / "rss.xml"), "channel/item/title") == ["Unodostres"]
    assert json.loads((folder / "feed.json").read_text())["items"][0]["title"] == "Unodostres"


def test_the_hub_is_named_in_the_feed(tmp_path: Path) -> None:
    """With a hub in the settings, readers learn where to ask for pushes (WebSub)."""
    folder = write(tmp_path, feed(entry(0)), hub="https://hub.example/")
    assert links(xml(folder / "rss.xml"))["hub"] == "https://hub.example/"
    assert links(xml(folder / "atom.xml"))["hub"] == "https://hub.example/"
    assert json.loads((folder / "feed.json").read_text())["hubs"][0]["url"] == "https://hub.example/"


@pytest.mark.parametrize("name", ["rss", "atom"])
@pytest.mark.parametrize("count", [1, 50, 51, 99, 100, 101, 149, 150, 220])
def test_no_entry_falls_off_the_end(tmp_path: Path, name: str, count: int) -> None:
    """From the feed one can walk through its archives (RFC 5005) and meets every entry once."""
    folder = write(tmp_path, feed(*newest_first(count)))
    found: list[str] = []
    file, steps = f"{name}.xml", 0
    while file:
        parsed = feedparser.parse((folder / file).read_bytes())
        root = xml(folder / file)
        assert (root.find(f".//{HISTORY}") is not None) == ("archive" in file)
        assert links(root)["self"] == BASE + file
        assert len(parsed.entries) == 50 or (
            "archive" not in file and len(parsed.entries) < (150 if steps == 0 and count < 150 else 100)
        )
        found += [each.id for each in parsed.entries]
        file = links(root).get("prev-archive", "").removeprefix(BASE)
        steps += 1
    assert found == [each.id for each in newest_first(count)]
    assert steps == (count // 50 if count >= 150 else 1)


def test_json_feed_pages_lead_on(tmp_path: Path) -> None:
    """`next_url` leads through all pages and ends; each entry is met once."""
    folder = write(tmp_path, feed(*newest_first(170)))
    found, file = [], "feed.json"
    while file:
        data = json.loads((folder / file).read_text())
        found += [each["id"] for each in data["items"]]
        file = data.get("next_url", "").removeprefix(BASE)
    assert found == [each.id for each in newest_first(170)]


def test_a_corrected_entry_comes_back_from_the_archive(tmp_path: Path) -> None:
    """With its id and a new date of change, in the feed and in its archive, until all there is younger."""
    entries = {each.id: each for each in newest_first(170)}
    first = entry(3, title="Anuncio corregido", updated_at=FIRST + timedelta(days=130))
    folder = write(tmp_path, feed(*{**entries, first.id: first}.values()))
    for name in ("atom.xml", "atom-archive-1.xml"):
        (found,) = (each for each in feedparser.parse((folder / name).read_bytes()).entries if each.id == first.id)
        assert (found.title, found.updated) == ("Anuncio corregido", "2027-05-29T09:00:00+00:00")
    assert len(json.loads((folder / "feed.json").read_text())["items"]) == 71
    later = {each.id: each for each in newest_first(240)}
    write(tmp_path, feed(*{**later, first.id: first}.values()))
    assert first.id not in (folder / "atom.xml").read_text()
    assert "Anuncio corregido" in (folder / "atom-archive-1.xml").read_text()


def test_an_archive_never_changes_when_something_new_comes(tmp_path: Path) -> None:
    """Archives are complete from the day they are written, so readers fetch each one once."""
    folder = write(tmp_path, feed(*newest_first(170)))
    before = {file.name: file.read_bytes() for file in folder.glob("*-archive-*")}
    write(tmp_path, feed(*newest_first(183)))
    assert len(before) == 6
    assert before == {name: (folder / name).read_bytes() for name in before}


def test_a_browser_shows_something_readable(tmp_path: Path) -> None:
    """Both XML formats name a stylesheet that is there."""
    folder = write(tmp_path, feed(entry(0)))
    for name in ("rss.xml", "atom.xml"):
        instruction = xml(folder / name).getprevious()
        assert instruction is not None
        assert instruction.text == 'type="text/css" href="../../feed.css"'
        assert (folder / "../../feed.css").resolve().is_file()


def test_a_feed_without_entries_is_a_feed(tmp_path: Path) -> None:
    """Before the first announcement the address already answers, and the files are the same each time."""
    folder = write(tmp_path, feed())
    assert texts(xml(folder / "atom.xml"), f"{ATOM}updated") == ["2027-01-19T09:00:00+00:00"]
    assert json.loads((folder / "feed.json").read_text())["items"] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"audience": "../x"}, "names of an audience"),
        ({"audience": ".."}, "names of an audience"),
        ({"language": "es/.."}, "names of an audience"),
        ({"base": "https://abierto.example"}, "with a slash at the end"),
        ({"base": "/var/public/"}, "with a slash at the end"),
        ({"title": " "}, "needs a title"),
        ({"description": ""}, "needs a title and a description"),
        ({"entries": (entry(0), entry(0))}, "Two entries have the id"),
        ({"entries": (entry(0), entry(1))}, "newest first"),
        ({"entries": (entry(0, id="no uri"),)}, "must be a URI"),
        ({"entries": (entry(0, id="no-uri"),)}, "must be a URI"),
        ({"entries": (entry(0, id="tag:a.example,2027:a b"),)}, "must be a URI"),
        ({"entries": (entry(0, link="https://a.example/a b"),)}, "address of its page"),
        ({"audience": "a/b"}, "names of an audience"),
        ({"entries": (entry(0, title=" "),)}, "has no title"),
        ({"entries": (entry(0, link="es/0/"),)}, "address of its page"),
    ],
)
def test_a_feed_that_would_be_wrong_is_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    """What readers would misunderstand is said before anything is written."""
    good = feed(entry(0))
    assert isinstance(good.content, Feed)
    bad = good._replace(content=replace(good.content, **changes))  # type: ignore[arg-type]
    channel = FeedChannel(directory=tmp_path)
    assert any(words in sentence for sentence in channel.check(bad))
    with pytest.raises(PermanentError):
        channel.send(bad, lambda: None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("settings", [{"page_size": 0}, {"hub": "hub.example"}, {"hub": "https://hub.example/a b"}])
def test_settings_that_would_make_no_feed_are_refused(tmp_path: Path, settings: dict[str, Any]) -> None:
    """With the name of the setting, before anything is written."""
    with pytest.raises(ValueError, match=next(iter(settings))):
        FeedChannel(directory=tmp_path, **settings)


def test_an_entry_without_words_has_its_summary_for_a_text_and_its_title_for_a_summary(tmp_path: Path) -> None:
    """Readers warn of what is blank."""
    folder = write(
        tmp_path, feed(entry(1, html=" ", summary="One & two"), entry(0, html="", summary=" ", title="Three"))
    )
    newer, older = json.loads((folder / "feed.json").read_text())["items"]
    assert newer["content_html"] == "<p>One &amp; two</p>"
    assert (older["summary"], older["content_html"]) == ("Three", "<p>Three</p>")


def test_it_is_found_again(tmp_path: Path) -> None:
    """`lookup` answers by what is on disk."""
    channel, message = FeedChannel(directory=tmp_path), feed(entry(0))
    assert channel.lookup(message) is None
    channel.send(message, lambda: None)
    assert channel.lookup(message) is not None
    assert channel.lookup(feed(entry(1))) is None
