"""Files edited in the browser: faults named beside them, nothing lost, and nothing but what may be edited."""

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from communique.occasion import Occasion
from communique.plan.checking import check
from communique.plan.findings import Channels
from communique.plan.preflight import Preflight, preflight
from communique.store.desk.officers import Duty
from communique.web.desk.desk_pages import parted
from communique.web.desk.file_checks import AT_ONCE, FileChecks
from communique.workspace import Workspace
from tests.daemon_process import wait_until
from tests.desk import Desk, Seat, desk_of
from tests.desk_forms import field, typed
from tests.workspaces import Town, build

CAMPAIGN, ARTICLE = "campaigns/news.yaml", "templates/news/hello/en/article.md"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town with its desk, a day before the start; each test edits a file of its own, or puts it back."""
    town = build(tmp_path_factory.mktemp("town"))
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made
    town.database.close()


@pytest.fixture(scope="module")
def ana(desk: Desk) -> Seat:
    """An editor."""
    return desk.sit(desk.hire("Ana Gil", Duty.EDITOR))


def done_by_people(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but what the watch has seen, which it may see at any moment."""
    rows = desk.rows()
    return {**rows, "file_versions": [row for row in rows["file_versions"] if row[3]]}


def test_a_mistake_is_named_as_check_names_it_and_saved_only_when_told(desk: Desk, ana: Seat) -> None:
    """With line, caret and what to do, on the page that has what was typed; mended, it is saved."""
    page = ana.get(f"/edit/{CAMPAIGN}").text
    before, opened = desk.on_disk(CAMPAIGN), field(page, "opened")
    assert typed(page) == before
    assert "No check has found anything in what is saved" in page or "Checks" in page
    wrong = before.replace("to: [friends]", "to: [fiends]")
    answer = ana.post(f"/edit/{CAMPAIGN}", text=wrong.replace("\n", "\r\n"), opened=opened)
    assert answer.status_code == 422
    assert typed(answer.text) == wrong
    assert re.search(r'<textarea id="text"[^>]* aria-invalid="true" aria-describedby="text-hint error"', answer.text)
    assert desk.on_disk(CAMPAIGN) == before
    assert "1 new fault would stop something" in answer.text
    assert "Did you mean `friends`?" in unescape(answer.text)
    line = wrong[: wrong.index("fiends")].count("\n") + 1
    assert f'href="#line-{line}"' in answer.text
    assert f'<div class="line bad" id="line-{line}">' in answer.text
    assert f"<b>{line}</b>     to: [<mark>fiends</mark>]</pre>" in answer.text

    assert parted("from 10:00 to 14:00.", 15) == ("from 10:00 to ", "14:00", "."), "a time is one word"

    another = wrong.replace("start: 2026-12-01 10:00", "start: 2026-13-01 10:00")
    asked = ana.post(f"/edit/{CAMPAIGN}", text=another, opened=opened, anyway=field(answer.text, "anyway"))
    assert asked.status_code == 422, "what was agreed to is one fault, not another"
    saved = ana.post(f"/edit/{CAMPAIGN}", text=wrong, opened=opened, anyway=field(answer.text, "anyway"))
    assert saved.status_code == 303
    assert desk.on_disk(CAMPAIGN) == wrong
    page = ana.get(saved.headers["location"]).text
    assert "It has been saved." in page
    problems = check(desk.office.planner(), {}, desk.town.clock.now)
    mine = [each for each in problems if each.file == CAMPAIGN]
    assert mine
    for each in mine:
        assert unescape(page).count(each.message[1:]) >= 1, "as check says it"
    assert "has faults" in ana.get("/files").text
    assert desk.journal()[0] == f"Ana Gil: saved {CAMPAIGN}, which has {len(mine)} fault"
    assert ana.post(f"/edit/{CAMPAIGN}", text=before, opened=field(page, "opened")).status_code == 303
    assert desk.on_disk(CAMPAIGN) == before


