"""Everything officers do at the desk, in a browser in which no script runs: by links, fields and buttons alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from communique.channel import Message, UncertainError
from communique.delivery import State
from communique.store.desk.officers import Duty
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import Desk, desk_of
from tests.journeys.officers import page_of
from tests.read.test_picture_metadata import photo
from tests.workspaces import START, build

pytestmark = pytest.mark.counterpart

PAGE = "/announcement/news/hello/once"


@pytest.fixture
def desk(server: RecordingSmtp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two approvals are asked for, a day before the start; Eva's address is on the allow-list."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("port: 25", f"port: {server.port}")
    town.settings("mode: live", "mode: live\nallow_list: [eva@example.org]")
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.add()
    town.invite("ana", "ben")
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


def test_a_text_and_a_picture_are_put_in_order_and_looked_at(
    browser: Browser, desk: Desk, server: RecordingSmtp, tmp_path: Path
) -> None:
    """A file gets another name, a photo its words, the mail comes into a mailbox, and the photo goes and comes back."""
    eva = page_of(browser, desk, desk.sit(desk.hire("Eva Ruiz", Duty.EDITOR)), scripts=False)
    eva.goto("/edit/templates/news/hello/es/article.md")
    eva.get_by_role("link", name="Rename or delete").click()
    eva.get_by_label("New name").fill("templates/news/hello/es/old.md")
    eva.get_by_role("button", name="Give it another name").click()
    expect(eva.get_by_text("It has its new name.")).to_be_visible()

    eva.get_by_role("navigation", name="Desk").get_by_role("link", name="Texts").click()
    eva.get_by_role("link", name="Pictures of").click()
    taken = tmp_path / "quay.jpg"
    taken.write_bytes(photo())
    eva.get_by_label("Picture", exact=True).set_input_files(taken)
    eva.get_by_label("Announcement that shows it").select_option("hello")
    eva.get_by_label("English").fill("The new quay.")
    eva.get_by_role("button", name="Put a picture here").click()
    expect(eva.get_by_text("Where it was taken stood in it")).to_be_visible()

    eva.goto(PAGE)
    eva.get_by_role("link", name="Send it to your own mailbox").click()
    eva.get_by_label("Written to").fill("Eva")
    eva.get_by_role("button", name="Send the test").click()
    expect(eva.get_by_text("The test is on its way.")).to_be_visible()
    assert [each.data.count(b"[TEST] Hello") for each in server.accepted] == [1]

    eva.goto("/pictures/news")
    eva.get_by_role("link", name=re.compile("Rename or delete.*quay.jpg")).click()
    eva.get_by_role("button", name="Delete it").click()
    eva.goto("/pictures/news")
    eva.get_by_role("link", name="images/quay.jpg").click()
    eva.get_by_role("button", name="Bring this one back").click()
    expect(eva.get_by_text("The picture is back.")).to_be_visible()


def test_two_approve_one_cancels_and_settles_what_is_in_doubt(browser: Browser, desk: Desk) -> None:
    """Changes are asked for first; what was sent to Ben may have arrived, and somebody has asked him."""
    town = desk.town
    ben, cid = (
        page_of(browser, desk, desk.sit(desk.hire(name, Duty.APPROVER)), scripts=False) for name in ("Ben", "Cid")
    )
    operator = desk.hire("Olga", Duty.OPERATOR)
    olga = page_of(browser, desk, desk.sit(operator), scripts=False)
    ben.goto("/")
    ben.get_by_role("region", name="Waits for your approval").get_by_role("link", name="Hello").click()
    ben.get_by_label("Comment").fill("Which day?")
    ben.get_by_role("button", name="Ask for changes").click()
    cid.goto(PAGE)
    expect(cid.get_by_text("Which day?", exact=True)).to_be_visible()
    for who in (ben, cid):
        who.goto(PAGE)
        who.get_by_role("button", name="Approve").click()
        expect(who.get_by_text("Your approval is on record")).to_be_visible()

    olga.goto("/announcement/news/goodbye/once")
    olga.get_by_role("link", name="Cancel what has not left").click()
    olga.get_by_label("Why").fill("It is not true any more.")
    olga.get_by_role("button", name="Cancel what has not left").click()
    expect(olga.get_by_role("region", name="Cancelled already")).to_contain_text("It is not true any more.")

    def break_off(message: Message) -> None:
        if message.recipient is not None and message.recipient.name == "Ben":
            raise UncertainError("the connection broke")

    town.email.after = break_off
    town.clock.now = START
    town.run()
    town.clock.turn(hours=1)
    town.run()
    olga = page_of(browser, desk, desk.sit(operator), scripts=False)  # the next day
    olga.goto("/live")
    doubt = olga.get_by_role("region", name="In doubt")
    doubt.get_by_label("How it was found out").fill("asked by telephone")
    doubt.get_by_role("button", name="It arrived").click()
    assert {copy.delivery.state for copy in town.copies()} == {State.SENT}
    expect(olga.get_by_role("region", name="In doubt")).to_contain_text("Nothing is in doubt.")
