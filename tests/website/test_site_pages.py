"""What the process page, the archive and the page of an announcement show."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from posixpath import dirname, join, normpath

from communique.channel import Form, Image
from communique.public_record import Entry, EntryKind, Sealed, seal
from communique.publication import Product
from communique.retraction import Retraction
from communique.settings import PAGES_BESIDE_TOPICS
from communique.texts import addresses
from communique.website.site import build_sheets, build_site
from communique.website.site_gone import gone_from
from tests.shipped_site import (
    FIRST,
    LANGUAGES,
    ROOT,
    RULES,
    files,
    page,
    parsed,
    process,
    publication,
    said,
    site,
    words,
)

#: Of the process page: what is to come, and what has been as well.
LISTS = (("ul", "dates"), ("ol", "timeline"))


def test_the_process_page_says_where_we_are() -> None:
    """The current stage is marked for machines and in words; done and coming ones in words too."""
    stages = [item for item in page("en/index.html").iter("li") if "stage" in str(item.get("class"))]
    assert [said(stage) for stage in stages] == [
        "Accepted Done",
        "Kickoff We are here since 9 February",
        "Proposals Still to come 15 March",
    ]
    assert [stage.get("aria-current") for stage in stages] == [None, "step", None]


def test_every_page_leads_to_what_the_law_wants_there() -> None:
    """The town hall's own statements, by their names in the reader's language."""
    for path, statements in (
        ("en/index.html", ["Accessibility statement", "Privacy notice"]),
        ("es/archive/index.html", ["Declaración de accesibilidad", "Protección de datos"]),
    ):
        (foot,) = page(path).iter("footer")
        links = {said(link): link.get("href") for link in foot.iter("a")}
        assert [name for name in links if name in statements] == statements
        assert links[statements[0]] == "https://www.puertoclaro.example.org/accesibilidad"


def test_coming_dates_are_in_local_time_and_in_order() -> None:
    """Dates stand in the zone of the settings, the nearest first; an all-day date shows no time."""
    times = [item for item in page("en/index.html").iter("time") if "2027-0" in str(item.get("datetime"))]
    assert [item.get("datetime") for item in times[:2]] == ["2027-02-09T10:00:00+01:00", "2027-03-15T00:00:00+01:00"]
    assert "2027 10:00" in said(times[0])  # by ear and without styles, too
    assert ":" not in said(times[1])


def test_past_dates_are_gone() -> None:
    """The day after the meeting it is no longer a coming date; on the day itself it still is."""
    for day, kept in ((9, True), (10, False)):
        root = parsed(build_site(site(today=date(2027, 2, day)))["en/index.html"])
        coming, timeline = (next(each for each in root.iter(tag) if each.get("class") == name) for tag, name in LISTS)
        assert ("2027-02-09T10:00:00+01:00" in {each.get("datetime") for each in coming.iter("time")}) == kept
        assert "Over" in said(timeline[0]) or kept
        assert "Kickoff" in said(timeline[0])


def test_the_latest_announcements_come_first() -> None:
    """The process page lists the newest announcements, without the one it is made of; the archive lists all."""
    latest = [said(item) for item in page("fr/index.html").iter("h3")][:2]
    assert latest == ["why-we-joined (fr)", "tell-the-public (fr)"]
    assert "open-the-process-page (fr)" not in [said(item) for item in page("fr/index.html").iter("h3")]
    register = [item for item in page("fr/archive/index.html").iter("ul") if item.get("class") == "register"]
    assert [said(link) for link in register[0].iter("a")] == [*latest, "open-the-process-page (fr)"]


def test_people_can_subscribe_where_that_is_possible() -> None:
    """With an address for subscribing by mail, the process page leads to it, in its language."""
    made = build_site(site(subscribe={"en": "https://abierto.puertoclaro.example.org/en/subscribe/"}))
    subscribing = b'href="https://abierto.puertoclaro.example.org/en/subscribe/"'
    assert subscribing in made["en/index.html"]
    assert words("es")["follow_by_mail"].encode() not in made["es/index.html"]


def test_the_feeds_of_all_languages_are_on_the_page_that_says_how_to_follow() -> None:
    """Three formats with full addresses in its own language, one link to each other; nothing that is not there."""
    root = page("en/follow/index.html")
    assert [said(item) for item in root.iter("bdi") if "feeds/" in said(item)] == [
        f"{ROOT}feeds/public/en/{name}" for name in ("rss.xml", "atom.xml", "feed.json")
    ]
    linked = {str(link.get("href")) for link in root.iter("a") if link.get("type") and link.get("hreflang")}
    assert linked == {f"../../feeds/public/{language}/rss.xml" for language in ("es", "fr", "pt", "ar")}
    bare = build_site(site(processes={}))["en/follow/index.html"]
    assert words("en")["follow_without_feed"] in said(parsed(bare))
    assert b"feeds/" not in bare


def test_names_that_no_topic_can_have_are_all_that_the_website_needs() -> None:
    """A page that is new beside those of topics has to be kept free of them."""
    folders = {parts[1] for each in files() if len(parts := each.split("/")) > 2 and parts[0] in LANGUAGES}
    of_campaigns = {item.campaign for item in site().publications}
    assert folders - of_campaigns == PAGES_BESIDE_TOPICS


def test_an_announcement_leads_to_its_other_languages() -> None:
    """Its page links the versions that exist; in a language without one, the menu leads to the process page."""
    some = [publication("tell-the-public", language) for language in ("es", "ar")]
    root = parsed(build_site(site(publications=some))["es/accepted-into-ogp/tell-the-public/index.html"])
    versions = next(item for item in root.iter("section") if item.get("class") == "versions")
    assert [(link.get("lang"), link.get("dir")) for link in versions.iter("a")] == [("ar", "rtl")]
    menu = next(item for item in root.iter("nav") if item.get("class") == "languages")
    assert [link.get("href") for link in menu.iter("a")] == [
        "./",
        "../../../en/",
        "../../../fr/",
        "../../../pt/",
        "../../../ar/accepted-into-ogp/tell-the-public/",
    ]
    assert {link.get("hreflang") for link in root.findall("head/link[@hreflang]")} == {"es", "ar", "x-default"}


def test_a_shared_link_shows_what_it_leads_to() -> None:
    """Search engines and networks get the headline, the summary, the address and the date (Open Graph)."""
    root = page("en/accepted-into-ogp/tell-the-public/index.html")
    named = {item.get("property") or item.get("name"): item.get("content") for item in root.iter("meta")}
    assert named["description"] == named["og:description"] == "Summary of tell-the-public"
    assert named["og:title"] == "tell-the-public (en)"
    assert named["og:url"] == f"{ROOT}en/accepted-into-ogp/tell-the-public/"
    assert (named["og:type"], named["og:locale"]) == ("article", "en_GB")
    assert named["article:published_time"] == "2027-01-20T10:00:00+01:00"


def test_a_correction_is_dated() -> None:
    """A page that was corrected says when; one that was not says nothing of it."""
    corrected = publication("tell-the-public", "en", updated_at=FIRST + timedelta(days=4))
    path = "en/accepted-into-ogp/tell-the-public/index.html"
    changed = parsed(build_site(site(publications=[corrected]))[path])
    assert "Corrected: Saturday 23 January 2027" in said(changed).replace(",", "")
    assert "Corrected" not in said(page(path))


def test_aligned_columns_need_no_inline_style() -> None:
    """A table whose column stands to the right keeps that through a class, as inline styles are blocked."""
    table = '<table><tr><td style="text-align:right">10</td></tr></table><p>style="text-align:right" in a text</p>'
    path = "en/accepted-into-ogp/tell-the-public/index.html"
    root = parsed(build_site(site(publications=[publication("tell-the-public", "en", html=table)]))[path])
    cell = next(root.iter("td"))
    assert dict(cell.attrib) == {"class": "to-right"}


def section(path: str, name: str) -> str:
    """The text of a section of a page, by the id of its heading; empty where there is none."""
    found = [each for each in page(path).iter("section") if each.get("aria-labelledby") == name]
    return said(found[0]) if found else ""


def test_a_meeting_has_its_papers() -> None:
    """Agenda, minutes once they are published, documents: in the timeline, and on the meeting's own page."""
    row = next(each for each in page("en/index.html").iter("ol") if each.get("class") == "timeline")[0]
    links = {said(each): str(each.get("href")) for each in row.iter("a")}
    assert links == {
        "Kickoff": "dates/co-creation-kickoff/kickoff/",
        "Agenda": "dates/co-creation-kickoff/kickoff/#agenda",
        "Minutes": "accepted-into-ogp/why-we-joined/",
        "Rules of the forum": "../documents/rules.pdf",
    }
    assert "Rules of the forum" in section("en/dates/co-creation-kickoff/kickoff/index.html", "papers")
    early = site(publications=[publication("tell-the-public", "en")])
    assert "Minutes" not in said(parsed(build_site(early)["en/index.html"]))


