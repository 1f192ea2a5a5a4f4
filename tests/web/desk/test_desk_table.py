"""Every page of the desk by every method, by everybody, with forms of ours and of others: by the table."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.web.desk.desk_server import desk_table
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office
from tests.desk import Desk, Seat, desk_of
from tests.workspaces import START, Town, build

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
#: What a browser says of a form that no page of the desk has sent.
FROM_ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "{own}"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
)
_NAMED = {
    "token": "x",
    "campaign": "news",
    "announcement": "hello",
    "occurrence": "once",
    "channel": "email",
    "language": "en",
    "path": "campaigns/news.yaml",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One town for all of it: nothing may change."""
    town = build(tmp_path_factory.mktemp("town"))
    with desk_of(town) as made:
        yield made
    town.database.close()


@pytest.fixture(scope="module")
def seats(desk: Desk) -> dict[str, Seat]:
    """Nobody, and one for each duty."""
    found = {str(duty): desk.sit(desk.hire(f"The {duty}", duty)) for duty in Duty}
    return {"nobody": desk.seat(), **found}


def table() -> list[DeskPage]:
    """All pages; nothing of them is called."""
    return list(desk_table(Office(Town(root=Path("nowhere")).installation, lambda: START)).table)


def path_of(page: DeskPage) -> str:
    """With something in its places."""
    return "/" + re.sub(r"\{(\w+)(:\w+)?\}", lambda found: _NAMED.get(found[1], "1"), page.path)


def asked(seat: Seat, method: str, path: str) -> httpx.Response:
    """An answer; of one without an end its beginning."""
    with seat.client.stream(method, path) as answer:
        if "event-stream" not in answer.headers.get("content-type", ""):
            answer.read()
    return answer


every_page = pytest.mark.parametrize("page", table(), ids=lambda page: page.path or "/")


def test_the_pages_are_these() -> None:
    """A new one must be thought about: who may look, and who may act."""
    assert [(page.path, page.is_open, sorted(page.to_see), sorted(page.duties)) for page in table()] == [
        ("sign-in", True, [], []),
        ("sign-in-link", True, [], []),
        ("begin/{token}", True, [], []),
        ("sign-out", False, [], []),
        ("password", False, [], []),
        ("language", False, [], []),
        ("sign-in/openid", True, [], []),
        ("sessions", False, [], []),
        ("", False, [], []),
        ("announcement/{campaign}/{announcement}/{occurrence}", False, [], []),
        ("announcement/{campaign}/{announcement}/{occurrence}/approve", False, [], ["approver"]),
        ("announcement/{campaign}/{announcement}/{occurrence}/changes", False, [], ["approver"]),
        ("preview/{campaign}/{announcement}/{occurrence}/{channel}/{language}/{view}", False, [], []),
        ("sent/{campaign}/{announcement}/{occurrence}", False, [], []),
        ("sent/{campaign}/{announcement}/{occurrence}/{number}/{view}", False, [], []),
        ("test/{campaign}/{announcement}/{occurrence}", False, [], ["approver", "editor", "operator"]),
        ("calendar", False, [], []),
        ("calendar/{token}.ics", True, [], []),
        ("live", False, [], []),
        ("live/pause", False, [], ["operator"]),
        ("live/resume", False, [], ["operator"]),
        ("live/resume-announcement", False, [], ["operator"]),
        ("live/settle", False, [], ["operator"]),
        ("live/again", False, [], ["operator"]),
        ("live/done", False, [], ["editor", "operator"]),
        ("cancel/{campaign}/{announcement}/{occurrence}", False, [], ["operator"]),
        ("cancel/{campaign}/{announcement}/{occurrence}/undo", False, [], ["operator"]),
        ("correct/{campaign}/{announcement}/{occurrence}", False, [], []),
        ("correct/{campaign}/{announcement}/{occurrence}/words", False, [], ["editor"]),
        ("correct/{campaign}/{announcement}/{occurrence}/approve", False, [], ["approver"]),
        ("correct/{campaign}/{announcement}/{occurrence}/changes", False, [], ["approver"]),
        ("correct/{campaign}/{announcement}/{occurrence}/preview/{channel}/{language}", False, [], []),
        ("withdraw/{campaign}/{announcement}/{occurrence}", False, [], ["approver"]),
        ("withdraw/{campaign}/{announcement}/{occurrence}/look", False, [], ["approver"]),
        ("answers", False, ["editor", "operator"], []),
        ("answers/{meeting}.csv", False, ["editor", "operator"], []),
        ("answers/settle", False, ["editor", "operator"], ["editor", "operator"]),
        ("files", False, [], ["editor"]),
        ("schema/campaign.json", False, [], []),
        ("schema/process.json", False, [], []),
        ("check/{path:path}", False, [], ["editor"]),
        ("edit/{path:path}", False, [], ["editor"]),
        ("milestones/{campaign}", False, [], ["editor"]),
        ("milestones/{campaign}/look", False, [], ["editor"]),
        ("history/{path:path}", False, [], []),
        ("delete/{path:path}", False, [], ["editor"]),
        ("rename/{path:path}", False, [], ["editor"]),
        ("pictures/{campaign}", False, [], ["editor"]),
        ("documents", False, [], ["editor"]),
        ("upload/{path:path}", False, [], []),
        ("upload-history/{path:path}", False, [], ["editor"]),
        ("people", False, [], ["operator"]),
        ("people/link", False, [], ["operator"]),
        ("people/duties", False, [], ["operator"]),
        ("people/end", False, [], ["operator"]),
        ("journal", False, [], []),
        ("evidence.zip", False, [], []),
        ("help", False, [], []),
        ("changes", False, [], []),
        ("style.css", True, [], []),
        ("live.js", True, [], []),
        ("edit.js", True, [], []),
        ("editor.js", True, [], []),
    ]


