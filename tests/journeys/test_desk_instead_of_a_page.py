"""What the desk shows instead of a page that was asked for: in each language, light and dark, on each screen."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.web.desk.desk_pages import words_of
from tests.desk import Desk, Seat, desk_of
from tests.journeys.officers import faults, page_of
from tests.journeys.test_every_desk_page import OUTLINE
from tests.workspaces import Town, build

pytestmark = pytest.mark.counterpart

_ARTICLE = "templates/news/hello/en/article.md"
_TYPED = "Dear {{ recipient.name }}, it is as blue as it was, and this line is long enough to need a second one.\n"
#: Sends a form with the page's own proof, as an earlier state of it would have.
_POST = """([action, typed]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of Object.entries({ form: document.querySelector("[name=form]").value, ...typed })) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town in which nothing has happened."""
    town = build(tmp_path_factory.mktemp("town"))
    with desk_of(town) as made:
        yield made
    town.database.close()


def post(page: Page, action: str, **typed: str) -> None:
    """From the page that is there."""
    with page.expect_navigation():
        page.evaluate(_POST, [action, typed])


def missing(page: Page, _town: Town, _seat: Seat) -> None:
    """An address that leads nowhere."""
    page.goto("/announcements")


def not_yours(page: Page, _town: Town, _seat: Seat) -> None:
    """A form of a duty that one does not have."""
    page.goto("/live")
    post(page, "/live/pause", channel="email")


def foreign(page: Page, _town: Town, _seat: Seat) -> None:
    """The form of an earlier session, with a text."""
    page.goto("/live")
    post(page, f"/edit/{_ARTICLE}", form="x", text=_TYPED)


def failed(page: Page, town: Town, _seat: Seat) -> None:
    """A mistake of ours, or of the ledger."""
    with town.database.begin() as connection:
        connection.execute(text("ALTER TABLE journal RENAME TO lost"))
    page.goto("/journal")
    with town.database.begin() as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO journal"))


def conflict(page: Page, town: Town, _seat: Seat) -> None:
    """A text that somebody else has saved meanwhile."""
    page.goto(f"/edit/{_ARTICLE}")
    opened = page.locator("[name=opened]").get_attribute("value") or ""
    before = (town.root / _ARTICLE).read_text(encoding="utf-8")
    town.write(_ARTICLE, f"{before}\nOne more.\n")
    post(page, f"/edit/{_ARTICLE}", opened=opened, text=_TYPED)
    town.write(_ARTICLE, before)


def signed_out(page: Page, town: Town, seat: Seat) -> None:
    """A session that is over, with a text that would be lost."""
    page.goto("/live")
    with town.database.begin() as connection:
        officers.end_session(connection, seat.session)
    post(page, f"/edit/{_ARTICLE}", text=_TYPED)


def over(page: Page, _town: Town, _seat: Seat) -> None:
    """The page on which one signs in again."""
    page.goto("/")


#: Whoever is not signed in has none.
_NO_MENU = "no nav"
#: In this order: the last one ends the session. What is shown in words of the desk, and whether the text is.
STATES: list[tuple[Callable[[Page, Town, Seat], None], tuple[str, ...], bool]] = [
    (missing, ("notices", "no_page", "title"), False),
    (not_yours, ("notices", "not_yours", "title"), False),
    (foreign, ("notices", "foreign", "title"), True),
    (failed, ("notices", "failed", "title"), False),
    (conflict, ("edit", "conflict"), True),
    (signed_out, ("notices", "signed_out", "title"), True),
    (over, ("sign_in", "is_over"), False),
]


@pytest.mark.parametrize(
    ("language", "scheme", "screen"),
    [
        ("en", "light", "desktop"),
        ("en", "dark", "phone"),
        ("es", "dark", "desktop"),
        ("es", "light", "phone"),
    ],
)
def test_it_is_said_so_that_everybody_can_read_it(
    browser: Browser, desk: Desk, language: str, scheme: str, screen: str
) -> None:
    """In the officer's language, without barriers and within the screen; what was typed is there to be copied.

    Of language, scheme and screen each meets each of the others.
    """
    name = f"Ines {language} {scheme} {screen}"
    seat = desk.sit(desk.hire(name, Duty.EDITOR, language=language))
    page = page_of(browser, desk, seat, screen=screen, scheme=scheme)
    page.set_extra_http_headers({"Accept-Language": language})
    found = []
    for begin, words, has_typed in STATES:
        begin(page, desk.town, seat)
        said = words_of(language)
        for each in words:
            said = said[each]
        expect(page.locator("main")).to_contain_text(str(said))
        expect(page.locator("html")).to_have_attribute("lang", language)
        if has_typed:
            assert _TYPED.strip() in [each.input_value().strip() for each in page.locator("main textarea").all()]
        found += [
            f"{begin.__name__}: {each}" for each in [*faults(page, screen), *page.evaluate(OUTLINE)] if each != _NO_MENU
        ]
    page.context.close()
    assert found == []
