"""A machine that slept, a ledger that somebody holds, zones that a government changed, a ledger begun anew."""

import shutil
import sqlite3
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from channels.mail.relay_log import RelayLog
from communique.channel import Crossing as Passing
from communique.channel import Message, TemporaryError
from communique.delivery import State
from tests.single_delivery import failing, only
from tests.ticking import approve, serving_town
from tests.workspaces import START, Town, build

TOO_LONG = timedelta(hours=30)


def sleeping(town: Town, length: timedelta) -> Callable[[Message], None]:
    """The machine is shut and opened again at this step."""

    def step(_message: Message) -> None:
        town.clock.now += length

    return step


@pytest.mark.parametrize(("hours", "state"), [(9, State.SENT), (30, State.MISSED)])
def test_a_machine_that_slept_sends_what_still_may_go(town: Town, hours: int, state: State) -> None:
    """Between claim and point of no return: longer than its lease is no harm, longer than the message's time is."""
    town.invite("ana")
    town.email.before = sleeping(town, timedelta(hours=hours))
    town.run()
    town.run()
    assert only(town).state is state
    assert len(town.email.taken) == (state is State.SENT)


def test_a_machine_that_slept_after_the_point_knows_what_it_sent(town: Town) -> None:
    """The answer was there before, and nothing goes twice."""
    town.invite("ana")
    town.email.after = sleeping(town, TOO_LONG)
    town.run()
    town.run()
    assert (only(town).state, len(town.email.taken)) == (State.SENT, 1)


def test_of_mails_in_bulk_none_passes_the_point_too_late(town: Town) -> None:
    """Those that had not begun, and the one whose last byte was about to leave."""
    town.invite("ana", "ben")
    town.freeze()
    dispatcher = town.dispatcher()
    from communique.send.bulk import LedgerTraffic

    traffic = LedgerTraffic(
        database=town.database,
        claims=dispatcher._claims,
        channel="email",
        stopping=lambda: False,
        outcomes=dispatcher._outcomes,
    )
    first = traffic.next()
    assert first is not None
    town.clock.now += TOO_LONG
    assert not traffic.settle([Passing(message=first, digest="")], [])
    assert traffic.next() is None
    traffic.close()
    town.run()
    assert town.account() == "2 planned = 2 missed"


