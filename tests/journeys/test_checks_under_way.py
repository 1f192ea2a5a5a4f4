"""A first page whose texts nobody has looked at yet: it is there at once, and completes itself, or says how."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from communique.store.desk.officers import Duty
from communique.web.desk.office import AT_ONCE
from tests.desk import Desk, desk_of
from tests.journeys.officers import faults, page_of
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

_ONE = """  note-{n}:
    when: start + {n} days
    to: [friends]
    through: [email]
"""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A fresh desk with more announcements than anybody waits for."""
    town = build(tmp_path_factory.mktemp("town"))
    for secret in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        town.variables[secret] = "secret"
    town.invite("ana")
    town.clock.turn(days=-1)
    for number in range(1, AT_ONCE + 2):
        town.add(_ONE.format(n=number))
    with desk_of(town) as made:
        yield made
    town.database.close()


def test_the_page_completes_itself_and_says_so_once(browser: Browser, desk: Desk) -> None:
    """Nobody presses anything; what is read out is that the page is whole, and no number on the way."""
    page = page_of(browser, desk, desk.sit(desk.hire("Ines Vidal", *Duty)))
    page.goto("/")
    expect(page.get_by_role("heading", name="Still checking")).to_be_visible()
    assert faults(page, "desktop") == []
    expect(page.get_by_role("heading", name="Nothing is wrong")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("This page shows how things stand now.")
    expect(page.get_by_role("region", name="Goes out next").get_by_role("link")).to_have_text("Hello")


def test_without_scripts_it_says_to_load_it_again(browser: Browser, desk: Desk) -> None:
    """And does not say that it would do so itself."""
    page = page_of(browser, desk, desk.sit(desk.hire("Ines Vidal", *Duty)), scripts=False)
    page.goto("/")
    expect(page.get_by_text("This page completes itself")).to_be_hidden()
    again = page.get_by_role("link", name="Load it again")
    for _ in range(100):
        if not again.count():
            break
        again.click()
    expect(page.get_by_role("heading", name="Nothing is wrong")).to_be_visible()
