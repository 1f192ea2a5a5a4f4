"""A ledger that was put back from a copy sends nothing before a person has decided."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from communique.delivery import State
from communique.send.mail_sink import LocalSink
from communique.send.seen_epoch import SeenEpoch
from communique.service.daemon import Daemon
from communique.store import epochs, ledger_file
from communique.store.desk import journal
from communique.store.epochs import Epoch
from tests.command_line import CommandLine
from tests.databases import KINDS
from tests.ledger_in_a_file import in_a_file
from tests.ticking import tick_of_a_new_daemon
from tests.workspaces import START, Town, build

SECRETS = ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")


@pytest.fixture
def sink(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSink]:
    """Takes the town's mail; Ana is to be written to at once, and again in an hour."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    for name in SECRETS:
        monkeypatch.setenv(name, "secret")
        town.variables[name] = "secret"
    town.add()
    town.invite("ana")
    with LocalSink() as made:
        town.settings("port: 25", f"port: {made.port}")
        yield made


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in that town."""
    return CommandLine(town.root, monkeypatch)


def forget(town: Town) -> None:
    """The ledger as it was before anything was sent: a backup of the night before."""
    with town.database.begin() as connection:
        for table in ("attempts", "deliveries", "occurrences", "epoch"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("over", "said"),
    [
        (True, "older than what this machine has sent (2 of 4 steps)"),
        (False, "the ledger is a copy: its file is not the one that it was made in"),
    ],
    ids=["over the file", "in its place"],
)
def test_a_copy_put_back_by_hand_sends_nothing(
    tmp_path: Path,
    line: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    over: bool,  # noqa: FBT001
    said: str,
) -> None:
    """Copy the file, run a campaign, put the copy back, start: nothing goes out, and it is said everywhere."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    here = build(tmp_path / "here")
    here.add()
    here.invite("ana")
    file, copy = here.root / "var" / "communique.sqlite", tmp_path / "copy"
    with here.database.begin() as connection:
        ledger_file.adopt(connection)  # as one that was made there, and not copied for the test
    with LocalSink() as sink:
        here.settings("port: 25", f"port: {sink.port}")
        tick_of_a_new_daemon(here)
        assert len(sink.accepted) == 1
        with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(copy)) as made:
            original.backup(made)
        here.clock.turn(hours=1)
        tick_of_a_new_daemon(here)
        assert len(sink.accepted) == 2
        here.database.close()
        for each in file.parent.glob("communique.sqlite*"):
            if not over:
                each.unlink()
        shutil.copy(copy, file)
        well, report = tick_of_a_new_daemon(here).health.report(here.clock.now)
        assert len(sink.accepted) == 2
    assert not well
    assert said in report["held"]
    assert CommandLine(here.root, line.patch)("run", "--once", now=here.clock.now).code == 1


