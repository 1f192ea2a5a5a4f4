"""Every feed we write against every rule of the validators, and every rule against a feed that breaks it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from channels.feed import FeedChannel
from communique.channel import Entry, Feed, Message
from tests.channels.feed_rules import complaints, json_complaints
from tests.channels.test_feed import FIRST, entry, feed, newest_first

BASE = "https://abierto.example/"
NOW = FIRST + timedelta(days=200)
HOSTILE = (
    '<img src=x onerror=alert(1)> {{7*7}} & &lt; &copy; "](javascript:x) <b \u202e\x85\ufffd\U0001f469\u200d\U0001f4bb'
)


def said(directory: Path, message: Message, **settings: object) -> Mapping[str, list[str]]:
    """What is said of each file of a feed, by its name."""
    FeedChannel(directory=directory, **{"compress": False, **settings}).send(message, lambda: None)  # type: ignore[arg-type]
    found = {}
    for file in sorted((directory / "feeds").rglob("*.*")):
        address = BASE + file.relative_to(directory).as_posix()
        if file.suffix == ".xml":
            found[file.name] = complaints(file.read_bytes(), address, NOW)
        elif file.suffix == ".json":
            found[file.name] = json_complaints(file.read_bytes(), NOW)
    return found


def named(message: Message, name: str) -> Message:
    """The same by a government of another name."""
    assert isinstance(message.content, Feed)
    return message._replace(content=replace(message.content, author_name=name))


@pytest.mark.parametrize("language", ["es", "ar", "en", "pt-BR"])
@pytest.mark.parametrize("count", [0, 1, 60, 120, 170])
def test_nothing_is_said_of_a_feed(tmp_path: Path, language: str, count: int) -> None:
    """Empty, short, and with archives, in every format: no error and no warning."""
    found = said(tmp_path, feed(*newest_first(count), language=language), hub="https://hub.example/")
    assert len(found) == 3 * (count // 50 if count >= 150 else 1)
    assert not any(found.values()), found


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": HOSTILE, "summary": HOSTILE}, id="hostile words"),
        pytest.param({"categories": (HOSTILE, "a & b")}, id="hostile category"),
        pytest.param({"title": "Tú & yo: 3 < 4, AT&T, &nbsp;"}, id="signs of markup"),
        pytest.param({"title": "طلب إلى OGP Local", "summary": "ما الجديد؟"}, id="Arabic and Latin"),
        pytest.param({"summary": " "}, id="no summary"),
        pytest.param({"html": ""}, id="no text"),
        pytest.param({"html": "<p>uno <x-y>dos</x-y> <marquee>tres</marquee><font>4</font></p>"}, id="odd elements"),
        pytest.param({"html": "<table style='x'><tr><td onclick='x'>a</td></tr></table>"}, id="odd attributes"),
        pytest.param(
            {"html": "<p><a href='#aqui'>a</a> <img src='b.png' alt=''> <a href='?x=1&y=2'>c</a></p>"}, id="relative"
        ),
        pytest.param({"html": "<p>a\x85b\x93c\ufdd0\ufffd\ufffe</p>"}, id="odd characters"),
        pytest.param({"html": "<video src='x'></video><form><input></form><p>y</p>"}, id="what no reader shows"),
    ],
)
def test_nothing_is_said_of_an_odd_entry(tmp_path: Path, changes: dict[str, object]) -> None:
    """Whatever an officer wrote, readers have nothing to clean or to guess."""
    found = said(tmp_path, feed(entry(1, **changes), entry(0)))
    assert not any(found.values()), found


@pytest.mark.parametrize("name", ["Gobierno (local) \\", "A & B (", "بلدية (المدينة)"])
def test_nothing_is_said_of_an_odd_name(tmp_path: Path, name: str) -> None:
    """The editor's name cannot end its own parenthesis early, or leave it open."""
    assert not any(said(tmp_path, named(feed(entry(0)), name)).values())


def test_the_text_is_kept_where_the_summary_is_blank(tmp_path: Path) -> None:
    """RSS carries the full text, whatever the summary is."""
    said(tmp_path, feed(entry(0, summary="")))
    written = (tmp_path / "feeds/public/es/rss.xml").read_text()
    assert "completo" in written
    assert "<description>Anuncio 0</description>" in written


def test_nothing_is_said_of_what_was_withdrawn(tmp_path: Path) -> None:
    """Readers are told by a tombstone, by an entry that says so, and by a member of our own."""
    gone = replace(entry(1), withdrawn="The date was wrong.", updated_at=FIRST + timedelta(days=3))
    found = said(tmp_path, feed(gone, entry(0)))
    assert not any(found.values()), found
    assert "deleted-entry" in (tmp_path / "feeds/public/es/atom.xml").read_text()