def test_nobody_saves_over_another(desk: Desk, ana: Seat) -> None:
    """Both texts are shown, what was typed stays typed, and only who has seen the other can replace it."""
    before = desk.on_disk(ARTICLE)
    opened = field(ana.get(f"/edit/{ARTICLE}").text, "opened")
    theirs, mine = before.replace("hello", "good day"), before.replace("hello", "welcome")
    desk.town.write(ARTICLE, theirs)
    answer = ana.post(f"/edit/{ARTICLE}", text=mine, opened=opened)
    assert answer.status_code == 409
    assert desk.on_disk(ARTICLE) == theirs
    assert (typed(answer.text), typed(answer.text, "theirs")) == (mine, theirs)
    assert re.search(r"<del>.*good day", answer.text)
    assert re.search(r"<ins>.*welcome", answer.text)
    seen = field(answer.text, "opened")
    assert ana.post(f"/edit/{ARTICLE}", text=mine, opened=seen).status_code == 303
    assert desk.on_disk(ARTICLE) == mine
    same = ana.post(f"/edit/{ARTICLE}", text=mine, opened="of long ago")
    assert same.headers["location"].endswith("said=same"), "two who type the same do not disagree"
    desk.town.write(ARTICLE, before)


def test_what_was_typed_outlives_the_session(desk: Desk) -> None:
    """Signed out meanwhile, or with a form of an earlier session: not saved, and there to be copied."""
    ana = desk.sit(desk.hire("Ana the tired", Duty.EDITOR))
    text, form = "an hour's work </textarea> & more", desk.office.form_token(ana.session)
    ana.session = "ended"
    late = ana.client.post(f"/edit/{ARTICLE}", data={"text": text, "form": form}, headers={"Origin": ana.origin})
    assert (late.status_code, typed(late.text, "typed")) == (401, text)
    elsewhere = ana.client.post(f"/edit/{ARTICLE}", data={"text": text}, headers={"Origin": "https://evil.example"})
    assert text not in unescape(elsewhere.text)


def test_a_new_text_begins_where_it_is_missing(desk: Desk, ana: Seat) -> None:
    """The page of a file that is not there is empty; saving makes it. Lines end as before, blank ones stay."""
    path = "templates/news/hello/en/email.md"
    page = ana.get(f"/edit/{path}").text
    assert "There is no such file yet" in page
    text = desk.on_disk(ARTICLE)
    assert ana.post(f"/edit/{path}", text=text, opened="").status_code == 303
    assert desk.on_disk(path) == text
    file = desk.town.root / path
    file.chmod(0o640)
    file.write_bytes(f"\n{text}".replace("\n", "\r\n").encode())
    page = ana.get(f"/edit/{path}").text
    assert typed(page) == f"\n{text}"
    opened = field(page, "opened")
    assert ana.post(f"/edit/{path}", text=f"{text}More.\n", opened=opened).status_code in {303, 422}
    assert b"More.\r\n" in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o640
    file.unlink()


def test_a_fault_of_a_text_is_found_before_it_is_saved(desk: Desk, ana: Seat) -> None:
    """A fact that does not exist stops its announcement."""
    before = desk.on_disk(ARTICLE)
    opened = field(ana.get(f"/edit/{ARTICLE}").text, "opened")
    answer = ana.post(f"/edit/{ARTICLE}", text=before.replace("facts.colour", "facts.color"), opened=opened)
    assert answer.status_code == 422
    assert "Did you mean `colour`?" in unescape(answer.text)
    assert desk.on_disk(ARTICLE) == before


@pytest.mark.parametrize(
    "path",
    [
        "config/settings.yaml",
        "config/audiences/friends.csv",
        "templates/layouts/mail.html",
        "templates/../config/settings.yaml",
        "templates/news/%2e%2e/%2e%2e/config/settings.yaml",
        "campaigns/.hidden.yaml",
        "campaigns/news.yaml%00.md",
        "var/communique.sqlite",
        "templates/linked/secret.md",
        "campaigns/linked.yaml",
        "/etc/passwd",
    ],
)
def test_nothing_else_can_be_reached(desk: Desk, ana: Seat, path: str, tmp_path: Path) -> None:
    """Neither read nor written: settings, people, layouts, what lies outside, links."""
    outside = tmp_path / "secret.md"
    outside.write_text("a secret of somebody else", encoding="utf-8")
    for link, target in (("templates/linked", tmp_path), ("campaigns/linked.yaml", outside)):
        (desk.town.root / link).unlink(missing_ok=True)
        (desk.town.root / link).symlink_to(target)
    before = done_by_people(desk)
    for answer in (ana.get(f"/edit/{path}"), ana.post(f"/edit/{path}", text="mode: live", opened="")):
        assert answer.status_code == 404
        assert "a secret of somebody else" not in answer.text
    assert done_by_people(desk) == before
    assert outside.read_text(encoding="utf-8") == "a secret of somebody else"
    for link in ("templates/linked", "campaigns/linked.yaml"):
        (desk.town.root / link).unlink()


