"""Officers sign in by the town hall's own accounts: at a real provider, which now and then lies."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from communique.channel import Secret
from communique.doctor.finding import Finding, Level
from communique.doctor.provider_checks import provider as examine
from communique.openid.provider import provider_of
from communique.store.desk import officers
from communique.store.desk.officers import Duty
from tests.counterparts.browser import barriers, running_chromium
from tests.counterparts.openid_provider import CLIENT, SECRET, OpenIDProvider, running_openid_provider
from tests.desk import PASSWORD, Desk, Seat, desk_of
from tests.workspaces import SETTINGS, build

pytestmark = pytest.mark.counterpart
_OPENID = """\
desk:
  sign_in: [{ways}]
  openid:
    name: the town hall
    issuer: {issuer}
    client_id: {client}
    client_secret: DESK_SECRET
    {more}
"""


@dataclass
class Door:
    """A desk, and the provider that vouches for its officers."""

    desk: Desk
    provider: OpenIDProvider

    def open(self, ways: str = "password, openid", more: str = "") -> None:
        """As the settings have it from now on; the provider is honest again."""
        self.provider.tell()
        written = _OPENID.format(ways=ways, issuer=self.provider.issuer, client=CLIENT, more=more)
        if (self.desk.town.root / "config/settings.yaml").read_text(encoding="utf-8") != SETTINGS + written:
            self.desk.town.write("config/settings.yaml", SETTINGS + written)
        self.desk.town.clock.now = datetime.now(UTC)  # the provider's

    def set_out(self, seat: Seat, to: str = "") -> str:
        """Press the button; where the page leads."""
        answer = seat.post("/sign-in/openid", to=to)
        assert answer.status_code == 200, answer.text
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
        assert found, answer.text
        return html.unescape(found[1])

    def way_back(self, seat: Seat, name: str, to: str = "") -> str:
        """Be somebody at the provider; the path it sends the browser back to."""
        return self.provider.sign_in(self.set_out(seat, to), name).removeprefix(self.desk.address)

    def come(self, name: str, seat: Seat | None = None) -> tuple[Seat, httpx.Response]:
        """The whole way."""
        seat = seat or self.desk.seat()
        return seat, seat.get(self.way_back(seat, name))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One for all of it."""
    town = build(tmp_path_factory.mktemp("town"))
    town.variables["DESK_SECRET"] = SECRET
    town.clock.now = datetime.now(UTC)
    with running_openid_provider() as provider, desk_of(town) as desk:
        provider.lets_back_to(f"{desk.address}/sign-in/openid")
        made = Door(desk, provider)
        desk.hire("Ana Gil", Duty.EDITOR, address="Ana@example.org")
        made.open()
        yield made
    town.database.close()


def test_somebody_signs_in_by_their_account_and_stays_themselves(door: Door) -> None:
    """Known by the address the first time, and by the account from then on; the way back opens once."""
    door.open()
    seat = door.desk.seat()
    page = seat.get("/sign-in?to=files").text
    assert "Sign in with the town hall" in page
    asked = parse_qs(urlsplit(door.set_out(seat)).query)
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == (
        ["code"],
        ["S256"],
        ["openid profile email"],
    )
    back = door.way_back(seat, "ana@example.org", to="files?x=1")
    onward = seat.client.cookies.get("desk-onward")
    assert onward not in str(door.desk.rows())
    answer = seat.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/files?x=1"), answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert all({"HttpOnly", "Path=/", "SameSite=lax"} <= set(each.split("; ")) for each in cookies)
    assert "Ana Gil" in seat.get("/").text
    assert door.desk.journal()[:2] == [
        "Ana Gil: signed in at the desk by the town hall",
        "Ana Gil: was recognised by an account of the town hall, which is theirs from now on",
    ]
    before = seat.session
    door.come("ana@example.org", seat)
    assert seat.session != before
    assert len(door.desk.rows()["desk_sessions"]) == 1

    again = door.desk.seat()
    again.client.cookies.set("desk-onward", onward, domain="127.0.0.1", path="/")
    assert again.get(back).status_code == 403  # replayed, with everything that browser had
    assert "desk=" not in str(again.client.cookies)

    door.provider.tell(accounts={"ana@example.org": {"email": "new.name@example.org"}})
    assert door.come("ana@example.org")[1].status_code == 303
    successor = {"email": "ana@example.org", "name": "Another Ana"}
    door.provider.tell(accounts={"second@example.org": successor})
    _, refused = door.come("second@example.org")
    assert (refused.status_code, "signs in by another account" in refused.text) == (403, True)
    door.provider.tell(accounts={"ana@example.org": {"email": "ana@example.org"}})

    out = seat.post("/sign-out").headers["location"]
    page = html.unescape(seat.get(out).text)
    assert f'href="{door.provider.issuer}/session/end?client_id={CLIENT}"' in page