@pytest.mark.parametrize("language", ["es", "ar"])
def test_nothing_is_said_of_a_long_life(tmp_path: Path, language: str) -> None:
    """Archives in which something was put right, and something taken back, down to the oldest page."""
    late = FIRST + timedelta(days=40)
    lived = {each.id: each for each in newest_first(12)}
    for number, words in ((0, {"withdrawn": "تم سحبه"}), (4, {}), (11, {"withdrawn": "تم سحبه"})):
        old = entry(number, title="تصحيح", updated_at=late + timedelta(minutes=number), **words)
        lived[old.id] = old
    found = said(tmp_path, feed(*lived.values(), language=language), page_size=3, hub="https://hub.example/")
    assert len(found) == 12
    assert not any(found.values()), found


def test_of_an_unknown_element_the_words_stay(tmp_path: Path) -> None:
    """Only the tags are taken away."""
    said(tmp_path, feed(entry(0, html="<p>uno <x-y>dos</x-y> tres</p>")))
    assert "<p>uno dos tres</p>" in (tmp_path / "feeds/public/es/feed.json").read_text()


def test_all_pages_of_a_json_feed_name_one_feed(tmp_path: Path) -> None:
    """`feed_url` is the feed's identity (JSON Feed 1.1), also in its archives."""
    said(tmp_path, feed(*newest_first(150)))
    for name in ("feed.json", "feed-archive-1.json"):
        assert f'"feed_url": "{BASE}feeds/public/es/feed.json"' in (tmp_path / "feeds/public/es" / name).read_text()


RSS = [
    ("ContainsHTML", "Anuncio 1<", "Anuncio &lt;b&gt;1<"),
    ("ContainsHTML", "Anuncios de", "Anuncios &lt;b&gt;de&lt;/b&gt;"),
    ("NotBlank", "Anuncio 1<", "<"),
    ("MissingElement", "<docs>http://www.rssboard.org/rss-specification</docs>", ""),
    ("DuplicateElement", "<docs>", "<docs>x:y</docs><docs>"),
    ("InvalidFullLink", "<link>https://abierto.example/es/1/", "<link>https://abierto.example/és/1/"),
    ("InvalidContact", "[España])", "[España]"),
    ("InvalidRFC2822Date", "+0000</pubDate>", "UTC+1</pubDate>"),
    ("IncorrectDOW", "<pubDate>Wed", "<pubDate>Thu"),
    ("ImplausibleDate", "Wed, 20 Jan 2027 09", "Thu, 20 Jan 2028 09"),
    ("DuplicateValue", "2027:es/1<", "2027:es/0<"),
    ("InvalidPermalink", 'isPermaLink="false"', ""),
    ("MissingGuid", '<guid isPermaLink="false">tag:abierto.example,2027:es/1</guid>', ""),
    ("NeedDescriptionBeforeContent", "<description>Resumen 1</description>", ""),
    ("MisplacedItem", "</channel>", "<ttl>5</ttl></channel>"),
    ("MissingAtomSelfLink", 'rel="self"', 'rel="related"'),
    ("SelfDoesntMatchLocation", "es/rss.xml", "en/rss.xml"),
    ("SelfNotAtom", 'type="application/rss+xml"', 'type="text/xml"'),
    ("UnregisteredAtomLinkRel", 'rel="self"', 'rel="me"'),
    ("InvalidLanguage", 'lang="es"', 'lang="español"'),
    ("BadCharacters", "Resumen 1", "Resumen \x93"),
    ("ReservedPrefix", "http://purl.org/rss/1.0/modules/content/", "http://purl.org/other/"),
    ("ArchiveIncomplete", "<docs>", '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/><docs>'),
    ("UnknownNamespace", "<docs>", '<x:y xmlns:x="http://purl.org/other/"/><docs>'),
    ("UndefinedElement", "<docs>", "<author>x</author><docs>"),
    ("UnexpectedAttribute", "<guid ", '<guid lang="es" '),
    ("NotUTF8", " encoding='UTF-8'", ""),
    ("more than one link to itself", "<docs>", '<atom:link rel="self" href="https://a.example/"/><docs>'),
    ("MissingCurrentInArchive", "<docs>", '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/><docs>'),
    ("NotHtml", "Texto &#x3C;a", "Texto &#x3C;/p>&#x3C;/p>&#x3C;a"),
    ("SecurityRisk", "Texto", "&#x3C;script>&#x3C;/script>"),
    ("SecurityRiskAttr", "&#x3C;p&gt;", '&#x3C;p onclick="x"&gt;'),
    ("ContainsRelRef", '="https://abierto.example/es/"&gt;completo', '="/es/"&gt;completo'),
]
_STONE = (
    '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="{ref}" when="2027-01-20T09:00:00Z">'
    "<at:by><name>{by}</name></at:by></at:deleted-entry>"
)
ATOM = [
    ("ContainsUndeclaredHTML", "Anuncio 1<", "Anuncio &amp;lt;<"),
    ("MissingElement", "<generator>Communiqué</generator>", ""),
    ("MissingElement or DuplicateElement: summary", "<summary>Resumen 1</summary>", ""),
    ("MisplacedMetadata", "</feed>", "<icon>x</icon></feed>"),
    ("NotBlank", "Resumen 1", ""),
    ("DuplicateEntries", "2027:es/1<", "2027:es/0<"),
    ("DuplicateUpdated", "<updated>2027-01-20T10:00:00+00:00", "<updated>2027-01-19T10:00:00+00:00"),
    ("InvalidTAG", "tag:abierto.example,2027:", "tag:ábierto.example,2027:"),
    ("NonCanonicalURI", "<id>https://abierto", "<id>https://Abierto"),
    ("InvalidRFC3339Date", "+00:00</published>", "</published>"),
    ("ImplausibleDate", "2027-01-20T09", "2029-01-20T09"),
    ("ContainsUndeclaredHTML", 'type="html"', 'type="text"'),
    ("InvalidAddrSpec", "gobiernoabierto@", "gobierno abierto@"),
    (
        "DuplicateAtomLink",
        "</title>",
        '</title><link rel="self" href="https://a.example/" type="application/atom+xml"/>',
    ),
    ("RelativeSelf", 'rel="self" href="https://abierto.example', 'rel="self" href="'),
    ("MissingSelf", 'rel="self"', 'rel="related"'),
    ("updated before published", "<published>2027-01-20", "<published>2027-01-21"),
    (
        "FeedHistoryRelInEntry",
        '<link href="https://abierto.example/es/1/" rel="alternate"',
        '<link rel="current" href="https://a.example/"',
    ),
    ("AtomLinkNotEmpty", "<author>", '<link rel="hub" href="https://a.example/">x</link><author>'),
    ("a tombstone by nobody", "</feed>", _STONE.format(ref="tag:abierto.example,2027:es/9", by="") + "</feed>"),
    ("a tombstone beside its entry", "</feed>", _STONE.format(ref="tag:abierto.example,2027:es/1", by="A") + "</feed>"),
    ("InvalidTAG", "</feed>", _STONE.format(ref="tag: 9", by="A") + "</feed>"),
    (
        "InvalidRFC3339Date",
        "</feed>",
        _STONE.format(ref="tag:abierto.example,2027:es/9", by="A").replace("Z", "") + "</feed>",
    ),
    ("AvoidNamespacePrefix", "<author>", '<author xmlns:atom="http://www.w3.org/2005/Atom">'),
]


