"""After each action the focus is on what has been said of it, which is said once: by keys alone, on every page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.store.desk.officers import Duty
from communique.web.desk.desk_pages import words_of
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import Desk, desk_of
from tests.journeys.officers import page_of
from tests.journeys.test_every_desk_page import make_busy
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

_W = words_of("en")
_SAID, _ERRORS = _W["said"], _W["errors"]
_ARTICLE = "templates/news/tomorrow/en/article.md"
#: What has the focus, and how many parts of the page say it that are read out by themselves.
_HEARD = """() => {
  const words = (each) => each.innerText.trim().replace(/\\s+/g, " ");
  const focus = words(document.activeElement);
  const live = [...document.querySelectorAll("[role=status], [role=alert], [aria-live]")];
  return [focus, live.filter((each) => words(each).includes(focus)).length];
}"""


@dataclass(frozen=True, kw_only=True)
class Action:
    """What somebody does on a page, by its button's name, and the words on which the focus is then."""

    path: str = ""  #: empty: on the page that is there
    button: str
    said: str
    typed: Mapping[str, str] = field(default_factory=dict)
    times: int = 1  #: that it is said; 0: nothing was done yet, and what follows is read first


#: In this order, in one town, by one person.
ACTIONS: Sequence[Action] = (
    Action(path="/announcement/news/tomorrow/once", button=_W["announcement"]["ask"], said=_ERRORS["no_note"]),
    Action(button=_W["announcement"]["ask"], said=_SAID["asked"], typed={"#note": "Say where."}),
    Action(button=_W["announcement"]["approve"], said=_SAID["approved"]),
    Action(path="/test/news/tomorrow/once", button=_W["test_send"]["button"], said=_SAID["tested"]),
    Action(path="/live", button=_W["live"]["arrived"], said=_SAID["settled"]),
    Action(button=_W["live"]["pause"], said=_SAID["paused"]),
    Action(button=_W["live"]["resume"], said=_SAID["still_paused"]),
    Action(button=_W["live"]["find"], said="Ana", typed={"#address": "ana@example.org"}),
    Action(path="/cancel/news/remind/once", button=_W["cancel"]["button"], said=_ERRORS["no_why"]),
    Action(button=_W["cancel"]["button"], said=_SAID["cancelled"], typed={"#cancel-why": "All have answered."}),
    Action(button=_W["cancel"]["undo"], said=_SAID["uncancelled"]),
    Action(path="/correct/news/hello/once", button=_W["correct"]["save"], said=_SAID["words_saved"]),
    Action(path="/withdraw/news/hello/once", button=_W["withdraw"]["look"], said=_ERRORS["no_reason"]),
    Action(button=_W["withdraw"]["look"], said=_W["preview"]["title"], typed={"#reason-en": "It is wrong."}, times=0),
    Action(button=_W["withdraw"]["ask"], said=_SAID["asked_to_withdraw"]),
    Action(path="/milestones/news", button=_W["milestones"]["look"], said=_ERRORS["no_date"], typed={"#date": "soon"}),
    Action(
        button=_W["milestones"]["look"], said=_W["milestones"]["shifts"], typed={"#date": "2026-12-20 10:00"}, times=0
    ),
    Action(button=_W["milestones"]["do"].partition("{")[0], said=_SAID["declared"]),
    Action(path=f"/edit/{_ARTICLE}", button=_W["edit"]["save"], said=_SAID["same"]),
    Action(
        path="/sent/news/hello/once",
        button=_W["sent_page"]["find"],
        said=_W["sent_page"]["unknown"].format(address="zoe@example.org"),
        typed={"#address": "zoe@example.org"},
    ),
    Action(button=_W["sent_page"]["find"], said="#1 · E-mail", typed={"#address": "ana@example.org"}, times=0),
    Action(path="/people", button=_W["people_page"]["invite_do"], said=_ERRORS["no_name"]),
    Action(button=_W["people_page"]["save"], said=_SAID["duties"]),
    Action(
        button=_W["people_page"]["new_link"], said=_W["people_page"]["link_for"].partition("}")[2].partition("{")[0]
    ),
    Action(path="/password", button=_W["password"]["do"], said=_ERRORS["short_password"]),
    Action(path="/", button=_W["menu"]["sign_out"], said=_W["sign_in"]["signed_out"]),
)


@pytest.fixture
def desk(server: RecordingSmtp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town in which all that can be done can be done."""
    town = build(tmp_path_factory.mktemp("town"))
    town.clock.turn(days=-1)
    town.settings("port: 25", f"port: {server.port}")
    town.settings("mode: live", "mode: live\nallow_list: [ana@example.org]")
    make_busy(town)
    with desk_of(town) as made:
        yield made
    town.database.close()


def act(page: Page, action: Action) -> tuple[str, int]:
    """By keys; what has the focus then, and how often it is said."""
    if action.path:
        page.goto(action.path)
    for place, text in action.typed.items():
        page.locator(place).fill(text)
    # What is unfolded is reached by keys, and what a browser would ask for is left out.
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate("() => document.querySelectorAll('form').forEach((each) => { each.noValidate = true; })")
    button = page.get_by_role("button", name=action.button).first
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[autofocus]").first).to_be_focused()
    focus, times = page.evaluate(_HEARD)
    return focus, times


def test_the_focus_is_on_what_has_been_said_and_it_is_said_once(browser: Browser, desk: Desk) -> None:
    """Neither twice, by two parts of a page, nor not at all: whoever sees nothing knows what became of it."""
    page = page_of(browser, desk, desk.sit(desk.hire("Ines Vidal", *Duty)))
    found = []
    for action in ACTIONS:
        focus, times = act(page, action)
        if action.said not in focus or times != action.times:
            found.append((action.path, action.button, action.said, focus, times))
    assert found == []


def test_what_has_been_said_stays_while_a_page_follows_what_goes_on(browser: Browser, desk: Desk) -> None:
    """A file changes, the page shows it, and the focus is where it was."""
    page = page_of(browser, desk, desk.sit(desk.hire("Ines Vidal", *Duty)))
    act(page, ACTIONS[0])
    act(page, ACTIONS[1])
    said = page.get_by_text(_SAID["asked"])
    expect(said).to_be_focused()
    desk.town.edit("campaigns/news.yaml", "  tomorrow:\n", "  tomorrow:\n    title: Until tomorrow\n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Until tomorrow")
    expect(said).to_be_focused()
