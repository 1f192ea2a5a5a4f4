"""The figures for Prometheus: true, named by its rules, and about nobody."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open
from prometheus_client.parser import text_string_to_metric_families as parse
from ruamel.yaml import YAML

from communique.service.daemon import Daemon
from communique.store.deliveries import pauses
from communique.web.server import serving
from tests.channels.recording_smtp import RecordingSmtp
from tests.workspaces import FOLLOWING, START, Town

ALERTS = Path(__file__).parents[2] / "deploy" / "prometheus-alerts.yaml"
UNITS = ("_seconds", "_bytes", "_total", "_info")
#: Gauges that count things, or say yes or no, have no unit.
PLAIN = {
    *(
        "communique_deliveries",
        "communique_leases",
        "communique_unread_mailboxes",
        "communique_overdue_deliveries",
        "communique_returned_deliveries",
        "communique_waiting_announcements",
    ),
    *("communique_unbalanced_announcements", "communique_file_problems", "communique_held", "communique_leads"),
    "communique_ledger_up",
    "communique_paused",
    "communique_resting",
    "communique_stopped_deliveries",
}


@pytest.fixture
def server() -> Iterator[RecordingSmtp]:
    """A mail server."""
    with RecordingSmtp() as running:
        yield running


@pytest.fixture
def daemon(town: Town, server: RecordingSmtp) -> Iterator[Daemon]:
    """Of a town with three people to write to."""
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
    town.invite("ana", "ben", "eva")
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as made:
        yield made


def page(daemon: Daemon, accept: str = "text/plain") -> str:
    """What Prometheus reads."""
    with serving(daemon.health, daemon.installation, daemon.clock, 0, daemon.metrics) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    return answer.text


def figures(daemon: Daemon) -> dict[str, float]:
    """Each sample by its name and the values of its labels: `communique_deliveries email live sent`."""
    return {
        " ".join([sample.name, *(sample.labels[label] for label in sorted(sample.labels))]): sample.value
        for family in parse(page(daemon))
        for sample in family.samples
    }


def test_what_the_ledger_holds_is_counted(town: Town, daemon: Daemon, server: RecordingSmtp) -> None:
    """Copies by state, attempts by outcome; none where there is nothing to count."""
    server.refuse("RCPT", "550 5.1.1 no such user", times=1)
    daemon.tick()
    found = figures(daemon)
    assert found["communique_deliveries email live sent"] == 2
    assert found["communique_deliveries email live failed"] == 1
    assert found["communique_attempts_total email live sent"] == 2
    assert found["communique_attempts_total email live failed"] == 1
    assert found["communique_ledger_up"] == 1
    assert not any(name.startswith(("communique_overdue", "communique_leases")) for name in found)


def test_attempts_are_counted_once_and_exactly(town: Town, daemon: Daemon, server: RecordingSmtp) -> None:
    """Put off, sent later, old or new, counted as they come or by a daemon that has just begun: one sum."""
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as later:
        server.refuse("RCPT", "450 4.2.0 come back", times=2)
        sums = []
        for _ in range(3):
            daemon.tick()
            town.clock.turn(minutes=20)
            asked = figures(daemon)
            sums.append(
                (
                    asked["communique_attempts_total email live retry"],
                    asked["communique_attempts_total email live sent"],
                )
            )
        assert sums == [(2, 1), (2, 3), (2, 3)]
        fresh = figures(later)
        assert {name: value for name, value in fresh.items() if "attempts_total" in name} == {
            name: value for name, value in asked.items() if "attempts_total" in name
        }


@pytest.mark.ledger_by_hand
def test_what_is_under_way_is_counted_when_it_has_ended(town: Town, daemon: Daemon) -> None:
    """However long it takes: what began later and has ended is counted meanwhile, each once."""
    town.freeze()
    with town.database.begin() as connection:
        for number in (1, 2):
            connection.exec_driver_sql(
                "INSERT INTO attempts"
                " (delivery_id, number, started_at, finished_at, outcome, reference, url, detail, content_hash)"
                f" SELECT {number}, 1, frozen_at, {'NULL' if number == 1 else 'frozen_at'}, "
                f"'{'irrevocable' if number == 1 else 'sent'}', '', '', '', '' FROM occurrences"
            )
    town.clock.turn(hours=1)
    assert [value for name, value in figures(daemon).items() if "attempts_total" in name] == [1]
    with town.database.begin() as connection:
        connection.exec_driver_sql("UPDATE attempts SET outcome = 'sent', finished_at = started_at WHERE number = 1")
    assert [value for name, value in figures(daemon).items() if "attempts_total" in name] == [2]


@pytest.mark.ledger_by_hand
def test_attempts_of_a_ledger_that_was_put_in_its_place_are_counted_anew(town: Town, daemon: Daemon) -> None:
    """As after a restore: the figures are those of the ledger that is there."""
    daemon.tick()
    town.clock.turn(hours=1)
    assert figures(daemon)["communique_attempts_total email live sent"] == 3
    with town.database.begin() as connection:
        connection.exec_driver_sql("UPDATE attempts SET outcome = 'failed'")
        connection.exec_driver_sql("UPDATE epoch SET ledger = 'another'")
    assert figures(daemon)["communique_attempts_total email live failed"] == 3


def test_what_is_late_and_what_is_under_way_is_counted(town: Town, daemon: Daemon) -> None:
    """Five minutes after its time a copy that is still owed is overdue."""
    town.freeze()
    town.clock.turn(minutes=5)
    assert not any("overdue" in name for name in figures(daemon))
    town.clock.turn(seconds=1)
    with town.database.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'sending', lease_token = 'a' WHERE id = 1")
    found = figures(daemon)
    assert found["communique_overdue_deliveries email live"] == 2
    assert found["communique_leases email live"] == 1


def test_answers_are_timed_by_channel(town: Town, daemon: Daemon) -> None:
    """Each that came after the point of no return, of mails in bulk and of pages one by one."""
    town.say_to_nobody_in_particular()
    town.campaign("through: [email]", "through: [email, website]")
    daemon.tick()
    found = figures(daemon)
    assert found["communique_answer_seconds_count email"] == 3
    assert found["communique_answer_seconds_count website"] == 1
    assert found["communique_answer_seconds_bucket email +Inf"] == 3


def test_an_answer_that_came_before_a_clock_was_put_back_counts_as_quick(daemon: Daemon) -> None:
    """No figure goes below zero."""
    daemon.metrics.answered("email", START - START.replace(hour=23))
    assert figures(daemon)["communique_answer_seconds_sum email"] == 0


def test_the_daemon_tells_how_it_is(town: Town, daemon: Daemon) -> None:
    """When it last ticked, whether it leads, what is wrong, what waits."""
    town.add(FOLLOWING.replace("start + 1 hours", "start"))
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    assert figures(daemon)["communique_last_tick_timestamp_seconds"] == 0
    daemon.tick()
    found = figures(daemon)
    assert found["communique_last_tick_timestamp_seconds"] == START.timestamp()
    assert found["communique_leads"] == 1
    assert found["communique_held"] == 0
    assert found["communique_file_problems"] == 4
    assert found["communique_waiting_announcements"] == 2
    assert found["communique_ticks_total done"] == 1
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as second:
        second.tick()
        found = figures(second)
        assert (found["communique_leads"], found["communique_ticks_total stood_by"]) == (0, 1)


def test_a_pause_is_told(town: Town, daemon: Daemon) -> None:
    """Of a channel, and of everything; in systemd's line, too."""
    with town.database.begin() as connection:
        for channel in ("email", pauses.EVERYTHING):
            pauses.begin(connection, channel, who="Ana Gil", why="why", now=START)
    daemon.tick()
    found = figures(daemon)
    assert (found["communique_paused email"], found["communique_paused *"]) == (1, 1)
    assert "paused: everything, email" in daemon.health.in_words(START)


