"""What the guide says of a test, a date that moves and a withdrawal, clicked through by its names."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.store.desk.officers import Duty
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import Desk, desk_of
from tests.journeys.officers import page_of, send
from tests.meetings import hold_a_meeting
from tests.workspaces import START, build

pytestmark = pytest.mark.counterpart


@pytest.fixture
def desk(server: RecordingSmtp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """People have been invited to a meeting; two approvals are asked for, and a test may go to one address."""
    town = build(tmp_path_factory.mktemp("town"))
    hold_a_meeting(town)
    town.settings("port: 25", f"port: {server.port}")
    town.settings("mode: live", "mode: live\nallow_list: [eva@example.org]")
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.invite("ana", "ben")
    for name in ("Eva Ruiz", "Bo Lind"):
        town.approve(name)
    with desk_of(town) as made:
        yield made
    town.database.close()


def click(page: Page, role: str, name: str) -> None:
    """The first of that name."""
    page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def test_a_test_is_sent_a_date_moves_and_the_invitation_is_withdrawn_by_two(
    browser: Browser, desk: Desk, server: RecordingSmtp
) -> None:
    """What went out with the old date stands below what is wrong; who asked for the withdrawal cannot confirm it."""
    assert desk.town.clock.now == START
    send(desk)
    sent = len(server.accepted)
    eva = page_of(browser, desk, desk.sit(desk.hire("Eva Ruiz", *Duty)))
    eva.goto("/")
    click(eva, "link", "Remind")
    click(eva, "link", "Send it to your own mailbox")
    click(eva, "button", "Send the test")
    expect(eva.get_by_text("The test is on its way.")).to_be_visible()
    assert len(server.accepted) == sent + 1

    click(eva, "link", "Texts")
    click(eva, "link", "Dates of News")
    eva.get_by_label("Milestone", exact=True).select_option("kickoff")
    eva.get_by_label("Date", exact=True).fill("2026-12-17 10:00 to 12:00")
    click(eva, "button", "See what moves")
    expect(eva.get_by_text("Once the new date is set, it stands on the first page below what is wrong")).to_be_visible()
    click(eva, "button", "Set it: Kickoff, Thursday 17 December 2026")
    expect(eva.get_by_text("The date holds now.")).to_be_visible()
    click(eva, "link", "Timeline")
    wrong = eva.get_by_role("region", name="What is wrong")
    expect(wrong).to_contain_text("“Hello” went out with a date that has moved")
    expect(wrong.get_by_role("link", name="Correct it")).to_be_visible()

    eva.get_by_role("region", name="What has gone").get_by_role("link", name="Hello").click()
    click(eva, "link", "Withdraw it")
    eva.get_by_label("English").fill("There is no meeting.")
    click(eva, "button", "See what readers are told")
    expect(eva.get_by_text("Why: There is no meeting.")).to_be_visible()
    click(eva, "button", "Ask that it be withdrawn")
    expect(eva.get_by_text("Another approver finds this on their first page")).to_be_visible()
    expect(eva.get_by_role("button", name="Confirm the withdrawal")).to_have_count(0)

    bo = page_of(browser, desk, desk.sit(desk.hire("Bo Lind", Duty.APPROVER)))
    bo.goto("/")
    bo.get_by_role("region", name="Waits for your approval").get_by_role("link", name="Withdraw: Hello").click()
    click(bo, "button", "Confirm the withdrawal")
    expect(bo.get_by_text("It is withdrawn now.")).to_be_visible()
    send(desk)
    told = server.accepted[sent + 1 :]
    assert sorted(each.recipients[0] for each in told) == ["ana@example.org", "ben@example.org"]
    assert all(b"There is no meeting." in each.data for each in told)
