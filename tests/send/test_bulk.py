"""What one channel owes, handed out message by message and settled by the group."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from communique.channel import Crossing, Message, Outcome, PermanentError, Receipt, TemporaryError
from communique.delivery import State
from communique.send.bulk import LedgerTraffic
from communique.send.claims import Claims
from communique.send.due_messages import DueMessages
from communique.send.outcomes import Outcomes
from communique.send.unsettled import SteadyTraffic, Unsettled
from communique.store.database import attempts, deliveries
from communique.store.deliveries import leases, takeover
from tests.workspaces import Town


@pytest.fixture
def traffic(town: Town) -> LedgerTraffic:
    """Three people are owed a mail."""
    town.invite("ana", "ben", "eva")
    town.freeze()
    dispatcher = town.dispatcher()
    claims = Claims(database=town.database, mode=dispatcher.mode, owner=town.owner, clock=town.clock)
    texts = DueMessages(workspace=dispatcher.workspace, database=town.database, mode=dispatcher.mode, clock=town.clock)
    outcomes = Outcomes(
        workspace=dispatcher.workspace,
        database=town.database,
        channels=dispatcher.channels,
        messages=texts,
        clock=town.clock,
        jitter=dispatcher.jitter,
    )
    return LedgerTraffic(
        database=town.database, claims=claims, channel="email", stopping=lambda: False, outcomes=outcomes
    )


def taken(traffic: LedgerTraffic | SteadyTraffic, number: int = 3) -> list[Message]:
    """The next messages."""
    found = [traffic.next() for _ in range(number)]
    return [each for each in found if each is not None]


def crossing(*messages: Message) -> list[Crossing]:
    """About to go."""
    return [Crossing(message=each, digest="digest") for each in messages]


def states(town: Town) -> list[State]:
    """Of Ana's, Ben's and Eva's copy; the balance holds."""
    town.balances()
    return [copy.delivery.state for copy in town.copies()]


def test_a_group_passes_the_point_together_and_is_sent(town: Town, traffic: LedgerTraffic) -> None:
    """On disk before anybody may go; the receipts of one group are written down with the crossing of the next."""
    ana, ben, eva = taken(traffic)
    assert set(traffic.settle(crossing(ana, ben), [])) == {ana.reference, ben.reference}
    assert states(town) == [State.IRREVOCABLE, State.IRREVOCABLE, State.SENDING]
    accepted = [Outcome(message=each, result=Receipt(detail="250 taken")) for each in (ana, ben)]
    assert list(traffic.settle(crossing(eva), accepted)) == [eva.reference]
    assert states(town) == [State.SENT, State.SENT, State.IRREVOCABLE]
    assert town.copies()[0].last is not None
    assert town.copies()[0].last.detail == "250 taken"
    assert traffic.made == 2


def test_who_leaves_between_claim_and_dot_is_not_written_to(town: Town, traffic: LedgerTraffic) -> None:
    """The look at the list and the point of no return are one transaction."""
    messages = taken(traffic)
    town.suppress("ben")
    assert len(traffic.settle(crossing(*messages), [])) == 2
    assert states(town) == [State.IRREVOCABLE, State.EXCLUDED, State.IRREVOCABLE]
    assert town.copies()[1].delivery.reason == "must not be written to: asked to be left alone"


def test_who_is_erased_between_claim_and_dot_is_not_written_to(town: Town, traffic: LedgerTraffic) -> None:
    """What was claimed minutes ago, through a slow server, names somebody of whom nothing is to be held any more."""
    messages = taken(traffic)
    town.erase("ben")
    assert len(traffic.settle(crossing(*messages), [])) == 2
    assert states(town) == [State.IRREVOCABLE, State.EXCLUDED, State.IRREVOCABLE]
    assert town.copies()[1].delivery.reason == "the person has been erased"


def test_what_was_claimed_long_ago_is_claimed_anew_before_it_is_begun(town: Town, traffic: LedgerTraffic) -> None:
    """A lease that is half over might end before its mail does, and somebody else would begin with it again."""
    (ana,) = taken(traffic, 1)
    town.clock.turn(minutes=9)
    (ben,) = taken(traffic, 1)
    town.clock.turn(minutes=2)
    (eva,) = taken(traffic)
    lasts = [town.clock.now + timedelta(minutes=each) for each in (9, 9, 20)]
    with town.database.reading() as connection:
        until = select(deliveries.c.lease_until).order_by(deliveries.c.id)
        assert connection.execute(until).scalars().all() == lasts
    assert set(traffic.settle(crossing(ana, ben, eva), [])) == {ana.reference, ben.reference, eva.reference}


def test_what_was_taken_over_may_not_go(town: Town, traffic: LedgerTraffic) -> None:
    """A worker that was away too long: no dot, no outcome, and the others are none the worse for it."""
    ana, ben, eva = taken(traffic)
    traffic.settle(crossing(ana), [])
    later = town.clock.now + timedelta(hours=1)
    with town.database.begin() as connection:
        takeover.release_unbegun(connection, traffic.claims.mode, gone=[town.owner], now=town.clock.now)
        takeover.take_over_irrevocable(connection, traffic.claims.mode, owner="there/2", gone=[town.owner], now=later)
    answers = [Outcome(message=ana, result=Receipt()), Outcome(message=ben, result=PermanentError("no"))]
    assert list(traffic.settle(crossing(eva), answers)) == []
    assert states(town) == [State.IRREVOCABLE, State.SCHEDULED, State.SCHEDULED]