def test_files_that_are_no_texts_are_named(desk: Desk, ana: Seat) -> None:
    """Too large, other bytes than UTF-8, a disk that takes nothing: said clearly, and what was typed is there."""
    path = "templates/news/hello/en/odd.txt"
    desk.town.write(path, "x" * 300_000)
    assert "too large to be edited" in ana.get(f"/edit/{path}").text
    (desk.town.root / path).write_bytes("señor".encode("latin-1"))
    assert "not UTF-8" in ana.get(f"/edit/{path}").text
    (desk.town.root / path).unlink()
    long = ana.post(f"/edit/{path}", text="ñ" * 132_000, opened="")
    assert (long.status_code, typed(long.text)) == (422, "ñ" * 132_000)
    assert ana.post(f"/edit/{path}", text="ñ" * 900_000, opened="").status_code == 413
    folder = desk.town.root / "templates/news/full"
    folder.write_text("a file where a folder should be", encoding="utf-8")
    refused = ana.post("/edit/templates/news/full/en/article.md", text="my words", opened="")
    assert (refused.status_code, typed(refused.text, "typed")) == (409, "my words")
    folder.unlink()
    assert not [name for _, _, names in os.walk(desk.town.root / "templates") for name in names if name[0] == "."]


def test_who_may_read_and_who_may_write(desk: Desk) -> None:
    """Everybody at the desk reads; the duty of an editor writes, and no other."""
    opened = field(desk.sit(desk.hire("Eva Ruiz", Duty.EDITOR)).get(f"/edit/{ARTICLE}").text, "opened")
    for duty in (Duty.APPROVER, Duty.OPERATOR):
        seat = desk.sit(desk.hire(f"The other {duty}", duty))
        page = seat.get(f"/edit/{ARTICLE}").text
        assert ("<textarea" in page, page.count("headline: Hello")) == (False, 1)
        assert "duty of an editor" in page
        assert seat.post(f"/edit/{ARTICLE}", text="mine", opened=opened).status_code == 403


def test_nobody_approves_an_own_edit(town: Town) -> None:
    """Where two are asked: not before others have approved a later state, and only of what the edit changed."""
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    town.add()
    town.invite("ana", "ben")
    town.clock.turn(days=-1)
    with desk_of(town) as desk:
        ana, ben, eva = (desk.sit(desk.hire(each, Duty.EDITOR, Duty.APPROVER)) for each in ("Ana Gil", "Ben", "Eva"))

        def edit(seat: Seat, path: str, old: str, new: str) -> None:
            page = seat.get(f"/edit/{path}").text
            text = typed(page)
            assert old in text
            saved = seat.post(f"/edit/{path}", text=text.replace(old, new), opened=field(page, "opened"))
            assert saved.status_code == 303, saved.text
            town.clock.turn(minutes=1)

        def approves(seat: Seat, announcement: str = "hello") -> bool:
            page = f"/announcement/news/{announcement}/once"
            digest = field(seat.get(page).text, "digest")
            town.clock.turn(minutes=1)
            return seat.post(f"{page}/approve", digest=digest).status_code == 303

        edit(ana, ARTICLE, "hello.", "welcome.")
        page = ana.get("/announcement/news/hello/once").text
        assert ("nobody approves an own edit" in page, "Who can: Ben, Eva." in page) == (True, True)
        assert "too few" not in page
        assert [approves(each) for each in (ana, ben, eva)] == [False, True, True]
        assert town.standing().reason == ""
        edit(ben, ARTICLE, "welcome.", "welcome all.")
        assert [approves(each) for each in (ben, ana, eva)] == [False, True, True]
        edit(eva, CAMPAIGN, "start + 1 hours", "start + 2 hours")
        assert approves(eva, "goodbye") is False
        edit(ben, "templates/news/goodbye/en/article.md", "hello.", "goodbye.")
        assert [approves(each, "goodbye") for each in (ben, ana)] == [False, True]
        assert "too few have not edited it" in ana.get("/announcement/news/goodbye/once").text  # both others have
        edit(ana, ARTICLE, "welcome all.", "welcome.")  # as it was approved before
        assert town.standing().reason == ""
        edit(ana, ARTICLE, "welcome.", "good day.")
        assert [approves(each) for each in (ana, eva)] == [False, True], "Eva's edit was of another announcement"