def test_a_clock_set_back_lets_nothing_go_before_its_time(town: Town) -> None:
    """What one had taken when the clock was ahead, another gives back when it is right again."""
    town.invite("ana")
    town.freeze()
    town.dispatcher()._claims.take("email", 1)
    right = town.clock.now - timedelta(minutes=1)
    town.clock.now = right
    town.dispatcher().recover(gone=["here/1"])
    town.run()
    assert town.account() == "1 planned = 1 scheduled"
    town.clock.now = right + timedelta(minutes=1)
    town.run()
    assert town.account() == "1 planned = 1 sent"


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town on SQLite that waits for nobody who holds its ledger."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    town = build(tmp_path)
    event.listen(town.database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0"))
    town.database.engine.dispose()
    town.invite("ana", "ben")
    yield town
    town.database.close()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_ledger_that_somebody_holds_for_too_long_loses_nobody(impatient: Town, moment: str) -> None:
    """Before the point of no return nothing goes; after it the answer is kept, and written down when it can be."""
    town, dispatcher = impatient, impatient.dispatcher()
    town.freeze()
    other = sqlite3.connect(str(town.database.engine.url.database), isolation_level=None, check_same_thread=False)
    with closing(other):

        def hold(_message: Message) -> None:
            if not other.in_transaction:
                other.execute("BEGIN IMMEDIATE")

        setattr(town.email, moment, hold)
        with pytest.raises(OperationalError, match="locked"):
            dispatcher.run()
        assert len(town.email.taken) == (moment == "after")
        setattr(town.email, moment, lambda _message: None)
        with pytest.raises(OperationalError, match="locked"):
            dispatcher.recover()
        other.execute("ROLLBACK")
    for _ in range(3):
        dispatcher.recover()
        dispatcher.run()
        town.clock.turn(minutes=1)
    assert town.account() == "2 planned = 2 sent"
    assert len(town.email.taken) == 2


@pytest.fixture
def moved_zone(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """From now on Madrid has the time of Lisbon, as after an update of the tz database."""
    tree = tmp_path / "tz"

    def change() -> None:
        (tree / "Europe").mkdir(parents=True)
        lisbon = next(Path(each, "Europe/Lisbon") for each in zoneinfo.TZPATH if Path(each, "Europe/Lisbon").exists())
        shutil.copy(lisbon, tree / "Europe/Madrid")
        before = zoneinfo.TZPATH
        zoneinfo.reset_tzpath([str(tree), *before])
        ZoneInfo.clear_cache()

    yield change
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


def test_a_zone_that_changes_before_the_freeze_moves_what_is_planned(
    town: Town, moved_zone: Callable[[], None]
) -> None:
    """What the officer wrote is the time on the town's clocks: an hour later in UTC, and it goes then, once."""
    town.invite("ana")
    moved_zone()
    town.run()
    assert town.copies() == []
    town.clock.turn(hours=1)
    town.run()
    assert (only(town).state, only(town).due_at) == (State.SENT, START + timedelta(hours=1))


def test_a_zone_that_changes_after_the_freeze_sends_nothing_twice(town: Town, moved_zone: Callable[[], None]) -> None:
    """What has begun keeps its time, and is not owed again at the new one."""
    town.invite("ana")
    town.email.before = failing(TemporaryError("450"), times=1)
    town.run()
    moved_zone()
    for _ in range(3):
        town.clock.turn(minutes=40)
        town.run()
    assert (only(town).state, only(town).due_at) == (State.SENT, START)
    assert len(town.email.taken) == 1


@pytest.fixture
def updated_zones(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """The machine has a tz database of its own; when it is updated, Madrid gets the time of Lisbon."""
    tree, before = tmp_path / "zoneinfo", zoneinfo.TZPATH
    (tree / "Europe").mkdir(parents=True)

    def lay(zone: str, version: str) -> None:
        rules = next(Path(each, zone) for each in before if Path(each, zone).exists())
        for name, data in (("Europe/Madrid", rules.read_bytes()), ("tzdata.zi", version.encode())):
            (tree / "new").write_bytes(data)
            (tree / "new").replace(tree / name)

    lay("Europe/Madrid", "# version 2026a")
    zoneinfo.reset_tzpath([str(tree), *before])
    ZoneInfo.clear_cache()
    yield lambda: lay("Europe/Lisbon", "# version 2026b, of a government in a hurry")
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


def test_a_daemon_that_runs_goes_by_the_new_rules_of_its_zone(
    town: Town, updated_zones: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody starts it anew after an update of the tz database: it says so, and goes at the town's time, once."""
    with serving_town(town) as service:
        town.clock.now = START - timedelta(days=1)
        service.tick()
        updated_zones()
        service.tick()
        assert "the rules of time zones have changed on this machine" in caplog.text
        town.clock.now = START
        service.tick()
        assert service.sink.accepted == []
        approve(town)  # its time is another one than the one that was approved
        town.clock.turn(hours=1)
        for _ in range(2):
            service.tick()
        assert len(service.sink.accepted) == 1


def test_what_was_approved_for_another_time_is_approved_anew(town: Town, updated_zones: Callable[[], None]) -> None:
    """So that somebody hears of the hour by which a government has moved it."""
    with serving_town(town) as service:
        updated_zones()
        town.clock.turn(hours=1)
        service.tick()
        assert service.sink.accepted == []
        assert town.standing().reason == "changed since it was approved"


def test_a_ledger_that_is_begun_anew_takes_no_old_line_for_proof(tmp_path: Path) -> None:
    """The same people, texts and dates, and other Message-IDs: what the relay's log says of the first is not theirs."""
    references = []
    for name in ("first", "second"):
        town = build(tmp_path / name)
        with closing(town.database):
            town.invite("ana")
            town.freeze()
            references.append(only(town).reference)
            town.freeze()
            assert [copy.delivery.reference for copy in town.copies()] == references[-1:]
    log = tmp_path / "mail.log"
    log.write_text(
        f"Dec  1 10:00:00 relay postfix/cleanup[1]: 4F0: message-id=<{references[0]}>\n"
        "Dec  1 10:00:00 relay postfix/qmgr[2]: 4F0: from=<a@example.org>, size=1, nrcpt=1 (queue active)\n"
    )
    found = [RelayLog(log).receipt(each, START) for each in references]
    assert [each is not None for each in found] == [True, False]
