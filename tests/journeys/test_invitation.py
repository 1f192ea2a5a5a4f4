"""An invitation in a real browser: answer, change the answer, in English and in Arabic; and nobody is kept out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from communique.answering import Answer
from tests.journeys.visitors import LOOKS, WRONG, faults, opened, sends
from tests.meetings import answer_link, answered, given, hold_a_meeting
from tests.subscribing import Post, post_of
from tests.workspaces import build

pytestmark = pytest.mark.counterpart


@pytest.fixture
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Ana has been invited, in a town that speaks Arabic, too."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("languages: [en, es, fr]", "languages: [en, es, fr, ar]")
    hold_a_meeting(town)
    town.invite("ana")
    with post_of(town) as made:
        town.settings("fr: Nouvelles}", "fr: Nouvelles, ar: أخبار المدينة}")
        town.settings("fr: Travaux}", "fr: Travaux, ar: أشغال}")
        made.tick()
        yield made
    town.database.close()


def test_somebody_answers_in_english_and_changes_the_answer_in_arabic(browser: Browser, post: Post) -> None:
    """With a slip on the way, which loses nothing."""
    page = opened(browser, post)
    page.goto(f"{answer_link(post, 'ana')}?language=en")
    page.get_by_label("What do you need to take part?").fill("A ramp")
    page.get_by_role("button", name="Send my answer").click()
    expect(page).to_have_title(WRONG)
    page.get_by_role("link", name="Choose whether you are coming").click()
    expect(page.locator("#answer-yes")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_label("How many people are coming with you?").fill("2")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="We look forward to seeing you").wait_for()
    found = given(post, "ana")
    assert found is not None
    assert (found.answer, found.companions, found.access_needs) == (Answer.YES, 2, "A ramp")

    page.get_by_role("link", name="العربية").click()
    expect(page.locator("body")).to_have_css("direction", "rtl")
    expect(page.get_by_label("نعم، سأحضر")).to_be_checked()
    page.get_by_label("لا، لا أستطيع الحضور").check()
    assert not page.locator("#companions").is_visible()
    page.get_by_role("button").click()
    page.get_by_role("heading", name="شكرًا لإخبارنا").wait_for()
    assert answered(post, "ana") is Answer.NO
    page.context.close()


@pytest.mark.parametrize(("language", "screen", "scheme"), LOOKS)
def test_nothing_keeps_people_out(browser: Browser, post: Post, language: str, screen: str, scheme: str) -> None:
    """No serious or critical finding of axe, contrast included; nothing to be scrolled sideways."""
    page, found = opened(browser, post, screen, scheme), []
    path = f"{answer_link(post, 'ana')}?language={language}"
    page.goto(path)
    found += faults(page, "empty", screen)
    page.locator("#companions").fill("many")
    sends(page)
    page.locator(".summary").wait_for()
    found += faults(page, "with an error", screen)
    page.locator("#answer-yes").check()
    page.locator("#companions").fill("many")
    sends(page)
    page.locator("#companions-fault").wait_for()
    found += faults(page, "with another error", screen)
    page.locator("#companions").fill("1")
    sends(page)
    page.get_by_role("status").wait_for()
    found += faults(page, "answered", screen)
    post.town.clock.turn(days=20)
    page.goto(path)
    found += faults(page, "over", screen)
    assert found == []
    page.context.close()
