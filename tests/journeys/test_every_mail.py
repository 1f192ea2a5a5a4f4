"""Every kind of mail that people get, in a real browser: none keeps anybody out, and whoever scans one does nothing."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from communique.plan.approving import Approval
from communique.plan.correcting import approve
from communique.plan.proposed_corrections import propose
from communique.plan.retracting import retract
from communique.retraction import Retraction
from communique.store.database import suppressions
from communique.store.recipients import suppression_list
from tests.counterparts.browser import SCREENS
from tests.journeys.visitors import faults, opened
from tests.meetings import CAMPAIGN, answer_link
from tests.subscribing import PUBLIC, Post, post_of
from tests.workspaces import Town, build

pytestmark = pytest.mark.counterpart

_FORM = "application/x-www-form-urlencoded"
_LINK = re.compile(rf"{re.escape(PUBLIC)}(/[^\s\"'<>)\]]*)")
_MORE = """\
  tell-all:
    when: start + 1 day
    through: [newsletter]
  moved:
    when: start + 13 days
    to: [friends]
    only: {meeting: invited}
    through: [email]
    invite: meeting
  called-off:
    when: start + 14 days
    to: [friends]
    through: [email]
    cancel: meeting
"""
_TEXT = "---\nheadline: OF NAME\nsummary: MORE.\n---\nMORE.\n\n## MORE\n\n- [MORE](https://a.example/)\n"
_WORDS = {"en": ("Of", "Hello"), "es": ("De", "Hola"), "ar": ("عن", "مرحبا")}
#: Subjects: each kind of mail there is, and whom it went to.
_SENT = {
    ("ben", "Please confirm your subscription"),
    ("cleo", "يرجى تأكيد اشتراككم"),
    ("nuevo", "Please confirm your new address"),
    ("ben", "Please confirm that your address changes"),
    ("ana", "Of hello"),
    ("amal", "عن hello"),
    ("ana", "We look forward to seeing you"),
    ("cleo", "عن tell-all"),
    ("ben", "Daily newsletter: Of tell-all"),
    ("ben", "Withdrawn: Of tell-all"),
    ("cleo", "سُحب: عن tell-all"),
    ("ana", "Correction: NEW ROOM"),
    ("amal", "تصحيح: NEW ROOM"),
    ("amal", "عن remind"),
    ("ana", "Of tomorrow"),
    ("ana", "Of moved"),
    ("amal", "عن moved"),
    ("ana", "Of called-off"),
    ("amal", "عن called-off"),
}


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """A town that has written to people on every occasion there is, in English and in Arabic."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("languages: [en, es, fr]", "languages: [en, es, fr, ar]")
    town.write("campaigns/news.yaml", (CAMPAIGN + _MORE).replace("es, fr]", "es, ar]").replace("fr: ", "ar: "))
    for name in ("hello", "remind", "tomorrow", "tell-all", "moved", "called-off"):
        town.say(name, {language: _text(name, *words) for language, words in _WORDS.items()})
    town.invite("ana")
    town.invite("amal", language="ar")
    with post_of(town) as made:
        town.settings("fr: Nouvelles}", "fr: Nouvelles, ar: أخبار المدينة}")
        town.settings("fr: Travaux}", "fr: Travaux, ar: أشغال}")
        _live_through(made)
        yield made
    town.database.close()


def _text(name: str, of: str, more: str) -> str:
    return _TEXT.replace("NAME", name).replace("OF", of).replace("MORE", more)


def _live_through(post: Post) -> None:
    """Two weeks: people subscribe, are invited, answer, are reminded; a meeting moves and is called off."""
    town = post.town
    post.subscribe("ben@example.org", frequency="daily")
    post.subscribe("cleo@example.org", choice_language="ar")
    post.tick()
    for name in ("ben", "cleo"):
        assert post.client.post(post.links(f"{name}@example.org")[-1]).status_code == 200
    post.client.post(f"{post.preferences('ben')}/address", data={"email": "nuevo@example.org"})
    post.client.post(answer_link(post, "ana"), data={"answer": "yes"})
    for days in (0, 1, 1):
        post.tick(minutes=days * 24 * 60)
    _take_back(town, "tell-all")
    _put_right(town, "hello")
    for days in (7, 4):
        post.tick(minutes=days * 24 * 60)
    town.campaign("2026-12-15 10:00 to 12:00", "2026-12-17 10:00 to 12:00")
    for days in (1, 1):
        post.tick(minutes=days * 24 * 60)


def _take_back(town: Town, name: str) -> None:
    with town.database.begin() as connection:
        why = Retraction(at=town.clock.now, reasons={"en": "It was wrong.", "ar": "كان خطأً."})
        retract(town.planner, connection, ("news", name), "", why, by="Ana Gil")


def _put_right(town: Town, name: str) -> None:
    for language in ("en", "ar"):
        text = "---\nheadline: NEW ROOM\nwrong: ROOM 1.\nright: ROOM 2.\n---\nSORRY.\n"
        town.write(f"templates/news/{name}/{language}/correction.md", text)
    now = town.clock.now
    with town.database.begin() as connection:
        proposed = propose(town.planner, connection, ("news", name), now=now)
        assert approve(town.planner, connection, proposed, Approval(who="Ana Gil", note="", now=now)).kept


