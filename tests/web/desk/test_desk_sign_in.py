"""Who comes to the desk: the first by a link that the service says, others by invitation, and nobody by guessing."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event, Semaphore
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher

from communique.channel import Mail, Message, TemporaryError
from communique.letters.sign_in_links import SignInLinks
from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.web.desk import passwords
from communique.web.desk.asking import inside
from tests.desk import PASSWORD, Desk, Seat, desk_of
from tests.forked import Forked
from tests.single_delivery import failing
from tests.workspaces import SETTINGS, Town


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
    assert "must not contain your name" in seat.post(link, name="Ana Gil", password="ana gil 1234567").text
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
    assert seat.post("/sign-out").headers["location"] == "/sign-in?said=signed_out"
    seat.session = token
    assert seat.get("/").status_code == 303  # it has ended in the ledger, too
    assert ["Your session is over" in each.get("/sign-in").text for each in (seat, desk.seat())] == [True, False]
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


def test_somebody_sees_where_they_are_signed_in_and_ends_it(desk: Desk) -> None:
    """Their own sessions, and nobody else's; the one in which they say so stays."""
    ben, ana = desk.hire("Ben", Duty.EDITOR), desk.hire("Ana", Duty.OPERATOR)
    forgotten = desk.sit(ben)
    desk.town.clock.turn(minutes=30)
    here, others = desk.sit(ben), desk.sit(ana)
    page = here.get("/sessions").text
    assert (page.count("last used about"), page.count("This one")) == (2, 1)
    assert others.get("/sessions").text.count("last used about") == 1
    assert here.post("/sessions").headers["location"] == "/sessions?said=sessions"
    assert [each.get("/sessions").status_code for each in (forgotten, here, others)] == [303, 200, 200]
    assert desk.journal()[0] == "Ben: ended 1 of their other sessions at the desk"
    assert "End all others" not in here.get("/sessions").text


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


def test_the_first_page_is_in_the_language_of_who_was_invited(desk: Desk) -> None:
    """Whatever the browser asks for: whoever invited them said which it is. Another can be chosen there."""
    marta = desk.hire("Marta", Duty.EDITOR, language="es")
    link = desk.path_of_link(marta)
    assert '<html lang="es"' in desk.seat().get(link).text
    assert '<html lang="en"' in desk.seat().get(f"{link}?language=en").text


