"""Every page of the desk: nothing keeps people out, whoever looks, in either language, with findings or without any."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.channel import Message, UncertainError
from communique.store.deliveries import pauses
from communique.store.desk.officers import Duty
from communique.web.desk.desk_server import desk_table
from communique.web.desk.office import Office
from tests.counterparts.browser import barriers, overflowing, walked
from tests.desk import Desk, desk_of
from tests.drawn_pictures import png
from tests.journeys.officers import faults, page_of
from tests.journeys.visitors import WRONG
from tests.meetings import hold_a_meeting
from tests.workspaces import START, Town, build

pytestmark = pytest.mark.counterpart

_NAMED = {
    "campaign": "news",
    "announcement": "hello",
    "occurrence": "once",
    "path:path": "templates/news/hello/en/article.md",
}
_PICTURE = "templates/news/images/quay.png"
#: Files, frames, streams, and what only a link opens.
_NO_PAGES = (
    "picture/",
    "{token}",
    ".json",
    ".js",
    ".css",
    ".csv",
    ".zip",
    "{view}",
    "preview/{channel}",
    "changes",
    "openid",
    "{meeting}",
)
#: What a screen reader goes by: one main heading, no level left out, landmarks, a language.
OUTLINE = """() => {
  const found = [];
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((each) => Number(each.tagName[1]));
  if (levels.filter((each) => each === 1).length !== 1) found.push("not one h1: " + levels);
  levels.forEach((each, at) => { if (at && each > levels[at - 1] + 1) found.push("a level is left out: " + levels); });
  for (const name of ["main", "nav", "header", "footer"])
    if (!document.querySelector(name)) found.push("no " + name);
  if (!document.documentElement.lang) found.push("no language");
  return found;
}"""

#: For who goes from control to control by ear: no two have one name, and no list is empty.
_APART = """() => {
  const found = [];
  const words = (each) => each.ariaLabel || each.labels?.[0]?.textContent || each.textContent;
  const named = (each) => words(each).trim().replace(/\\s+/g, " ");
  const fields = "textarea, select, input:not([type=hidden], [type=checkbox], [type=radio])";
  const names = [...document.querySelectorAll(`main :is(button, ${fields})`)].map((each) => each.tagName + named(each));
  names.forEach((each, at) => { if (names.indexOf(each) !== at) found.push("two are called " + each); });
  const lists = [...document.querySelectorAll("main :is(ul, ol)")];
  if (lists.some((each) => !each.children.length)) found.push("an empty list");
  return found;
}"""
#: Whether a field that is wrong says so to eyes and ears, and in which words.
_TIED = """(at) => {
  const field = document.querySelector("main " + at);
  if (!field.matches("input, textarea, select, fieldset")) return true;
  const told = (field.getAttribute("aria-describedby") ?? "").split(" ");
  const isSeen = parseFloat(getComputedStyle(field).borderTopWidth) >= 3;
  const isSaid = field.getAttribute("aria-invalid") === "true" && told.includes("error");
  return isSeen && isSaid && !!document.getElementById("error");
}"""
#: Sends a form without what the browser would ask for first.
_SEND = """([action, typed]) => {
  const own = `main form[action="${action}"], main form:has([formaction="${action}"])`;
  const form = document.querySelector(own);
  if (!form) throw new Error("no form for " + action);
  for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
  form.setAttribute("action", action);
  form.noValidate = true;
  form.submit();
}"""
_HELLO, _ARTICLE = "news/remind/once", "templates/news/tomorrow/en/article.md"
#: Pages, their forms, and what is typed into these: each is a mistake.
MISTAKES: Sequence[tuple[str, str, dict[str, str]]] = (
    ("/password", "/password", {}),
    ("/announcement/news/tomorrow/once", "/announcement/news/tomorrow/once/changes", {}),
    (f"/cancel/{_HELLO}", f"/cancel/{_HELLO}", {}),
    ("/withdraw/news/hello/once", "/withdraw/news/hello/once/look", {}),
    ("/pictures/news", "/pictures/news", {}),
    ("/documents", "/documents", {}),
    ("/milestones/news", "/milestones/news/look", {"date": "soon"}),
    ("/people", "/people", {}),
    (f"/rename/{_ARTICLE}", f"/rename/{_ARTICLE}", {"name": "../up.md"}),
    (f"/edit/{_ARTICLE}", f"/edit/{_ARTICLE}", {"text": "{{ facts.nothing }}"}),
)


@pytest.fixture(scope="module")
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town in which nothing has happened, or one (`busy`) in which all that can be wrong is."""
    town = build(tmp_path_factory.mktemp("town"))
    town.clock.turn(days=-1)
    if request.param == "busy":
        make_busy(town)
    with desk_of(town) as made:
        yield made
    town.database.close()


