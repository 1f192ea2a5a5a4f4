"""Who comes to the desk: the first by a link that the service says, others by invitation, and nobody by guessing."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from communique.store import officers
from communique.store.officers import Duty
from communique.web.desk import passwords
from tests.desk import PASSWORD, Desk, desk_of
from tests.workspaces import Town


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """On both databases."""
    with desk_of(town) as made:
        yield made


def test_somebody_begins_signs_out_and_in_again(desk: Desk) -> None:
    """The link that is said opens once; whoever opens it is the first, and may do everything."""
    (said,) = desk.said
    link = urlsplit(said.split()[-1]).path
    seat = desk.seat()
    assert seat.get("/").headers["location"] == "/sign-in"
    for _scanner in range(2):
        assert "Your name" in seat.get(link).text
    assert "too short" in seat.post(link, name="Ana Gil", password="short").text
    assert "must not stand" in seat.post(link, name="Ana Gil", password="ana gil 1234567").text
    begun = seat.post(link, name="Ana Gil", password=PASSWORD)
    assert (begun.status_code, begun.headers["location"]) == (303, "/")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(begun.headers["set-cookie"].split("; "))
    assert "Ana Gil" in seat.get("/").text
    for path in (link, desk.path_of_link(None)):
        assert desk.seat().get(path).status_code == 404  # somebody works here
    with desk.town.database.reading() as connection:
        (ana,) = officers.everybody(connection)
    assert ana.duties == set(Duty)
    assert PASSWORD not in str(desk.rows())
    assert seat.session not in str(desk.rows())

    token = seat.session
    assert seat.post("/sign-out").headers["location"] == "/sign-in"
    seat.session = token
    assert seat.get("/").status_code == 303  # it has ended in the ledger, too
    other = desk.seat()
    assert other.post("/sign-in", name="ana  GIL", password="wrong horse battery").status_code == 422
    assert (
        other.post("/sign-in", name="ana  GIL", password=PASSWORD, to="//evil.example/x")
        .headers["location"]
        .startswith("/evil.example")
    )
    assert other.get("/").status_code == 200
    assert desk.journal()[0] == "Ana Gil: signed in at the desk"


def test_another_password_ends_every_session(desk: Desk) -> None:
    """But for the one in which it was chosen, which begins anew."""
    ben = desk.hire("Ben", Duty.EDITOR)
    with desk.town.database.begin() as connection:
        officers.set_password(connection, ben, passwords.hashed(PASSWORD))
    here, there = desk.sit(ben), desk.sit(ben)
    assert here.post("/password", present="wrong", password="another horse battery").status_code == 422
    assert there.get("/").status_code == 200
    before = here.session
    assert here.post("/password", present=PASSWORD, password="another horse battery").status_code == 303
    assert here.session != before
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 303)


def test_sessions_and_links_end(desk: Desk) -> None:
    """After two hours in which nobody did anything, after a working day, after three days, and with the person."""
    ben = desk.hire("Ben", Duty.EDITOR)
    link, seat = desk.path_of_link(ben), desk.sit(ben)
    for _ in range(7):
        desk.town.clock.turn(hours=1.6)
        assert seat.get("/password").status_code == 200
    desk.town.clock.turn(hours=1.6)
    assert seat.get("/password").status_code == 303
    idle = desk.sit(ben)
    desk.town.clock.turn(hours=2.1)
    assert idle.get("/password").status_code == 303
    desk.town.clock.turn(days=3)
    assert desk.seat().get(link).status_code == 404
    leaving, link = desk.sit(ben), desk.path_of_link(ben)
    with desk.town.database.begin() as connection:
        officers.end(connection, ben, desk.town.clock.now)
    assert leaving.get("/password").status_code == 303
    assert desk.seat().get(link).status_code == 404


def test_guessing_gets_nowhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten wrong tries close a name for a quarter of an hour, whoever has it or nobody; both take the same work."""
    ana = desk.hire("Ana", Duty.EDITOR)
    work = []
    monkeypatch.setattr(passwords, "fits", lambda password, kept: work.append(bool(kept)) or password == PASSWORD)
    with desk.town.database.begin() as connection:
        officers.set_password(connection, ana, passwords.hashed(PASSWORD))
    seat = desk.seat()
    for name in ("Ana", "Zoe"):
        answers = [seat.post("/sign-in", name=name, password=f"wrong {number}") for number in range(11)]
        assert [each.status_code for each in answers] == [422] * 10 + [429]
        assert int(answers[-1].headers["retry-after"]) == 900
    assert work == [True] * 10 + [False] * 10
    assert seat.post("/sign-in", name="ANA", password=PASSWORD).status_code == 429
    desk.town.clock.turn(minutes=16)
    assert seat.post("/sign-in", name="ANA", password=PASSWORD).status_code == 303
    kept = str(desk.rows()["limits"])
    assert "127.0.0" not in kept
    assert "zoe" not in kept.lower()


def test_the_cookie_is_bound_to_https_where_the_desk_has_it(desk: Desk) -> None:
    """`__Host-`: no other host, no other path, never in clear; and the desk answers to its own name only."""
    desk.town.settings("mode: live", "mode: live\ndesk: {address: https://desk.example.org}")
    ana = desk.hire("Ana", Duty.EDITOR)
    link = desk.path_of_link(ana, timedelta(hours=1))
    seat = desk.seat()
    own = {"Host": "desk.example.org", "Origin": "https://desk.example.org"}
    begun = seat.client.post(link, data={"password": PASSWORD}, headers=own)
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-desk=")
    assert "Secure" in cookie
    assert seat.client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 421
    assert desk.office.link("x").startswith("https://desk.example.org/begin/")
