"""Years later another process has a kickoff meeting, too: for calendars, answers and links it is another meeting."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from communique.answering import Answer
from communique.bounces.consequences import Effect
from communique.delivery import Mode
from communique.moments import parse_milestone
from communique.store.recipients import answers, meeting_terms, people
from tests.bounces.test_calendar_replies import GOOGLE, MICROSOFT, here, invitation, reply, take
from tests.meetings import CAMPAIGN, MEETING, answer_link, answered, given, hold_a_meeting
from tests.subscribing import post_of
from tests.workspaces import START, Town

__all__ = ["here"]  # a fixture
LATER = timedelta(days=731)
NEXT = "kickoff.meeting~2028-12-15"
SECOND = CAMPAIGN.replace("campaign: news", "campaign: again").replace("2026-12", "2028-12")


def second_term(town: Town, *, runs: bool = True) -> None:
    """Two years later the same meeting is in another file; the first one is still there."""
    town.clock.now = START + LATER
    second = SECOND.replace("[en, es, fr]", "[en]")
    for each in ("hello", "remind", "tomorrow"):
        second = second.replace(f"  {each}:", f"  {each}-again:")
        text = f"---\nheadline: {each} again\nsummary: Again.\n---\nAgain.\n"
        town.write(f"templates/again/{each}-again/en/article.md", text)
    town.write("campaigns/again.yaml", second)
    if runs:
        town.run()


def said(town: Town, name: str, meeting: str) -> Answer | None:
    """What somebody answered."""
    with town.database.reading() as connection:
        person = people.by_address(connection, f"{name}@example.org")
        assert person is not None
        found = answers.find(connection, Mode.LIVE, meeting, person.id)
    return found.answer if found else None


def test_a_later_meeting_of_the_same_name_has_a_uid_of_its_own(here: Town) -> None:
    """Calendars keep the old one where it is, and an old invitation that is answered late is about the old one."""
    before, late = invitation(here, "ana"), reply(here, MICROSOFT)
    assert take(here, reply(here, GOOGLE)).effect is Effect.ANSWERED
    second_term(here)
    after = invitation(here, "ana")
    assert before["IDENTITY"] == "kickoff.meeting@open.littleton.example.org"
    assert (after["IDENTITY"], after["NUMBER"]) == ("kickoff.meeting~2028-12-15@open.littleton.example.org", "0")
    assert after["ORGANIZER"] != before["ORGANIZER"]
    assert (said(here, "ana", MEETING), said(here, "ana", NEXT)) == (Answer.YES, None)
    assert take(here, reply(here, GOOGLE)).effect is Effect.ANSWERED
    assert said(here, "ana", NEXT) is Answer.YES
    assert take(here, late).effect is Effect.ANSWERED
    assert (said(here, "ana", MEETING), said(here, "ana", NEXT)) == (Answer.NO, Answer.YES)


def test_who_came_to_the_first_is_reminded_of_the_second(here: Town) -> None:
    """An answer is to one meeting; what is fixed with the first invitation stays when the second one moves."""
    take(here, reply(here, GOOGLE))
    second_term(here)
    here.clock.turn(days=9)
    here.run()
    assert here.account("remind-again") == "2 planned = 2 sent"
    with here.database.reading() as connection:
        moved = parse_milestone("2029-11-15 10:00")
        assert meeting_terms.identity(connection, Mode.LIVE, MEETING, moved, here.clock.now) == NEXT
        assert meeting_terms.identity(connection, Mode.LIVE, MEETING, None, here.clock.now) == NEXT


@pytest.mark.parametrize("date", ["2026-12-15 10:00", "2027-05-02", "unknown"])
def test_a_meeting_that_is_over_is_the_same_for_half_a_year(here: Town, date: str) -> None:
    """It is put off after its day; or what came of it is told to those who came."""
    moment = parse_milestone(date)
    with here.database.reading() as connection:
        assert meeting_terms.identity(connection, Mode.LIVE, MEETING, moment, START + LATER) == MEETING


def test_a_link_of_an_old_invitation_opens_no_later_meeting(town: Town) -> None:
    """It shows the old one, which is over, while its campaign has its date; the new link answers the new one."""
    hold_a_meeting(town)
    town.invite("ana")
    with post_of(town) as post:
        post.tick()
        old = answer_link(post, "ana")
        second_term(town, runs=False)
        post.tick()
        new = answer_link(post, "ana")
        assert "2028" not in post.client.get(old).text
        post.client.post(old, data={"answer": "no"})
        post.client.post(new, data={"answer": "yes"})
        town.campaign("kickoff: 2026-12-15 10:00 to 12:00", "kickoff: unknown")
        post.tick()
        assert post.client.get(old).status_code == HTTPStatus.NOT_FOUND
        before, later = answered(post, "ana"), given(post, "ana", NEXT)
    assert later is not None
    assert (before, later.answer) == (None, Answer.YES)
