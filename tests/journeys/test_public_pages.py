"""The public pages in a real browser: subscribe, confirm, change the language, leave; and nobody is kept out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.visitors import LOOKS, PATIENCE, WRONG, faults, opened, sends
from tests.subscribing import PUBLIC, Post, post_of
from tests.workspaces import build

pytestmark = pytest.mark.counterpart

ANA = "ana@example.org"


@pytest.fixture
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """A town that speaks Arabic, too."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("languages: [en, es, fr]", "languages: [en, es, fr, ar]")
    with post_of(town) as made:
        town.settings("fr: Nouvelles}", "fr: Nouvelles, ar: أخبار المدينة}")
        town.settings("fr: Travaux}", "fr: Travaux, ar: أشغال}")
        yield made
    town.database.close()


def test_somebody_subscribes_chooses_and_leaves(browser: Browser, post: Post) -> None:
    """With the keyboard and a mouse, as people do."""
    page = opened(browser, post)
    page.goto("/subscribe?language=en")
    page.get_by_label("E-mail address").fill("ana")
    page.get_by_role("button", name="Agree and subscribe").click()
    expect(page).to_have_title(WRONG)
    expect(page.locator(".summary")).to_be_focused()
    page.get_by_role("link", name="Enter an e-mail address").click()
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(ANA)
    assert not page.get_by_label("Works in the streets").is_visible()
    page.get_by_label("Only these topics").check()
    page.get_by_label("Works in the streets").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/subscribe/sent?language=en")
    post.tick()

    (link,) = post.links(ANA)
    page.goto(link)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="You have subscribed").wait_for()
    assert post.choices("ana").topics == ("works",)

    page.goto(post.preferences("ana"))
    page.get_by_label("العربية").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("تم حفظ اختياراتكم").wait_for()
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert post.choices("ana").language == "ar"

    page.get_by_role("link", name="التوقف عن تلقي").click()
    assert post.suppression("ana") is None
    page.get_by_role("button").click()
    page.get_by_role("status").wait_for()
    assert post.suppression("ana") == "left by the link in a mail"
    page.context.close()


@pytest.mark.parametrize(("language", "screen", "scheme"), LOOKS)
def test_nothing_keeps_people_out(browser: Browser, post: Post, language: str, screen: str, scheme: str) -> None:
    """No serious or critical finding of axe, contrast included; nothing to be scrolled sideways."""
    post.join("ben")
    post.client.post(f"{post.preferences('ben')}/address", data={"email": "nuevo@example.org"})
    post.subscribe(ANA)
    post.tick()
    mine, old, new = post.links(ANA)[0], post.links("ben@example.org")[-1], post.links("nuevo@example.org")[0]
    page, found = opened(browser, post, screen, scheme), []
    choose = post.preferences("ben")
    forms = ("/subscribe", "/subscribe/embedded", f"{choose}/address")
    for path in (*forms, "/subscribe/sent", choose, mine, old, new, "/leave/x", "/confirm/x"):
        page.goto(f"{path}?language={language}")
        found += faults(page, path, screen)
        if path in forms:
            page.locator("#email").fill("nobody")
            sends(page)
            page.locator(".summary").wait_for()
            found += faults(page, f"{path} with an error", screen)
    for path in (choose, mine, new, old, "/leave/x"):
        page.goto(f"{path}?language={language}")
        sends(page)
        found += faults(page, f"{path} done", screen)
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 1 per day\n")
    page.goto(f"/subscribe?language={language}")
    page.locator("#email").fill("late@example.org")
    sends(page)
    page.locator("strong bdi").wait_for()
    found += faults(page, "a flood", screen)
    assert found == []
    page.context.close()


_HOST = f"""<!doctype html><html lang="en"><title>Town</title><h1>Our town</h1>
<iframe src="{PUBLIC}/subscribe/embedded?language=en" title="Subscribe" width="100%" height="1250"></iframe></html>"""
_STRICT = {"Content-Security-Policy": f"default-src 'none'; frame-src {PUBLIC}"}


def test_the_form_works_in_a_page_of_another_site(browser: Browser, post: Post) -> None:
    """Of another origin, with a strict policy, in a browser without scripts; a site that is not named shows nothing."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.route(f"{PUBLIC}/**", lambda route: _passed_on(route, str(post.client.base_url)))
    for host in ("https://www.littleton.example.org", "https://other.example.org"):
        page.route(f"{host}/", lambda route: route.fulfill(body=_HOST, content_type="text/html", headers=_STRICT))
    page.goto("https://www.littleton.example.org/")
    framed = page.frame_locator("iframe")
    framed.get_by_label("E-mail address").fill("ana")
    framed.get_by_role("button").click()
    framed.get_by_role("link", name="Enter an e-mail address").wait_for()
    framed.get_by_label("E-mail address").fill(ANA)
    framed.get_by_role("button").click()
    framed.get_by_role("heading", name="Check your e-mail").wait_for()
    post.tick()
    assert len(post.links(ANA)) == 1
    page.goto("https://other.example.org/")
    expect(page.frame_locator("iframe").get_by_label("E-mail address")).to_have_count(0)
    context.close()


def _passed_on(route: Route, base: str) -> None:
    """As a web server before the service does it: the browser sees the public address, and is led on by us."""
    route.fulfill(response=route.fetch(url=route.request.url.replace(PUBLIC, base.rstrip("/"))))
