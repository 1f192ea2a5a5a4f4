"""The machine's own clock jumps under a running daemon (libfaketime), and its steady one goes on."""

import re
from collections import Counter
from pathlib import Path

import pytest

from communique.send.mail_sink import LocalSink
from tests.counterparts.debian import FOLDER
from tests.counterparts.presence import require
from tests.daemon_process import DaemonProcess, wait_until
from tests.killing import due_now
from tests.workspaces import Town


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is written to this file is by how much the clock of a daemon that is started now is wrong."""
    library = next(FOLDER.glob("usr/lib/*/faketime/libfaketimeMT.so.1"), None)
    require(library, "libfaketime is not there: run `make counterparts`.")
    file = tmp_path / "clock"
    file.write_text("+0")
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(file))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    return file


def show(clock: Path, by: str) -> None:
    """In one piece: the daemon reads the file whenever it asks for the time."""
    whole = clock.with_name("whole")
    whole.write_text(by)
    whole.replace(clock)


def _told(log: str) -> list[str]:
    """The jumps by days. Where the two clocks are read a moment apart, a second may be missing."""
    jumps = re.findall(r"the clock was put (back|forward) by (\d+) days, (\d+):", log)
    return [f"{way} {int(days) + (hours == '23')}" for way, days, hours in jumps]


@pytest.mark.counterpart
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_clock_that_jumps_sends_nothing_twice_and_is_told(town: Town, clock: Path) -> None:
    """Forward by years and hours, back by years: nothing goes by it, each mail goes once, and none stays behind."""
    due_now(town)
    town.invite("ana", "ben")
    daemon = DaemonProcess(town.root, anew=True)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        daemon.start()
        try:
            wait_until(lambda: len(sink.accepted) == 2, "two mails")
            town.add()  # due in an hour
            for by, what in (("+800d", "forward by 800 days"), ("+2h", "forward by 2 hours")):
                show(clock, by)
                said = f"EVERYTHING IS HELD: this machine's clock was put {what}"
                wait_until(lambda said=said: said in daemon.log(), said)  # type: ignore[misc]
            assert set(town.balances()) == {"hello"}
            for by, told in (("-800d", "back 800"), ("+800d", "forward 1600"), ("+0", "back 800")):
                seen = len(_told(daemon.log()))
                show(clock, by)
                wait_until(lambda seen=seen: len(_told(daemon.log())) > seen, told)  # type: ignore[misc]
                assert _told(daemon.log())[seen] == told
            town.add(_LATER)
            wait_until(lambda: len(sink.accepted) == 4, "what is written now, as if nothing had been")
        finally:
            code = daemon.terminate()

    assert code == 0
    assert daemon.log().count("nothing is held any more") >= 1
    assert set(Counter(mail.data.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in sink.accepted).values()) == {1}
    assert {name: each.planned for name, each in town.balances().items()} == {"hello": 2, "again": 2}


_LATER = """\
  again:
    when: start
    to: [friends]
    through: [email]
"""
