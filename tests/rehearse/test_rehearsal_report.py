"""The folder a rehearsal leaves: read as a mayor would, by following every link, and held against the ledger."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from sqlalchemy import select

from communique.channel import Form
from communique.delivery import Mode, State
from communique.own_pages import channel_name
from communique.rehearse.rehearsal import Rehearsal
from communique.rehearse.rehearsed import Rehearsed, everything_rehearsed
from communique.store.database import people
from communique.store.deliveries import accounts
from tests.shipped_rehearsal import ROWS

ROOT = Path(__file__).parents[1].parent


@pytest.fixture(scope="module")
def rehearsed(rehearsal: Rehearsal) -> list[Rehearsed]:
    """What fell due, from the ledger."""
    return everything_rehearsed(rehearsal)


def parsed(path: Path) -> Element:
    """A page as browsers see it; any fault in its HTML is an error."""
    return _parsed(path.read_bytes())


@cache
def _parsed(page: bytes) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(page, transport_encoding="utf-8")


def text_of(element: Element) -> str:
    """All its words, with single spaces."""
    return flat("".join(element.itertext()))


def flat(text: str) -> str:
    """The same words with single spaces."""
    return " ".join(text.split())


def own_pages(folder: Path) -> list[Path]:
    """The pages made for officers."""
    return [folder / "index.html", folder / "ledger.html", *sorted(folder.glob("announcements/*.html"))]


def addresses_in(page: Path) -> Iterator[tuple[str, str]]:
    """Every address in a page, with its element's name; those for machines (`rel`) only where a browser loads them."""
    for element in parsed(page).iter():
        if element.tag == "link" and element.get("rel") != "stylesheet":
            continue
        for attribute in ("href", "src"):
            if element.get(attribute) is not None:
                yield element.tag, element.get(attribute, "")


def table_below(page: Element, heading: str) -> list[list[str]]:
    """The cells of the table in the section with this heading."""
    section = next(each for each in page.iter("section") if each.get("aria-labelledby") == heading)
    return [[text_of(cell) for cell in row] for row in section.iter("tr")]


def test_every_link_leads_to_a_file(rehearsal: Rehearsal) -> None:
    """Whatever is clicked, from the first page on, is there, and lies in the folder."""
    seen: set[Path] = set()
    waiting = [rehearsal.folder / "index.html"]
    while waiting:
        page = waiting.pop()
        for _, address in addresses_in(page):
            parts = urlsplit(address)
            if parts.scheme or not parts.path:
                continue
            target = (page.parent / unquote(parts.path)).resolve()
            assert target.is_file(), f"{page} links to {address}"
            assert target.is_relative_to(rehearsal.folder.resolve())
            # The public pages as a web server gets them name folders in their links; `site/` is there for clicking.
            if target not in seen and target.suffix == ".html" and "public" not in target.parts:
                waiting.append(target)
            seen.add(target)
    assert {page.resolve() for page in own_pages(rehearsal.folder)} <= seen | {rehearsal.folder / "index.html"}
    assert any("site" in target.parts for target in seen)


def test_jumps_within_pages_land(rehearsal: Rehearsal) -> None:
    """A link to a place in a page finds it, and no page has the same place twice."""
    for page in own_pages(rehearsal.folder):
        for _, address in addresses_in(page):
            parts = urlsplit(address)
            if parts.fragment and not parts.scheme:
                target = page.parent / parts.path if parts.path else page
                names = Counter(each.get("id") for each in parsed(target.resolve()).iter() if each.get("id"))
                assert names[parts.fragment] == 1, f"{page} links to {address}"


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(rehearsal: Rehearsal) -> None:
    """The folder needs no network, its pages hold no script, and what they embed may run none."""
    for page in own_pages(rehearsal.folder):
        for tag, address in addresses_in(page):
            assert tag == "a" or not urlsplit(address).scheme
        assert not list(parsed(page).iter("script"))
        for frame in parsed(page).iter("iframe"):
            assert "allow-scripts" not in frame.get("sandbox", "allow-scripts")


