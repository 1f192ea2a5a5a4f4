"""A disk that fills up: nothing is sent that could not be written down."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from communique.send.disk_reserve import MEGABYTE, DiskReserve, free_space
from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from tests.command_line import CommandLine, at
from tests.small_disk import SmallDisk, small_disk
from tests.workspaces import START, Town, build

PEOPLE = 700  #: more than are claimed at once


@dataclass
class Free:
    """A disk whose room a test sets; it may have less after a number of questions."""

    room: int = 100 * MEGABYTE
    asked: int = 0
    full_after: int = 1_000_000

    def __call__(self, _folder: Path) -> int:
        """Bytes."""
        self.asked += 1
        return self.room if self.asked <= self.full_after else 0


def test_it_objects_below_the_reserve_and_not_at_it(tmp_path: Path) -> None:
    """The folder is named, and what to do; of several, each has to have room. What is published holds nothing."""
    free = Free(64 * MEGABYTE)
    ledger, public = [tmp_path / "var", tmp_path / "ledger"], [tmp_path / "public"]
    reserve = DiskReserve(folders=ledger, published=public, least=64 * MEGABYTE, free=free)
    assert (reserve.objection(), reserve.shortage()) == ("", "")
    assert free.asked == 3
    free.room -= 1
    assert str(tmp_path / "public") in reserve.shortage()
    assert replace(reserve, folders=[]).objection() == ""
    assert reserve.objection().startswith("less than 64 MB (`disk_reserve`) are free for ")
    assert str(tmp_path / "var") in reserve.objection()
    assert "Make room" in reserve.objection()


def test_a_reserve_of_nothing_never_objects(tmp_path: Path) -> None:
    """For those who watch their disks themselves."""
    assert DiskReserve(folders=[tmp_path], least=0, free=Free(0)).objection() == ""


def test_a_folder_that_is_not_there_yet_has_the_room_of_the_one_it_will_lie_in(tmp_path: Path) -> None:
    """Published files may go anywhere."""
    assert free_space(tmp_path / "not" / "there") == pytest.approx(free_space(tmp_path), abs=10 * MEGABYTE)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Of 12 MB, for the ledger; the rest of the workspace lies elsewhere."""
    with small_disk(tmp_path / "var", 12) as made:
        yield made


@pytest.fixture
def sink() -> Iterator[LocalSink]:
    """Where mails go."""
    with LocalSink() as running:
        yield running


@pytest.fixture
def small(tmp_path: Path, disk: SmallDisk, sink: LocalSink) -> Iterator[Town]:
    """A town with its ledger on the small disk, and many people to write to."""
    town = build(tmp_path)
    town.settings("port: 25", f"port: {sink.port}")
    town.settings("mode: live", "mode: live\ndisk_reserve: 3")
    town.invite(*(f"person{number}" for number in range(PEOPLE)))
    yield town
    town.database.close()


def daemon_of(town: Town) -> Daemon:
    """A daemon of a town."""
    return Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)


def test_without_room_it_sends_nothing_says_so_and_goes_on_alone(
    small: Town, disk: SmallDisk, sink: LocalSink, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real small disk: in the log once, on the page, in the commands; with room again, everybody has theirs."""
    disk.fill(but=2 * MEGABYTE)
    command: CommandLine = at(small.root, monkeypatch, START)
    with closing(daemon_of(small)) as daemon:
        daemon.tick()
        daemon.tick()
        assert sink.accepted == []
        well, page = daemon.health.report(START)
        assert not well
        assert page["held"] == (
            f"less than 3 MB (`disk_reserve`) are free for {disk.folder}, so what was sent could not be recorded. "
            "Make room, and it goes on by itself"
        )
        assert caplog.text.count("EVERYTHING IS HELD: less than 3 MB") == 1
        said = command("status")
        assert said.code == 1
        assert "EVERYTHING IS HELD: less than 3 MB" in said.text
        assert command("plan", "--json").json["held"] == page["held"]
        disk.empty()
        daemon.tick()
        assert "nothing is held any more" in caplog.text
        assert daemon.health.report(START)[1]["held"] == ""
    assert small.account() == f"{PEOPLE} planned = {PEOPLE} sent"
    assert len(sink.accepted) == PEOPLE


def test_room_is_looked_for_before_each_batch(town: Town, sink: LocalSink) -> None:
    """It fills up while mails go out: what was begun is finished and recorded, nothing else is begun."""
    town.settings("port: 25", f"port: {sink.port}")
    town.invite(*(f"person{number}" for number in range(PEOPLE)))
    with closing(town.opened):
        folders = town.installation.reserve(town.workspace, town.database).folders
    free = Free(full_after=2 * len(folders))
    installation = replace(town.installation, free_space=free)
    with closing(Daemon(installation=installation, clock=town.clock, stopping=lambda: False)) as daemon:
        daemon.tick()
        assert len(sink.accepted) == 500
        assert town.account() == f"{PEOPLE} planned = 200 scheduled + 500 sent"
        free.full_after = 1_000_000
        daemon.tick()
    assert town.account() == f"{PEOPLE} planned = {PEOPLE} sent"
    assert len(sink.accepted) == PEOPLE


@pytest.mark.parametrize("kilobytes", [0, 200, 500])
def test_without_a_reserve_a_full_disk_still_lets_nothing_out_unrecorded(
    small: Town, disk: SmallDisk, sink: LocalSink, kilobytes: int
) -> None:
    """The ledger refuses in the middle: nobody has a mail that the ledger does not know of, and nobody gets two."""
    small.settings("disk_reserve: 3", "disk_reserve: 0")
    small.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
    small.freeze()
    disk.fill(but=kilobytes * 1000)
    with closing(daemon_of(small)) as daemon:
        daemon.tick()
        assert re.search("disk is full|No space left", str(daemon.health.report(START)[1]["failure"]))
        written_to = {mail.recipients[0].partition("@")[0] for mail in sink.accepted}
        assert len(written_to) < PEOPLE
    left = {copy.name.lower() for copy in small.copies() if copy.delivery.state in {"scheduled", "sending"}}
    assert written_to & left == set()
    small.database.close()
    disk.empty()
    with closing(daemon_of(small)) as daemon:
        daemon.tick()
        small.clock.turn(minutes=30)
        daemon.tick()
    got = Counter(mail.recipients[0] for mail in sink.accepted)
    assert set(got.values()) == {1}
    balance = small.balances()["hello"]
    assert balance.by_state["sent"] + balance.by_state["in_doubt"] == PEOPLE
