"""Answers in words at the desk: read by those who may, and put down with one action."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.answering import Answer, Proof
from communique.bounces.consequences import follow
from communique.bounces.reading import read_report
from communique.store.desk.officers import Duty
from communique.store.recipients import answers, letters, written_answers
from communique.store.recipients.written_answers import Written
from tests.desk import Desk, desk_of
from tests.meetings import MEETING, hold_a_meeting
from tests.returned_reports import KEY
from tests.workspaces import build

_MAIL = "From: {sender}\nMessage-ID: <{number}@example.org>\nSubject: Re: Kickoff\n\n{words}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Ana and Ben have been invited, and three mails have come."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    town = build(tmp_path)
    hold_a_meeting(town)
    town.settings("mode: live", "mode: live\nbounces: {answers: {maildir: var/rsvp}}")
    town.invite("ana", "ben")
    town.run()
    town.clock.turn(hours=1)
    with desk_of(town) as made:
        for number, (sender, words) in enumerate(
            [
                ("ana@example.org", "We <b>both</b> come"),
                ("x@example.net", "Ben comes"),
                ("ben@example.org", "Perhaps\n[winmail.dat]"),
            ]
        ):
            data = _MAIL.format(sender=sender, number=number, words=words).encode()
            rules = town.workspace.settings.bounces
            with town.database.begin() as connection:
                follow(connection, read_report(data), KEY, rules, place="x", now=town.clock.now, is_to_answers=True)
        yield made
    town.database.close()


def in_error(page: str) -> str:
    """The one field that is marked as wrong, to which the summary leads and which says why."""
    (field,) = re.findall(
        r'<(?=[^>]* aria-invalid="true")(?=[^>]* aria-describedby="[^"]*\berror")[^>]* id="([^"]+)"', page
    )
    assert f'id="error" href="#{field}"' in page
    return str(field)


def waiting(desk: Desk) -> list[Written]:
    """What is to be read."""
    with desk.town.database.reading() as connection:
        return written_answers.waiting(connection, desk.town.workspace.settings.mode)


def test_an_officer_reads_each_and_says_what_it_means(desk: Desk) -> None:
    """The first page says how many wait; what is wrong is said, and what was typed stays; nothing is guessed."""
    seat, chief = desk.sit(desk.hire("Ines", Duty.EDITOR)), desk.sit(desk.hire("Chief", Duty.APPROVER))
    assert "3 answers in words to be read" in seat.get("/").text
    assert "answers in words" not in chief.get("/").text
    page = seat.get("/answers").text
    assert "We &lt;b&gt;both&lt;/b&gt; come" in page
    assert page.count("checked") == 0
    assert page.count("It was not read. If something is missing") == 1
    assert page.count("anybody can write that") == 2
    first, stranger, ben = (str(each.id) for each in waiting(desk))
    assert [each.proof for each in waiting(desk)] == [Proof.ADDRESS, Proof.NOBODY, Proof.ADDRESS]

    meaningless = seat.post("/answers/settle", mail=first, meeting=MEETING).text
    assert "Say what it means" in meaningless
    assert in_error(meaningless) == f"answer-{first}"
    lost = seat.post("/answers/settle", mail=stranger, meeting=MEETING, answer="yes", access_needs="A ramp")
    assert lost.status_code == 409
    assert "Say whose answer it is" in lost.text
    assert re.search(rf'id="needs-{stranger}"[^>]*>A ramp<', lost.text)
    assert in_error(lost.text) == f"address-{stranger}"
    for wrong, said in (({"meeting": "x"}, "Choose the meeting"), ({"companions": "many"}, "with a number")):
        page_again = seat.post("/answers/settle", **{"mail": first, "answer": "yes", "meeting": MEETING, **wrong}).text
        assert said in page_again
        assert in_error(page_again) == f"{next(iter(wrong))}-{first}"
    assert len(waiting(desk)) == 3

    assert page.count('name="no_mail"') == 3
    assert "2 invited; 0 coming (0 with those they bring), 0 perhaps, 0 not coming, 2 without an answer." in page
    done = seat.post("/answers/settle", mail=first, answer="yes", meeting=MEETING, companions="1", access_needs="A\nB")
    assert "2 invited; 1 coming (2 with those they bring)" in seat.get("/answers").text
    sheet = seat.get(f"/answers/{MEETING}.csv")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert sheet.content.startswith("\ufeffAnswer,Name,".encode())  # spreadsheets know UTF-8 by its mark
    assert "yes,Ana,,ana@example.org,en,1," in sheet.text
    spanish = desk.sit(desk.hire("Marta", *Duty, language="es")).get(f"/answers/{MEETING}.csv").text
    assert "Respuesta,Nombre," in spanish
    assert "asiste,Ana,,ana@example.org,en,1," in spanish
    assert chief.get(f"/answers/{MEETING}.csv").status_code == 403
    assert seat.get("/answers/other.csv").status_code == 404
    assert (done.status_code, done.headers["location"]) == (303, "/answers?said=noted")
    assert "somebody has settled" in seat.post("/answers/settle", mail=first, answer="no", meeting=MEETING).text.lower()
    seat.post("/answers/settle", mail=stranger, answer="yes", meeting=MEETING, address="BEN@example.org")
    # What Ben wrote himself came when the stranger's mail did: it holds as well, and is the last word on it.
    seat.post("/answers/settle", mail=ben, answer="aside")
    assert waiting(desk) == []
    assert "Nothing waits" in seat.get("/answers").text
    with desk.town.database.begin() as connection:
        found = {
            each.person.name: each.given
            for each in answers.attendance(connection, desk.town.workspace.settings.mode, MEETING)
        }
        assert {name: given.answer for name, given in found.items() if given} == {"Ana": Answer.YES, "Ben": Answer.YES}
        ana = found["Ana"]
        assert ana is not None
        assert (ana.companions, ana.access_needs) == (1, "A\nB")
        assert [each.person for each in letters.take(connection, desk.town.clock.now, 9)] == [1, 2]
    assert desk.journal()[:3] == [
        "Ines: set aside a mail that is no answer to a meeting",
        f"Ines: noted an answer to {MEETING}",
        f"Ines: noted an answer to {MEETING}",
    ]


def test_who_knows_is_sent_no_mail_about_it(desk: Desk) -> None:
    """For whom an officer has on the telephone: the desk says that no mail goes, and none is owed."""
    seat = desk.sit(desk.hire("Ines", Duty.EDITOR))
    first, _, ben = (str(each.id) for each in waiting(desk))
    wrong = seat.post("/answers/settle", mail=first, answer="yes", meeting="x", no_mail="yes")
    assert re.search(rf'id="no-mail-{first}"[^>]* checked', wrong.text)

    done = seat.post("/answers/settle", mail=first, answer="yes", meeting=MEETING, no_mail="yes")
    assert "No mail confirms it" in seat.get(done.headers["location"]).text
    desk.town.suppress("ben")
    done = seat.post("/answers/settle", mail=ben, answer="maybe", meeting=MEETING)
    assert "No mail confirms it" in seat.get(done.headers["location"]).text
    with desk.town.database.begin() as connection:
        assert letters.take(connection, desk.town.clock.now, 9) == []
        found = answers.attendance(connection, desk.town.workspace.settings.mode, MEETING)
        assert [each.given and each.given.answer for each in found] == [Answer.YES, Answer.MAYBE]
