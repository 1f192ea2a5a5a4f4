"""What a worker that died leaves behind, and what its successor makes of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Column, select, update

from communique.channel import Message, Receipt, TemporaryError, UncertainError
from communique.delivery import Mode, State
from communique.store import epochs
from communique.store.announcements import copies
from communique.store.database import copies as copies_table
from communique.store.database import deliveries, occurrences
from communique.store.deliveries import leases, takeover
from communique.store.deliveries.leases import LeaseLostError
from tests.single_delivery import StoppedError, claim, cross, failing, in_doubt, only
from tests.workspaces import Town

POLICIES = ("strict", "resend")


@pytest.mark.parametrize("policy", POLICIES)
def test_a_crash_before_the_point_is_repeated(town: Town, policy: str) -> None:
    """What a dead worker had not passed the point with goes out once, by its successor."""
    in_doubt(town, policy)
    town.invite("ana")
    town.email.before = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    assert town.account() == "1 planned = 1 sending"
    town.owner, town.gone = "here/2", ["here/1"]
    town.run()
    assert town.account() == "1 planned = 1 sent"
    assert len(town.email.taken) == 1


@pytest.mark.parametrize(("policy", "copies"), [("strict", 1), ("resend", 2)])
def test_a_crash_after_the_point_follows_the_policy(town: Town, policy: str, copies: int) -> None:
    """What a dead worker had passed the point with is looked up, then settled as the announcement says."""
    in_doubt(town, policy)
    town.invite("ana")
    town.email.after = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    assert town.account() == "1 planned = 1 irrevocable"
    town.owner, town.gone = "here/2", ["here/1"]
    town.run()
    town.clock.turn(hours=1)
    town.run()
    assert len(town.email.asked) == 1
    assert len(town.email.taken) == copies
    assert only(town).state is (State.IN_DOUBT if policy == "strict" else State.SENT)


def test_what_a_dead_worker_may_have_sent_is_repeated_at_once(town: Town) -> None:
    """The fault was ours, so nobody has to be spared; where a mail server did not answer, it gets a pause."""
    in_doubt(town, "resend")
    town.invite("ana")
    town.email.after = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    town.owner, town.gone = "here/2", ["here/1"]
    town.email.after = failing(UncertainError("the answer was lost"))
    town.run()
    assert len(town.email.taken) == 2
    assert only(town).state is State.IN_DOUBT, "at most once more"

    town.invite("ben")
    town.add("  again:\n    when: start\n    to: [friends]\n    through: [email]\n    in_doubt: resend\n")
    town.say("again", dict.fromkeys(("en", "es"), "---\nheadline: Again\nsummary: Again.\n---\nAgain.\n"))
    before = len(town.email.taken)
    town.run()
    town.run()
    assert len(town.email.taken) - before == 2, "each once, and not yet again"


def test_what_went_through_a_channel_that_is_no_more_is_settled_all_the_same(town: Town) -> None:
    """Nobody can be asked: the announcement's policy decides, and a person sees it now and not in a day."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.email.after = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    town.owner = "here/2"
    town.dispatcher({}).recover(["here/1"])
    assert (only(town).state, town.email.asked) == (State.IN_DOUBT, [])


