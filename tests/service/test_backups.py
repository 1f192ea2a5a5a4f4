"""Backups: whole or not there, put back by a restore that brings nobody back, and refused where they are none."""

import os
import random
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from communique import cli
from communique.send.lead import Lead
from communique.send.mail_sink import LocalSink
from communique.store.recipients import erasure, people, suppression_list, traces
from communique.texts import tokens
from tests.command_line import CommandLine
from tests.countdown import Countdown
from tests.forked import Forked
from tests.ledger_in_a_file import in_a_file
from tests.moving import move
from tests.ticking import tick_of_a_new_daemon
from tests.workspaces import START, Town

_LARGE = 200  #: bytes


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in that town."""
    return CommandLine(town.root, monkeypatch)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Town, LocalSink, CommandLine]]:
    """A town whose ledger is a file."""
    with in_a_file(tmp_path, monkeypatch) as made:
        yield made


def test_a_backup_holds_everything_and_comes_back(here: tuple[Town, LocalSink, CommandLine], tmp_path: Path) -> None:
    """Ledger and texts as they were, what was there since is kept beside, and nothing goes out by itself."""
    town, sink, line = here
    town.write("var/secret.key", "the key")
    file = tmp_path / "night.zip"
    assert line("backup", str(file), now=START).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    tick_of_a_new_daemon(town)
    town.edit("templates/news/hello/en/article.md", "hello.", "edited.")
    town.database.close()
    said = line("restore", str(file))
    assert said.code == 0, said.errors
    (kept,) = (town.root / "var").glob("before-restore-*")
    assert "edited." in (kept / "templates/news/hello/en/article.md").read_text(encoding="utf-8")
    assert "hello." in (town.root / "templates/news/hello/en/article.md").read_text(encoding="utf-8")
    assert (town.root / "var/secret.key").read_text(encoding="utf-8") == "the key"
    assert (kept / "var/communique.sqlite").is_file()
    report = tick_of_a_new_daemon(town).health.report(START)[1]
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
        assert suppression_list.suppression(connection, "ben@example.org") == "asked"
        assert people.by_address(connection, "zacharias@example.org") is None
        assert traces.left_at(connection) is None
    town.database.close()
    ledgers = [each.read_bytes() for each in (town.root / "var").glob("communique.sqlite*")]
    assert not any(b"zacharias" in each for each in ledgers)
    rows = tmp_path / "rows.csv"
    rows.write_text("address,name\nzacharias@example.org,Z\ndora@example.org,Dora\n", encoding="utf-8")
    assert (
        "2 of them asked to be erased"
        in line("people", "import", str(rows), "--audience", "friends", "--basis", "b", "--as", "Ana").text
    )
    assert "before-restore-" in line("people", "erase", "ben@example.org", "--as", "Inés").text


def test_who_moved_to_another_address_since_the_backup_is_not_written_to_at_the_former_one(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path
) -> None:
    """Not even if they have left by the new one; nor does somebody else get it who has taken the former one since."""
    town, _, line = here
    town.invite("ben", "cleo", "dora", "eli")
    file = tmp_path / "night.zip"
    assert line("backup", str(file), now=START).code == 0
    for name, to in (("cleo", "carla"), ("ben", "cleo"), ("dora", "eli")):
        if to == "eli":
            assert line("people", "erase", "eli@example.org", "--as", "Inés").code == 0
        town.clock.turn(hours=1)
        move(town, name, f"{to}@example.org")
    assert line("people", "suppress", "carla@example.org", "--reason", "asked", "--as", "Inés").code == 0
    with town.database.begin() as connection:
        erasure.come_back(connection, tokens.digests(tokens.ERASED, "eli@example.org", town.installation.key))
        before = {each: people.by_address(connection, f"{each}@example.org") for each in ("carla", "cleo")}
    town.database.close()
    said = line("restore", str(file))
    assert said.code == 0, said.errors
    assert "3 addresses were changed, and stay so." in said.text
    with town.database.reading() as connection:
        assert {each: people.by_address(connection, f"{each}@example.org") for each in ("carla", "cleo")} == before
        assert people.by_address(connection, "ben@example.org") is None
        assert suppression_list.suppression(connection, "carla@example.org") == "asked"
        # Eli, as the backup has him, has her new one: of two errors that one writes to nobody.
        assert suppression_list.suppression(connection, "dora@example.org") == "its owner has another address"
    town.database.close()


def test_a_number_that_somebody_else_has_had_since_moves_nobody(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path
) -> None:
    """An older backup was put back first, and the same numbers were given to others."""
    town, _, line = here
    older, newer = tmp_path / "older.zip", tmp_path / "newer.zip"
    assert line("backup", str(older), now=START).code == 0
    town.invite("ben")
    assert line("backup", str(newer), now=START).code == 0
    town.database.close()
    assert line("restore", str(older)).code == 0
    town.clock.turn(hours=1)
    town.invite("cleo")
    move(town, "cleo", "carla@example.org")
    town.database.close()
    said = line("restore", str(newer))
    assert said.code == 0, said.errors
    assert "changed, and stay so" not in said.text
    with town.database.reading() as connection:
        assert people.by_address(connection, "ben@example.org") is not None
    town.database.close()


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


def _backup_killed_at(root: Path, file: Path, kind: str, moment: int) -> None:
    """In a process of its own, which ends there (SIGKILL)."""
    Countdown(last=moment).arm([kind])
    sys.argv = ["communique", "--workspace", str(root), "backup", str(file)]
    cli.main()


def test_a_backup_that_is_killed_leaves_the_earlier_one_whole(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path
) -> None:
    """Whenever it is: no half of one has a backup's name, or can be put back; and the next one takes it away."""
    town, _, line = here
    file = tmp_path / "night.zip"
    assert line("backup", str(file), now=START).code == 0
    earlier = file.read_bytes()
    variables, log = {**os.environ, "COMMUNIQUE_KEY": "key"}, tmp_path / "log"
    for kind, moment in (("archives", 1), ("archives", 2), ("archives", 60), ("files", 1), ("files", 2)):
        killed = Forked(_backup_killed_at, [town.root, file, kind, moment], variables, log).wait(60)
        assert (kind, moment, killed) == (kind, moment, -signal.SIGKILL)
        assert file.read_bytes() == earlier
        (half,) = tmp_path.glob(".night.zip.communique-backup.*")
        if kind == "archives":
            said = line("restore", str(half))
            assert said.code == 1
            assert "or a part or a damaged copy of one" in said.errors
            assert "take an earlier one" in said.errors
        assert list((town.root / "var").glob("before-restore-*")) == []
        assert line("backup", str(file)).code == 0
        assert list(tmp_path.glob(".night*")) == []
        earlier = file.read_bytes()
    assert line("restore", str(file)).code == 0