def _html(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_each_kind_of_mail_goes_once(post: Post) -> None:
    """To whom it is for, in their language, and to nobody else."""
    sent = [(mail["To"].addresses[0].username, str(mail["Subject"])) for mail in post.mails()]
    assert set(sent) == _SENT
    assert len(sent) == len(_SENT)


def test_no_mail_keeps_anybody_out(browser: Browser, post: Post) -> None:
    """No serious or critical finding of axe in its HTML, contrast included; nothing to be scrolled sideways."""
    looks = [(screen, scheme) for screen in SCREENS for scheme in ("light", "dark")]
    pages = [opened(browser, post, *look) for look in looks]
    found = []
    for number, mail in enumerate(post.mails()):
        page, (screen, scheme) = pages[number % len(looks)], looks[number % len(looks)]
        page.set_content(_html(mail))
        found += [f"{mail['Subject']} ({screen}, {scheme}): {each}" for each in faults(page, "mail", screen)]
    assert found == []
    for page in pages:
        page.context.close()


#: What scanners and curious programs send beside a plain GET, and what some servers take for a POST.
_SCANS: tuple[dict[str, Any], ...] = (
    {"method": "HEAD"},
    {"method": "OPTIONS"},
    {"method": "GET", "headers": {"X-HTTP-Method-Override": "POST"}},
    {"method": "GET", "params": {"_method": "POST", "List-Unsubscribe": "One-Click"}},
    {"method": "GET", "content": b"List-Unsubscribe=One-Click", "headers": {"Content-Type": _FORM}},
    {"method": "GET", "headers": {"Sec-Purpose": "prefetch"}},
)


def test_who_scans_mails_does_nothing(browser: Browser, post: Post) -> None:
    """Every link of every mail and of its headers is opened, in a browser that runs scripts, too: no row changes.

    Among them are links that wait to be pressed: to confirm a subscription, and a change by both addresses.
    """
    post.subscribe("eva@example.org")
    post.client.post(f"{post.preferences('ben')}/address", data={"email": "otra@example.org"})
    post.tick()
    mails = post.mails()
    texts = [part.get_content() for mail in mails for part in mail.walk() if part.get_content_maintype() == "text"]
    texts += [str(way) for mail in mails for way in mail.get_all("List-Unsubscribe", [])]
    links = sorted({unescape(link) for text in texts for link in _LINK.findall(text)})
    assert {link.split("/")[1] for link in links} >= {"answer", "confirm", "confirm-old", "leave", "preferences"}
    live = [path for name in ("eva", "ben", "otra") for path in post.links(f"{name}@example.org")[-1:]]
    assert [post.client.get(path).status_code for path in live] == [200, 200, 200]
    before = post.rows()
    page = opened(browser, post)
    for link in links:
        page.goto(link)
        for scan in _SCANS:
            post.client.request(url=link, **scan)
    assert post.rows() == before
    page.context.close()


_ONE_CLICK = {"List-Unsubscribe": "One-Click"}
_BODIES: tuple[dict[str, Any], ...] = (
    {"data": _ONE_CLICK},
    {"files": {name: (None, value) for name, value in _ONE_CLICK.items()}},
    {"data": _ONE_CLICK, "headers": {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}},
)
#: Subjects of the mails that answer what their reader has just done: no list sends them, so none can be left by them.
_ANSWERS = {
    "Please confirm your subscription",
    "يرجى تأكيد اشتراككم",
    "Please confirm your new address",
    "Please confirm that your address changes",
    "We look forward to seeing you",
}


def test_every_mail_of_a_list_can_be_left_by_one_click(post: Post) -> None:
    """RFC 8058 over each kind of mail: one https address, asked by a program without cookies.

    Both encodings (3.2) are tried on each, and one from a page of a mail provider. The answer is no redirect (3.1), and
    nobody is written to from then on.
    """
    assert {str(mail["Subject"]) for mail in post.mails()} >= _ANSWERS
    for mail in post.mails():
        asked = mail.get_all("List-Unsubscribe-Post", [])
        if str(mail["Subject"]) in _ANSWERS:
            assert (asked, mail.get_all("List-Unsubscribe", [])) == ([], []), mail["Subject"]
            continue
        assert asked == ["List-Unsubscribe=One-Click"], mail["Subject"]
        (way,) = mail.get_all("List-Unsubscribe", [])
        (address,) = re.findall(r"<(https:[^>]+)>", str(way))
        for body in _BODIES:
            answer = httpx.post(f"{str(post.client.base_url).rstrip('/')}{address.removeprefix(PUBLIC)}", **body)
            assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
            with post.town.database.begin() as connection:
                who = mail["To"].addresses[0].addr_spec
                assert suppression_list.suppression(connection, who) == "left by the link in a mail", (
                    mail["Subject"],
                    body,
                )
                connection.execute(suppressions.delete())  # so that the next mail is a fresh one
