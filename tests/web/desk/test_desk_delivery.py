"""The desk while something goes out: pause, settle, cancel, ask why; let people in and out; and the trail of it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import vobject

from communique.channel import Message, UncertainError
from communique.delivery import State
from communique.store.desk.officers import Duty
from tests.command_line import at
from tests.desk import PASSWORD, Desk, desk_of
from tests.workspaces import Town


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """Three people are invited, and it is time."""
    town.invite("ana", "ben", "zoe")
    with desk_of(town) as made:
        yield made


def _breaks_but_for_ana(message: Message) -> None:
    if message.recipient is not None and not message.recipient.address.startswith("ana"):
        raise UncertainError("the connection broke <b>")


def test_copies_in_doubt_are_shown_twenty_at_a_time(desk: Desk) -> None:
    """With how many there are in all, and how many come when these are settled."""
    town, seat = desk.town, desk.sit(desk.hire("Olga", Duty.OPERATOR))
    town.invite(*(f"person{number}" for number in range(21)))
    town.email.after = _breaks_but_for_ana
    town.run()
    town.clock.turn(hours=1)
    town.run()
    doubtful = [copy for copy in town.copies() if copy.delivery.state is State.IN_DOUBT]
    page = seat.get("/live").text
    assert len(doubtful) > 21
    assert f'<span class="number">{len(doubtful)}</span>' in page
    assert page.count('name="decision" value="sent"') == 20
    assert f"{len(doubtful) - 20} more wait." in page


def test_an_operator_pauses_settles_and_cancels(desk: Desk) -> None:
    """Each with a word on why; everybody sees it, and nobody but operators can."""
    town, seat = desk.town, desk.sit(desk.hire("Olga", Duty.OPERATOR))
    editor = desk.sit(desk.hire("Eva", Duty.EDITOR))
    assert seat.post("/live/pause", channel="emial").status_code == 422
    assert seat.post("/live/pause", channel="email", why="the press office asks").status_code == 303
    assert "E-mail is paused" in editor.get("/").text
    assert "the press office asks" in editor.get("/live").text
    assert "/live/resume" not in editor.get("/live").text
    town.run()
    page = seat.get("/live").text
    assert "0 of 3 done" in page
    assert ('data-every="30"' in page, 'http-equiv="refresh"' in page) == (True, False)  # nothing moves
    seat.post("/live/resume", channel="email")
    town.email.after = _breaks_but_for_ana
    town.run()
    town.clock.turn(hours=1)
    town.run()  # it was sent again once, and the connection broke again
    assert town.account() == "3 planned = 1 sent + 2 in doubt"
    page = seat.get("/live").text
    assert "the connection broke &lt;b&gt;" in page
    assert "(b…@example.org)" in page  # enough to tell two of one name apart
    assert "ben@example.org" not in page
    assert "In doubt" in seat.get("/").text
    first, second = (copy.delivery.id for copy in town.copies() if copy.delivery.state is State.IN_DOUBT)
    assert seat.post("/live/settle", number=str(first), decision="sent", note="seen in her inbox").status_code == 303
    assert seat.post("/live/settle", number=str(first), decision="sent").status_code == 409
    assert "sent, decided by Olga: seen in her inbox" in seat.get("/announcement/news/hello/once").text
    assert seat.post("/live/settle", number="1; --", decision="sent").status_code == 422
    seat.post("/live/pause", channel="email")
    assert seat.post("/live/settle", number=str(second), decision="resend").status_code == 303
    assert seat.post("/cancel/news/hello/once", why="a wrong day").status_code == 303
    assert seat.post("/cancel/news/hello/once", why="a wrong day").status_code == 409
    assert town.account() == "3 planned = 2 sent + 1 in doubt"  # it may have gone before it was to go again
    asked = editor.get("/live?address=ana@example.org&announcement=news/hello").text
    assert "Ana got it" in asked
    trail = editor.get("/journal").text
    for did in (
        "paused email: the press office asks",
        "sent, decided by Olga: seen in her inbox",
        "cancelled news/hello (1 waiting): a wrong day",
    ):
        assert did in trail


def test_the_desk_answers_as_the_command_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is paused already, paused no more, or cannot be sent again; and nothing is changed by a slip."""
    town, olga = desk.town, desk.hire("Olga", Duty.OPERATOR)
    seat, line = desk.sit(olga), at(town.root, monkeypatch, town.clock.now)
    assert seat.post("/live/resume", channel="emial").status_code == 422
    refused = seat.post("/live/resume", channel="email")
    assert (refused.status_code, "Nothing on this channel is waiting" in refused.text) == (409, True)
    assert line("resume", "email", "--as", "Ben").errors.endswith("There is no pause of email.\n")
    line("pause", "email", "--as", "Ben", "--why", "the relay moves")
    assert seat.post("/live/pause", channel="email").headers["location"] == "/live?said=paused_before"
    seat.post("/live/pause", channel="")
    assert seat.post("/live/resume", channel="email").headers["location"] == "/live?said=still_paused"
    assert "still waits" in seat.get("/live?said=still_paused").text
    assert seat.post("/live/resume", channel="").headers["location"] == "/live?said=resumed"
    town.email.after = _breaks_but_for_ana
    town.run()
    town.clock.turn(hours=30)
    town.run()
    seat = desk.sit(olga)  # the next day
    number = next(copy.delivery.id for copy in town.copies() if copy.delivery.state is State.IN_DOUBT)
    assert "Send it again until:" in seat.get("/live").text
    for until, told in (("", "say until when"), ("2026-11-30T18:00", "time in the future")):
        refused = seat.post("/live/settle", number=str(number), decision="resend", until=until)
        assert (refused.status_code, told in refused.text) == (409, True)
    form = {"number": str(number), "decision": "resend", "until": "2026-12-31T18:00"}
    assert seat.post("/live/settle", **form).headers["location"] == "/live?said=settled_again"
    assert town.account() == "3 planned = 1 scheduled + 1 sent + 1 in doubt"
    assert line("retract", "news/hello", "--reason", "en=It was not true.", "--as", "Olga").code == 0
    other = next(copy.delivery.id for copy in town.copies() if copy.delivery.state is State.IN_DOUBT)
    refused = seat.post("/live/settle", number=str(other), decision="resend", until="2026-12-31T18:00")
    assert (refused.status_code, "It is not sent again" in refused.text) == (409, True)


