"""The website in a real browser: how to follow is found from every page, and no page keeps anybody out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from channels.website import WebsiteChannel
from communique.channel import Message, Pages
from communique.correction import Corrected, Correction
from communique.monitoring.health import Health
from communique.retraction import Retraction
from communique.web.server import serving
from communique.website.process import Process, Topic
from communique.website.site import build_site
from tests.counterparts.browser import SCREENS, barriers, overflowing, walked
from tests.journeys.visitors import LOOKS, PATIENCE
from tests.shipped_site import FIRST, LANGUAGES, ROOT, pages, process, site, words
from tests.workspaces import build

pytestmark = pytest.mark.counterpart
TOPIC = "accepted-into-ogp"


_PAPER = 673  #: pixels between the margins of A4
#: Where Chromium leaves a heading alone at the foot of a sheet, whatever `break-after` says.
_IN_A_GRID = "[...document.querySelectorAll('.columns')].map(each => getComputedStyle(each).display === 'grid')"
_CUT = "[...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth && \
getComputedStyle(e).overflowX !== 'visible').map((e) => e.outerHTML.slice(0, 80))"
_WORDS = Corrected(headline="The room has changed", wrong="Room 1", right="Room 2", more="Sorry.")
#: One was put right, and one taken back, with a reason in one language only.
_LIVED: Mapping[str, dict[str, Any]] = {
    "tell-the-public": {"corrections": (Correction(number=1, at=FIRST + timedelta(days=3), texts={"en": _WORDS}),)},
    "why-we-joined": {"retraction": Retraction(at=FIRST + timedelta(days=4), reasons={"en": "It was wrong."})},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the shipped site with a newsletter, served by the service."""
    town = build(tmp_path_factory.mktemp("town"))
    subscribe = {language: f"{ROOT}subscribe?language={language}" for language in LANGUAGES}
    processes = {each: _process(each) for each in LANGUAGES}
    lived = [replace(each, **_LIVED.get(each.announcement, {})) for each in site().publications]
    content = Pages(files=build_site(site(subscribe=subscribe, processes=processes, publications=lived)))
    message = Message(key="k", reference="r", created_at=FIRST, language="es", content=content)
    WebsiteChannel(directory=Path(town.root) / "var" / "public").send(message, lambda: None)
    with serving(Health(), town.installation, town.clock, 0) as port:
        yield f"http://127.0.0.1:{port}"
    town.database.close()


def _process(language: str) -> Process:
    """With a campaign that can be followed by itself."""
    shown = process(language)
    return replace(shown, topics=(Topic(campaign=TOPIC, title="OGP Local", feed=None),))


def test_it_is_found_and_explains(browser: Browser, address: str) -> None:
    """From the menu of any page, with the address to copy and the way to subscribe by mail, in all languages."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    for language in LANGUAGES:
        said = words(language)
        page.goto(f"{address}/{language}/archive/")
        page.get_by_role("link", name=said["follow_short"], exact=True).click()
        page.get_by_role("heading", name=said["follow"], level=1).wait_for()
        assert page.get_by_text(said["follow_what"]).is_visible()
        assert page.get_by_text(f"{ROOT}feeds/public/{language}/rss.xml").is_visible()
        link = page.get_by_role("link", name=said["follow_by_mail"])
        assert link.get_attribute("href") == f"{ROOT}subscribe?language={language}"
        calendar = page.get_by_role("link", name=said["date_page"]["calendar"]).get_attribute("href")
        assert page.request.get(f"{page.url}{calendar}").body().startswith(b"BEGIN:VCALENDAR")
        assert page.locator("link[type='application/rss+xml']").count() == 1
    page.close()


@pytest.mark.parametrize(("language", "screen", "scheme"), LOOKS)
def test_no_page_keeps_anybody_out(browser: Browser, address: str, language: str, screen: str, scheme: str) -> None:
    """No serious or critical finding of axe; nothing to be scrolled sideways."""
    context = browser.new_context(viewport=SCREENS[screen], color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    mine = [each for each in pages() if each.startswith(f"{language}/")]
    assert len(mine) > 10
    for path in ["404.html", "unavailable.html", f"{language}/{TOPIC}/", *mine]:
        page.goto(f"{address}/{path}")
        assert barriers(page) == [], path
        assert overflowing(page, screen) == [], path
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_on_paper_has_nothing_to_click_and_says_where_it_is_from(
    browser: Browser, address: str, language: str
) -> None:
    """Pinned on a board: no menu, no button, no player; its own address in full; no table is cut off on A4."""
    page = browser.new_page(viewport={"width": _PAPER, "height": 900})
    page.emulate_media(media="print")
    for path in ("", f"{TOPIC}/tell-the-public/", "dates/co-creation-kickoff/kickoff/"):
        page.goto(f"{address}/{language}/{path}")
        for hidden in ("nav", ".button", "video", "audio", ".follow", ".skip"):
            assert not any(each.is_visible() for each in page.locator(hidden).all()), (path, hidden)
        assert page.get_by_text(f"{ROOT}{language}/{path}", exact=True).is_visible(), path
        assert page.evaluate(_CUT) == [], path
        assert not any(page.evaluate(_IN_A_GRID)), path
    page.close()


@pytest.mark.parametrize("colours", ["none", "active"])
def test_the_pages_are_gone_through_by_keyboard_and_show_where_one_is(
    browser: Browser, address: str, colours: str
) -> None:
    """Tab leads from the first link to the last and out again, in Arabic and in colours of the reader's own, too."""
    found = []
    page = browser.new_page(forced_colors=colours)  # type: ignore[arg-type]
    for path in ("en/", f"ar/{TOPIC}/tell-the-public/", "ar/dates/co-creation-kickoff/kickoff/", "en/record/"):
        page.goto(f"{address}/{path}")
        found += [f"{path}: {each}" for each in walked(page)]
    page.close()
    assert found == []