def test_a_damaged_backup_is_refused_wherever_the_damage_is(
    here: tuple[Town, LocalSink, CommandLine], tmp_path: Path
) -> None:
    """A bit that has turned, or an end that is missing: in a sentence, and with everything where it was."""
    town, _, line = here
    file, chance = tmp_path / "night.zip", random.Random(7)
    assert line("backup", str(file), now=START).code == 0
    town.database.close()
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        packed = [each for each in archive.infolist() if each.compress_size > _LARGE]
    for each in chance.sample(packed, 25):
        begin = each.header_offset + 30 + len(each.filename)  # of its bytes: before them a bit may mean nothing
        place = begin + chance.randrange(each.compress_size // 4, each.compress_size // 2)
        bad = bytearray(whole)
        bad[place] ^= 0x10
        for data in (bytes(bad), whole[:place]):
            file.write_bytes(data)
            said = line("restore", str(file))
            assert (place, said.code) == (place, 1)
            assert "expected a " in said.errors
    assert list((town.root / "var").glob("before-restore-*")) == []


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


def test_a_backup_replaces_a_backup_and_nothing_else(here: tuple[Town, LocalSink, CommandLine], tmp_path: Path) -> None:
    """Last night's goes, damaged or whole; a name typed wrong costs nobody a file."""
    town, _, line = here
    file = tmp_path / "night.zip"
    assert (line("backup", str(file)).code, line("backup", str(file)).code) == (0, 0)
    file.write_bytes(file.read_bytes()[:1000])
    assert line("backup", str(file)).code == 0
    campaign = town.root / "campaigns/news.yaml"
    other = tmp_path / "minutes.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("minutes.txt", "of the council")
    for each in (campaign, other):
        before = each.read_bytes()
        said = line("backup", str(each))
        assert (said.code, "is there, and is not a backup" in said.errors) == (1, True)
        assert each.read_bytes() == before


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
    assert tick_of_a_new_daemon(there).health.held
    assert not sink.accepted
    assert elsewhere("resume", "--after-restore", "send", "--as", "Ana Gil").code == 0
    tick_of_a_new_daemon(there)
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
