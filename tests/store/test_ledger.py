"""Every change of a delivery's state, in one transaction, by whoever holds the lease and by nobody else."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import IntegrityError

from communique.channel import Receipt
from communique.delivery import Mode, State
from communique.occasion import Occasion
from communique.store.database import attempts, deliveries, occurrences
from communique.store.deliveries import leases, ledger, takeover
from communique.store.deliveries.leases import Crossing, Lease, LeaseLostError
from communique.store.deliveries.owed import Owed
from tests.databases import ON_A_SERVER
from tests.workspaces import Town

OWNER = "here/1"


def occasion(town: Town) -> Occasion:
    """The announcement of the tiny campaign."""
    found = town.standing().occasion
    assert found is not None
    return found


def freeze(town: Town, *owed: Owed) -> int:
    """Write down who gets what; those who are owed something are known."""
    moment = town.clock.now
    town.invite(*(f"p{number + 1}" for number in range(max((each.person for each in owed), default=0))))
    with town.database.begin() as connection:
        expires_at = moment + timedelta(hours=24)
        return ledger.freeze(
            connection, Mode.LIVE, occasion(town), owed, expires_at=expires_at, digest="hash", now=moment
        )


def owed(person: int, state: State = State.SCHEDULED, language: str = "en") -> Owed:
    """One copy by mail."""
    return Owed(channel="email", language=language, person=person, state=state, reference=f"{person}{language}@test")


def claim(town: Town, owner: str = OWNER, most: int = 10) -> list[Lease]:
    """Take what is due."""
    with town.database.begin() as connection:
        return leases.claim(connection, Mode.LIVE, "email", owner=owner, now=town.clock.now, most=most)


def cross(town: Town, lease: Lease) -> None:
    """Pass the point of no return."""
    with town.database.begin() as connection:
        if not leases.cross(connection, [Crossing(lease=lease, content_hash="hash")], town.clock.now):
            raise LeaseLostError


def record(town: Town, lease: Lease, state: State, **more: object) -> None:
    """Write an outcome down."""
    with town.database.begin() as connection:
        leases.record(connection, lease, state, now=town.clock.now, **more)  # type: ignore[arg-type]


def states(town: Town) -> list[str]:
    """The state of every delivery, the oldest first; the balance holds."""
    town.balances()
    return [copy.delivery.state for copy in town.copies()]


def test_an_audience_is_frozen_once(town: Town) -> None:
    """Freezing again, with the same or with other people, adds nothing."""
    assert freeze(town, owed(1), owed(2)) == 2
    assert freeze(town, owed(1), owed(2)) == 0
    assert freeze(town, owed(1), owed(3)) == 0
    assert states(town) == ["scheduled", "scheduled"]


def test_the_database_itself_refuses_a_second_copy(town: Town) -> None:
    """The unique key holds whatever the code above it does: one copy a channel, person and language."""
    freeze(town, owed(1))
    with town.database.reading() as connection:
        row = connection.execute(select(deliveries)).one()._asdict()
    again = {**row, "id": None, "reference": "other@test"}
    with pytest.raises(IntegrityError), town.database.begin() as connection:
        connection.execute(deliveries.insert().values(again))


def test_the_database_itself_refuses_a_second_freeze(town: Town) -> None:
    """One row for each occurrence in each mode."""
    freeze(town, owed(1))
    with town.database.reading() as connection:
        row = connection.execute(select(occurrences)).one()._asdict()
    with pytest.raises(IntegrityError), town.database.begin() as connection:
        connection.execute(occurrences.insert().values({**row, "id": None}))


def test_two_claims_at_the_same_time_share_what_is_due(town: Town) -> None:
    """Each delivery is leased to one worker, however many ask."""
    freeze(town, *(owed(number) for number in range(1, 41)))
    taken: list[int] = []
    start = threading.Barrier(4)

    def work(owner: str) -> None:
        start.wait()
        while leases := claim(town, owner, most=3):
            taken.extend(lease.delivery.id for lease in leases)

    workers = [threading.Thread(target=work, args=(f"here/{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == list(range(1, 41))


def test_what_is_not_due_or_too_late_is_not_claimed(town: Town) -> None:
    """A retry waits for its time; after the end of its window nothing goes."""
    freeze(town, owed(1))
    (lease,) = claim(town)
    record(town, lease, State.SCHEDULED, retry_at=town.clock.now + timedelta(hours=1))
    assert claim(town) == []
    town.clock.turn(hours=1)
    (lease,) = claim(town)
    record(town, lease, State.SCHEDULED, retry_at=town.clock.now)
    town.clock.turn(hours=24)
    assert claim(town) == []


def test_the_balance_holds_at_every_step(town: Town) -> None:
    """Whatever happens, each planned copy is in exactly one state."""
    freeze(town, owed(1), owed(2), owed(3, State.EXCLUDED))
    assert states(town) == ["scheduled", "scheduled", "excluded"]
    first, second = claim(town)
    assert states(town) == ["sending", "sending", "excluded"]
    cross(town, first)
    assert states(town) == ["irrevocable", "sending", "excluded"]
    record(town, first, State.SENT, receipt=Receipt(detail="250 taken"))
    assert states(town) == ["sent", "sending", "excluded"]
    record(town, second, State.SCHEDULED, reason="busy", retry_at=town.clock.now)
    assert states(town) == ["sent", "scheduled", "excluded"]
    town.clock.turn(hours=25)
    with town.database.begin() as connection:
        assert ledger.miss_expired(connection, Mode.LIVE, town.clock.now) == 1
    assert states(town) == ["sent", "missed", "excluded"]
    assert town.copies()[1].delivery.reason == "its time had passed; last: busy"


def test_a_worker_that_lost_its_lease_can_do_nothing_more(town: Town) -> None:
    """Taken over after the lease ran out: the old worker can neither pass the point of no return nor record."""
    freeze(town, owed(1))
    (old,) = claim(town, "there/1")
    town.clock.turn(minutes=21)
    with town.database.begin() as connection:
        assert takeover.release_unbegun(connection, Mode.LIVE, gone=["here/7"], now=town.clock.now) == 1
    (new,) = claim(town)
    with pytest.raises(LeaseLostError):
        cross(town, old)
    with pytest.raises(LeaseLostError):
        record(town, old, State.SENT)
    cross(town, new)
    with pytest.raises(LeaseLostError):
        record(town, old, State.FAILED)
    record(town, new, State.SENT)
    assert states(town) == ["sent"]


def test_the_point_of_no_return_is_passed_once(town: Town) -> None:
    """An adapter that asks twice is refused: what may have gone out cannot begin again."""
    freeze(town, owed(1))
    (lease,) = claim(town)
    cross(town, lease)
    with pytest.raises(LeaseLostError):
        cross(town, lease)


def test_of_a_group_only_those_still_held_go_on(town: Town) -> None:
    """At each of the two steps that are taken by the group; the one that was lost keeps what the others wrote."""
    freeze(town, owed(1), owed(2), owed(3))
    now = town.clock.now
    taken = claim(town)
    with town.database.begin() as connection:
        leases.put_back(connection, taken[1:2], now)
    with town.database.begin() as connection:
        passed = leases.cross(connection, [Crossing(lease=each, content_hash="hash") for each in taken], now)
    assert passed == {taken[0].delivery.id, taken[2].delivery.id}
    assert states(town) == ["irrevocable", "scheduled", "irrevocable"]
    assert [copy.last is not None for copy in town.copies()] == [True, False, True]
    record(town, taken[2], State.IN_DOUBT, reason="no answer")
    with town.database.begin() as connection:
        sent = leases.record_sent(connection, [(each, Receipt(detail="250 ok")) for each in taken], now)
    assert sent == {taken[0].delivery.id}
    assert states(town) == ["sent", "scheduled", "in_doubt"]
    assert [copy.last.detail if copy.last else "" for copy in town.copies()] == ["250 ok", "", "no answer"]


def test_what_was_accepted_and_what_is_about_to_go_are_written_down_together(town: Town) -> None:
    """And of each only what is still held: others may have taken one of either."""
    freeze(town, *(owed(number) for number in range(1, 5)))
    now = town.clock.now
    gone, doubted, going, given_back = claim(town)
    for each in (gone, doubted):
        cross(town, each)
    record(town, doubted, State.IN_DOUBT, reason="no answer")
    with town.database.begin() as connection:
        leases.put_back(connection, [given_back], now)
    receipt = Receipt(detail="250 ok")
    with town.database.at_once() as connection:
        recorded, held = leases.settle(
            connection,
            [(gone, receipt), (doubted, receipt)],
            [Crossing(lease=each, content_hash="hash") for each in (going, given_back)],
            now,
        )
    assert (recorded, held) == ({gone.delivery.id}, {going.delivery.id})
    assert states(town) == ["sent", "in_doubt", "irrevocable", "scheduled"]
    assert [copy.last and copy.last.detail for copy in town.copies()] == ["250 ok", "no answer", "", None]


@ON_A_SERVER
def test_a_group_of_mails_is_one_journey_to_the_server(town: Town) -> None:
    """What was accepted and what is about to go are one statement, and with it their transaction begins and ends."""
    freeze(town, owed(1), owed(2))
    gone, going = claim(town)
    cross(town, gone)
    with town.database.at_once() as connection:
        leases.settle(connection, [(gone, Receipt())], [Crossing(lease=going, content_hash="hash")], town.clock.now)
        with town.database.reading() as beside:
            seen = beside.execute(select(deliveries.c.state).order_by(deliveries.c.id)).scalars().all()
    assert seen == ["sent", "irrevocable"]


@ON_A_SERVER
def test_the_server_keeps_what_each_mail_goes_through_prepared(town: Town) -> None:
    """The point of no return and the outcome, and no statement that is asked once in a while."""
    freeze(town, owed(1), owed(2))
    now = town.clock.now
    taken = claim(town)
    with town.database.beside() as connection:
        leases.cross(connection, [Crossing(lease=each, content_hash="hash") for each in taken], now)
        kept = prepared(connection)
    with town.database.beside() as connection:
        leases.record_sent(connection, [(each, Receipt(detail="250 ok")) for each in taken], now)
        kept |= prepared(connection)
    freezing = {
        "INSERT INTO deliveries",
        "INSERT INTO people",
    }  # the driver prepares by itself what is given with many rows at once
    assert kept - freezing == {"UPDATE deliveries", "INSERT INTO attempts", "UPDATE attempts"}


def prepared(connection: Connection) -> set[str]:
    """What the server keeps for a connection: the changes of each statement."""
    kept = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars()
    return {change for each in kept for change in re.findall(r"UPDATE \w+|INSERT INTO \w+", each)}


def test_an_outcome_is_recorded_once(town: Town) -> None:
    """What was settled stays as it was settled."""
    freeze(town, owed(1))
    (lease,) = claim(town)
    record(town, lease, State.FAILED, reason="550 no such person")
    with pytest.raises(LeaseLostError):
        record(town, lease, State.SENT)
    assert states(town) == ["failed"]


@pytest.mark.parametrize(
    ("owner", "minutes", "released"),
    [("here/7", 0, 1), ("here/1", 0, 0), ("there/7", 0, 0), ("there/7", 21, 1), ("here/77", 0, 0)],
)
def test_a_worker_is_dead_when_it_is_known_to_be(town: Town, owner: str, minutes: int, released: int) -> None:
    """By its own name, or when its lease has run out; the name of its host says nothing."""
    freeze(town, owed(1))
    claim(town, owner)
    town.clock.turn(minutes=minutes)
    with town.database.begin() as connection:
        found = takeover.release_unbegun(connection, Mode.LIVE, gone=["here/7"], now=town.clock.now)
    assert found == released
    assert states(town) == ["scheduled" if released else "sending"]


def test_what_a_dead_worker_may_have_sent_is_taken_over_and_not_put_back(town: Town) -> None:
    """Before the point of no return it goes back; after it somebody has to settle it."""
    freeze(town, owed(1), owed(2))
    first, _ = claim(town, "here/7")
    cross(town, first)
    with town.database.begin() as connection:
        assert takeover.release_unbegun(connection, Mode.LIVE, gone=["here/7"], now=town.clock.now) == 1
        (taken,) = takeover.take_over_irrevocable(
            connection, Mode.LIVE, owner=OWNER, gone=["here/7"], now=town.clock.now
        )
    assert taken.delivery.id == first.delivery.id
    with pytest.raises(LeaseLostError):
        record(town, first, State.SENT)
    record(town, taken, State.IN_DOUBT)
    assert states(town) == ["in_doubt", "scheduled"]


def test_recovery_in_one_mode_leaves_the_other_alone(town: Town) -> None:
    """What live left behind is never settled through the outbox of a trial, where everything looks as if sent."""
    freeze(town, owed(1), owed(2))
    first, _ = claim(town, "here/7")
    cross(town, first)
    trial, now = Mode.TRIAL, town.clock.now
    with town.database.begin() as connection:
        assert takeover.release_unbegun(connection, trial, gone=["here/7"], now=now) == 0
        assert not takeover.take_over_irrevocable(connection, trial, owner=OWNER, gone=["here/7"], now=now)


def test_what_may_have_gone_out_is_never_counted_as_missed(town: Town) -> None:
    """A repeat that found no time any more leaves the first attempt in doubt, and it is listed."""
    freeze(town, owed(1))
    (lease,) = claim(town)
    record(town, lease, State.SCHEDULED, reason="no answer", retry_at=town.clock.now, resent=True)
    town.clock.turn(hours=25)
    with town.database.begin() as connection:
        ledger.miss_expired(connection, Mode.LIVE, town.clock.now)
    assert states(town) == ["in_doubt"]
    assert "no answer" in town.copies()[0].delivery.reason


@pytest.mark.ledger_by_hand
@pytest.mark.parametrize("state", ["sending", "irrevocable", "sent", "excluded", "cancelled"])
def test_only_what_waits_for_a_decision_is_settled_by_hand(town: Town, state: str) -> None:
    """Nobody can declare a copy unsent that is under way or gone."""
    freeze(town, owed(1))
    with town.database.begin() as connection:
        held = {"lease_token": "token"} if state in {"sending", "irrevocable"} else {"finished_at": town.clock.now}
        connection.execute(update(deliveries).values(state=state, **held))
        assert not ledger.settle_by_hand(connection, 1, State.FAILED, reason="no", now=town.clock.now)
    assert states(town) == [state]


def test_sending_again_by_hand_remembers_that_it_may_have_gone(town: Town) -> None:
    """When the second copy finds no time, the first is in doubt again and not missed."""
    freeze(town, owed(1))
    (lease,) = claim(town)
    record(town, lease, State.IN_DOUBT, reason="no answer")
    with town.database.begin() as connection:
        assert ledger.settle_by_hand(connection, 1, State.SCHEDULED, reason="resend", now=town.clock.now)
    town.clock.turn(hours=25)
    with town.database.begin() as connection:
        ledger.miss_expired(connection, Mode.LIVE, town.clock.now)
    assert states(town) == ["in_doubt"]


def test_every_attempt_stays_on_record(town: Town) -> None:
    """Number, times, outcome and the next system's words of each try."""
    freeze(town, owed(1))
    (lease,) = claim(town)
    record(town, lease, State.SCHEDULED, reason="451 busy", retry_at=town.clock.now)
    (lease,) = claim(town)
    cross(town, lease)
    record(town, lease, State.SENT, receipt=Receipt(reference="A1", url="https://example.org", detail="250 taken"))
    with town.database.reading() as connection:
        rows = connection.execute(select(attempts).order_by(attempts.c.id)).all()
    assert [(row.number, row.outcome, row.detail) for row in rows] == [
        (1, "retry", "451 busy"),
        (2, "sent", "250 taken"),
    ]
    assert rows[1].irrevocable_at is not None
    assert rows[0].irrevocable_at is None


