"""A ledger that was put back from a copy sends nothing before a person has decided."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from communique.daemon import Daemon
from communique.delivery import State
from communique.send.lead import Lead
from communique.send.mail_sink import LocalSink
from communique.send.seen_epoch import SeenEpoch
from communique.store import epochs, ledger_file
from communique.store.desk import journal
from communique.store.recipients import people, traces
from tests.command_line import CommandLine
from tests.databases import KINDS
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


def tick(town: Town) -> Daemon:
    """One tick of a daemon that is started for it."""
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    with closing(daemon):
        daemon.tick()
    return daemon


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
        tick(here)
        assert len(sink.accepted) == 1
        with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(copy)) as made:
            original.backup(made)
        here.clock.turn(hours=1)
        tick(here)
        assert len(sink.accepted) == 2
        here.database.close()
        for each in file.parent.glob("communique.sqlite*"):
            if not over:
                each.unlink()
        shutil.copy(copy, file)
        well, report = tick(here).health.report(here.clock.now)
        assert len(sink.accepted) == 2
    assert not well
    assert said in report["held"]
    assert CommandLine(here.root, line.patch)("run", "--once", now=here.clock.now).code == 1


@pytest.mark.ledger_by_hand
def test_an_older_ledger_is_told_everywhere(
    town: Town, sink: LocalSink, line: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    """Log, status, plan: each says that everything is held and how to go on; the log says it once."""
    tick(town)
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
    tick(town)
    forget(town)
    said = line("resume", "--after-restore", "in-doubt", "--as", "Ana Gil", now=START)
    assert (said.code, said.text) == (0, "The ledger may send again; 1 copy in doubt (communique status).\n")
    assert tick(town).health.report(START)[0]
    assert len(sink.accepted) == 1
    assert town.copies()[0].delivery.state is State.IN_DOUBT
    town.clock.turn(hours=1)
    tick(town)
    assert len(sink.accepted) == 2
    with town.database.reading() as connection:
        assert [each.who for each in journal.latest(connection, 1)] == ["Ana Gil"]


@pytest.mark.ledger_by_hand
def test_what_is_due_in_an_older_ledger_can_be_sent(town: Town, sink: LocalSink, line: CommandLine) -> None:
    """Where nothing had gone out: it goes now, as if nothing had been."""
    tick(town)
    forget(town)
    assert line("resume", "--after-restore", "send", "--as", "Ana Gil", now=START).code == 0
    tick(town)
    assert len(sink.accepted) == 2
    assert town.account() == "1 planned = 1 sent"


def test_there_is_nothing_to_decide_about_a_ledger_in_order(town: Town, sink: LocalSink, line: CommandLine) -> None:
    """A person who asks is told so."""
    tick(town)
    said = line("resume", "--after-restore", "send", "--as", "Ana Gil", now=START)
    assert said.code == 1
    assert "Nothing is held" in said.errors
    assert len(sink.accepted) == 1


@pytest.mark.parametrize("text", ["", "{", '{"ledger": "a"}', "[]"])
def test_a_file_that_cannot_be_read_holds_everything(town: Town, sink: LocalSink, text: str) -> None:
    """It is not known how far the ledger had come: that is for a person to say."""
    town.write("var/ledger.seen", text)
    assert "cannot be read" in str(tick(town).health.report(START)[1]["held"])
    assert not sink.accepted


def test_nothing_goes_out_that_could_not_be_kept_outside(town: Town, sink: LocalSink) -> None:
    """A disk that takes nothing more: what was taken is owed as before, and goes when there is room."""
    seen = town.root / "var" / "ledger.seen"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SeenEpoch, "keep", _full)
        health = tick(town).health
    assert "No space left" in str(health.report(START)[1]["failure"])
    assert (sink.accepted, seen.exists()) == ([], False)
    assert town.account() == "1 planned = 1 scheduled"
    tick(town)
    assert len(sink.accepted) == 1
    assert json.loads(seen.read_text(encoding="utf-8"))["number"] == 3  # taken, taken again, come to an end


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Town, LocalSink, CommandLine]]:
    """A town whose ledger is a file."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build(tmp_path / "here")
    made.invite("ana")
    with LocalSink() as sink:
        made.settings("port: 25", f"port: {sink.port}")
        yield made, sink, CommandLine(made.root, monkeypatch)
    made.database.close()


def test_a_backup_holds_everything_and_comes_back(here: tuple[Town, LocalSink, CommandLine], tmp_path: Path) -> None:
    """Ledger and texts as they were, what was there since is kept beside, and nothing goes out by itself."""
    town, sink, line = here
    town.write("var/secret.key", "the key")
    file = tmp_path / "night.zip"
    assert line("backup", str(file), now=START).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    tick(town)
    town.edit("templates/news/hello/en/article.md", "hello.", "edited.")
    town.database.close()
    said = line("restore", str(file))
    assert said.code == 0, said.errors
    (kept,) = (town.root / "var").glob("before-restore-*")
    assert "edited." in (kept / "templates/news/hello/en/article.md").read_text(encoding="utf-8")
    assert "hello." in (town.root / "templates/news/hello/en/article.md").read_text(encoding="utf-8")
    assert (town.root / "var/secret.key").read_text(encoding="utf-8") == "the key"
    assert (kept / "var/communique.sqlite").is_file()
    report = tick(town).health.report(START)[1]
    assert "the ledger is a backup of 2026-12-01 09:00 UTC" in str(report["held"])
    assert len(sink.accepted) == 1


