"""A whole day at the desk with a real mail server: a mistake named and mended, approved by two, gone, corrected."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.store.desk.officers import Duty
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import PASSWORD, Desk, desk_of
from tests.journeys.officers import page_of, send
from tests.workspaces import START, build

pytestmark = pytest.mark.counterpart

ARTICLE, PAGE = "templates/news/hello/en/article.md", "/announcement/news/hello/once"


@pytest.fixture
def desk(server: RecordingSmtp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two approvals are asked for, an hour before the start; one of two readers reads Spanish."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("port: 25", f"port: {server.port}")
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.campaign("languages: [en]", "languages: [en, es]")
    town.invite("ana")
    town.invite("ben", language="es")
    town.clock.turn(hours=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


def signed_in(browser: Browser, desk: Desk, name: str, *duties: Duty) -> Page:
    """By the link that somebody gave them, with a password of their own."""
    link = desk.path_of_link(desk.hire(name, *duties))
    page = page_of(browser, desk)
    page.goto(link)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(f"{desk.address}/")
    return page


def approve(page: Page, path: str, button: str, said: str) -> None:
    """Look, and approve."""
    page.goto(path)
    page.get_by_role("button", name=re.compile(rf"^{button}(?: ?:|$)")).click()
    expect(page.get_by_text(said)).to_be_visible()


def mails(server: RecordingSmtp) -> list[EmailMessage]:
    """What the server has accepted, in the order of their readers."""
    found = [message_from_bytes(each.data, policy=policy.default) for each in server.accepted]
    return sorted(found, key=lambda each: str(each["To"]))


def test_it_is_mended_approved_sent_and_corrected(browser: Browser, desk: Desk, server: RecordingSmtp) -> None:
    """Each reader has one mail in their language, then one that answers it; nothing before two have approved."""
    eva = signed_in(browser, desk, "Eva Ruiz", Duty.EDITOR)
    eva.goto(f"/edit/{ARTICLE}")
    eva.locator("form[data-ready=rich]").wait_for()
    eva.get_by_role("button", name="Plain text field").click()
    text = eva.locator("textarea#text")
    right = text.input_value()
    text.fill(right.replace("facts.colour", "facts.color"))
    eva.get_by_role("button", name="Save", exact=True).click()
    expect(eva.get_by_role("alert")).to_contain_text("There are new faults")
    expect(eva.get_by_role("region", name="Checks")).to_contain_text("Did you mean `colour`?")
    text.fill(right.replace("hello", "good morning"))
    eva.get_by_role("button", name="Save", exact=True).click()
    expect(eva.get_by_text("It has been saved.")).to_be_visible()
    eva.goto(f"{PAGE}?in=en")
    expect(eva.frame_locator("iframe").first.get_by_text("good morning")).to_be_visible()
    eva.get_by_role("navigation", name="Language").get_by_role("link", name="Español").click()
    expect(eva.frame_locator("iframe").first.get_by_role("heading", name="Hola")).to_be_visible()

    ben, cid = (signed_in(browser, desk, name, Duty.APPROVER) for name in ("Ben Roy", "Cid Paz"))
    approve(ben, PAGE, "Approve", "Your approval is on record")
    desk.town.clock.now = START
    send(desk)
    assert server.accepted == []
    approve(cid, PAGE, "Approve", "Your approval is on record")
    send(desk)
    assert [each["Subject"] for each in mails(server)] == ["Hello", "Hola"]
    eva.goto("/")
    expect(eva.get_by_role("region", name="What has gone")).to_contain_text("2 sent")

    eva.goto(PAGE.replace("announcement", "correct"))
    for number, (wrong, is_so) in enumerate((("It is blue.", "It is green."), ("Es azul.", "Es verde."))):
        eva.get_by_label("In one line").nth(number).fill(is_so)
        eva.get_by_label("What we said, and was wrong").nth(number).fill(wrong)
        eva.get_by_label("What is right").nth(number).fill(is_so)
    eva.get_by_role("button", name="Save the words").click()
    expect(eva.get_by_text("The words are saved, and not sent yet")).to_be_visible()
    correct = PAGE.replace("announcement", "correct")
    approve(ben, correct, "Approve", "Your approval is on record")
    approve(cid, correct, "Approve and send it", "The correction goes out now")
    send(desk)
    ana, hers, ben_s, his = mails(server)
    assert [hers["In-Reply-To"], his["In-Reply-To"]] == [ana["Message-ID"], ben_s["Message-ID"]]
    assert "It is green." in hers.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Es verde." in his.get_body(("plain",)).get_content()  # type: ignore[union-attr]