def test_what_was_lost_and_is_claimed_anew_waits_for_what_is_left_of_the_first_attempt(
    town: Town, traffic: LedgerTraffic
) -> None:
    """One that stood still, while another worker took over and gave back: its connection still has the mail."""
    ana, *_ = taken(traffic)
    with town.database.begin() as connection:
        takeover.release_unbegun(connection, traffic.claims.mode, gone=[town.owner], now=town.clock.now)
    assert traffic.next() is None
    assert list(traffic.settle(crossing(ana), [])) == []
    traffic.close()
    assert states(town) == [State.SCHEDULED] * 3


def test_a_failure_is_on_record_before_others_pass(
    town: Town, traffic: LedgerTraffic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should it not be possible to record it, nobody of the same turn is past the point without a dot."""
    ana, ben, _ = taken(traffic)

    def fail(*_arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Outcomes, "failed", fail)
    with pytest.raises(OSError, match="disk full"):
        traffic.settle(crossing(ben), [Outcome(message=ana, result=TemporaryError("later"))])
    assert State.IRREVOCABLE not in states(town)


def test_who_cannot_be_left_out_lets_nobody_past(
    town: Town, traffic: LedgerTraffic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The point of no return and leaving out are one transaction: nobody is in doubt for another's sake."""
    messages = taken(traffic)
    town.suppress("ben")

    def fail(*_arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Outcomes, "must_not_go", fail)
    with pytest.raises(OSError, match="disk full"):
        traffic.settle(crossing(*messages), [])
    assert State.IRREVOCABLE not in states(town)


def test_what_was_not_begun_goes_back_unattempted(town: Town, traffic: LedgerTraffic) -> None:
    """At the end of a run, whatever ended it: claimed and handed out, but not past the point."""
    assert len(taken(traffic, 2)) == 2
    traffic.close()
    assert states(town) == [State.SCHEDULED] * 3
    assert [copy.delivery.attempts for copy in town.copies()] == [0, 0, 0]


def test_what_has_passed_the_point_when_sending_breaks_off_is_in_doubt(town: Town, traffic: LedgerTraffic) -> None:
    """At once, and not when its lease ends in twenty minutes: nobody hears an answer any more. Here it is repeated."""
    ana, ben, _ = taken(traffic)
    traffic.settle(crossing(ana, ben), [])
    traffic.settle([], [Outcome(message=ana, result=Receipt(detail="250 taken"))])
    traffic.close()
    assert states(town) == [State.SENT, State.SCHEDULED, State.SCHEDULED]
    assert [copy.delivery.reason for copy in town.copies()] == ["", "sending broke off before the answer came", ""]
    assert [copy.delivery.attempts for copy in town.copies()] == [1, 1, 0]


def test_a_failed_mail_is_tried_again_or_not(town: Town, traffic: LedgerTraffic) -> None:
    """As the error says; both attempts are counted."""
    ana, ben, _ = taken(traffic)
    failed = [
        Outcome(message=ana, result=TemporaryError("451 later")),
        Outcome(message=ben, result=PermanentError("550 no such user")),
    ]
    assert list(traffic.settle([], failed)) == []
    assert states(town) == [State.SCHEDULED, State.FAILED, State.SENDING]
    assert [copy.delivery.reason for copy in town.copies()[:2]] == ["451 later", "550 no such user"]


def test_each_answer_is_timed_once_and_nothing_of_it_is_kept(town: Town, traffic: LedgerTraffic) -> None:
    """From the point of no return on; of a million mails no more is remembered than of those on their way."""
    times: list[tuple[str, timedelta]] = []
    traffic.outcomes.answered = lambda channel, took: times.append((channel, took))
    ana, ben, eva = taken(traffic)
    traffic.settle(crossing(ana, ben), [])
    town.clock.turn(seconds=3)
    traffic.settle(crossing(eva), [Outcome(message=ana, result=Receipt(detail="250 taken"))])
    town.clock.turn(seconds=2)
    traffic.settle([], [Outcome(message=each, result=Receipt(detail="250 taken")) for each in (ben, eva)])
    assert times == [("email", timedelta(seconds=each)) for each in (3, 5, 2)]
    assert not traffic._crossed


@pytest.mark.parametrize("words", ["\ud800", "\0"])
def test_an_outcome_that_can_never_be_written_keeps_no_others(
    town: Town, traffic: LedgerTraffic, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Words that no database, or not this one, takes: the log says so, and the lease runs out; the others are sent."""
    messages = taken(traffic)
    traffic.settle(crossing(*messages), [])
    kept = Unsettled()
    for each, said in zip(messages, ("250 taken", f"250 {words}", "250 taken"), strict=True):
        kept.waiting.append((traffic.lease_of(each), Outcome(message=each, result=Receipt(detail=said))))
    kept.settle_all(traffic.outcomes)
    assert kept.waiting == []
    ana, ben, eva = states(town)
    assert (ana, eva) == (State.SENT, State.SENT)
    told = [record for record in caplog.records if record.message == "an outcome cannot be recorded"]
    assert (ben, len(told)) in {(State.IRREVOCABLE, 1), (State.SENT, 0)}  # SQLite takes a zero


@contextmanager
def full_disk(town: Town) -> Iterator[None]:
    """The ledger takes nothing."""

    def refuse(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    event.listen(town.database.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(town.database.engine, "before_cursor_execute", refuse)


def test_an_outcome_that_waits_for_the_database_is_kept(town: Town, traffic: LedgerTraffic) -> None:
    """And its error goes on, so that nothing more begins until it can be written."""
    (ana,) = taken(traffic, 1)
    traffic.settle(crossing(ana), [])
    kept = Unsettled()
    outcome = Outcome(message=ana, result=Receipt(detail="250 taken"))
    with full_disk(town):
        with pytest.raises(OperationalError):
            kept.settle(traffic.outcomes, traffic.lease_of(ana), outcome)
        with pytest.raises(OperationalError):
            kept.settle_all(traffic.outcomes)
    assert len(kept.waiting) == 1
    kept.settle_all(traffic.outcomes)
    assert (kept.waiting, states(town)[0]) == ([], State.SENT)


def test_when_the_ledger_fails_answers_are_heard_and_nothing_more_goes(town: Town, traffic: LedgerTraffic) -> None:
    """To the end of this run, though the ledger is well again; then what was heard is written down."""
    kept = Unsettled()
    steady = SteadyTraffic(traffic, kept)
    ana, ben, eva = taken(steady)
    assert list(steady.settle(crossing(ana), [])) == [ana.reference]
    assert not steady.is_halted()
    with full_disk(town):
        assert list(steady.settle(crossing(ben), [Outcome(message=ana, result=Receipt(detail="250 taken"))])) == []
    assert isinstance(steady.failure, OperationalError)
    assert steady.is_halted()
    assert steady.next() is None
    assert list(steady.settle(crossing(eva), [])) == []
    steady.close()
    assert states(town) == [State.IRREVOCABLE, State.SENDING, State.SENDING]
    kept.settle_all(traffic.outcomes)
    assert (kept.waiting, states(town)) == ([], [State.SENT, State.SCHEDULED, State.SCHEDULED])


def test_who_is_past_the_point_by_a_commit_whose_answer_was_lost_has_not_gone(
    town: Town, traffic: LedgerTraffic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody was let go, so nobody is in doubt: the mail is owed as before."""
    kept = Unsettled()
    steady = SteadyTraffic(traffic, kept)
    (ana,) = taken(steady, 1)
    commits = traffic.settle

    def lose(crossings: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        commits(crossings, outcomes)
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(traffic, "settle", lose)
    assert list(steady.settle(crossing(ana), [])) == []
    assert states(town)[0] is State.IRREVOCABLE
    kept.settle_all(traffic.outcomes)
    assert states(town)[0] is State.SCHEDULED


def test_a_claim_that_fails_begins_nothing_more(town: Town, traffic: LedgerTraffic) -> None:
    """And where nothing fails, what was claimed and not begun goes back at the end."""
    steady = SteadyTraffic(traffic, Unsettled())
    with full_disk(town):
        assert steady.next() is None
    assert isinstance(steady.failure, OperationalError)
    assert steady.next() is None
    well = SteadyTraffic(traffic, Unsettled())
    assert well.next() is not None
    assert states(town) == [State.SENDING] * 3
    well.close()
    assert states(town) == [State.SCHEDULED] * 3


def test_an_acceptance_is_that_of_its_own_attempt(town: Town, traffic: LedgerTraffic) -> None:
    """Neither what the server said of an earlier attempt is lost, nor is anybody else's on its way called accepted."""
    ana, ben, _ = taken(traffic)
    traffic.settle(crossing(ana), [])
    traffic.settle([], [Outcome(message=ana, result=TemporaryError("451 later"))])
    town.clock.turn(hours=1)
    traffic.settle(crossing(ben), [])
    again = traffic.claims.take("email", 1)
    with town.database.begin() as connection:
        assert leases.settle(connection, [], [leases.Crossing(again[0], "digest")], town.clock.now)[1]
    with town.database.begin() as connection:
        leases.settle(connection, [(again[0], Receipt(detail="250 taken"))], [], town.clock.now)
    with town.database.reading() as connection:
        kept = connection.execute(
            select(attempts.c.delivery_id, attempts.c.number, attempts.c.outcome, attempts.c.detail).order_by(
                attempts.c.delivery_id, attempts.c.number
            )
        ).all()
    assert [tuple(each) for each in kept] == [
        (1, 1, "retry", "451 later"),
        (1, 2, "sent", "250 taken"),
        (2, 1, "irrevocable", ""),
    ]