def test_the_way_back_leads_nowhere_else(door: Door) -> None:
    """Whatever a link to the sign-in page says."""
    door.open()
    seat = door.desk.seat()
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"):
        location = seat.get(door.way_back(seat, "ana@example.org", target)).headers["location"]
        assert urlsplit(location).netloc == ""
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


def test_a_token_that_cannot_be_believed_lets_nobody_in(door: Door) -> None:
    """Of another browser, provider or client, too old, unsigned, signed by what is no secret, or by another's key."""
    door.open()
    seat = door.desk.seat()
    lies: list[dict[str, Any]] = [
        {"claims": {"nonce": "another browser's"}},
        {"claims": {"iss": "https://sso.example.net"}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
        {"claims": {"exp": 1_000_000_000}},
        {"claims": {"at_hash": "of another token"}},
        {"alg": "none"},
        {"alg": "HS256", "secret": SECRET},
        {"alg": "another"},
    ]
    for lie in lies:
        door.provider.tell(lie=lie)
        _, answer = door.come("ana@example.org", seat)
        assert (answer.status_code, "cannot be believed" in answer.text) == (403, True), lie
        assert seat.get("/").status_code == 303, lie


def test_an_answer_that_is_not_to_this_browser_lets_nobody_in(door: Door) -> None:
    """Another's code (login CSRF), another state, another provider's answer (RFC 9207), none at all, or too late."""
    door.open()
    own, others = door.desk.seat(), door.desk.seat()
    back, stolen = door.way_back(own, "ana@example.org"), door.way_back(others, "ana@example.org")
    assert own.get(stolen).status_code == 403
    assert own.get(back).status_code == 404  # and the browser has nothing any more by which it is known
    assert door.desk.seat().get(stolen).status_code == 404

    def changed(**query: str) -> httpx.Response:
        seat = door.desk.seat()
        parts = urlsplit(door.way_back(seat, "ana@example.org"))
        known = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return seat.get(f"{parts.path}?{urlencode({**known, **query})}")

    assert "too long" in changed(state="x").text
    assert "cannot be believed" in changed(iss="https://sso.example.net").text
    assert "too long" in changed(code="another").text
    assert "did not sign in there" in changed(error="access_denied").text
    late = door.desk.seat()
    path = door.way_back(late, "ana@example.org")
    door.desk.town.clock.turn(minutes=11)
    assert "too long" in late.get(path).text
    assert door.desk.seat().get("/").status_code == 303


def test_the_provider_changes_its_keys_and_is_another_than_it_says(door: Door) -> None:
    """A new key is asked for; whoever does not name itself as the settings do is not the provider."""
    door.open()
    door.desk.town.clock.turn(minutes=2)  # keys that are not known are asked for once a minute
    door.provider.tell(key="second")
    assert door.come("ana@example.org")[1].status_code == 303
    door.provider.tell(lie={"issuer": "https://sso.example.net"})
    assert door.come("ana@example.org")[1].status_code == 303  # what it said this morning holds
    door.desk.town.clock.turn(hours=13)
    door.provider.tell(lie={"issuer": "https://sso.example.net"})
    assert door.desk.seat().post("/sign-in/openid").status_code == 503
    door.provider.tell()
    assert door.desk.seat().post("/sign-in/openid").status_code == 503  # nobody waits again at once
    door.desk.town.clock.turn(seconds=11)
    assert door.desk.seat().post("/sign-in/openid").status_code == 200
    door.provider.tell(lie={"issuer": "https://sso.example.net"})

    settings = door.desk.office.settings.desk.openid
    assert settings is not None

    def examined(**secrets: Secret) -> Finding:
        return examine(provider_of(settings, secrets.get, door.desk.town.clock))

    assert "expected the issuer" in examined(DESK_SECRET=Secret(SECRET)).found
    door.provider.tell()
    assert examined(DESK_SECRET=Secret(SECRET)).level is Level.OK
    assert "expected the secret" in examined().found


def test_a_provider_that_says_something_else_than_the_standard_lets_nobody_in(door: Door) -> None:
    """Of another person, nothing at all, no JSON, or what is no address: a page says which, and nobody waits."""
    door.open()
    door.provider.tell(settings={"conform": True})  # who somebody is, its userinfo says
    for path, said, status, told in (
        ("/me", {"sub": "somebody else"}, 403, "cannot be believed"),
        ("/me", {"email": None}, 403, "do not work at this desk"),
        ("/me", [1], 503, "cannot be asked now"),
        ("/me", "no JSON", 503, "cannot be asked now"),
        ("/token", {"id_token": None}, 403, "cannot be believed"),
        ("/token", "no JSON", 503, "cannot be asked now"),
    ):
        door.provider.tell(lie={"says": {path: said}})
        seat, answer = door.come("ana@example.org")
        assert (answer.status_code, told in answer.text) == (status, True), (path, said, answer.text)
        assert seat.get("/").status_code == 303
    door.provider.tell(settings={"conform": False})
    discovery = "/.well-known/openid-configuration"
    for path, said in (
        ("/jwks", {"keys": 3}),
        ("/jwks", [1]),
        (discovery, {"token_endpoint": "ftp://sso.example.net"}),
        (discovery, {"jwks_uri": None}),
        (discovery, {"userinfo_endpoint": "javascript:alert(1)"}),
    ):
        door.desk.town.clock.turn(hours=13)
        seat = door.desk.seat()
        if path != discovery:
            back = door.way_back(seat, "ana@example.org")
        door.provider.tell(lie={"says": {path: said}})
        answer = seat.post("/sign-in/openid") if path == discovery else seat.get(back)
        assert (answer.status_code, "cannot be asked now" in answer.text) == (503, True), (path, said, answer.text)


def test_strangers_and_addresses_that_nobody_has_confirmed_stay_outside(door: Door) -> None:
    """Unless the settings trust the provider's word for an address; what it says only by its userinfo counts, too."""
    door.open()
    assert "do not work at this desk" in door.come("stranger@example.org")[1].text
    door.provider.tell(accounts={"ben@example.org": {"email_verified": False}})
    door.desk.hire("Ben", Duty.APPROVER, address="ben@example.org", language="es")
    assert "not confirmed there" in door.come("ben@example.org")[1].text
    seat = door.desk.seat()
    seat.client.headers["Accept-Language"] = "es"
    assert "no está confirmada" in door.come("ben@example.org", seat)[1].text
    door.open(more="trusts_email: true")
    assert door.come("ben@example.org")[1].status_code == 303
    door.open()
    door.provider.tell(settings={"conform": True})
    assert door.come("ana@example.org")[1].status_code == 303
    door.provider.tell(settings={"conform": False})


def test_groups_decide_who_works_here(door: Door) -> None:
    """With the duties of their groups, each time they sign in anew; a name that somebody has is nobody else's."""
    door.desk.hire("The operator", Duty.OPERATOR)
    door.open(more="groups: {duties: {desk-editors: [editor], desk-heads: [approver, operator]}}")
    mia = {"name": "Mia Sol", "groups": ["staff", "desk-heads", "desk-editors"]}
    door.provider.tell(
        accounts={"mia@example.org": mia, "zoe@example.org": {"name": "mia  SOL", "groups": mia["groups"]}}
    )
    seat, answer = door.come("mia@example.org")
    assert answer.status_code == 303
    with door.desk.town.database.reading() as connection:
        found = officers.by_address(connection, "mia@example.org")
    assert found is not None
    assert (found.name, found.duties) == ("Mia Sol", set(Duty))
    assert "has your name" in door.come("zoe@example.org")[1].text
    assert "none of your groups" in door.come("stranger@example.org")[1].text
    door.provider.tell(accounts={"mia@example.org": {**mia, "groups": ["desk-editors"]}})
    door.come("mia@example.org")
    assert "Mia Sol: became editor at the desk by their groups" in door.desk.journal()
    assert seat.post("/people", name="x", duty="editor").status_code == 403  # in the session she has, too


def test_passwords_and_mailed_links_can_be_turned_off(door: Door) -> None:
    """A link that an operator hands over opens still: for the day on which the provider is away."""
    ida = door.desk.hire("Ida", Duty.EDITOR, address="ida@example.org")
    door.open(ways="openid")
    seat, link = door.desk.seat(), door.desk.path_of_link(ida)
    page = seat.get("/sign-in").text
    assert ("password" in page, "sign-in-link" in page, "/sign-in/openid" in page) == (False, False, True)
    assert "by a password" in seat.post("/sign-in", name="Ida", password=PASSWORD).text
    assert "password" not in seat.get(link).text
    assert seat.post(link).status_code == 303
    assert "/password" not in seat.get("/").text
    assert seat.post("/password", password=PASSWORD).status_code == 422
    with door.desk.town.database.reading() as connection:
        kept = officers.by_id(connection, ida.id)
    assert kept is not None
    assert kept.password == ""
    door.open(ways="password")
    assert door.desk.seat().post("/sign-in/openid").status_code == 404


def test_a_browser_goes_there_and_back(door: Door) -> None:
    """Without script and with one, past the policy of the page: in Debian's Chromium."""
    door.open()
    with running_chromium() as browser:
        page = browser.new_page()
        page.goto(f"{door.desk.address}/files")
        assert barriers(page) == []
        page.get_by_role("button", name="Sign in with the town hall").click()
        page.locator("input[name=login]").fill("ana@example.org")
        page.locator("input[name=password]").fill("anything")
        page.get_by_role("button").click()
        page.wait_for_url(f"{door.desk.address}/files")
        assert page.get_by_text("Ana Gil").is_visible()
