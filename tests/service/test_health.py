"""Whether the service is well."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from communique.delivery import Mode
from communique.monitoring.health import STOPPED_AFTER, Health
from communique.store.deliveries import accounts
from communique.web.server import serving
from tests.workspaces import Town

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def health() -> Health:
    """A daemon that has just ticked."""
    made = Health()
    made.ticked(NOW)
    return made


def test_it_is_well_after_a_tick(health: Health) -> None:
    """And says when that was."""
    well, report = health.report(NOW)
    assert well
    assert report["last_tick_at"] == "2026-12-01T09:00:00+00:00"
    assert report["clock"] == "running"
    assert report["leads"]


def test_it_is_not_well_before_the_first_tick() -> None:
    """A daemon that never began is not well."""
    well, report = Health().report(NOW)
    assert not well
    assert report["clock"] == "stopped"


def test_it_is_not_well_once_the_clock_has_stopped(health: Health) -> None:
    """No tick for longer than the slowest server may take: somebody has to look."""
    assert health.report(NOW + STOPPED_AFTER)[0]
    well, report = health.report(NOW + STOPPED_AFTER + timedelta(seconds=1))
    assert not well
    assert report["clock"] == "stopped"


def test_a_failed_tick_is_told_until_one_goes_through(health: Health) -> None:
    """The failure's kind and words are on the page."""
    health.failed("OSError: the disk is full")
    well, report = health.report(NOW)
    assert not well
    assert report["failure"] == "OSError: the disk is full"
    health.ticked(NOW)
    assert health.report(NOW)[0]


def test_a_broken_file_is_told_until_it_is_mended(health: Health) -> None:
    """The service goes on with what was approved, and is not well."""
    health.problems(["campaigns/news.yaml:3: expected …"])
    well, report = health.report(NOW)
    assert not well
    assert report["problems"] == ["campaigns/news.yaml:3: expected …"]
    health.problems([])
    assert health.report(NOW)[0]


def test_one_that_stands_by_is_well_and_says_so(health: Health) -> None:
    """It ticks, and does not lead."""
    health.stand_by(NOW)
    well, report = health.report(NOW)
    assert well
    assert not report["leads"]


def test_what_is_in_doubt_is_counted(town: Town, health: Health) -> None:
    """A person has to settle it; the service itself is well."""
    town.invite("ana", "ben")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.email.after = _lose_the_answer
    town.run()
    with town.database.reading() as connection:
        health.look(connection, Mode.LIVE, town.clock.now)
    well, report = health.report(NOW)
    assert well
    assert report["in_doubt"] == 2
    assert report["unbalanced"] == []


def _lose_the_answer(_message: object) -> None:
    raise ConnectionResetError


@pytest.mark.ledger_by_hand
def test_a_balance_that_does_not_hold_is_an_alarm(town: Town, health: Health) -> None:
    """Somebody deleted a row by hand: the announcement is named."""
    town.invite("ana", "ben")
    town.run()
    with town.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM attempts WHERE delivery_id = 1")
        connection.exec_driver_sql("DELETE FROM deliveries WHERE id = 1")
        health.look(connection, Mode.LIVE, town.clock.now)
    well, report = health.report(NOW)
    assert not well
    assert report["unbalanced"] == ["news/hello"]


def test_the_balances_are_counted_once_a_minute(town: Town, health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that does nothing counts nothing; a clock that was put back counts at once; all of it is counted daily."""
    counted = []
    monkeypatch.setattr(accounts, "balances", lambda *_: counted.append("all") or [])
    monkeypatch.setattr(accounts, "latest_balances", lambda *_, **__: counted.append("lately") or [])
    with town.database.reading() as connection:
        for seconds in (0, 5, 59, 60, 65, -600, 86_300, 86_460):
            health.look(connection, Mode.LIVE, NOW + timedelta(seconds=seconds))
    assert counted == ["all", "lately", "lately", "lately", "all"]


@pytest.mark.ledger_by_hand
def test_what_does_not_balance_is_an_alarm_until_it_does(town: Town, health: Health) -> None:
    """However long ago it fell due, and though only what is new is counted each minute."""
    town.invite("ana", "ben")
    town.run()
    with town.database.begin() as connection:
        connection.exec_driver_sql("UPDATE occurrences SET planned = planned + 1")
        for days in (30, 31, 32):
            health.look(connection, Mode.LIVE, town.clock.now + timedelta(days=days))
        health.look(connection, Mode.LIVE, town.clock.now + timedelta(days=32, minutes=2))
        assert health.report(NOW)[1]["unbalanced"] == ["news/hello"]
        connection.exec_driver_sql("UPDATE occurrences SET planned = planned - 1")
        health.look(connection, Mode.LIVE, town.clock.now + timedelta(days=32, minutes=4))
        assert health.report(NOW)[1]["unbalanced"] == []


def test_the_page_names_nobody(town: Town, health: Health) -> None:
    """Anybody on the machine may read it: it holds no address."""
    town.invite("ana")
    town.email.after = _lose_the_answer
    town.run()
    with town.database.reading() as connection:
        health.look(connection, Mode.LIVE, town.clock.now)
    assert "ana" not in str(health.report(NOW)).lower()


def test_in_words_the_worst_comes_first(health: Health) -> None:
    """One line for systemd's status."""
    assert Health().in_words(NOW) == "nothing done yet"
    assert health.in_words(NOW) == "well"
    health.problems(["campaigns/news.yaml:3: expected …", "another"])
    health.hold("no room")
    assert health.in_words(NOW) == "everything is held: no room; faults in files or settings: 2"
    health.failed("OSError: no")
    assert "; the last tick failed: OSError: no; " in health.in_words(NOW)
    health.stand_by(NOW)
    assert health.in_words(NOW) == "stands by: another daemon of this workspace sends"


def ready(town: Town) -> tuple[int, dict[str, object]]:
    """What the page says."""
    with serving(Health(), town.installation, town.clock, 0) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/readyz")
    return answer.status_code, answer.json()


def test_it_is_ready_while_the_ledger_answers(town: Town) -> None:
    """Whatever else is wrong: a person can leave a list before the first tick, and while another daemon leads."""
    assert ready(town) == (200, {"ready": True, "why": ""})


def test_it_is_not_ready_without_its_ledger(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence, and without the password of the database's address."""
    with monkeypatch.context() as patch:
        patch.setitem(town.variables, "DATABASE_URL", "postgresql://town:a-long-password@127.0.0.1:1/ledger")
        status, page = ready(town)
    assert status == 503
    assert not page["ready"]
    assert "expected to open the database" in str(page["why"])
    assert "a-long-password" not in str(page)
