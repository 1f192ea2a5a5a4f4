"""An officer who sees nothing and has no mouse: from the sign-in to the correction that has gone, by keys alone."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.store.desk.officers import Duty
from communique.web.desk.desk_pages import LANGUAGES, words_of
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import PASSWORD, Desk, desk_of
from tests.journeys.officers import page_of, send
from tests.workspaces import START, build

pytestmark = pytest.mark.counterpart

_MOST = 150  #: places that Tab may come through on the way
#: What a screen reader would call the place that has the focus, and the language of the voice that says it.
_NAMED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
  const name = (at.ariaLabel || label || at.title || at.innerText || "").trim().replace(/\\s+/g, " ");
  // What is written in a field may be in another language than what the field is called.
  return [name, (label ? at.labels[0] : at).closest("[lang]").lang];
}"""
#: Said by their own names in their own languages.
_LANGUAGES = {("English", "en"), ("Español", "es")}


@pytest.fixture
def desk(server: RecordingSmtp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One approval is asked for, an hour before the start."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("port: 25", f"port: {server.port}")
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.invite("ana")
    town.clock.turn(hours=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


def to(page: Page, name: str) -> None:
    """Tab until it has the focus. All on the way has a name, and is in the page's language."""
    passed = []
    spoken = page.locator("html").get_attribute("lang")
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        said, language = page.evaluate(_NAMED)
        passed.append(said)
        assert said, f"something without a name after {passed}"
        assert language == spoken or (said, language) in _LANGUAGES, (said, language)
        if said.startswith(name):
            return
    pytest.fail(f"Tab never comes to {name!r}, only to {passed}")


def press(page: Page, name: str) -> None:
    """A link or a button."""
    to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, name: str, text: str) -> None:
    """Into a field."""
    to(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_approved_sent_and_corrected(browser: Browser, desk: Desk, server: RecordingSmtp, language: str) -> None:
    """Each step is found by its name, and each page says what has been done; in the officer's language."""
    w = words_of(language)
    page = page_of(browser, desk)
    page.goto(desk.path_of_link(desk.hire("Eva Ruiz", Duty.EDITOR, Duty.APPROVER, language=language)))
    expect(page.locator("html")).to_have_attribute("lang", language)
    write(page, w["begin"]["password"], PASSWORD)
    press(page, w["begin"]["do"])
    press(page, "Hello")
    press(page, w["announcement"]["approve"])
    done = page.get_by_text(w["said"]["approved"])
    expect(done).to_be_focused()  # heard first; and the next Tab goes on from there
    expect(page).to_have_title(re.compile(f"^{re.escape(w['said']['approved'])}"))
    desk.town.clock.now = START
    send(desk)

    page.goto("/")
    press(page, "Hello")
    press(page, w["correct"]["begin"])
    write(page, w["correct"]["headline"], "It is green.")
    write(page, w["correct"]["wrong"], "It is blue.")
    write(page, w["correct"]["right"], "It is green.")
    press(page, w["correct"]["save"])
    expect(page.get_by_text(w["said"]["words_saved"])).to_be_visible()
    press(page, w["correct"]["approve"])
    expect(page.get_by_text(w["said"]["corrected"])).to_be_visible()
    send(desk)
    first, second = (message_from_bytes(each.data, policy=policy.default) for each in server.accepted)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert "It is green." in second.get_body(("plain",)).get_content()  # type: ignore[attr-defined]


def test_who_is_led_to_a_field_sees_what_it_is_called(browser: Browser, desk: Desk) -> None:
    """From the summary of what is wrong by Enter: the field has the focus, and its label is on the screen above it."""
    page = page_of(browser, desk, desk.sit(desk.hire("Eva Ruiz", Duty.APPROVER)))
    page.goto("/announcement/news/hello/once")
    press(page, "Ask for changes")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Comment")).to_be_focused()
    expect(page.locator("label[for=note]")).to_be_in_viewport()