def test_a_channel_whose_server_is_away_is_told(town: Town, daemon: Daemon, server: RecordingSmtp) -> None:
    """After the third failure in a row."""
    server.refuse("CONNECT", "421 4.3.2 not now")
    for _ in range(6):
        daemon.tick()
        town.clock.turn(minutes=3)
    assert figures(daemon)["communique_resting email"] == 1
    assert "cannot be used at present: email" in daemon.health.in_words(START)


def test_room_on_disk_is_told(town: Town) -> None:
    """Of each folder that needs some."""
    installation = replace(town.installation, free_space=lambda _: 5_000_000)
    with closing(Daemon(installation=installation, clock=town.clock, stopping=lambda: False)) as daemon:
        daemon.tick()
        found = figures(daemon)
    assert found["communique_disk_reserve_bytes"] == 64_000_000
    assert found[f"communique_disk_free_bytes {town.root / 'var'}"] == 5_000_000
    assert found["communique_held"] == 1


def test_a_ledger_that_does_not_answer_is_told_and_counted(town: Town, daemon: Daemon) -> None:
    """The other figures are there all the same."""
    daemon.tick()
    with town.database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE attempts RENAME TO away")
    daemon.tick()
    found = figures(daemon)
    assert found["communique_ledger_up"] == 0
    assert figures(daemon)["communique_database_errors_total"] >= 1
    assert "communique_held" in found


def test_names_and_units_follow_the_rules(daemon: Daemon) -> None:
    """One prefix, base units, a unit or a plain count at the end, help: https://prometheus.io/docs/practices/naming/."""
    daemon.tick()
    families = [family for family in parse(page(daemon)) if not family.name.startswith("process_")]
    assert families
    for family in families:
        assert re.fullmatch(r"communique_[a-z]+(_[a-z]+)*", family.name)
        assert family.documentation.endswith(".")
        assert family.type in {"gauge", "counter", "histogram"}
        full = f"{family.name}_total" if family.type == "counter" else family.name
        assert full in PLAIN or full.endswith(UNITS), full
        for sample in family.samples:
            assert all(re.fullmatch(r"[a-z]+", label) for label in sample.labels)


def test_the_page_is_one_for_open_metrics_too(daemon: Daemon) -> None:
    """As newer Prometheus asks for it."""
    daemon.tick()
    text = page(daemon, "application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    assert {family.name for family in parse_open(text)} >= {"communique_deliveries", "communique_answer_seconds"}


def test_nobody_is_named(town: Town, daemon: Daemon, server: RecordingSmtp) -> None:
    """Whatever the server said of them."""
    server.refuse("RCPT", "550 5.1.1 <ana@example.org> Ana is not here")
    daemon.tick()
    assert re.findall(r"@|(?i:\bana\b)|ben@|littleton", page(daemon)) == []


def test_the_alert_rules_ask_for_figures_that_there_are(town: Town, daemon: Daemon) -> None:
    """Every name in the example's expressions is one of ours, and each rule says what to do."""
    daemon.tick()
    families = list(parse(page(daemon)))
    known = {sample.name for family in families for sample in family.samples} | {family.name for family in families}
    groups = YAML(typ="safe").load(ALERTS)["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) >= 8
    for rule in rules:
        assert set(re.findall(r"communique_\w+", rule["expr"])) <= known
        assert rule["annotations"]["description"]
