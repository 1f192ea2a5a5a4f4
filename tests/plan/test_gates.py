"""`after`: what waits for something else, and what never comes because that did not."""

import pytest
from sqlalchemy import update

from communique.answering import Answer, Came
from communique.delivery import Mode, State
from communique.plan.reasons import why
from communique.store.database import deliveries
from communique.store.recipients import answers, people
from communique.store.recipients.answers import Given
from tests.meetings import MEETING, hold_a_meeting
from tests.workspaces import Town

_UNDER_WAY = (State.SCHEDULED, State.SENDING, State.IRREVOCABLE)


@pytest.fixture
def gated(town: Town) -> Town:
    """A town with `goodbye`, an hour after `hello` and gated by it; `hello` has been counted, for two people."""
    town.add()
    town.invite("ana", "ben")
    town.freeze()
    town.clock.turn(hours=1)
    return town


def become(town: Town, *states: State) -> None:
    """What became of the copies of `hello`, one after the other."""
    with town.database.begin() as connection:
        for number, state in enumerate(states, start=1):
            finished_at = None if state in _UNDER_WAY else town.clock.now
            row = update(deliveries).where(deliveries.c.id == number)
            connection.execute(row.values(state=state, finished_at=finished_at))


@pytest.mark.parametrize(
    "states",
    [
        (State.SENT, State.SENT),
        (State.SENT, State.MISSED),
        (State.FAILED, State.IN_DOUBT),
        (State.EXCLUDED, State.EXCLUDED),
    ],
)
def test_a_gate_opens_when_nothing_more_will_come(gated: Town, states: tuple[State, ...]) -> None:
    """Something went out or may have, or nobody was left to write to."""
    become(gated, *states)
    assert gated.standing("goodbye").due


@pytest.mark.ledger_by_hand
@pytest.mark.parametrize("state", _UNDER_WAY)
def test_a_gate_is_shut_while_something_is_under_way(gated: Town, state: State) -> None:
    """However much has gone already; it will go later."""
    become(gated, State.SENT, state)
    standing = gated.standing("goodbye")
    assert not standing.due
    assert standing.will_go
    assert standing.reason == "waits for hello, which is still going out"


@pytest.mark.parametrize(
    "states",
    [
        (State.MISSED, State.MISSED),
        (State.FAILED, State.MISSED),
        (State.MISSED, State.EXCLUDED),
        (State.FAILED, State.CANCELLED),
        (State.CANCELLED, State.EXCLUDED),
    ],
)
def test_a_gate_stays_shut_when_all_of_it_was_lost(gated: Town, states: tuple[State, ...]) -> None:
    """Those who must not be written to do not make up for those who should have been; the plan says it will not go."""
    become(gated, *states)
    standing = gated.standing("goodbye")
    assert not standing.due
    assert not standing.will_go
    cancelled = states == (State.CANCELLED, State.EXCLUDED)
    why = "which was cancelled: let it wait" if cancelled else "of which nothing went out"
    assert f"waits for hello, {why}" in standing.reason


def test_a_gate_behind_a_reminder_that_nobody_needs_is_open_and_says_why(town: Town) -> None:
    """All have answered, so it goes to nobody; whoever comes is greeted all the same."""
    hold_a_meeting(town)
    town.edit("campaigns/news.yaml", "  tomorrow:\n", "  tomorrow:\n    after: remind\n")
    town.invite("ana")
    town.run()
    with town.database.begin() as connection:
        given = Given(answer=Answer.YES, came=Came.PAGE, answered_at=town.clock.now)
        answers.give(connection, Mode.LIVE, MEETING, 1, given)
    town.clock.turn(days=9)
    town.run()
    assert town.account("remind") == "0 planned = 0"
    standing = town.standing("tomorrow")
    assert (standing.will_go, standing.reason) == (
        True,
        "waits no more for remind: it was for nobody, so nobody got it",
    )
    with town.database.reading() as connection:
        ana = people.by_id(connection, 1)
        told = why(town.planner, connection, ana, "ana@example.org", ("news", "remind"), town.clock.now)
    assert "it was for those who stood `not-answered` towards `meeting` when it was counted" in told
    town.clock.turn(days=4)
    town.run()
    assert town.account("tomorrow") == "1 planned = 1 sent"


def test_what_waited_in_vain_is_missed_with_the_reason(gated: Town) -> None:
    """The account says which gate it was."""
    become(gated, State.MISSED, State.FAILED)
    gated.clock.turn(hours=25)
    gated.run()
    assert gated.account("goodbye") == "2 planned = 2 missed"
    assert gated.copies()[-1].delivery.reason.endswith("waits for hello, of which nothing went out")


def test_an_announcement_for_nobody_waits_and_keeps_its_gate_shut(town: Town) -> None:
    """A list that was never imported does not let the public hear first."""
    town.settings("audiences:\n", "audiences:\n  promoters: {title: The promoter team, role: promoters}\n")
    town.campaign("to: [friends]", "to: [promoters]")
    town.add()
    town.invite("ana")
    town.clock.turn(hours=1)
    town.run()
    assert town.balances() == {}
    assert town.standing("hello").reason == (
        "nobody is in promoters (The promoter team): import a list (communique people import)"
    )
    assert town.standing("goodbye").reason == "waits for hello, which will not go"
    town.invite("ben", audience="promoters")
    town.run()
    town.run()
    assert town.email.addresses == ["ben@example.org", "ana@example.org"]


def test_an_announcement_for_nobody_is_missed_in_the_end(town: Town) -> None:
    """It stands in the account, and what waits for it does not go."""
    town.add()
    town.clock.turn(hours=25)
    town.invite("ana", audience="others")
    town.run()
    assert town.account() == "0 planned = 0"
    assert town.balances().keys() == {"hello"}
    assert not town.standing("goodbye").due