def test_what_cannot_be_written_again_is_settled_all_the_same(town: Town) -> None:
    """Without its words nobody can be asked for it: the policy decides, now and not when its time is over."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.email.after = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    with town.database.begin() as connection:
        connection.execute(copies_table.delete().where(copies_table.c.of == copies.frozen(1)))
    town.owner, town.gone = "here/2", ["here/1"]
    town.run()
    assert (only(town).state, town.email.asked) == (State.IN_DOUBT, [])


def test_a_worker_elsewhere_is_dead_only_when_its_lease_has_run_out(town: Town) -> None:
    """Nobody is declared dead because of a name."""
    town.invite("ana")
    town.freeze()
    claim(town, "elsewhere/7")
    town.clock.turn(minutes=19)
    town.run()
    assert town.email.taken == []
    town.clock.turn(minutes=2)
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_who_lost_the_lease_can_neither_pass_the_point_nor_record(town: Town) -> None:
    """The old worker is stopped by the ledger, before the byte that cannot be taken back."""
    town.invite("ana")
    town.freeze()
    old = claim(town, "elsewhere/7")
    town.clock.turn(minutes=21)
    with town.database.begin() as connection:
        takeover.release_unbegun(connection, Mode.LIVE, gone=[], now=town.clock.now)
    new = claim(town, "here/1")
    with pytest.raises(LeaseLostError):
        cross(town, old)
    with pytest.raises(LeaseLostError), town.database.begin() as connection:
        leases.record(connection, old, State.SENT, now=town.clock.now)
    town.dispatcher().attempt(old)
    assert town.email.taken == []
    cross(town, new)
    assert only(town).state is State.IRREVOCABLE


def test_a_daemon_that_dies_at_each_start_uses_up_no_attempt(town: Town) -> None:
    """However often it dies before anything is sent: a later refusal waits as long as a first one, and it goes once."""
    town.invite("ana", "ben")
    town.email.before = failing(StoppedError())
    for number in range(50):
        town.owner, town.gone = f"here/{number}", [f"here/{number - 1}"]
        with pytest.raises(StoppedError):
            town.run()
    assert [copy.delivery.attempts for copy in town.copies()] == [0, 0]
    town.owner, town.gone = "here/50", ["here/49"]
    town.email.before = failing(TemporaryError("450 greylisted"))
    town.run()
    assert [copy.delivery.attempts for copy in town.copies()] == [1, 1]
    town.clock.now += timedelta(minutes=1)
    town.email.before = lambda _message: None
    town.run()
    town.run()
    assert town.account() == "2 planned = 2 sent"
    assert len(town.email.taken) == 2


#: What each of five people's copies has come to, and under whom.
HELD = (
    ("ana", "elsewhere/7", State.SENT),
    ("ben", "elsewhere/7", State.SENDING),
    ("eva", "gone/1", State.SENDING),
    ("kim", "gone/1", State.IRREVOCABLE),
    ("lee", "elsewhere/7", State.IRREVOCABLE),
)
ANA, BEN, EVA, KIM, LEE = range(5)


@pytest.fixture
def held(town: Town) -> Town:
    """One copy in each of the states that something is left in, by a worker that lives and one that is gone."""
    town.invite(*(name for name, _, _ in HELD))
    town.freeze()
    for _, owner, state in HELD:
        lease = claim(town, owner)
        if state is not State.SENDING:
            cross(town, lease)
        if state is State.SENT:
            with town.database.begin() as connection:
                leases.record(connection, lease, state, now=town.clock.now)
    return town


def column(town: Town, of: Column[datetime]) -> Sequence[datetime | None]:
    """As it stands for each, in the order of `HELD`."""
    with town.database.reading() as connection:
        return connection.execute(select(of).order_by(deliveries.c.id)).scalars().all()


def states(town: Town) -> list[State]:
    """Of each."""
    return [copy.delivery.state for copy in town.copies()]


def test_only_what_a_dead_worker_had_not_begun_is_put_back(held: Town) -> None:
    """Not what is sent, what may have gone out, what somebody else holds, or what live mode owes, for a trial."""
    before = states(held)
    with held.database.begin() as connection:
        assert takeover.release_unbegun(connection, Mode.TRIAL, gone=["gone/1"], now=held.clock.now) == 0
        assert takeover.release_unbegun(connection, Mode.LIVE, gone=["nobody/1"], now=held.clock.now) == 0
        assert takeover.release_unbegun(connection, Mode.LIVE, gone=["gone/1"], now=held.clock.now) == 1
    assert states(held) == [*before[:EVA], State.SCHEDULED, *before[KIM:]]


def test_only_what_a_dead_worker_may_have_sent_is_taken_over(held: Town) -> None:
    """In its mode, through the channels that somebody can ask."""

    def taken(mode: Mode, *but_for: str) -> list[str | None]:
        with held.database.begin() as connection:
            found = takeover.take_over_irrevocable(
                connection, mode, owner="here/1", gone=["gone/1"], but_for=but_for, now=held.clock.now
            )
        return [lease.person and lease.person.name for lease in found]

    kim = held.copies()[KIM].name
    assert [taken(Mode.TRIAL), taken(Mode.LIVE, "email"), taken(Mode.LIVE, "letter")] == [[], [], [kim]]
    assert taken(Mode.LIVE) == [], "it is here/1's now"


def test_a_lease_ends_when_it_says_and_not_before(held: Town) -> None:
    """At the very moment it still holds."""
    (end,) = {each for each in column(held, deliveries.c.lease_until) if each is not None}
    for now, number in ((end, 0), (end + timedelta(microseconds=1), 2)):
        with held.database.begin() as connection:
            assert takeover.release_unbegun(connection, Mode.LIVE, gone=[], now=now) == number


def test_who_gives_no_sign_of_life_has_two_minutes_for_what_may_be_out(held: Town) -> None:
    """Nobody else's lease ends sooner, and none is made longer."""
    before, soon = column(held, deliveries.c.lease_until), held.clock.now + timedelta(minutes=2)
    for later in (0, 30):
        now = held.clock.now + timedelta(seconds=later)
        with held.database.begin() as connection:
            takeover.shorten(connection, Mode.TRIAL, silent=["elsewhere/7"], now=now)
            takeover.shorten(connection, Mode.LIVE, silent=["gone/1"], now=now)
        assert column(held, deliveries.c.lease_until) == [*before[:KIM], soon, before[LEE]]


