"""Answering to a meeting: by the link, as often as one likes, and who is written to because of it."""

import base64
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from communique.answering import Answer, Came
from communique.delivery import Mode
from communique.store.recipients import answers
from communique.texts import tokens
from communique.texts.answer_addresses import linked
from tests.meetings import MEETING, answer_link, answered, calendars, given, hold_a_meeting, text_of
from tests.subscribing import KEY, Post, post_of
from tests.workspaces import Town

ANA, BEN = "ana@example.org", "ben@example.org"


@pytest.fixture
def post(town: Town) -> Iterator[Post]:
    """Ana, Ben and Cleo have been invited."""
    hold_a_meeting(town)
    town.invite("ana", "ben", "cleo")
    with post_of(town) as made:
        made.tick()
        yield made


def test_the_invitation_has_a_link_and_a_calendar_entry(post: Post) -> None:
    """Each reader's own; the entry twice, as an alternative of the text and as a file."""
    (mail,) = post.mails(ANA)

    assert answer_link(post, "ana") != answer_link(post, "ben")
    inline, file = calendars(mail)
    assert inline.to_ical() == file.to_ical()
    (event,) = inline.walk("VEVENT")
    assert event["uid"] == "kickoff.meeting@open.littleton.example.org"
    assert event["attendee"] == f"mailto:{ANA}"
    assert event["organizer"] == "mailto:rsvp@littleton.example.org"


def test_who_got_the_invitation_from_somebody_else_is_told_to_write(post: Post) -> None:
    """The link is personal: nobody is to answer in another's name because a mail was passed on to them."""
    assert "If you pass this invitation on" in text_of(post.mails(ANA)[0])
    link = answer_link(post, "ana")
    asked = "Was this invitation passed on to you?"
    page = post.client.get(link).text
    assert asked in page
    assert 'href="mailto:rsvp@littleton.example.org"' in page
    assert asked not in post.client.post(link, data={"answer": "yes"}).text  # whoever has answered knows who they are


def test_what_was_answered_on_trial_is_no_answer_later(post: Post) -> None:
    """The link of an invitation that was tried out stays one of the trial's."""
    person = post.person("ana")
    assert person is not None
    token = tokens.sign(tokens.ANSWER, linked(Mode.TRIAL, str(person.id), MEETING), KEY)
    assert "We look forward" in post.client.post(f"/answer/{token}", data={"answer": "yes"}).text
    assert answered(post, "ana") is None
    with post.town.database.reading() as connection:
        tried = answers.find(connection, Mode.TRIAL, MEETING, person.id)
    assert tried is not None
    assert tried.answer is Answer.YES


def test_somebody_answers_and_changes_the_answer(post: Post) -> None:
    """By the same link; what is kept is the last one."""
    link = answer_link(post, "ana")
    assert answered(post, "ana") is None

    form = {"answer": "yes", "companions": "2", "access_needs": "A ramp,\nplease", "interpretation": "LSE"}
    page = post.client.post(link, data=form)
    assert (page.status_code, "We look forward to seeing you" in page.text) == (200, True)
    found = given(post, "ana")
    assert found is not None
    assert (found.answer, found.companions, found.came) == (Answer.YES, 2, Came.PAGE)
    assert (found.access_needs, found.interpretation) == ("A ramp,\nplease", "LSE")
    assert found.answered_at == post.town.clock.now
    shown = post.client.get(link).text
    assert 'value="yes" checked' in shown
    assert "A ramp,\nplease</textarea>" in shown

    post.town.clock.turn(hours=1)
    post.client.post(link, data={"answer": "no", "companions": "2", "access_needs": "A ramp"})
    found = given(post, "ana")
    assert found is not None
    assert (found.answer, found.companions, found.access_needs) == (Answer.NO, 0, "")
    assert answered(post, "ben") is None


