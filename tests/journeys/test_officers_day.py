"""An officer's day in a real browser: begin, see what comes, look at it, approve; a second person, by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk import PASSWORD, Desk, desk_of
from tests.journeys.officers import faults, page_of
from tests.journeys.visitors import WRONG
from tests.workspaces import build

pytestmark = pytest.mark.counterpart


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two approvals are asked for, a day before the start; one network is not open."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.invite("ana", "ben")
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


def test_two_people_approve(browser: Browser, desk: Desk) -> None:
    """The first begins by the link that the service says, and invites the second, who uses the keyboard alone."""
    ana = page_of(browser, desk)
    ana.goto(desk.said[0].split()[-1].replace("localhost", "127.0.0.1"))
    ana.get_by_label("Your name").fill("Ana Gil")
    ana.get_by_label("Choose a password").fill(PASSWORD)
    found = faults(ana, "desktop")
    ana.get_by_role("button", name="Begin").click()
    ana.get_by_role("region", name="Waits for your approval").get_by_role("link", name="Hello").click()
    frame = ana.frame_locator("iframe").first
    frame.get_by_text("Dear Alex Morgan").wait_for()
    ana.get_by_role("button", name="Ask for changes").click()
    expect(ana).to_have_title(WRONG)
    ana.get_by_label("Comment").fill("Read with the mayor's office")
    ana.get_by_role("button", name="Approve").click()
    ana.get_by_text("Your approval is on record").wait_for()
    ana.get_by_role("link", name="Who works here").click()
    ana.get_by_label("Name").fill("Ben Roy")
    ana.get_by_label("Approver approves").check()
    ana.get_by_role("button", name="Make a link").click()
    link = ana.locator("main code").inner_text()

    ben = page_of(browser, desk, screen="phone", scheme="dark")
    ben.goto(link.replace("localhost", "127.0.0.1"))
    ben.get_by_label("Choose a password").focus()
    ben.keyboard.type(PASSWORD)
    ben.keyboard.press("Enter")
    ben.wait_for_url(f"{desk.address}/")
    ben.keyboard.press("Tab")
    expect(ben.get_by_role("link", name="Skip to the content")).to_be_focused()
    ben.keyboard.press("Enter")
    waiting = ben.get_by_role("region", name="Waits for your approval").get_by_role("link", name="Hello")
    for _ in range(20):
        ben.keyboard.press("Tab")
        if waiting.evaluate("element => element === document.activeElement"):
            break
    ben.keyboard.press("Enter")
    ben.get_by_text("1 more approval is needed.").wait_for()
    approve = ben.get_by_role("button", name="Approve")
    for _ in range(40):
        ben.keyboard.press("Tab")
        if approve.evaluate("element => element === document.activeElement"):
            break
    ben.keyboard.press("Enter")
    ben.get_by_text("Enough people have approved it.").wait_for()
    assert desk.town.standing().reason == ""
    ben.goto("/")
    expect(ben.get_by_role("region", name="Goes out next").get_by_role("link")).to_have_text("Hello")

    pages = ("", "announcement/news/hello/once", "calendar?month=2026-12", "live", "people", "journal", "password")
    for page, screen in ((ana, "desktop"), (ben, "phone")):
        for path in pages:
            page.goto(f"/{path}")
            found += faults(page, screen)
    assert found == []
