"""What the process page, the archive and the page of an announcement show."""

from datetime import date, timedelta

from communique.website.site import build_site
from tests.shipped_site import FIRST, ROOT, page, parsed, publication, said, site, words


def test_the_process_page_says_where_we_are() -> None:
    """The current stage is marked for machines and in words; done and coming ones in words too."""
    stages = [item for item in page("en/index.html").iter("li") if "stage" in str(item.get("class"))]
    assert [said(stage) for stage in stages] == [
        "Accepted Done 18 January",
        "Kickoff We are here",
        "Proposals Still to come",
    ]
    assert [stage.get("aria-current") for stage in stages] == [None, "step", None]


def test_coming_dates_are_in_local_time_and_in_order() -> None:
    """Dates stand in the zone of the settings, the nearest first; an all-day date shows no time."""
    times = [item for item in page("en/index.html").iter("time") if "2027-0" in str(item.get("datetime"))]
    assert [item.get("datetime") for item in times[:2]] == ["2027-02-09T10:00:00+01:00", "2027-03-15T00:00:00+01:00"]
    assert "10:00" in said(times[0])
    assert ":" not in said(times[1])


def test_past_dates_are_gone() -> None:
    """The day after the meeting it is no longer a coming date; on the day itself it still is."""
    for day, kept in ((9, True), (10, False)):
        html = build_site(site(today=date(2027, 2, day)))["en/index.html"]
        assert (b"2027-02-09T10:00" in html) == kept


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
    assert words("en")["follow_by_mail"].encode() in made["en/index.html"]
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