def test_documents_are_on_the_site_with_what_proves_them() -> None:
    """The file's own bytes, with date, language, kind, size and SHA-256 in words; who has none sees no list."""
    assert files()["documents/rules.pdf"] == RULES
    shown = said(page("en/documents/index.html"))
    assert "1 February 2027 · español · PDF, 1 kB" in shown
    assert hashlib.sha256(RULES).hexdigest() in shown
    bare = build_site(site(processes={}))
    assert not [path for path in bare if "documents/" in path]
    assert "documents" not in said(parsed(bare["en/index.html"])).lower()


def test_what_is_promised_and_who_watches_is_said() -> None:
    """Commitments with how far they are in words, ways in with their last day, forum by sector, monitors."""
    promised = section("en/index.html", "commitments")
    assert "Open contracts Every contract online. Well advanced Responsible: Office for Contracts" in promised
    assert "Clear letters" in promised
    ways = section("en/index.html", "take-part")
    assert "Send a proposal Open until 30 April 2027" in ways
    assert "Vote Opens on 1 May 2027" in ways
    assert "Old survey Closed" in ways
    assert "From outside the local government University From the local government" in section("en/index.html", "forum")
    assert "Institute" in section("en/index.html", "monitoring")


def test_a_date_that_is_called_off_says_so() -> None:
    """In the list, on its page and to calendars; nobody is asked to put it into one."""
    dates = tuple(replace(each, called_off=True) for each in process("en").dates)
    made = build_site(site(processes={"en": replace(process("en"), dates=dates)}))
    path = "en/dates/co-creation-kickoff/kickoff/"
    assert said(parsed(made["en/index.html"])).count("Called off") == 4
    assert words("en")["answer"]["off"] in said(parsed(made[f"{path}index.html"]))
    assert "Add to your calendar" not in said(parsed(made[f"{path}index.html"]))
    assert b"STATUS:CANCELLED" in made[f"{path}event.ics"]