def make_busy(town: Town) -> None:
    """Copies in doubt and waiting, a pause, findings, a meeting, something cancelled."""
    hold_a_meeting(town)
    town.campaign("    invite: meeting\n", "    invite: meeting\n    in_doubt: strict\n")
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.invite("ana", "ben")
    for name in ("Ben Roy", "Cid Paz"):
        town.approve(name)

    def break_off(_message: Message) -> None:
        raise UncertainError("the connection broke")

    town.email.after = break_off
    town.clock.now = START
    town.run()
    town.write(
        "templates/news/remind/en/article.md", "---\nheadline: xx\nsummary: TBD\n---\nClick here {{ facts.no }}\n"
    )
    file = town.root / _PICTURE
    file.parent.mkdir(parents=True)
    file.write_bytes(png())
    with town.database.begin() as connection:
        pauses.begin(connection, "website", who="Ana", why="the relay moves", now=town.clock.now)


def paths() -> list[str]:
    """Every page that an officer can open."""
    office = Office(Town(root=Path("nowhere")).installation, lambda: START)
    found = [each.path for each in desk_table(office).table if each.show is not None]
    pages = [each for each in found if not any(part in each for part in _NO_PAGES)]
    pages = [each.replace("upload-history/{path:path}", f"upload-history/{_PICTURE}") for each in pages]
    for name, value in _NAMED.items():
        pages = [each.replace(f"{{{name}}}", value) for each in pages]
    assert not [each for each in pages if "{" in each], pages
    return [*(f"/{each}" for each in pages), "/calendar?week=2026-12-10"]


def opened(browser: Browser, desk: Desk, *, language: str, screen: str, scheme: str) -> Page:
    """A browser of somebody who has all duties."""
    seat = desk.sit(desk.hire(f"Ines {len(desk.rows()['officers'])}", *Duty, language=language))
    return page_of(browser, desk, seat, screen=screen, scheme=scheme)


@pytest.mark.parametrize(
    ("desk", "language", "screen", "scheme"),
    [
        ("busy", "en", "desktop", "light"),
        ("busy", "es", "desktop", "dark"),
        ("busy", "es", "phone", "light"),
        ("empty", "en", "phone", "dark"),
    ],
    indirect=["desk"],
)
def test_nothing_keeps_people_out(browser: Browser, desk: Desk, language: str, screen: str, scheme: str) -> None:
    """By axe, with all that unfolds unfolded; no page is wider than its screen, and each can be gone through by ear.

    Of language, screen and scheme each meets each of the others.
    """
    page = opened(browser, desk, language=language, screen=screen, scheme=scheme)
    found = []
    for path in paths():
        page.goto(path)
        if path.startswith("/edit/"):  # its buttons get their words when the editor is there
            page.locator("form[data-ready=rich]").wait_for()
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        wrong = [
            *barriers(page),
            *page.evaluate(OUTLINE),
            *page.evaluate(_APART),
            *overflowing(page, screen),
        ]
        found += [f"{path}: {each}" for each in wrong]
    assert found == []


@pytest.mark.parametrize("desk", ["busy"], indirect=True)
def test_each_page_is_gone_through_by_keyboard_and_shows_where_one_is(browser: Browser, desk: Desk) -> None:
    """Tab leads from the first to the last and out again: nothing holds it, the editor included; the focus is seen."""
    page = opened(browser, desk, language="en", screen="desktop", scheme="light")
    found = []
    for path in paths():
        page.goto(path)
        if path.startswith("/edit/"):
            page.locator("form[data-ready=rich]").wait_for()
        found += [f"{path}: {each}" for each in walked(page)]
    assert found == []


@pytest.mark.parametrize("desk", ["busy"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_left_out_is_said_where_all_find_it(browser: Browser, desk: Desk, scheme: str) -> None:
    """A form sent as it is, in Spanish: the title says that there is an error, a summary leads to its field."""
    page = opened(browser, desk, language="es", screen="phone", scheme=scheme)
    found = []
    for path, form, typed in MISTAKES:
        page.goto(path)
        if path.startswith("/edit/"):
            page.locator("form[data-ready=rich]").wait_for()
        with page.expect_navigation():
            page.evaluate(_SEND, [form, typed])
        found += [f"{path}: {each}" for each in [*faults(page, "phone"), *page.evaluate(OUTLINE)]]
        expect(page).to_have_title(WRONG)
        at = page.get_by_role("alert").get_by_role("link").get_attribute("href")
        if page.locator(f"main {at}").count() != 1:
            found.append(f"{path}: its error leads to {at}, which is not there")
        elif not page.evaluate(_TIED, at):
            found.append(f"{path}: {at} does not say that it is wrong, and why")
    page.goto("/announcement/news/nothing/once")
    found += [*faults(page, "phone"), *page.evaluate(OUTLINE)]
    assert found == []