@every_page
def test_who_may_look(desk: Desk, seats: dict[str, Seat], page: DeskPage) -> None:
    """Whoever is not signed in is led to where they sign in; nobody changes anything by looking."""
    before = desk.rows()
    for name, seat in seats.items():
        for method in METHODS:
            if method == "POST" and page.act is not None:
                continue
            answer = asked(seat, method, path_of(page))
            if method not in page.methods:
                assert answer.status_code == 405, (name, method)
            elif page.is_open:
                assert answer.status_code in {200, 303, 404}
            elif name == "nobody":
                assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
            else:
                may = not page.to_see or name in page.to_see
                assert (answer.status_code == 403) is not may, name
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert answer.headers["referrer-policy"] == "same-origin"
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
            if method == "GET" and answer.status_code == 200 and "html" in answer.headers["content-type"]:
                assert answer.headers["cache-control"] == "no-store"
                policy = answer.headers["content-security-policy"]
                assert policy.startswith("default-src 'none'")
                scripts = [each for each in policy.split("; ") if each.startswith(("script-src", "connect-src"))]
                if page.path.startswith("preview/"):  # what an officer wrote: alone, and only in the desk's frames
                    assert {"sandbox", "frame-ancestors 'self'"} <= set(policy.split("; "))
                    assert scripts == []
                else:
                    assert "'unsafe" not in policy
                    assert scripts == ["script-src 'self'", "connect-src 'self'"]
                    assert not re.search(r"<script(?! src=\"/)|\son\w+=|style=", answer.text), "nothing inline"
                    assert "frame-ancestors 'none'" in policy
    assert desk.rows() == before


@every_page
def test_who_may_act(desk: Desk, seats: dict[str, Seat], page: DeskPage) -> None:
    """Forms of others, of another session, without a sign and of who may not: refused, and nothing has changed."""
    if page.act is None:
        return
    before, path = desk.rows(), path_of(page)
    for name, seat in seats.items():
        own = {"form": desk.office.form_token(seat.session)} if seat.session else {}
        for headers in FROM_ELSEWHERE:
            said = {key: value.format(own=seat.origin) for key, value in headers.items()}
            assert seat.client.post(path, data=own, headers=said).status_code == 403, (name, headers)
        if page.is_open:
            continue
        others = desk.office.form_token("another session")
        for form in ({}, {"form": "x"}, {"form": others}):
            answer = seat.client.post(path, data=form, headers={"Origin": seat.origin})
            assert answer.status_code == (401 if name == "nobody" else 403), (name, form)
        if name != "nobody" and page.duties and name not in page.duties:
            assert seat.post(path).status_code == 403, name
    assert desk.rows() == before


@every_page
def test_an_address_with_one_slash_too_many_is_no_way_around(
    desk: Desk, seats: dict[str, Seat], page: DeskPage
) -> None:
    """Whoever is not signed in sees and changes nothing by it, and nobody is led to the host that they name."""
    path, seat = path_of(page), seats["nobody"]
    before = desk.rows()
    for wrong in (f"{path}/", f"/{path}"):
        if page.path and "{path" not in page.path:
            assert asked(seat, "GET", f"{seat.origin}{wrong}").status_code == 404, wrong
        answer = seat.client.post(f"{seat.origin}{wrong}", headers={"Origin": seat.origin})
        assert answer.status_code in {401, 403, 404, 405}, wrong
        named = seat.client.get(f"{seat.origin}{wrong}", headers={"Host": "evil.example"})
        assert (named.status_code in {404, 405, 421}, "evil.example" in f"{named.headers}{named.text}") == (True, False)
    assert desk.rows() == before


def test_what_is_served_is_compressed_and_kept(desk: Desk, seats: dict[str, Seat]) -> None:
    """Files for good, at an address with a hash; a page only when the desk or the person asked for it (BREACH)."""
    seat = seats["editor"]
    page = seat.get("/edit/campaigns/news.yaml").text
    files = re.findall(r'(?:href|src|data-editor)="(/[\w.]+\?v=\w+)"', page)
    assert {each.partition("?")[0] for each in files} == {"/style.css", "/live.js", "/edit.js", "/editor.js"}
    for file in files:
        found = seat.get(file)
        assert found.headers["content-encoding"] == "gzip"
        assert found.headers["cache-control"] == "private, max-age=31536000, immutable"
        older = seat.get(file.partition("?")[0] + "?v=older")
        assert older.headers["cache-control"] == "private, max-age=3600"
        plain = seat.client.get(file, headers={"Accept-Encoding": "gzip;q=0"})
        assert "content-encoding" not in plain.headers
        assert plain.content == found.content == older.content
    for asked_from, zips in (("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)):
        shown = seat.client.get("/", headers={"Sec-Fetch-Site": asked_from})
        assert ("content-encoding" in shown.headers) is zips
        assert "</html>" in shown.text
    assert "content-encoding" not in seat.get("/").headers


def test_a_page_that_is_not_there_or_cannot_be_made_says_so_in_the_desks_own_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the menu of whoever is signed in, in their language; what broke is for the log."""
    eva = desk.sit(desk.hire("Eva", Duty.EDITOR, language="es"))
    lost = eva.get("/no/such/page")
    assert (lost.status_code, "Aquí no hay ninguna página" in lost.text, 'href="/files"' in lost.text) == (
        404,
        True,
        True,
    )
    assert 'href="/files"' not in desk.seat().get("/no/such/page").text
    assert lost.headers["content-security-policy"].startswith("default-src 'none'")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(officers, "everybody", broken)
    made = eva.get("/people")
    assert (made.status_code, "La página no se ha podido mostrar" in made.text) == (500, True)
    assert "ZeroDivisionError" not in made.text