def test_a_date_says_who_can_get_in_until_it_is_over() -> None:
    """Whoever needs a lift or a hearing loop must know before; afterwards the page says that it is over."""
    dates = tuple(replace(each, access="Step-free.") for each in process("en").dates)
    path = "en/dates/co-creation-kickoff/kickoff/index.html"
    before, after = (
        said(parsed(build_site(site(processes={"en": replace(process("en"), dates=dates)}, today=day))[path]))
        for day in (date(2027, 1, 25), date(2027, 2, 10))
    )
    assert "Access: Step-free." in before
    assert "Over" not in before
    assert "Step-free." not in after
    assert "Over" in after


def test_agenda_and_minutes_can_be_printed() -> None:
    """In each language, with the sum of the rows; each link to a PDF has a sheet, and without a press there is none."""
    printing = site(prints=True, releases=())
    sheets, made = build_sheets(printing), build_site(printing)
    folder = "dates/co-creation-kickoff/kickoff/"
    assert sheets.keys() == {f"{each}/{folder}{name}.pdf" for each in LANGUAGES for name in ("agenda", "minutes")}
    assert "Total55" in said(parsed(sheets[f"en/{folder}agenda.pdf"].encode()))
    assert "Text of why-we-joined" in said(parsed(sheets[f"en/{folder}minutes.pdf"].encode()))
    for path in ("ar/index.html", f"ar/{folder}index.html"):
        links = [str(each.get("href")) for each in parsed(made[path]).iter("a") if "pdf" in str(each.get("type"))]
        assert {normpath(join(dirname(path), each)) for each in links} <= sheets.keys()
        assert links
    gone = publication("why-we-joined", "en", retraction=Retraction(at=FIRST, reasons={"en": "wrong"}))
    withdrawn = site(prints=True, publications=[gone])
    assert f"en/{folder}minutes.pdf" not in build_sheets(withdrawn)
    assert b"minutes.pdf" not in build_site(withdrawn)["en/index.html"]
    assert gone_from(withdrawn) == {f"en/{folder}minutes.pdf": "en/accepted-into-ogp/why-we-joined/"}
    card = Image(data=b"drawn", media_type="image/png", alt="A town", width=1200, height=630, drawn=True)
    carded = replace(gone, picture=card)
    shown, hidden = site(publications=[replace(carded, retraction=None)]), site(publications=[carded])
    drawn = addresses.picture_path(card)
    assert (drawn in build_site(shown), drawn in gone_from(shown)) == (True, False)
    assert (drawn in build_site(hidden), gone_from(hidden)[drawn]) == (False, gone.path)
    assert drawn.encode() not in build_site(hidden)[f"{gone.path}index.html"]
    instead = parsed(build_site(hidden)[f"gone/{drawn}.html"])  # what its address answers with: its links begin there
    assert "wrong" in said(instead)
    assert [each.get("href") for each in instead.iter("link") if each.get("rel") == "stylesheet"] == ["../style.css"]
    assert build_sheets(site()) == {}  # nor for releases
    assert b"agenda.pdf" not in files()[f"en/{folder}index.html"]