def test_what_is_being_typed_is_looked_at(desk: Desk, ana: Seat) -> None:
    """As on saving, without filling texts; nothing is written. Columns, words and remedy are those of check."""
    text = desk.on_disk(CAMPAIGN).replace("to: [friends]", "to: [fiends]")
    before = done_by_people(desk)
    answer = ana.post(f"/check/{CAMPAIGN}", text=text).json()
    assert answer["said"] == "1 fault or warning so far. It is marked in the text."
    (problem,) = answer["problems"]
    assert (problem["line"], problem["column"]) == (12, 10)
    assert "Did you mean `friends`?" in problem["hint"]
    assert ana.post(f"/check/{ARTICLE}", text="{{ facts.color }}").json()["problems"]
    assert ana.post("/check/config/settings.yaml", text="mode: live").status_code == 404
    assert done_by_people(desk) == before
    keys = ana.get("/schema/campaign.json").json()["properties"]
    assert all(each["description"] for each in keys.values())
    marta = desk.sit(desk.hire("Marta", *Duty, language="es"))
    address = re.search(r'data-schema="([^"]+)"', marta.get(f"/edit/{CAMPAIGN}").text)
    assert address is not None
    announcements = marta.get(unescape(address[1])).json()["properties"]["announcements"]
    when = next(iter(announcements["patternProperties"].values()))["properties"]["when"]
    assert when["description"].startswith("Cuándo sale: una fecha y hora locales")
    assert when["patternErrorMessage"].startswith("Se esperaba una fecha y hora")


def test_who_saves_a_campaign_is_answered_before_all_its_texts_are_looked_at(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed is looked at first; the rest follows, and the page has it then, with nothing done by anybody."""
    text = (town.root / CAMPAIGN).read_text(encoding="utf-8")
    one = text[text.index("  hello:") :]
    (town.root / CAMPAIGN).write_text(text + "".join(one.replace("hello:", f"more-{n}:", 1) for n in range(AT_ONCE)))
    filled: list[str] = []

    def noted(workspace: Workspace, channels: Channels, occasion: Occasion) -> Preflight:
        filled.append(occasion.announcement)
        return preflight(workspace, channels, occasion)

    with desk_of(town) as desk:
        ana = desk.sit(desk.hire("Ana Gil", Duty.EDITOR))
        checks = FileChecks(desk.office)
        monkeypatch.setattr("communique.plan.preflight.preflight", noted)
        before = (town.root / CAMPAIGN).read_bytes()
        assert checks.now(CAMPAIGN, before).left == {"hello", "more-0", "more-1"}
        assert filled == [], "too many to wait for"
        _, after = checks.both(CAMPAIGN, before, before + b"# nothing new\n")
        assert (filled, len(after.left)) == ([], 3), "a remark changes no announcement"
        changed = before.replace(b"more-1:\n    when: start", b"more-1:\n    when: start + 1 hours")
        was, after = checks.both(CAMPAIGN, before, changed)
        assert (filled, was.left, after.left) == (["more-1"] * 2, {"hello", "more-0"}, {"hello", "more-0"})

        assert "still being looked at" in ana.get(f"/edit/{CAMPAIGN}").text
        checks.follow(CAMPAIGN)
        assert checks.now(CAMPAIGN, before).is_whole
        assert {each.code for each in checks.now(CAMPAIGN, before).problems} >= {"missing-template"}
        wait_until(lambda: "still being looked at" not in ana.get(f"/edit/{CAMPAIGN}").text, "the page to say all")
        assert "more-1/en/article.md" in ana.get(f"/edit/{CAMPAIGN}").text
