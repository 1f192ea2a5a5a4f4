"""One announcement at the desk: seen as its readers will see it, approved exactly as seen, or held back."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest

from communique.language.catalogue import in_language
from communique.occasion import Occasion
from communique.plan.findings import Channels, Findings
from communique.plan.known_preflights import KnownPreflights
from communique.store.desk.officers import Duty
from communique.workspace import Workspace
from tests.desk import Desk, Seat, desk_of
from tests.texts.test_scripts import RADIO, SPOT
from tests.workspaces import CAMPAIGN, Town

PAGE = "/announcement/news/hello/once"
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """Two approvals are asked for, two people and the author may approve; a day before the start."""
    town.settings("approvals: {required: 0}", "approvals: {required: 2, approvers: [Ana Gil, Ben Roy, Zoë Ash]}")
    town.campaign("title: News", f"title: 'News {HOSTILE}'\nauthor: Zoë Ash")
    town.invite("ana", "ben")
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made


def digest(seat: Seat) -> str:
    """Of what somebody sees."""
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', seat.get(PAGE).text)
    assert found is not None
    return found[1]


def test_two_people_approve_what_they_have_seen(desk: Desk) -> None:
    """The author's own does not count, a change in between is not approved by mistake, and a word holds it back."""
    ana, ben = (desk.sit(desk.hire(name, Duty.APPROVER)) for name in ("Ana Gil", "Ben Roy"))
    zoe = desk.sit(desk.hire("Zoe Ash", Duty.APPROVER))
    stranger = desk.sit(desk.hire("Max", Duty.APPROVER))
    assert "Waits for your approval" in ana.get("/").text
    assert "Next, but not ready to go" in ana.get("/").text
    assert "Waits for your approval" not in zoe.get("/").text
    seen = digest(ana)
    assert zoe.post(f"{PAGE}/approve", digest=seen).status_code == 409
    assert stranger.post(f"{PAGE}/approve", digest=seen).status_code == 409
    assert ana.post(f"{PAGE}/approve", digest=seen, note=f"read it {HOSTILE}").status_code == 303
    assert "Waits for your approval" not in ana.get("/").text
    assert "1 more approval is needed" in ben.get(PAGE).text

    desk.town.edit("templates/news/hello/en/article.md", "hello.", "hello, and welcome.")
    refused = ben.post(f"{PAGE}/approve", digest=seen)
    assert (refused.status_code, "It has changed since you looked" in refused.text) == (409, True)
    page = ben.get(PAGE).text
    assert "Changed since it was approved" in page
    assert re.search(r"<ins>.*and welcome\..*</ins>", page)
    assert desk.town.standing().reason == "changed since it was approved"

    seen = digest(ben)
    assert ben.post(f"{PAGE}/changes", digest=seen).status_code == 422  # without a word on what
    for seat in (ana, ben):
        assert seat.post(f"{PAGE}/approve", digest=seen).status_code == 303
    assert desk.town.standing().reason == ""
    assert ana.post(f"{PAGE}/changes", digest=seen, note="Wrong day").status_code == 303
    assert desk.town.standing().reason == "Ana Gil asks for changes: Wrong day"
    assert "Changes are asked for" in ben.get("/").text
    assert ana.post(f"{PAGE}/approve", digest=seen).status_code == 303
    page = ben.get("/").text
    assert page.index("Goes out next") < page.index("Hello") < page.index("Approved")
    assert "Changes are asked for" not in page
    assert "X_CONSUMER_KEY" in page  # a channel that cannot be opened is what is still wrong
    assert "2026, <strong>10:00 CET</strong>" in page
    assert "(09:00 UTC)" in page
    desk.town.clock.turn(days=1)
    desk.town.run()
    assert desk.town.account() == "2 planned = 2 sent"
    assert ben.officer is not None
    assert ">2</dd>" in desk.sit(ben.officer).get(PAGE).text
    assert [line.partition(" news/hello")[0] for line in desk.journal()] == [
        "Ana Gil: approved",
        "Ana Gil: asked for changes of",
        "Ben Roy: approved",
        "Ana Gil: approved",
        "Ana Gil: approved",
    ]


def test_who_asked_for_changes_sees_what_was_done_about_it(desk: Desk) -> None:
    """Words and campaign file as they were then are kept; an approval afterwards is what counts from."""
    ana = desk.sit(desk.hire("Ana Gil", Duty.APPROVER))
    assert ana.post(f"{PAGE}/changes", digest=digest(ana), note="Say the place").status_code == 303
    assert "Nothing in its texts or its campaign file has changed since" in ana.get(PAGE).text
    desk.town.edit("templates/news/hello/en/article.md", "hello.", "hello from the harbour.")
    desk.town.campaign("colour: blue", "colour: green")
    desk.town.clock.turn(minutes=1)
    page = ana.get(PAGE).text
    assert "What has changed since changes were asked for" in page
    assert re.search(r"<ins>.*from the harbour\..*</ins>", page)
    assert re.search(r"<ins>.*green.*</ins>", page)
    assert ana.post(f"{PAGE}/approve", digest=digest(ana)).status_code == 303
    assert "What has changed since it was last approved" in ana.get(PAGE).text