def test_who_left_or_was_erased_since_the_backup_stays_so(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path
) -> None:
    """Nobody is written to again because a machine broke; and no trace of who was erased comes back."""
    town, _, line = here
    town.invite("ben", "zacharias")
    file = tmp_path / "night.zip"
    assert line("backup", str(file), now=START).code == 0
    assert line("people", "suppress", "ben@example.org", "--reason", "asked", "--as", "Inés").code == 0
    town.invite("dora")
    for name in ("zacharias", "dora"):
        assert line("people", "erase", f"{name}@example.org", "--as", "Inés").code == 0
    town.database.close()
    said = line("restore", str(file))
    assert said.code == 0, said.errors
    assert "1 address that left stay so, 1 person erased once again" in said.text
    with town.database.reading() as connection:
        assert people.suppression(connection, "ben@example.org") == "asked"
        assert people.by_address(connection, "zacharias@example.org") is None
        assert traces.left_at(connection) is None
    town.database.close()
    ledgers = [each.read_bytes() for each in (town.root / "var").glob("communique.sqlite*")]
    assert not any(b"zacharias" in each for each in ledgers)
    rows = tmp_path / "rows.csv"
    rows.write_text("address,name\nzacharias@example.org,Z\ndora@example.org,Dora\n", encoding="utf-8")
    assert (
        "2 of them asked to be erased"
        in line("people", "import", str(rows), "--audience", "friends", "--basis", "b").text
    )
    assert "before-restore-" in line("people", "erase", "ben@example.org", "--as", "Inés").text


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
        tick(moved)
        assert len(sink.accepted) == 2


def test_a_backup_that_was_killed_leaves_nothing_for_long(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path
) -> None:
    """What it had begun holds addresses: the next one deletes it, whatever its name, and nothing that is being made."""
    town, _, line = here
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    left = [
        town.root / "var" / f"backup.{gone.pid}.abc" / "ledger",
        tmp_path / f".last-night.zip.communique-backup.{gone.pid}",
    ]
    made = tmp_path / f".night.zip.communique-backup.{os.getppid()}"
    made.write_text("half")
    for each in left:
        each.parent.mkdir(exist_ok=True)
        each.write_text("half")
    assert line("backup", str(tmp_path / "night.zip"), now=START).code == 0
    assert not any(each.exists() for each in left)
    assert not left[0].parent.exists()
    assert made.exists()


def test_a_backup_that_has_no_room_says_so(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence; the file is not there, nor half of it."""
    _, _, line = here
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, limits[1]))
    try:
        said = line("backup", str(tmp_path / "night.zip"), now=START)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert (said.code, "could not be written" in said.errors) == (1, True)
    assert list(tmp_path.glob("*night*")) == []


def test_a_backup_asks_on_a_machine_that_never_sent(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup itself says that it is one."""
    _, sink, line = here
    file, other = tmp_path / "night.zip", tmp_path / "other"
    line("backup", str(file), now=START)
    other.mkdir()
    elsewhere = CommandLine(other, monkeypatch)
    assert "suppress and erase again" in elsewhere("restore", str(file)).text
    there = Town(root=other)
    assert tick(there).health.held
    assert not sink.accepted
    assert elsewhere("resume", "--after-restore", "send", "--as", "Ana Gil").code == 0
    tick(there)
    assert len(sink.accepted) == 1


def test_nothing_is_put_back_under_a_running_daemon(here: tuple[Town, LocalSink, CommandLine], tmp_path: Path) -> None:
    """It would go on writing to the file that was moved away."""
    town, _, line = here
    line("backup", str(tmp_path / "night.zip"), now=START)
    with closing(Lead(town.root / "var" / "daemon.lock", "here/1")) as lead:
        assert lead.take()
        said = line("restore", str(tmp_path / "night.zip"))
    assert (said.code, list((town.root / "var").glob("before-*"))) == (1, [])
    assert "stop it first" in said.errors


@pytest.mark.parametrize("kind", ["text", "another zip", "a way out", "a damaged ledger"])
def test_what_is_no_backup_is_refused(here: tuple[Town, LocalSink, CommandLine], tmp_path: Path, kind: str) -> None:
    """In a sentence, and with everything where it was."""
    town, _, line = here
    file = tmp_path / "file.zip"
    file.write_text("text", encoding="utf-8")
    names = {
        "another zip": ["a.txt"],
        "a way out": ["var/communique.sqlite", "config/../../x"],
        "a damaged ledger": ["var/communique.sqlite"],
    }
    if kind in names:
        with zipfile.ZipFile(file, "w") as archive:
            for name in names[kind]:
                archive.writestr(name, "x" * 5000)
    said = line("restore", str(file), now=START)
    assert said.code == 1
    assert "expected a " in said.errors
    assert (town.root / "campaigns/news.yaml").is_file()
    assert list((town.root / "var").glob("before-*")) == []


def test_a_ledger_in_postgresql_is_left_to_its_own_tools(town: Town, line: CommandLine, tmp_path: Path) -> None:
    """The sentence names them; a half-written file is not left behind."""
    if "DATABASE_URL" not in town.variables:
        pytest.skip("SQLite has its own tests above")
    (town.root / "var").mkdir(exist_ok=True)
    said = line("backup", str(tmp_path / "night.zip"), now=START)
    assert said.code == 1
    assert "pg_dump" in said.errors
    assert not (tmp_path / "night.zip").exists()


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