def test_a_spot_says_whose_voice_it_is(tmp_path: Path) -> None:
    """A machine's is named; somebody's own recording needs no word."""
    recording = tmp_path / "radio-30.mp3"
    recording.write_bytes(b"sound")
    for by_a_person in (False, True):
        spot = {"seconds": 30, "written": "Puerto Claro joins.", "by_a_person": by_a_person}
        product = Product(
            campaign="accepted-into-ogp",
            announcement="tell-the-public",
            occurrence="once",
            language="en",
            form=Form.SCRIPT,
            said={"spots": [spot]},
            made_at=FIRST,
            files={"radio-30.mp3": recording},
        )
        shown = said(parsed(build_site(site(products=[product]))["en/accepted-into-ogp/tell-the-public/index.html"]))
        assert ("computer’s voice" in shown) is not by_a_person
        assert "Puerto Claro joins." in shown


def test_a_long_address_breaks_where_people_would_break_it() -> None:
    """Behind the @, on a narrow screen; what is copied or clicked is the address alone."""
    link = '<a href="mailto:gobiernoabierto@example.org">gobiernoabierto@example.org</a>'
    made = build_site(site(publications=[publication("tell-the-public", "es", html=f"<p>{link}, a@b.example</p>")]))
    text = made["es/accepted-into-ogp/tell-the-public/index.html"].decode()
    assert '><bdi dir="ltr">gobiernoabierto@<wbr>example.org</bdi></a>, a@b.example' in text
    assert 'href="mailto:gobiernoabierto@puertoclaro.example.org"' in text
    assert ">gobiernoabierto@<wbr>puertoclaro.example.org</bdi>" in text


def test_the_record_tells_posts_for_everybody_from_messages_to_people() -> None:
    """What has no page here was a message to people, or a post: no entry is named by half a sentence."""
    when = {"campaign": "accepted-into-ogp", "occurrence": "once", "at": FIRST}
    told = [
        Entry(kind=EntryKind.ANNOUNCED, announcement="at-most-five", channel="x", channel_kind="x", **when),
        Entry(
            kind=EntryKind.ANNOUNCED, announcement="thanks", channel_kind="email", to=("promoters",), people=1, **when
        ),
        Entry(
            kind=EntryKind.ANNOUNCED, announcement="thanks", channel_kind="letter", to=("media",), fewer_than=10, **when
        ),
        Entry(kind=EntryKind.WITHDRAWN, announcement="thanks", **when),
    ]
    chain: list[Sealed] = []
    for each in told:
        chain.append(seal(each, chain[-1] if chain else None, FIRST))
    made = parsed(build_site(site(record=chain))["en/record/index.html"])
    titles = [said(each) for each in made.iter("p") if each.get("class") == "document-title"]
    promoters, media = (words("en")["record"]["roles"][role] for role in ("promoters", "media"))
    message = words("en")["record"]["not_published"]
    assert titles == [
        f"{message} {media} and {promoters}",
        f"{message} {media}",
        f"{message} {promoters}",
        words("en")["record"]["post"],
    ]
    assert "Accepted for 1 person" in said(made)
    assert "Accepted for fewer than 10 people" in said(made)