def test_a_time_that_only_a_clock_ahead_can_have_written_is_brought_near(held: Town) -> None:
    """Leases end now; what waits is due now, though not before its own time. What is not so far ahead stays."""
    now, due = held.clock.now, held.clock.now + timedelta(minutes=5)
    far, near = now + timedelta(days=400), now + timedelta(minutes=59)
    for number, moment in enumerate((None, far, near, far, near), start=1):
        with held.database.begin() as connection:
            held_until = update(deliveries).where(deliveries.c.id == number, deliveries.c.lease_token.is_not(None))
            connection.execute(held_until.values(lease_until=moment))
    with held.database.begin() as connection:
        takeover.bring_near(connection, Mode.TRIAL, latest=now + timedelta(hours=1), now=now)
        takeover.bring_near(connection, Mode.LIVE, latest=now + timedelta(hours=1), now=now)
    assert column(held, deliveries.c.lease_until) == [None, now, near, now, near]

    with held.database.begin() as connection:
        takeover.release_unbegun(connection, Mode.LIVE, gone=["elsewhere/7", "gone/1"], now=now)
        connection.execute(update(occurrences).values(due_at=due))
        waits = update(deliveries).where(deliveries.c.state == State.SCHEDULED)
        connection.execute(waits.where(deliveries.c.id == BEN + 1).values(next_attempt_at=far))
        connection.execute(waits.where(deliveries.c.id == EVA + 1).values(next_attempt_at=near))
        takeover.bring_near(connection, Mode.LIVE, latest=now + timedelta(hours=1), now=now)
    assert column(held, deliveries.c.next_attempt_at)[BEN:KIM] == [due, near]


def test_a_copy_of_the_ledger_from_before_the_takeover_is_older(town: Town) -> None:
    """What a dead worker had sent was settled then; the copy would settle it once more, and perhaps send it again."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.freeze()
    cross(town, claim(town, "gone/1"))
    with town.database.begin() as connection:
        before = epochs.advance(connection)
    seen = town.installation.seen_epoch
    seen.keep(before)
    replace(town.dispatcher(), seen=seen).recover(["gone/1"])
    assert only(town).state is State.IN_DOUBT
    assert "older than what this machine has sent" in seen.objection(before)


def test_what_cannot_be_asked_for_now_is_asked_for_again_soon(town: Town) -> None:
    """Not knowing is no answer: it stays as it is, says why, and is neither asked for at once nor after a lease."""
    in_doubt(town, "strict")
    town.invite("ana")
    town.email.after = failing(StoppedError(), times=1)
    with pytest.raises(StoppedError):
        town.run()
    town.owner, town.gone = "here/2", ["here/1"]

    def away(_message: Message) -> Receipt | None:
        raise TemporaryError("503 away")

    town.email.answer = away
    town.run()
    town.run()
    assert (only(town).state, len(town.email.asked)) == (State.IRREVOCABLE, 1)
    assert "it could not be looked up: 503 away" in only(town).reason
    town.email.answer = lambda _message: Receipt(detail="found")
    town.clock.turn(minutes=1, seconds=1)
    town.run()
    assert (only(town).state, len(town.email.asked), len(town.email.taken)) == (State.SENT, 2, 1)