def test_instants_are_kept_in_one_form(town: Town) -> None:
    """SQLite compares them as texts, and rates ask for what has begun since."""
    freeze(town, owed(1))
    lease = claim(town)[0]
    cross(town, lease)
    with town.database.begin() as connection:
        leases.record_sent(connection, [(lease, Receipt())], town.clock.now)
        kept = connection.execute(text("SELECT started_at, irrevocable_at, finished_at FROM attempts")).one()
    assert set(kept) == {kept.finished_at}


def test_what_a_server_says_is_kept_to_the_letter(town: Town) -> None:
    """And is never a part of a statement."""
    said = "550 it's \"no\"; -- ? :given0 %(now)s '' \\ \N{PILE OF POO}"
    freeze(town, owed(1))
    record(town, claim(town)[0], State.FAILED, reason=said)
    with town.database.reading() as connection:
        kept = connection.execute(select(deliveries.c.reason, attempts.c.detail).join_from(deliveries, attempts)).one()
    assert tuple(kept) == (said, said)


def test_a_delivery_keeps_its_name_and_reference(town: Town) -> None:
    """The identity on the wire is fixed before the first attempt and the same on every one."""
    freeze(town, owed(1))
    (first,) = claim(town)
    record(town, first, State.SCHEDULED, retry_at=town.clock.now)
    (second,) = claim(town)
    assert second.delivery == first.delivery._replace(attempts=1, reason=second.delivery.reason)
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.delivery.key == "news/hello/once/email/1/en"