def test_a_pack_is_said_to_be_posted_at_the_desk(desk: Desk) -> None:
    """By who writes or operates, with a word on when and how; once, and everybody sees who did."""
    town = desk.town
    town.say_to_nobody_in_particular()
    town.campaign("through: [email]", "through: [handoff]")
    editor, approver = desk.sit(desk.hire("Eva", Duty.EDITOR)), desk.sit(desk.hire("Ana", Duty.APPROVER))
    town.run()
    pack = "handoff/news-hello-once-en"
    assert f"var/handoff/{pack}" in (live := editor.get("/live").text)
    assert "/sent/news/hello/once?copy=1#shown" in live
    assert "communique done" not in live, "the desk has a button for it"
    assert "1 thing to be done by hand" in editor.get("/").text
    assert "to be done by hand" not in approver.get("/").text.partition("What has gone")[0]
    account = editor.get("/announcement/news/hello/once").text
    assert ("<dt>to be done by hand</dt>" in account, "in doubt" in account) == (True, False)
    assert "/live/done" not in approver.get("/live").text
    assert approver.post("/live/done", pack=pack).status_code == 403
    assert editor.post("/live/done", pack="handoff/other").status_code == 409
    assert editor.post("/live/done", pack=pack, note="at ten, with the photo").status_code == 303
    assert editor.post("/live/done", pack=pack).status_code == 409
    assert pack not in editor.get("/live").text
    assert "to be done by hand" not in editor.get("/").text
    assert [copy.delivery.state for copy in town.copies()] == [State.SENT]
    assert f"{pack}, 1 copy: posted by Eva: at ten, with the photo" in editor.get("/journal").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_waits_for_hands_says_that_it_was_corrected_or_withdrawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is led to post what holds no more; and somebody can say that nobody will."""
    town, line = desk.town, at(desk.town.root, monkeypatch, desk.town.clock.now)
    town.say_to_nobody_in_particular()
    town.campaign("through: [email]", "through: [handoff]")
    seat = desk.sit(desk.hire("Olga", Duty.OPERATOR))
    town.run()
    town.write("templates/news/hello/en/correction.md", "---\nheadline: Green\nwrong: Blue.\nright: Green.\n---\n")
    assert line("correct", "news/hello", "--as", "Olga").code == 0
    town.run()
    assert seat.get("/live").text.count("It was corrected since.") == 1
    said = line("retract", "news/hello", "--reason", "en=It was not true.", "--as", "Olga")
    assert said.code == 0, said.errors
    town.run()
    live = seat.get("/live").text
    assert (live.count("What it says was withdrawn."), live.count("It was corrected since.")) == (2, 0)
    assert "take down what handoff has of it" in live
    assert 'class="sign withdrawn"' in seat.get("/").text.partition("What has gone")[2]
    for pack in ("handoff/news-hello-once-en", "handoff/news-hello-once-corrected-1-en"):
        dropped = seat.post("/live/done", pack=pack, decision="cancelled", note="nobody has seen it")
        assert dropped.headers["location"] == "/live?said=dropped"
    assert seat.post("/live/done", pack="news/hello/once-retracted/handoff/all/en").status_code == 303
    assert "To be done by hand" not in seat.get("/live").text
    states = {copy.delivery.occurrence: copy.delivery.state for copy in town.copies()}
    assert states == {"once": State.CANCELLED, "once-corrected-1": State.CANCELLED, "once-retracted": State.SENT}


def test_people_are_let_in_and_out(desk: Desk) -> None:
    """By a link that is shown once; somebody stays who can let others in."""
    olga = desk.hire("Olga", Duty.OPERATOR)
    seat = desk.sit(olga)
    invited = seat.client.post(
        "/people",
        data={"form": desk.office.form_token(seat.session), "name": "Marta Soler", "duty": ["approver", "editor"]},
        headers={"Origin": seat.origin},
    ).text
    path = urlsplit(invited.partition("<code>")[2].partition("</code>")[0]).path
    assert "<code>" not in seat.get("/people").text
    marta = desk.seat()
    assert marta.post(path, password=PASSWORD).status_code == 303
    assert marta.get("/people").status_code == 200
    assert marta.post("/people", name="X", duty="operator").status_code == 403
    assert seat.post("/people", name="marta  SOLER", duty="editor").status_code == 409
    assert seat.post("/people/duties", officer=str(olga.id), duty="editor").status_code == 409
    assert seat.post("/people/end", officer=str(olga.id)).status_code == 409
    assert seat.post("/people/duties", officer=str(olga.id + 1), duty="operator").status_code == 303
    assert marta.post("/people/end", officer=str(olga.id)).status_code == 303
    assert seat.get("/").status_code == 303
    assert desk.journal()[0] == "Marta Soler: let Olga out of the desk"


def test_the_timeline_is_a_calendar_to_subscribe_to(desk: Desk) -> None:
    """By a link of one's own, which ends with its owner; the month shows the same."""
    olga = desk.hire("Olga", Duty.OPERATOR, language="es")
    page = desk.sit(olga).get("/calendar?month=2026-12").text
    week = desk.sit(olga).get("/calendar?week=2026-12-03").text
    assert "Semana del lunes 30 de noviembre de 2026" in week
    assert re.search(r"10:00 CET <span class=\"utc\">09:00 UTC</span>.*?Hello.*?Correo", week, re.DOTALL)
    assert '<a href="?week=2026-12-07" rel="next">' in week
    assert "Hello" not in desk.sit(olga).get("/calendar?week=2026-12-07").text
    assert desk.sit(olga).get("/calendar?week=today&month=x").status_code == 200
    assert "Diciembre de 2026" in page
    assert "/announcement/news/hello/once" in page
    link = urlsplit(page.partition("<code>")[2].partition("</code>")[0]).path
    answer = desk.seat().get(link)
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = vobject.readOne(answer.text).vevent_list
    assert (event.summary.value, event.dtstart.value) == ("Aprobado: Hello", desk.town.clock.now)
    assert desk.seat().get(f"{link[:-5]}x.ics").status_code == 404
    with desk.town.database.begin() as connection:
        from communique.store.desk import officers

        officers.end(connection, olga, desk.town.clock.now)
    assert desk.seat().get(link).status_code == 404
    for name, days in (("soon", 10), ("fair", 70), ("feast", 75)):
        desk.town.add(f"  {name}:\n    when: start + {days} days\n    to: [friends]\n    through: [email]\n")
    desk.town.clock.turn(days=3)
    page = desk.sit(desk.hire("Ana", Duty.EDITOR)).get("/").text
    assert "1 announcement did not go in time" in page
    assert page.count('href="/announcement/news/hello/once"') == 1
    near, _, later = page.partition('<details class="later">')
    assert ("/announcement/news/soon/once" in near, "/announcement/news/soon/once" in later) == (True, False)
    assert later.startswith('<summary><h3>February 2027 <span class="number">2</span></h3></summary>')
    assert "/announcement/news/feast/once" in later
