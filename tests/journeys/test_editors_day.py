"""An editor's day in a real browser: pages that follow the files, a mistake made, seen and mended by keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.store.officers import Duty
from tests.counterparts.browser import SCREENS, running_chromium
from tests.desk import Desk, Seat, desk_of
from tests.journeys.visitors import PATIENCE
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

ARTICLE = "templates/news/hello/en/article.md"
expect.set_options(PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two approvals are asked for, a day before the start."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.invite("ana", "ben")
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


@pytest.fixture(scope="module")
def ana(desk: Desk) -> Seat:
    """Signed in, with every duty."""
    return desk.sit(desk.hire("Ana Gil", *Duty))


def page_of(browser: Browser, desk: Desk, seat: Seat, screen: str = "desktop", scheme: str = "light") -> Page:
    """A browser in which somebody is signed in. What breaks the desk's policy, or a script, makes the test fail."""
    context = browser.new_context(
        base_url=desk.address,
        viewport=SCREENS[screen],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "desk", "value": seat.session, "url": desk.address}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: _is_quiet(message.text))
    return page


def _is_quiet(said: str) -> None:
    assert "Content Security Policy" not in said, said


def test_a_page_follows_its_files(browser: Browser, desk: Desk, ana: Seat) -> None:
    """By itself while nobody types; what was not looked at is not approved; whoever types is asked."""
    page = page_of(browser, desk, ana)
    page.goto("/announcement/news/hello/once")
    letter = page.frame_locator("iframe").first
    expect(letter.get_by_text("Dear Alex Morgan, hello.")).to_be_visible()
    desk.town.edit(ARTICLE, "hello.", "good day.")
    expect(letter.get_by_text("Dear Alex Morgan, good day.")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("A file has changed, and this page with it.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("It has changed since you looked")).to_be_visible()
    page.goto("/announcement/news/hello/once")
    desk.town.edit(ARTICLE, "good day.", "good morning.")
    page.get_by_role("button", name="I have looked at it as it is now").click()
    page.get_by_label("Comment").fill("Half a thought")
    desk.town.edit(ARTICLE, "good morning.", "welcome.")
    expect(page.get_by_role("link", name="Show it")).to_be_visible()
    expect(page.get_by_label("Comment")).to_have_value("Half a thought")
    expect(letter.get_by_text("Dear Alex Morgan, good morning.")).to_be_visible()
    page.get_by_role("link", name="Show it").click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Your approval is on record").wait_for()
    page.goto("/")
    desk.town.edit("campaigns/news.yaml", "start: 2026-12-01 10:00", "start: 2026-12-01 11:30")
    expect(page.get_by_text(re.compile("11:30 CET")).first).to_be_visible()
