"""A correction at the desk: written, looked at, approved by two, and on its way; without a line of JavaScript."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from communique.store.desk.officers import Duty
from tests.command_line import at
from tests.desk import Desk, Seat, desk_of
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE, WENT = "/correct/news/hello/once", "/announcement/news/hello/once"
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """An announcement has gone to two people in English and Spanish; two approvals are asked for."""
    town.campaign("languages: [en]", "languages: [en, es]")
    town.invite("ana")
    town.invite("ben", language="es")
    town.run()
    assert town.account() == "2 planned = 2 sent"
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    with desk_of(town) as made:
        yield made


def words(seat: Seat, **changed: str) -> dict[str, str]:
    """The form as a browser would send it back, with what was typed."""
    page = seat.get(PAGE).text
    opened = dict(re.findall(r'name="(opened-\w+)" value="(\w*)"', page))
    typed = {
        "headline-en": f"It is green {HOSTILE}",
        "wrong-en": "We wrote: “blue”.",
        "right-en": "It is {{ facts.colour }}.",
        "more-en": "Sorry.",
        "headline-es": "Es verde",
        "wrong-es": "Escribimos que es azul.",
        "right-es": "Es verde.",
        "more-es": "",
    }
    return {**opened, **typed, **changed}


def digest(seat: Seat) -> str:
    """Of what somebody sees."""
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', seat.get(PAGE).text)
    assert found is not None
    return found[1]


def test_it_is_written_looked_at_approved_by_two_and_goes(desk: Desk) -> None:
    """From the announcement's page; an edit in between is not approved by mistake."""
    ana, ben = (desk.sit(desk.hire(name, Duty.APPROVER, Duty.EDITOR)) for name in ("Ana Gil", "Ben Roy"))
    zoe = desk.sit(desk.hire("Zoë Ash", Duty.APPROVER, Duty.EDITOR))
    eva = desk.sit(desk.hire("Eva Sol", Duty.OPERATOR, language="es"))
    assert f'href="{PAGE}"' in ana.get(WENT).text
    assert "Who gets it" in ana.get(PAGE).text
    assert "1 persona que lo recibió" in eva.get(PAGE).text
    assert eva.post(f"{PAGE}/words", **words(eva)).status_code == 403
    stale = words(ben)
    assert zoe.post(f"{PAGE}/words", **words(zoe, **{"right-es": "Es TBD."})).status_code == 303
    assert "found the placeholder" in (page := ana.get(PAGE).text).replace("Expected the real words, f", "f")
    assert "We wrote: “blue”." in page
    assert ana.post(f"{PAGE}/approve", digest=digest(ana)).status_code == 409
    assert ben.post(f"{PAGE}/words", **stale).status_code == 409
    assert zoe.post(f"{PAGE}/words", **words(zoe)).status_code == 303
    page = ana.get(f"{PAGE}?in=en").text
    assert ("Correction: It is green &lt;img" in page, "<img src=x" in page) == (True, False)
    framed = ana.get(f"{PAGE}/preview/email/en")
    assert ("It is blue." in framed.text, "&lt;img" in framed.text, "<img src=x" in framed.text) == (True, True, False)
    assert "sandbox" in framed.headers["Content-Security-Policy"]

    mine = f'<p><a href="{PAGE}">'
    assert (mine in ana.get("/").text, mine in zoe.get("/").text, mine in eva.get("/").text) == (True, False, False)
    seen = digest(ana)
    assert zoe.post(f"{PAGE}/approve", digest=seen).status_code == 409
    assert "nobody approves an own edit" in zoe.get(PAGE).text
    assert ana.post(f"{PAGE}/approve", digest=seen).headers["Location"] == f"{PAGE}?said=approved"
    desk.town.campaign("colour: blue", "colour: green")
    assert ben.post(f"{PAGE}/approve", digest=seen).status_code == 409
    seen = digest(ben)
    assert ben.post(f"{PAGE}/changes", digest=seen).status_code == 422
    assert ben.post(f"{PAGE}/changes", digest=seen, note="Name the shade").status_code == 303
    assert ana.post(f"{PAGE}/approve", digest=seen).status_code == 303
    assert "Name the shade" in ana.get(PAGE).text
    assert len(desk.town.email.taken) == 2
    assert ben.post(f"{PAGE}/approve", digest=seen).headers["Location"] == f"{WENT}?said=corrected"
    desk.town.run()
    assert sorted(desk.town.email.addresses[2:]) == ["ana@example.org", "ben@example.org"]
    assert "Hello · correction 1" in ana.get("/").text
    assert "Correction 1 went out on" in ana.get(PAGE).text
    assert 'href="/announcement/news/hello/once-corrected-1">Correction 1 went out on' in ana.get(WENT).text
    assert 'name="headline-en" maxlength="300" value=""' in ana.get(PAGE).text  # the next one begins anew
    assert [line for line in desk.journal() if "corrected news/hello" in line] == [
        "Ben Roy: corrected news/hello (live): It is green."
    ]
    assert ana.get("/correct/news/hello/never").status_code == 404


