"""The kickoff moves after people were invited: all of it in a browser in which no script runs."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from communique.answering import Answer
from communique.bounces.consequences import follow
from communique.bounces.reading import read_report
from communique.store.desk.officers import Duty
from communique.store.recipients import answers
from tests.desk import Desk, desk_of
from tests.journeys.officers import page_of
from tests.meetings import MEETING, hold_a_meeting
from tests.returned_reports import KEY
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

PAGE, ARTICLE = "/announcement/news/hello/once", "templates/news/hello/en/article.md"
INVITED = """\
---
headline: Come to the kickoff
summary: On {{ facts.meeting.start | weekday_date }}.
---
Dear {{ recipient.name }}, we meet on {{ facts.meeting.start | weekday_date }}.
"""
IN_WORDS = "From: ana@example.org\nMessage-ID: <1@example.org>\nSubject: Re: Kickoff\n\nWe both come.\n"


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Ana and Ben were invited with the approval of two; Cleo has joined since."""
    town = build(tmp_path_factory.mktemp("town"))
    hold_a_meeting(town)
    town.settings("mode: live", "mode: live\nbounces: {answers: {maildir: var/rsvp}}")
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.campaign("languages: [en, es, fr]", "languages: [en]")
    town.write(ARTICLE, INVITED)
    town.invite("ana", "ben")
    for name in ("Ben Roy", "Cid Paz"):
        town.approve(name)
    town.run()
    assert town.email.addresses == ["ana@example.org", "ben@example.org"]
    town.clock.turn(hours=1)
    town.invite("cleo")
    with desk_of(town) as made:
        yield made
    town.database.close()


def approve(page: Page, desk: Desk, button: str, said: str) -> None:
    """Look at the correction, and approve it: the last approval sends it, and its button says so."""
    page.goto(f"{PAGE.replace('announcement', 'correct')}")
    expect(page.get_by_text("Wednesday, December 16").first).to_be_visible()
    page.get_by_role("button", name=re.compile(rf"^{button}(?: ?:|$)")).click()
    expect(page.get_by_text(said)).to_be_visible()
    desk.town.run()


def test_it_is_corrected_for_exactly_those_who_were_invited(browser: Browser, desk: Desk) -> None:
    """Moved in the file; what went out with the old date is named; drafted, approved by two, and sent."""
    town = desk.town
    eva = page_of(browser, desk, desk.sit(desk.hire("Eva Ruiz", Duty.EDITOR)), scripts=False)
    eva.goto("/edit/campaigns/news.yaml")
    text = eva.get_by_label("Text")
    text.fill(text.input_value().replace("2026-12-15 10:00 to 12:00", "2026-12-16 10:00 to 12:00"))
    eva.get_by_role("button", name="Save", exact=True).click()
    expect(eva.get_by_text("It has been saved.")).to_be_visible()
    eva.get_by_role("link", name="Timeline").click()
    wrong = eva.get_by_role("region", name="What is wrong")
    expect(wrong.get_by_text("Tuesday 15 December 2026, 10:00–12:00")).to_be_visible()
    wrong.get_by_role("link", name="Correct it").click()
    expect(eva.get_by_role("region", name="Who gets it").get_by_text("2 people who got it")).to_be_visible()
    expect(eva.get_by_text("What stands below is a draft")).to_be_visible()
    assert "December 16" in eva.get_by_label("What is right").first.input_value()
    eva.get_by_role("button", name="Save the words").click()
    expect(eva.get_by_text("The words are saved, and not sent yet")).to_be_visible()
    expect(eva.get_by_role("button", name="Approve")).to_have_count(0)

    ben, cid = (desk.sit(desk.hire(name, Duty.APPROVER)) for name in ("Ben Roy", "Cid Paz"))
    approve(page_of(browser, desk, ben, scripts=False), desk, "Approve", "Your approval is on record")
    assert len(town.email.taken) == 2
    approve(page_of(browser, desk, cid, scripts=False), desk, "Approve and send it", "The correction goes out now")
    assert town.email.addresses[2:] == ["ana@example.org", "ben@example.org"]
    assert [each.answers for each in town.email.taken[2:]] == [each.reference for each in town.email.taken[:2]]


def test_an_answer_in_words_is_settled_and_stands_on_the_list(browser: Browser, desk: Desk) -> None:
    """Read, put down with those she brings, and counted among who comes; the list is a file for a spreadsheet."""
    town = desk.town
    rules = town.workspace.settings.bounces
    with town.database.begin() as connection:
        report = read_report(IN_WORDS.encode())
        follow(connection, report, KEY, rules, place="x", now=town.clock.now, is_to_answers=True)
    seat = desk.sit(desk.hire("Eva Ruiz", Duty.EDITOR))
    page = page_of(browser, desk, seat, scripts=False)
    page.goto("/")
    page.get_by_role("link", name="1 answer in words to be read").click()
    expect(page.get_by_text("We both come.")).to_be_visible()
    page.get_by_label("They come", exact=True).check()
    page.get_by_label("How many people come along").fill("1")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("It has been noted")).to_be_visible()
    attendance = page.get_by_role("region", name="Who is coming: Kickoff meeting")
    expect(attendance.get_by_text("2 invited; 1 coming (2 with those they bring)")).to_be_visible()
    expect(attendance.get_by_role("row").filter(has_text="Ana")).to_contain_text("1")
    href = attendance.get_by_role("link").get_attribute("href")
    assert "yes,Ana" in seat.get(str(href)).text
    with town.database.reading() as connection:
        listed = answers.attendance(connection, town.workspace.settings.mode, MEETING)
        said = {person.name: given.answer if given else None for person, given in listed}
    assert said == {"Ana": Answer.YES, "Ben": None}