def test_who_is_left_out_is_said_beforehand_with_why(desk: Desk) -> None:
    """By channel and language; nobody is named."""
    desk.town.invite_by_post("cid")
    desk.town.suppress("ben")
    page = desk.sit(desk.hire("Ana Gil", Duty.APPROVER)).get(PAGE).text
    readers = unescape(re.sub(r"<[^>]+>", " ", page.partition('id="readers"')[2].partition("</section>")[0]))
    words = " ".join(readers.split())
    assert "E-mail English 1 person ! 2 people are left out" in words
    assert "1: must not be written to: asked to be left alone" in words
    assert "1: no e-mail address" in words
    assert "Ben" not in words


def test_a_translation_that_stayed_behind_is_said_where_it_is_approved(desk: Desk) -> None:
    """Whoever approves has not read it since: what else the checks find is no comfort."""
    desk.town.campaign("languages: [en]", "languages: [en, es]")
    ana = desk.sit(desk.hire("Ana Gil", Duty.APPROVER))
    assert ana.post(f"{PAGE}/approve", digest=digest(ana)).status_code == 303
    assert "stale-translation" not in ana.get(PAGE).text
    desk.town.edit("templates/news/hello/en/article.md", "hello.", "hello from the harbour.")
    page = ana.get(PAGE).text
    assert "No check has found anything" not in page
    assert "stale-translation" in page
    assert "templates/news/hello/es/article.md" in page