def test_its_channels_are_chosen_beside_its_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever approves sees the same, at the desk and on the command line; what the public reads shows it always."""
    town = desk.town
    town.add("  told:\n    when: start\n    to: [friends]\n    through: [email, website]\n")
    town.say("told", dict.fromkeys(("en", "es"), "---\nheadline: Told\nsummary: Told.\n---\nTold.\n"))
    town.settings("approvals: {required: 2}", "approvals: {required: 0}")
    town.run()
    page, mails = "/correct/news/told/once", len(town.email.taken)
    ana = desk.sit(desk.hire("Ana Gil", Duty.APPROVER, Duty.EDITOR))
    form = {name: value for name, value in words(ana).items() if not name.startswith("opened-")}
    opened = {"opened-en": "", "opened-es": ""}
    ticks = r'name="through-(\w+)" value="yes" aria-describedby="through-hint"( checked)?( disabled)?'
    assert re.findall(ticks, ana.get(page).text) == [("email", " checked", ""), ("website", " checked", " disabled")]
    assert "<strong>E-mail</strong> · 2 people who got it" in ana.get(page).text
    assert ana.post(f"{page}/words", **form, **opened).status_code == 303
    assert re.findall(ticks, ana.get(page).text) == [("email", "", ""), ("website", " checked", " disabled")]
    file = town.root / "templates/news/told/en/correction.md"
    assert 'through: "website"' in file.read_text()
    shown = at(town.root, monkeypatch, town.clock.now)("correct", "news", "told", "--json").json
    assert {each["channel"] for each in shown["to"]} == {"website"}
    assert shown["hash"] in ana.get(page).text
    file.write_text(file.read_text().replace("website", "wbesite"))
    assert "expected a channel that it went out through" in ana.get(page).text.replace("Expected a", "expected a")
    opened = dict(re.findall(r'name="(opened-\w+)" value="(\w*)"', ana.get(page).text))
    assert ana.post(f"{page}/words", **form, **opened, **{"through-email": "yes"}).status_code == 303
    assert "through" not in file.read_text()
    opened = dict(re.findall(r'name="(opened-\w+)" value="(\w*)"', ana.get(page).text))
    assert ana.post(f"{page}/words", **form, **opened).status_code == 303
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', ana.get(page).text)
    assert found is not None
    assert ana.post(f"{page}/approve", digest=found[1]).headers["Location"].endswith("said=corrected")
    town.run()
    assert len(town.email.taken) == mails


def test_a_withdrawal_takes_two_who_have_seen_what_readers_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One asks, another confirms exactly these words; the reason in a further language is added later."""
    ana, ben = (desk.sit(desk.hire(name, Duty.APPROVER)) for name in ("Ana Gil", "Ben Roy"))
    page = "/withdraw/news/hello/once"
    assert f'href="{page}"' in ana.get(WENT).text
    assert ana.post(f"{page}/look").status_code == 422
    looked = ana.post(f"{page}/look", **{"reason-en": f"It was too early {HOSTILE}"})
    assert (looked.status_code, "Withdrawn: Hello" in looked.text, "<img src=x" in looked.text) == (200, True, False)
    why = {"reason-en": "It was too early."}
    for _ in range(2):  # who asks twice has still asked alone
        assert ana.post(page, **why).headers["Location"] == f"{page}?said=asked_to_withdraw"
    assert "Ana Gil asks that it be withdrawn" in ben.get(page).text
    told = [each.get(page).text for each in (ana, ben)]
    assert ["Confirm the withdrawal" in each for each in told] == [False, True]  # nobody confirms what they asked for
    assert ["Another approver finds this on their first page" in each for each in told] == [True, False]
    other = ben.post(f"{page}/look", **{"reason-en": "Other words."}).text
    assert ("Confirm the withdrawal" in other, "Ask that it be withdrawn" in other) == (False, True)
    waits = f'<a href="{page}">Withdraw: Hello</a>'
    assert (waits in ben.get("/").text, waits in ana.get("/").text) == (True, False)
    line = at(desk.town.root, monkeypatch, desk.town.clock.now)
    assert "Ana Gil asks that news/hello be withdrawn: It was too early." in line("plan").text
    (wish,) = line("plan", "--json").json["withdrawals"]
    assert (wish["announcement"], wish["asked_by"]) == ("news/hello", "Ana Gil")
    assert ben.post(page, **{"reason-en": "Other words."}).headers["Location"].endswith("asked_to_withdraw")
    assert ana.post(page, **{"reason-en": "Other words."}).headers["Location"] == f"{WENT}?said=withdrawn"
    desk.town.run()
    assert waits not in ben.get("/").text
    page_of_it = ben.get(WENT).text
    assert ("It has been withdrawn by" in page_of_it, "Other words." in page_of_it) == (True, True)
    assert f'href="{PAGE}"' not in page_of_it  # nothing of it is corrected any more
    assert line("plan", "--json").json["withdrawals"] == []
    told = line("status").text
    assert ("news/hello, withdrawal" in told, "retracted" in told) == (True, False)
    assert len(desk.town.email.taken) == 4
    assert ana.post(page, **{"reason-en": "Other words.", "reason-es": "Otras palabras."}).status_code == 303
    assert "Otras palabras." in ben.get(page).text
    assert [line for line in desk.journal() if "withdrew" in line or "said why" in line] == [
        "Ana Gil: said why news/hello was withdrawn in es",
        "Ben Roy, Ana Gil: withdrew news/hello (live): Other words.",
    ]