@pytest.mark.parametrize(
    ("name", "rule", "good", "bad"),
    [("rss.xml", *each) for each in RSS] + [("atom.xml", *each) for each in ATOM],
)
def test_a_rule_sees_what_breaks_it(tmp_path: Path, name: str, rule: str, good: str, bad: str) -> None:
    """No rule above is kept by being asleep."""
    said(tmp_path, feed(*newest_first(2)))
    written = (tmp_path / "feeds/public/es" / name).read_text()
    assert good in written
    broken = written.replace(good, bad).encode()
    found = complaints(broken, f"{BASE}feeds/public/es/{name}", NOW)
    assert any(rule in each for each in found), found


@pytest.mark.parametrize(
    ("words", "good", "bad"),
    [
        ("version", "version/1.1", "version/2"),
        ("unknown member", '"title"', '"heading": "x", "title"'),
        ("next_url", '"language": "es",\n "authors"', f'"next_url": "{BASE}feeds/public/es/feed.json", "authors"'),
        ("author", '"name": "Ayunta', '"nombre": "Ayunta'),
        ("there twice", "es/1", "es/0"),
        ("without content", '"content_html": "<p>', '"content_html": "", "_x": "'),
        ("RFC 3339", "T09:00:00Z", " 09:00"),
        ("modified before", '"date_modified": "2027-01-20T10', '"date_modified": "2027-01-20T08'),
        ("full address", '"home_page_url": "https://', '"home_page_url": "'),
    ],
)
def test_a_rule_of_json_feed_sees_what_breaks_it(tmp_path: Path, words: str, good: str, bad: str) -> None:
    """The same for JSON Feed."""
    said(tmp_path, feed(*newest_first(2)))
    written = (tmp_path / "feeds/public/es/feed.json").read_text().replace('"url": "mailto:', '"_url": "mailto:')
    assert good in written
    assert any(words in each for each in json_complaints(written.replace(good, bad).encode(), NOW))


def test_entries_are_told_apart(tmp_path: Path) -> None:
    """Two announcements of one second are refused before a reader confuses them."""
    same: tuple[Entry, ...] = (entry(1), replace(entry(0), id=entry(1).id))
    assert FeedChannel(directory=tmp_path).check(feed(*same))