def test_a_fault_is_shown_with_its_place_and_its_remedy(desk: Desk) -> None:
    """And what can be shown is shown, alone in its frame; nothing that was written anywhere runs at the desk."""
    ana = desk.sit(desk.hire(f"Ana Gil {HOSTILE}", Duty.APPROVER))
    desk.town.edit("templates/news/hello/en/article.md", "hello.", f"hello {HOSTILE} {{{{ facts.color }}}}.")
    page = ana.get(PAGE).text
    assert "templates/news/hello/en/article.md" in page
    assert ", line 5" in page
    assert "Did you mean `colour`?" in unescape(page)
    assert "What it means" in page
    assert "Draft with faults" in ana.get("/").text
    framed = ana.get("/preview/news/hello/once/email/en/light")
    assert (framed.status_code, framed.text.split(".")[0]) == (404, "Nothing can be shown of it")
    assert "frame-ancestors 'self'" in framed.headers["content-security-policy"]

    desk.town.edit("templates/news/hello/en/article.md", "facts.color ", "facts.colour ")
    page = ana.get(f"{PAGE}?in=en").text
    assert '<iframe src="/preview/news/hello/once/email/en/light" sandbox' in page
    framed = ana.get("/preview/news/hello/once/email/en/light")
    assert "Dear Alex Morgan" in framed.text
    policy = framed.headers["content-security-policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "img-src data:"} <= set(policy), "nothing runs, and nothing is loaded"
    for shown in (page, ana.get("/").text, framed.text):
        assert all(each.startswith('<script src="/') for each in re.findall(r"<script[^>]*>", shown))
        assert "<img src=x" not in shown


def test_what_stops_a_message_stands_before_what_is_worth_a_look(desk: Desk) -> None:
    """Wherever in the text each is."""
    desk.town.edit("templates/news/hello/en/article.md", "hello.", "hello the the.\n\nOn 31 February 2027 we meet.")
    page = desk.sit(desk.hire("Ana Gil", Duty.APPROVER)).get(PAGE).text
    assert 0 < page.index("Expected a day that there is") < page.index("Expected each word once")


def test_it_is_seen_as_somebody_reads_it(desk: Desk) -> None:
    """By name, in every language beside another; dark, on a phone, without pictures; and what one language lacks."""
    desk.town.settings("  friends:", "  press: {title: The press, role: media}\n  friends:")
    desk.town.campaign("languages: [en]", "languages: [en, es]")
    desk.town.edit("templates/news/hello/en/article.md", "hello.", "hello.\n\nSeats: 40, on 9 February 2027.")
    ana = desk.sit(desk.hire("Ana Gil", Duty.EDITOR))
    page = unescape(ana.get(f"{PAGE}?in=en").text)
    assert "Somebody invented: The press" in page
    for gap in ("fewer paragraphs (3 : 2)", "lacks the date 2027-02-09.", "lacks the number 40."):
        assert gap in page
    found = re.search(r'<option value="(person:\d+)">Ben ', page)
    assert found is not None
    assert (
        f'src="/preview/news/hello/once/email/en/dark?as={found[1].replace(":", "%3A")}"'
        in ana.get(f"{PAGE}?in=en&as={found[1]}").text
    )
    at = "/preview/news/hello/once/email/en"
    light, dark = (ana.get(f"{at}/{view}?as={found[1]}").text for view in ("light", "dark"))
    assert "Dear Ben, hello." in light
    assert "prefers-color-scheme" not in light + dark
    assert light != dark
    assert "Dear Alex Morgan" in ana.get(f"{at}/light?as=audience:press").text
    assert "nobody@example.org. An invented reader" in ana.get(f"{PAGE}?as=nobody@example.org").text
    for missing in ("email/en/paper", "email/de/light", "letter/en/light", "email/en/nothing"):
        assert ana.get(f"/preview/news/hello/once/{missing}").status_code == 404


def test_each_card_counts_as_its_channel_does(desk: Desk) -> None:
    """Letters as the network counts them and what it charges, and how long a script takes to be read aloud."""
    town = desk.town
    town.variables |= {f"X_{each}": "s" for each in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN")}
    town.variables["X_ACCESS_TOKEN_SECRET"] = "s"
    town.say_to_nobody_in_particular()
    town.settings("  handoff:", f"{RADIO}  handoff:")
    town.write("templates/news/hello/en/radio-15.txt", SPOT)
    town.campaign("through: [email]", "through: [x, handoff, radio]")
    page = unescape(desk.sit(desk.hire("Ana Gil", Duty.EDITOR)).get(f"{PAGE}?in=en").text)
    cards = {
        channel: re.sub(
            r"<[^>]+>", "", page.partition(f'aria-labelledby="card-{channel}"')[2].partition("</article>")[0]
        )
        for channel in ("x", "handoff", "radio")
    }
    assert re.search(r"\d+ of 280 weighted characters · US\$0\.\d+ a post", cards["x"])
    assert re.search(r"\d+ of 3000 characters · \d+ left", cards["handoff"])
    assert "13 of 15 seconds" in cards["radio"]
    assert all("PREVIEW – NOT SENT" in card for card in cards.values())


def test_a_page_waits_for_nothing_that_it_does_not_show(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of other campaigns are not looked at, and posts with the same picture ask for it once."""
    town = desk.town
    town.draw_cards()
    town.say_to_nobody_in_particular()
    town.settings(
        "  handoff:", "  paste: {kind: handoff, directory: var/paste, limit: 3000, languages: [en]}\n  handoff:"
    )
    town.campaign("through: [email]", "through: [website, paste, handoff]")
    town.write("campaigns/other.yaml", CAMPAIGN.replace("campaign: news", "campaign: other"))
    looked_at: list[str] = []
    look = KnownPreflights.__call__

    def spied(known: KnownPreflights, workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
        looked_at.append(occasion.campaign.campaign)
        return look(known, workspace, channels, occasion)

    monkeypatch.setattr(KnownPreflights, "__call__", spied)
    page = desk.sit(desk.hire("Ana Gil", Duty.EDITOR)).get(f"{PAGE}?in=en").text
    assert set(looked_at) == {"news"}
    assert re.findall(r'<img src="/preview/news/hello/once/(\w+)/en/picture', page) == ["paste", "paste"]


def test_a_finding_is_said_in_the_officers_language(desk: Desk) -> None:
    """Head, what exactly was found, and what to do; whoever reads English has the same page in English."""
    desk.town.edit("templates/news/hello/en/article.md", "hello.", "[here](https://example.org).")
    marta = desk.sit(desk.hire("Marta", Duty.EDITOR, language="es"))
    ana = desk.sit(desk.hire("Ana Gil", Duty.EDITOR))
    spanish, english = (re.sub(r"\s+", " ", unescape(seat.get(PAGE).text)) for seat in (marta, ana))
    assert "e esperaba un enlace cuyas palabras digan adónde lleva; hay «here»" in spanish
    assert "Enlace las palabras que nombran lo que hay allí" in spanish
    assert "xpected a link whose words say where it leads" not in spanish
    assert "xpected a link whose words say where it leads, found “here”" in english
    desk.town.edit("templates/news/hello/en/article.md", "[here](https://example.org)", "{{ facts.prize }}")
    wrong = "e esperaba colour, el único nombre que hay aquí; se encontró `prize`"
    assert f"S{wrong}" in unescape(marta.get("/").text)
    assert f"ha pasado su hora: templates/news/hello/en/article.md:5: s{wrong}" in _reason(desk, timedelta(days=90))


def _reason(desk: Desk, later: timedelta) -> str:
    """Why the announcement does not go, in Spanish."""
    desk.town.clock.now += later
    return in_language(desk.town.standing().reason, "es") or ""


def test_an_approver_whom_the_settings_do_not_name_is_pointed_out(desk: Desk) -> None:
    """Among those who work here, before an approval of theirs is refused; spelling does not matter."""
    desk.hire("ZOE ASH", Duty.APPROVER)
    desk.hire("Eva Paz", Duty.EDITOR)
    page = "not among the approvers"
    assert page not in desk.sit(desk.hire("Ana Gil", Duty.APPROVER)).get("/people").text
    shown = desk.sit(desk.hire("Ivo Lenz", Duty.APPROVER)).get("/people").text
    assert shown.count(page) == 1
    assert shown.index("Ivo Lenz</strong>") < shown.index(page)