def test_a_number_may_be_typed_in_the_digits_of_another_script(post: Post) -> None:
    """`٣` is what the keyboard has in Amman and Cairo; the page shows `3` afterwards."""
    link = answer_link(post, "ana")
    post.client.post(link, data={"answer": "yes", "companions": "٣"})
    found = given(post, "ana")
    assert found is not None
    assert found.companions == 3
    assert 'value="3"' in post.client.get(link).text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "answer-yes"),
        ({"answer": "perhaps"}, "answer-yes"),
        ({"answer": "maybe"}, "answer-yes"),
        ({"answer": "yes", "companions": "many"}, "companions"),
        ({"answer": "yes", "companions": "-1"}, "companions"),
        ({"answer": "yes", "companions": "21"}, "companions"),
        ({"answer": "yes", "companions": "٣٣"}, "companions"),
        ({"answer": "yes", "companions": "³"}, "companions"),
        ({"answer": "yes", "companions": "1.5"}, "companions"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(post: Post, form: dict[str, str], field: str) -> None:
    """Beside the field, and at the top with a link to it; the rest stays as it was typed."""
    page = post.client.post(answer_link(post, "ana"), data={**form, "access_needs": "A <ramp>"})

    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert "A &lt;ramp&gt;</textarea>" in page.text
    assert answered(post, "ana") is None


def test_an_answer_is_confirmed_by_mail(post: Post) -> None:
    """With the meeting for the calendar of who comes, and without a word that was typed."""
    link = answer_link(post, "ana")
    rows = "[{moment: Welcome, minutes: 15}, {moment: Roadmap, minutes: 90}]"
    post.town.campaign("  meeting:\n", f"  agenda: {rows}\n  meeting:\n")
    post.client.post(link, data={"answer": "yes", "access_needs": "Sesame"})
    post.tick()

    mail = post.mails(ANA)[-1]
    assert mail["subject"] == "We look forward to seeing you"
    assert answer_link(post, "ana") == link
    assert "Town Hall, Room 2" in text_of(mail)
    assert "Sesame" not in mail.as_string()
    (entry,) = calendars(mail)
    (event,) = entry.walk("VEVENT")
    assert event["uid"] == "kickoff.meeting@open.littleton.example.org"
    assert event["attendee"].params["partstat"] == "ACCEPTED"
    agenda = "Agenda: 10:00 AM–10:15 AM Welcome 10:15 AM–11:45 AM Roadmap"
    assert " ".join(event["description"].split()) == f"Step-free access. {agenda}"

    post.client.post(link, data={"answer": "no"})
    post.tick()
    mail = post.mails(ANA)[-1]
    assert mail["subject"] == "We have noted that you are not coming"
    assert calendars(mail) == []


def test_who_changes_the_answer_before_the_mail_goes_gets_one_mail(post: Post) -> None:
    """Which says what holds."""
    link = answer_link(post, "ana")
    for answer in ("yes", "no", "yes"):
        post.client.post(link, data={"answer": answer})
    post.tick()

    assert [mail["subject"] for mail in post.mails(ANA)[1:]] == ["We look forward to seeing you"]


def test_who_plays_with_the_button_floods_nobody(post: Post) -> None:
    """Five mails a day at most; each answer counts all the same."""
    link = answer_link(post, "ana")
    for turn in range(12):
        post.client.post(link, data={"answer": "no" if turn % 2 else "yes"})
        post.tick()

    assert len(post.mails(ANA)) == 1 + 5
    assert answered(post, "ana") is Answer.NO


def test_who_has_left_answers_and_gets_no_mail(post: Post) -> None:
    """An answer asks for none."""
    post.town.suppress("ana")
    post.client.post(answer_link(post, "ana"), data={"answer": "yes"})
    post.tick()

    assert answered(post, "ana") is Answer.YES
    assert len(post.mails(ANA)) == 1


def test_once_it_has_begun_nobody_can_answer(post: Post) -> None:
    """The page says so before anything else, and nothing changes."""
    link = answer_link(post, "ana")
    post.client.post(link, data={"answer": "yes"})
    post.town.clock.turn(days=14)

    for page in (post.client.get(link), post.client.post(link, data={"answer": "no"})):
        assert 0 < page.text.find("The meeting has begun") < page.text.index("<dl")
        assert "Will you be there" not in page.text
        assert "<form" not in page.text
    assert answered(post, "ana") is Answer.YES


def test_a_mail_that_was_late_tells_nobody_after_the_meeting_that_they_come(post: Post) -> None:
    """Its mail server was away until then."""
    post.client.post(answer_link(post, "ana"), data={"answer": "yes"})
    post.town.clock.turn(days=14)
    post.tick()
    assert "We look forward to seeing you" not in [mail["subject"] for mail in post.mails(ANA)]


def test_the_reminder_goes_to_the_silent_and_the_greeting_to_those_who_come(post: Post) -> None:
    """Decided when it is due."""
    post.client.post(answer_link(post, "ana"), data={"answer": "yes"})
    post.client.post(answer_link(post, "ben"), data={"answer": "no"})
    post.tick(minutes=24 * 60 * 9)
    assert post.town.account("remind") == "1 planned = 1 sent"
    assert "Will you be there?" in text_of(post.mails("cleo@example.org")[-1])

    post.client.post(answer_link(post, "cleo"), data={"answer": "yes"})
    post.tick(minutes=24 * 60 * 4)
    assert post.town.account("tomorrow") == "2 planned = 2 sent"
    assert "Has something come up?" in text_of(post.mails(ANA)[-1])
    assert len(post.mails(BEN)) == 2


def test_an_answer_in_the_last_moment_counts(post: Post) -> None:
    """Frozen is not sent: right before the last byte it is looked at again."""
    link = answer_link(post, "ana")
    post.town.clock.turn(days=9)
    post.town.freeze()
    assert post.town.account("remind") == "3 planned = 3 scheduled"
    post.client.post(link, data={"answer": "no"})
    post.tick()

    assert post.town.account("remind") == "3 planned = 2 sent + 1 excluded"
    (copy,) = [each for each in post.town.copies() if each.delivery.state == "excluded"]
    assert copy.delivery.reason == "has answered since"


def test_every_flipped_bit_of_a_link_is_refused(post: Post) -> None:
    """Of the signature, of the person and of the meeting: nobody answers for anybody else, or to another meeting."""
    path, _, token = answer_link(post, "ana").rpartition("/")
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    before = post.rows()
    for bit in range(len(raw) * 8):
        forged = bytearray(raw)
        forged[bit // 8] ^= 1 << (bit % 8)
        link = f"{path}/{base64.urlsafe_b64encode(bytes(forged)).rstrip(b'=').decode()}"
        assert post.client.post(link, data={"answer": "yes"}).status_code == 404
    assert post.rows() == before


def test_links_in_mails_outlive_the_key_until_it_is_retired(post: Post) -> None:
    """The one to answer, those that people see below the text, and the one that mail programs post to."""
    (mail,) = post.mails(ANA)
    header = urlsplit(re.findall("<(https:[^>]+)>", str(mail["List-Unsubscribe"]))[0]).path
    links = {answer_link(post, "ana"), header, *post.links(ANA)}
    leaving = {each for each in links if each.startswith("/leave/")}
    assert header in leaving
    one_click = {"List-Unsubscribe": "One-Click"}

    post.town.variables["COMMUNIQUE_KEY"] = "retired"
    assert {post.client.get(each).status_code for each in links - leaving} == {404}
    for each in leaving:
        post.client.post(each, data=one_click)
    assert post.suppression("ana") is None
    assert post.client.post(answer_link(post, "ana"), data={"answer": "yes"}).status_code == 404

    post.town.variables["COMMUNIQUE_KEY"] = "new\nkey"
    assert {post.client.get(each).status_code for each in links} == {200}
    post.client.post(answer_link(post, "ana"), data={"answer": "yes"})
    assert answered(post, "ana") is Answer.YES
    assert post.client.post(header, data=one_click).status_code == 200
    assert "left" in (post.suppression("ana") or "")


def test_when_all_have_answered_nobody_is_reminded_and_nothing_waits(post: Post) -> None:
    """It is done with, with nobody, and no officer is told that it is held."""
    for name in ("ana", "ben", "cleo"):
        post.client.post(answer_link(post, name), data={"answer": "yes"})
    assert post.town.standing("remind").will_go
    post.tick(minutes=24 * 60 * 9)

    assert post.town.standing("remind").is_frozen
    assert post.town.account("remind") == "0 planned = 0"