def test_a_date_that_has_moved_is_told_at_the_desk_with_a_draft(town: Town) -> None:
    """The first page says what went out with the old one; the form has the words, which nobody has saved yet."""
    town.campaign("later: unknown", "later: 2026-12-15 10:00")
    town.say("hello", {"en": "---\nheadline: Hello\nsummary: Come.\n---\nOn {{ milestones.later.start | date }}.\n"})
    town.invite("ana")
    town.run()
    with desk_of(town) as desk:
        ana = desk.sit(desk.hire("Ana Gil", Duty.APPROVER, Duty.EDITOR))
        assert "with a date that has moved" not in ana.get("/").text
        town.campaign("later: 2026-12-15 10:00", "later: 2026-12-22 10:00")
        first = ana.get("/").text
        assert "“Hello” went out with a date that has moved" in first
        assert "Later was Tuesday 15 December 2026, 10:00, is Tuesday 22 December 2026, 10:00." in first
        assert f'href="{PAGE}"' in first
        page = ana.get(PAGE).text
        assert "What stands below is a draft" in page
        assert "<li>Later was Tuesday 15 December 2026, 10:00, is Tuesday 22 December 2026, 10:00.</li>" in page
        assert "Tuesday, December 22, 2026" in page
        assert not (town.root / "templates/news/hello/en/correction.md").exists()
        fields = re.findall(r'<input id="(headline-en)"[^>]* value="([^"]*)"', page)
        fields += re.findall(r'<textarea id="(\w+-en)"[^>]*>([^<]*)<', page)
        form = {name: unescape(text) for name, text in fields}
        assert ana.post(f"{PAGE}/words", **form, **{"opened-en": ""}).status_code == 303
        page = ana.get(PAGE).text
        assert "What stands below is a draft" not in page
        assert "Tuesday, December 22, 2026" in page