def test_every_page_says_that_nothing_was_sent(rehearsal: Rehearsal) -> None:
    """No page of a rehearsal can be taken for a report of what happened."""
    for page in own_pages(rehearsal.folder):
        assert "REHEARSAL – NOTHING WAS SENT" in text_of(parsed(page))


def test_every_announcement_has_a_page_with_each_of_its_channels(
    rehearsal: Rehearsal, rehearsed: list[Rehearsed]
) -> None:
    """What went out through a channel is shown there: mails, pages and entries in sections, posts as cards."""
    routes = rehearsal.workspace.routes
    for each in rehearsed:
        page = parsed(rehearsal.folder / each.page)
        cards = {text_of(heading) for heading in page.iter("h3")}
        sections = {section.get("aria-labelledby") for section in page.iter("section")}
        for channel in each.channels:
            if routes[channel].form is Form.POST:
                assert channel_name(channel) in cards, f"{each.page}: {channel}"
            else:
                assert channel in sections, f"{each.page}: {channel}"


def test_every_language_of_every_channel_is_shown(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """One sample of each channel and language: no translation stays unseen."""
    for each in rehearsed:
        page = parsed(rehearsal.folder / each.page)
        shown = text_of(page)
        frames = {frame.get("src", "") for frame in page.iter("iframe")}
        for copy in each.first_sent():
            delivery = copy.delivery
            form = rehearsal.workspace.routes[delivery.channel].form
            if form is Form.MAIL:
                stem = f"mails/{Path(each.page).stem}-{delivery.channel}-{delivery.language}"
                assert f"../{stem}.html" in frames
                assert (rehearsal.folder / f"{stem}.eml").is_file()
            elif form is Form.LETTER:
                letters = [frame.get("data", "") for frame in page.iter("object")]
                assert copy.last is not None
                assert f"../letters/{copy.last.reference}" in letters
                assert (rehearsal.folder / "letters" / copy.last.reference).read_bytes().startswith(b"%PDF")
            elif form is Form.SCRIPT:
                assert copy.last is not None
                assert (rehearsal.folder / "scripts" / copy.last.reference / "cue-sheet.html").is_file()
                for spot in each.scripts[delivery.id]["spots"]:
                    heard = [shot["sound"] for shot in spot["shots"]] or [spot["text"]]
                    assert all(flat(said) in shown for said in heard)
            elif form is Form.POST:
                assert flat(each.posts[delivery.id]["text"]) in shown
            else:
                published = each.on_website if form is Form.PAGES else each.in_feed
                assert any(one.language == delivery.language and flat(one.headline) in shown for one in published)


def test_pictures_are_seen_wherever_their_readers_would(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """On cards, packs, mails and pages, each with its words, and each a file that is there."""
    each = next(one for one in rehearsed if one.balance.announcement == "tell-the-public")
    posts = [copy for copy in each.first_sent() if copy.delivery.id in each.posts]
    page = rehearsal.folder / each.page
    cards = [image for image in parsed(page).iter("img") if image.get("class") == "picture"]
    assert len(cards) == len(posts) > 4
    mails = sorted(rehearsal.folder.glob(f"mails/{Path(each.page).stem}-*.html"))
    articles = [rehearsal.folder / "site" / one.path / "index.html" for one in each.on_website]
    assert len(mails) == len(articles) == len(each.languages)
    places = [(page, image) for image in cards]
    places += [(file, image) for file in (*mails, *articles) for image in parsed(file).iter("img")]
    assert len(places) == len(cards) + len(mails) + len(articles)
    for file, image in places:
        assert (file.parent / image.get("src", "")).read_bytes().startswith(b"\x89PNG")
        assert len(image.get("alt", "")) > 20


def test_what_is_shown_of_a_mail_came_over_the_wire(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """The sample's bytes are those the sink accepted, and its invitation is there to open."""
    each = next(one for one in rehearsed if one.announcement.invite)
    accepted = {mail.data for mail in rehearsal.mails}
    samples = sorted(rehearsal.folder.glob(f"mails/{Path(each.page).stem}-*.eml"))
    assert len(samples) == len(each.languages)
    assert all(sample.read_bytes() in accepted for sample in samples)
    for sample in samples:
        assert sample.with_name(f"{sample.stem}-invite.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert "invite.ics" in text_of(parsed(rehearsal.folder / each.page))
    assert "Ways to leave (List-Unsubscribe)" in text_of(parsed(rehearsal.folder / each.page))


def test_films_can_be_watched_and_infographics_looked_at(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """On the page of their announcement, each with the files that go with it."""
    pages = [rehearsal.folder / each.page for each in rehearsed]
    films = [film for page in pages for film in parsed(page).iter("video")]
    assert [(pages[0].parent / str(film.get("src"))).is_file() for film in films] == [True] * 2
    sounds = [recording for page in pages for recording in parsed(page).iter("audio")]
    assert [recording.get("src", "").rpartition(".")[2] for recording in sounds] == ["mp3"] * 18
    assert not list(rehearsal.folder.rglob("*.wav"))
    pictures = [str(each.get("src")) for page in pages for each in parsed(page).iter("img")]
    assert len([each for each in pictures if each.endswith("/infographic.png")]) == 4
    shown = [each for each in pictures if "/tv/" in each]
    assert len(shown) == len(set(shown)) >= 12
    assert all((pages[0].parent / each).is_file() for each in shown)


def test_an_infographic_names_the_dates_of_other_campaigns(rehearsal: Rehearsal) -> None:
    """The news of the acceptance says when the kickoff is, which is a date of the next campaign."""
    said = next(rehearsal.folder.glob("infographics/**/accepted-into-ogp-*/es/description.txt")).read_text("utf-8")
    assert "Martes 9 de febrero de 2027, de 10:00 a 12:00: Reunión de arranque" in said
    assert rehearsal.workspace.words.of("es")["no_dates"] not in said


def test_posts_are_counted_as_their_networks_do(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """Each card says how long its post is by the network's own rule, and what it costs."""
    each = next(one for one in rehearsed if {"x", "bluesky"} <= set(one.channels))
    page = text_of(parsed(rehearsal.folder / each.page))
    assert "/ 280 weighted characters · costs US$ 0.20" in page
    assert "/ 300 graphemes" in page


def test_arabic_runs_from_right_to_left(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """Every block of public words says its language and direction, posts included, whatever the language is today."""
    for each in rehearsed:
        for element in parsed(rehearsal.folder / each.page).iter():
            if {"said", "plain"} & set((element.get("class") or "").split()):
                assert element.get("dir") == ("rtl" if element.get("lang") == "ar" else "ltr")
    pages = [(rehearsal.folder / each.page).read_text(encoding="utf-8") for each in rehearsed]
    assert any('lang="ar" dir="rtl"' in page for page in pages)


def test_the_balance_on_the_first_page_is_the_ledgers(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """Every number of the balance equals what the database counts, one announcement at a time and together."""
    head, *rows, total = table_below(parsed(rehearsal.folder / "index.html"), "balance")
    assert head == ["Announcement", "Planned", "Sent", "Excluded", "Balance"]
    with rehearsal.database.reading() as connection:
        copies = accounts.copies(connection, Mode.LIVE)
    counted = [
        Counter(
            copy.delivery.state
            for copy in copies
            if (copy.delivery.campaign, copy.delivery.announcement, copy.delivery.occurrence) == each.identity
        )
        for each in rehearsed
    ]
    expected = [[str(one.total()), str(one[State.SENT]), str(one[State.EXCLUDED]), "holds"] for one in counted]
    assert [row[1:] for row in rows] == expected
    together = sum(counted, Counter[State]())
    assert together[State.EXCLUDED] > 0
    assert total[1:] == [str(len(copies)), str(together[State.SENT]), str(together[State.EXCLUDED]), "holds"]


def test_the_totals_by_channel_are_the_ledgers(rehearsal: Rehearsal) -> None:
    """Planned and sent of every channel equal what the database counts."""
    _, *rows = table_below(parsed(rehearsal.folder / "index.html"), "channels")
    with rehearsal.database.reading() as connection:
        copies = accounts.copies(connection, Mode.LIVE)
    planned = Counter(channel_name(copy.delivery.channel) for copy in copies)
    sent = Counter(channel_name(copy.delivery.channel) for copy in copies if copy.delivery.state is State.SENT)
    assert {row[0]: (int(row[2]), int(row[3])) for row in rows} == {
        name: (planned[name], sent[name]) for name in planned
    }


def test_the_sink_agrees_with_the_ledger_and_the_page_says_so(rehearsal: Rehearsal) -> None:
    """The first page states how many mails the sink holds and that none was lost or doubled."""
    said = text_of(parsed(rehearsal.folder / "index.html"))
    assert f"the sink holds {len(rehearsal.mails)}, none lost, none twice, none unexplained" in said


def test_what_stays_is_listed_with_its_reason(rehearsal: Rehearsal) -> None:
    """Everything that did not go stands on the first page, and why."""
    said = text_of(parsed(rehearsal.folder / "index.html"))
    assert rehearsal.stays
    for standing in rehearsal.stays:
        assert standing.reason[1:] in said
    assert "The plan is published" in said


def test_the_timeline_has_everything_in_order_with_zone_and_utc(
    rehearsal: Rehearsal, rehearsed: list[Rehearsed]
) -> None:
    """Every announcement, in the order of the ledger, with local time, its zone, and UTC beside it."""
    page = parsed(rehearsal.folder / "index.html")
    events = [each for each in page.iter("li") if (each.get("class") or "").split()[:1] == ["event"]]
    announced = [each for each in events if "milestone" not in (each.get("class") or "")]
    assert [next(each.iter("a")).get("href") for each in announced] == [each.page for each in rehearsed]
    zone = rehearsal.workspace.settings.timezone
    for event, each in zip(announced, rehearsed, strict=True):
        due_at = each.balance.due_at
        assert text_of(event).startswith(f"{due_at.astimezone(zone):%H:%M %Z}{due_at:%H:%M} UTC")
    assert any("Kickoff" in text_of(each) for each in events if each not in announced)


def test_the_ledgers_page_shows_some_rows_and_says_how_many_more(
    rehearsal: Rehearsal, rehearsed: list[Rehearsed]
) -> None:
    """A long announcement shows its first copies and names the file with the others."""
    each = max(rehearsed, key=lambda one: len(one.copies))
    page = parsed(rehearsal.folder / "ledger.html")
    section = next(one for one in page.iter("section") if one.get("aria-labelledby") == Path(each.page).stem)
    assert len(list(section.iter("tr"))) == ROWS + 1
    assert f"{len(each.copies) - ROWS} more copies are in ledger.csv" in text_of(section)


def test_the_table_has_one_row_a_copy_and_no_address(rehearsal: Rehearsal, rehearsed: list[Rehearsed]) -> None:
    """The spreadsheet accounts for every copy, by number of the person; nobody's address or name is in it."""
    written = (rehearsal.folder / "ledger.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    copies = [copy for each in rehearsed for copy in each.copies]
    assert [row["reference"] for row in rows] == [copy.delivery.reference for copy in copies]
    assert Counter(row["state"] for row in rows) == Counter(copy.delivery.state.value for copy in copies)
    assert all(row["proof"] for row in rows if row["state"] == "sent")
    with rehearsal.database.reading() as connection:
        known = connection.execute(select(people.c.address, people.c.name)).all()
    for shown in (written, (rehearsal.folder / "ledger.html").read_text(encoding="utf-8")):
        assert not [person for person in known if (person.address and person.address in shown) or person.name in shown]