@pytest.mark.parametrize(
    ("asked", "onward"),
    [
        ("live?said=paused", "/live?said=paused"),
        ("//evil.example/x", "/evil.example/x"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\r\nSet-Cookie: a=b", "/"),
        ("https://evil.example/", "/https://evil.example/"),
        ("plan/ma\u00f1ana", "/plan/ma%C3%B1ana"),
    ],
)
def test_whoever_signs_in_goes_on_within_the_desk(asked: str, onward: str) -> None:
    """Whatever the link says that brought them there; browsers take a backslash or a tab for part of `//`."""
    assert inside(asked) == onward


def test_a_name_that_nobody_has_takes_a_password_s_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no password opens it, not even the one that is put in its place."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            verified.append(str(kept).rpartition("$")[0].rpartition("$")[0])
            return bool(super().verify(kept, password))

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    passwords._nobodys.cache_clear()
    kept = passwords.hashed(PASSWORD)
    assert [passwords.fits(PASSWORD, kept), passwords.fits("another horse", kept)] == [True, False]
    for typed in (PASSWORD, "", "nobody has this password"):
        assert not passwords.fits(typed, "")
    assert len(verified) == 5
    assert len(set(verified)) == 1, "the same kind, memory and passes"


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


def test_guesses_at_the_same_time_are_counted_like_those_one_after_the_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked at before the work, and counted after it, would let in as many as come meanwhile."""
    seats = [desk.seat() for _ in range(14)]
    worked_on_or_answered, all_have_come = Semaphore(0), Event()

    def work(_password: str, _kept: str) -> bool:
        worked_on_or_answered.release()
        all_have_come.wait()
        return False

    def guess(seat: Seat) -> int:
        try:
            return seat.post("/sign-in", name="Ana", password="a guess").status_code
        finally:
            worked_on_or_answered.release()

    monkeypatch.setattr(passwords, "fits", work)
    with ThreadPoolExecutor(len(seats)) as together:
        answers = [together.submit(guess, seat) for seat in seats]
        for _each in seats:
            worked_on_or_answered.acquire()
        all_have_come.set()
    assert Counter(each.result() for each in answers) == {422: 10, 429: 4}


def test_who_signs_in_rightly_uses_up_nothing(desk: Desk) -> None:
    """However often; only wrong tries close a name, or a town hall behind one address."""
    ana = desk.hire("Ana", Duty.EDITOR)
    with desk.town.database.begin() as connection:
        officers.set_password(connection, ana, passwords.hashed(PASSWORD))
    seat = desk.seat()
    for _wrong in range(9):
        assert seat.post("/sign-in", name="Ana", password="a guess").status_code == 422
    kept = desk.rows()["limits"]
    for _right in range(3):
        assert desk.seat().post("/sign-in", name="Ana", password=PASSWORD).status_code == 303
        assert desk.rows()["limits"] == kept
    assert seat.post("/sign-in", name="Ana", password="a guess").status_code == 422
    assert seat.post("/sign-in", name="Ana", password="a guess").status_code == 429


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


def mailed(desk: Desk) -> list[Message]:
    """What the daemon mails at this moment."""
    before, town = len(desk.town.email.taken), desk.town
    key = town.installation.key
    SignInLinks(workspace=town.workspace, database=town.database, channel=town.email, key=key).post(town.clock.now)
    return town.email.taken[before:]


def test_a_link_by_mail_signs_in_once_and_tells_nobody_who_works_here(desk: Desk) -> None:
    """To the address somebody was invited with; strangers get the same answer; no invitation is voided by it."""
    ana = desk.hire("Ana Gil", Duty.APPROVER, address="ana@example.org", language="es")
    desk.hire("Ben", Duty.EDITOR)
    handed_over = desk.path_of_link(ana)
    seat = desk.seat()
    assert "sign-in-link" not in seat.get("/sign-in").text
    assert (seat.post("/sign-in-link", name="Ana Gil").status_code, mailed(desk)) == (200, [])  # no address is set

    desk.town.write("config/settings.yaml", f"{SETTINGS}desk: {{address: 'https://desk.example.org'}}\n")
    assert "sign-in-link" in seat.get("/sign-in").text
    asked = ("ana@EXAMPLE.org", "Nobody", "nobody@example.org", "Ben")
    answers = [seat.post("/sign-in-link", name=name) for name in asked]
    assert {each.status_code for each in answers} == {200}
    assert len({each.text for each in answers}) == 1
    desk.town.email.before = failing(TemporaryError("451 later"), times=1)
    assert mailed(desk) == []
    assert mailed(desk) == []  # not before some time has passed
    desk.town.clock.turn(minutes=3)
    (mail,) = mailed(desk)
    assert mail.recipient is not None
    assert isinstance(mail.content, Mail)
    assert (mail.recipient.address, mail.content.subject) == ("ana@example.org", "Su enlace a la mesa")
    (link,) = re.findall(r"https://desk\.example\.org(/begin/\S+)", mail.content.text)
    assert f'href="https://desk.example.org{link}"' in mail.content.html
    assert link.rpartition("/")[2] not in str(desk.rows())

    for _scanner in range(2):
        assert seat.get(link).status_code == 200
    assert seat.post(link).status_code == 303  # without a password: she has never chosen one
    assert "Ana Gil" in seat.get("/").text
    assert desk.seat().post(link).status_code == 404
    assert desk.seat().get(handed_over).status_code == 200

    for _ in range(4):  # three within a quarter of an hour, of which one was above
        assert desk.seat().post("/sign-in-link", name="Ana Gil").text == answers[0].text
    assert "was mailed a link" in str(desk.journal()[:3])
    (last,) = mailed(desk)
    assert sum("was mailed a link" in each for each in desk.journal()) == 3
    assert isinstance(last.content, Mail)
    desk.town.clock.turn(minutes=16)
    (late,) = re.findall(r"https://desk\.example\.org(/begin/\S+)", last.content.text)
    assert desk.seat().get(late).status_code == 404


def hash_at_once(times: int) -> int:
    """Check passwords beside each other, in a process that has checked one: by how many bytes its memory grew."""
    kept = passwords.hashed(PASSWORD)

    def peak() -> int:
        (line,) = (each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    before = peak()
    with ThreadPoolExecutor(times) as together:
        assert all(together.map(lambda _each: passwords.fits(PASSWORD, kept), range(times)))
    return peak() - before


def test_passwords_that_are_tried_at_once_take_the_memory_of_one(tmp_path: Path) -> None:
    """64 MiB each: of a flood all together would take that of what sends."""
    process = Forked(report, [tmp_path / "grown"], dict(os.environ), tmp_path / "log")
    assert process.wait(60) == 0, (tmp_path / "log").read_text()
    assert int((tmp_path / "grown").read_text()) < 32 * 2**20


def report(into: Path) -> None:
    """In a process of its own."""
    into.write_text(str(hash_at_once(6)))
