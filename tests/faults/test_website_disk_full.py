"""The website's disk is full, and the ledger's is not: its pages stay, mails go, and somebody hears of it."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from tests.command_line import at
from tests.small_disk import SmallDisk, small_disk
from tests.workspaces import FOLLOWING, PUBLIC, Town

_OFFICER = "duty@example.net"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """The web server's, of four megabytes."""
    with small_disk(tmp_path / "web", 4) as made:
        yield made


@pytest.fixture
def sink() -> Iterator[LocalSink]:
    """Where mails go."""
    with LocalSink() as running:
        yield running


@pytest.fixture
def publishing(town: Town, disk: SmallDisk, sink: LocalSink) -> Town:
    """A town that says something by mail and on its website, which lies on that disk, and later something more."""
    town.settings("port: 25", f"port: {sink.port}")
    town.settings("directory: var/public", f"directory: {disk.folder}/public")
    town.settings("approvals: {required: 0}", f"approvals: {{required: 0}}\nalerts: {{to: [{_OFFICER}]}}")
    town.campaign("through: [email]", "through: [email, website]")
    town.add(FOLLOWING.replace("through: [email]", "through: [email, website]"))
    for announcement in ("hello", "goodbye"):
        town.write(f"templates/news/{announcement}/en/website.md", PUBLIC)
    town.invite("ana")
    return town


def pages(disk: SmallDisk) -> dict[str, bytes]:
    """What the web server has to show, by name."""
    public = disk.folder / "public"
    return {str(each.relative_to(public)): each.read_bytes() for each in public.rglob("*") if each.is_file()}


def told(sink: LocalSink) -> str:
    """All that the officer was written."""
    return b"\n".join(mail.data for mail in sink.accepted if mail.recipients == (_OFFICER,)).decode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_published_stays_whole_and_mails_go_on(
    publishing: Town, disk: SmallDisk, sink: LocalSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The announcement is put off with the reason, tried again, told to the officers, and there once there is room."""
    town = publishing
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon:
        daemon.tick()
        assert town.account("hello") == "2 planned = 2 sent"
        published = pages(disk)
        disk.fill(but=0)
        town.clock.turn(hours=1)
        daemon.tick()
        assert town.account("goodbye") == "2 planned = 1 scheduled + 1 sent"
        assert daemon.health.held == ""
        (put_off,) = (each.delivery for each in town.copies() if each.delivery.state == "scheduled")
        assert put_off.channel == "website"
        assert "No space left on device. Check that the disk has room" in put_off.reason
        assert put_off.attempts == 1
        said = " ".join(at(town.root, monkeypatch, town.clock.now)("status").text.split())
        assert re.search(r"RESTS: The channel website .* No space left on device", said)
        for _ in range(6):
            town.clock.turn(minutes=10)
            daemon.tick()
        assert pages(disk) == published
        assert "No space left on device" in " ".join(told(sink).split())
        assert {str(each) for each in (disk.folder / "public").rglob(".writing-*")} == set()

        disk.empty()
        town.clock.turn(hours=1)
        daemon.tick()
        assert town.account("goodbye") == "2 planned = 2 sent"
        assert pages(disk).keys() > published.keys()