@pytest.mark.ledger_by_hand
def test_an_older_ledger_is_told_everywhere(
    town: Town, sink: LocalSink, line: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    """Log, status, plan: each says that everything is held and how to go on; the log says it once."""
    tick_of_a_new_daemon(town)
    forget(town)
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    with closing(daemon):
        daemon.tick()
        daemon.tick()
    assert len(sink.accepted) == 1
    assert town.balances() == {}
    assert caplog.text.count("EVERYTHING IS HELD") == 1
    status = line("status", now=START)
    assert status.code == 1
    assert "communique resume --after-restore" in status.text
    assert "EVERYTHING IS HELD" in line("plan").text
    assert line("status", "--json").json["held"] == line("plan", "--json").json["held"] != ""


@pytest.mark.ledger_by_hand
def test_what_is_due_in_an_older_ledger_can_be_put_in_doubt(town: Town, sink: LocalSink, line: CommandLine) -> None:
    """Nobody is written to twice; each copy waits for a decision, what comes later goes, and the journal says who."""
    tick_of_a_new_daemon(town)
    forget(town)
    said = line("resume", "--after-restore", "in-doubt", "--as", "Ana Gil", now=START)
    assert (said.code, said.text) == (0, "The ledger may send again; 1 copy in doubt (communique status).\n")
    assert tick_of_a_new_daemon(town).health.report(START)[0]
    assert len(sink.accepted) == 1
    assert town.copies()[0].delivery.state is State.IN_DOUBT
    town.clock.turn(hours=1)
    tick_of_a_new_daemon(town)
    assert len(sink.accepted) == 2
    with town.database.reading() as connection:
        assert [each.who for each in journal.latest(connection, 1)] == ["Ana Gil"]


@pytest.mark.ledger_by_hand
def test_what_is_due_in_an_older_ledger_can_be_sent(town: Town, sink: LocalSink, line: CommandLine) -> None:
    """Where nothing had gone out: it goes now, as if nothing had been."""
    tick_of_a_new_daemon(town)
    forget(town)
    assert line("resume", "--after-restore", "send", "--as", "Ana Gil", now=START).code == 0
    tick_of_a_new_daemon(town)
    assert len(sink.accepted) == 2
    assert town.account() == "1 planned = 1 sent"


def test_there_is_nothing_to_decide_about_a_ledger_in_order(town: Town, sink: LocalSink, line: CommandLine) -> None:
    """A person who asks is told so."""
    tick_of_a_new_daemon(town)
    said = line("resume", "--after-restore", "send", "--as", "Ana Gil", now=START)
    assert said.code == 1
    assert "Nothing is held" in said.errors
    assert len(sink.accepted) == 1


@pytest.mark.parametrize("text", ["", "{", '{"ledger": "a"}', "[]"])
def test_a_file_that_cannot_be_read_holds_everything(town: Town, sink: LocalSink, text: str) -> None:
    """It is not known how far the ledger had come: that is for a person to say."""
    town.write("var/ledger.seen", text)
    assert "cannot be read" in str(tick_of_a_new_daemon(town).health.report(START)[1]["held"])
    assert not sink.accepted


def test_workers_of_one_folder_do_not_set_each_other_back(tmp_path: Path) -> None:
    """Who counted first may write last. Another ledger begins anew, however far the one before had come."""
    seen = SeenEpoch(tmp_path / "ledger.seen")
    for number in (10, 12, 11):
        seen.keep(Epoch(ledger="ours", number=number))
    assert seen.number() == 12
    assert "(11 of 12 steps)" in seen.objection(Epoch(ledger="ours", number=11))
    seen.keep(Epoch(ledger="another", number=1))
    assert seen.number() == 1


def test_nothing_goes_out_that_could_not_be_kept_outside(town: Town, sink: LocalSink) -> None:
    """A disk that takes nothing more: what was taken is owed as before, and goes when there is room."""
    seen = town.root / "var" / "ledger.seen"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SeenEpoch, "keep", _full)
        health = tick_of_a_new_daemon(town).health
    assert "No space left" in str(health.report(START)[1]["failure"])
    assert (sink.accepted, seen.exists()) == ([], False)
    assert town.account() == "1 planned = 1 scheduled"
    tick_of_a_new_daemon(town)
    assert len(sink.accepted) == 1
    assert json.loads(seen.read_text(encoding="utf-8"))["number"] == 3  # taken, taken again, come to an end


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Town, LocalSink, CommandLine]]:
    """A town whose ledger is a file."""
    with in_a_file(tmp_path, monkeypatch) as made:
        yield made


@pytest.mark.parametrize("lost", [False, True], ids=["the folder is moved", "the ledger is deleted"])
def test_a_ledger_that_goes_away_under_a_daemon_is_not_begun_anew(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path, *, lost: bool
) -> None:
    """Nothing more goes, it says what to do, and none is begun in its place; where the folder is now, all goes on."""
    town, sink, _ = here
    town.invite("ben")
    town.database.close()
    daemon = Daemon(installation=town.installation, clock=lambda: START - timedelta(hours=1), stopping=lambda: False)
    moved = Town(root=tmp_path / "moved")
    with closing(daemon):
        daemon.tick()
        if lost:
            for each in (town.root / "var").glob("communique.sqlite*"):
                each.unlink()
        else:
            town.root.rename(moved.root)
        daemon.clock = lambda: START
        daemon.tick()
        assert "was moved, deleted or replaced" in str(daemon.health.report(START)[1]["failure"])
        assert not any(town.root.glob("var/communique.sqlite"))
        assert not sink.accepted
    if not lost:
        moved.variables = town.variables
        tick_of_a_new_daemon(moved)
        assert len(sink.accepted) == 2


@pytest.mark.parametrize("database_url", [KINDS[1]], indirect=True)
def test_a_decision_on_one_machine_is_enough_for_all(town: Town, line: CommandLine, tmp_path: Path) -> None:
    """Another one has sent from this ledger since this one last did, and knows it better."""
    with town.database.begin() as connection:
        found = epochs.advance(connection, beyond=3)
    here, there = town.installation.seen_epoch, SeenEpoch(tmp_path / "there" / "ledger.seen")
    here.keep(replace(found, number=7))
    there.keep(replace(found, number=9))
    assert there.objection(found)
    assert line("resume", "--after-restore", "send", "--as", "Ana Gil").code == 0
    with town.database.reading() as connection:
        assert there.objection(epochs.current(connection)) == here.objection(epochs.current(connection)) == ""
