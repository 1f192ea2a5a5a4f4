"""An editor's day in a real browser: pages that follow the files, a mistake made, seen and mended by keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.store.desk.officers import Duty
from tests.counterparts.browser import SCREENS, barriers
from tests.desk import Desk, desk_of
from tests.journeys.officers import page_of
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

CAMPAIGN, ARTICLE = "campaigns/news.yaml", "templates/news/hello/en/article.md"
LONG_TEXT = "templates/news/hello/es/article.md"  #: only looked at


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


def test_a_page_follows_its_files(browser: Browser, desk: Desk) -> None:
    """By itself while nobody types; what was not looked at is not approved; whoever types is asked."""
    # Not who writes in the other test: nobody approves an own edit.
    page = page_of(browser, desk, desk.sit(desk.hire("Eva Ruiz", *Duty)))
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


def tab_to(page: Page, name: str, most: int = 40) -> None:
    """By the Tab key alone; whoever is caught somewhere never gets there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(ACTIVE) == name:
            return
    pytest.fail(f"{name} cannot be reached by Tab")


#: The name of what has the focus, in the editor's shadow root, too.
ACTIVE = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.getAttribute("aria-label") ?? at?.textContent.trim();
}"""


def down_to(page: Page, line: str, most: int = 40) -> None:
    """From the beginning, by the arrow keys, to the line that says so."""
    page.keyboard.press("Control+Home")
    for _ in range(most):
        if (page.locator(".cm-activeLine").text_content() or "").strip() == line:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{line} cannot be reached")


def opened(page: Page, path: str) -> None:
    """The page of a file, with the editor in its place."""
    page.goto(f"/edit/{path}")
    page.locator("form[data-ready=rich]").wait_for()


def test_a_mistake_is_seen_and_mended_by_keyboard(browser: Browser, desk: Desk) -> None:
    """Marked even by a desk that was busy, not saved before it is mended, and still there after a crash."""
    ana = desk.sit(desk.hire("Ana Gil", *Duty))
    page = page_of(browser, desk, ana)
    opened(page, CAMPAIGN)
    page.get_by_role("heading", name=CAMPAIGN).wait_for()
    # Nobody is named who has written it.
    expect(page.get_by_text("1 fault or warning so far. It is marked in the text.")).to_be_visible()
    page.route("**/check/**", lambda route: route.fulfill(status=503, headers={"Retry-After": "0"}), times=1)
    tab_to(page, "Text")
    down_to(page, "to: [friends]")
    for key in ("End", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.type("x")
    expect(page.get_by_text("2 faults and warnings so far. They are marked in the text.")).to_be_visible()
    expect(page.locator(".cm-lintRange-error")).to_have_text("friendsx")
    found = barriers(page)
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There are new faults")
    expect(page.get_by_role("button", name="Save it all the same")).to_be_visible()
    assert "friendsx" not in (desk.town.root / CAMPAIGN).read_text(encoding="utf-8")

    opened(page, CAMPAIGN)  # the browser crashed, and was started again
    expect(page.get_by_label("Text").locator("visible=true")).not_to_contain_text("friendsx")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Text").locator("visible=true")).to_contain_text("friendsx")
    down_to(page, "to: [friendsx]")
    for key in ("End", "ArrowLeft", "Backspace", "End", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("not_a")
    # Enter takes it, too, but not in the first moment, in which it would be the end of a line.
    page.get_by_role("option", name="not_after").click()
    page.keyboard.type("start + 1 days")
    page.get_by_text("not_after", exact=True).hover()
    expect(page.locator(".cm-help")).to_contain_text("moment")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    page.get_by_text("It has been saved.").wait_for()
    assert "    to: [friends]\n    not_after: start + 1 days\n" in (desk.town.root / CAMPAIGN).read_text(
        encoding="utf-8"
    )
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)

    page.get_by_role("button", name="Plain text field").click()
    expect(page.locator("textarea#text")).to_be_focused()
    found += barriers(page)
    phone = page_of(browser, desk, ana, screen="phone", scheme="dark")
    desk.town.edit(LONG_TEXT, "Hola, {{ recipient.name }}.", "Hola." + "\n\nY más." * 80)
    for path in (f"/edit/{LONG_TEXT}", f"/history/{CAMPAIGN}", "/files"):
        phone.goto(path)
        if "edit" in path:
            phone.locator("form[data-ready=rich]").wait_for()
        wide = phone.evaluate("document.documentElement.scrollWidth") > SCREENS["phone"]["width"]
        found += [f"{path}: {each}" for each in [*barriers(phone), *(["wider than the screen"] if wide else [])]]
    assert found == []
