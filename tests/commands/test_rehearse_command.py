"""`communique rehearse`: it takes nobody's folder, and says so when something does not balance."""

import logging
from contextlib import closing
from pathlib import Path

import pytest

from communique.commands.new_folder import UNFINISHED
from communique.send.lead import Lead
from communique.store.deliveries.accounts import Balance
from tests.command_line import CommandLine
from tests.workspaces import START, build

OUTAGE = "email for 1 hour from start - 10 minutes"


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a tiny town."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    town = build(tmp_path / "town")
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=START)
    return found


def test_a_folder_that_holds_something_is_left_alone(line: CommandLine, tmp_path: Path) -> None:
    """It is refused, and what was in it is still there; an empty one serves."""
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "speech.txt").write_text("mine")
    said = line("rehearse", "news", "--people", "2", "--into", str(folder))
    assert (said.code, f"Expected an empty or new folder, found files in {folder}. Choose" in said.errors) == (1, True)
    assert [file.name for file in folder.iterdir()] == ["speech.txt"]
    (folder / "speech.txt").unlink()
    said = line("rehearse", "news", "--people", "2", "--into", str(folder))
    assert said.code == 0
    assert f"Look at it: {folder / 'index.html'}" in said.text


@pytest.mark.parametrize("is_theirs", [False, True])
def test_what_is_broken_off_is_in_nobody_s_way(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_theirs: bool
) -> None:
    """Ctrl-C takes the half folder away, and the same command may be given again; an empty folder of theirs stays."""
    folder = tmp_path / "result"
    if is_theirs:
        folder.mkdir()
    with monkeypatch.context() as stopped:
        stopped.setattr("communique.commands.rehearsing.write_report", _ctrl_c)
        said = line("rehearse", "news", "--people", "2", "--into", str(folder))
    assert (said.code, said.errors.strip()) == (130, "Stopped.")
    assert folder.is_dir() is is_theirs
    assert not list(folder.rglob("*"))


def _ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_a_killed_rehearsal_has_left_goes(line: CommandLine, tmp_path: Path) -> None:
    """Of the same folder, and of those in the default place; not while the other process still writes there."""
    folder, other = tmp_path / "result", line.root / "var" / "rehearsals" / "2026-11-01-090000"
    for left in (folder, other):
        left.mkdir(parents=True)
        (left / "half.html").write_text("<p>")
        (left / UNFINISHED).touch()
    with closing(Lead(folder / UNFINISHED, "here/1")) as writing:
        assert writing.take()
        said = line("rehearse", "news", "--people", "2", "--into", str(folder))
        assert (said.code, "is being written by another process" in said.errors) == (1, True)
        assert (folder / "half.html").exists()
    assert not other.exists()
    assert line("rehearse", "news", "--people", "2", "--into", str(folder)).code == 0
    assert {"half.html", UNFINISHED}.isdisjoint(each.name for each in folder.iterdir())


def test_what_was_asked_to_go_wrong_is_no_noise(line: CommandLine, tmp_path: Path) -> None:
    """It has a chapter of its own; the log of a daemon would stand among what the command says."""
    said = line("rehearse", "news", "--people", "2", "--into", str(tmp_path / "result"), "--outage", OUTAGE)
    assert (said.code, said.errors) == (0, "")
    assert f"What went wrong, and what came of it: {tmp_path / 'result'}" in said.text
    assert not logging.root.manager.disable


def test_a_slip_makes_no_folder(line: CommandLine, tmp_path: Path) -> None:
    """What is to go wrong is read before anything is written."""
    said = line("rehearse", "news", "--bounce", "300%", "--into", str(tmp_path / "result"))
    assert (said.code, (tmp_path / "result").exists()) == (1, False)


def test_what_does_not_balance_is_no_success(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1, after the result has been written for whoever looks into it."""
    monkeypatch.setattr(Balance, "holds", property(lambda _: False))
    said = line("rehearse", "news", "--people", "2", "--into", str(tmp_path / "result"))
    assert (said.code, "A balance does not hold" in said.errors) == (1, True)
    assert (tmp_path / "result" / "index.html").is_file()


def test_what_waits_for_a_date_is_played_as_if_there_were_one(line: CommandLine, tmp_path: Path) -> None:
    """Without it, the result names what stays; a date may count from another milestone, and one given before."""
    campaign = line.root / "campaigns" / "news.yaml"
    campaign.write_text(campaign.read_text().replace("  later: unknown", "  later: unknown\n  last: unknown"))
    campaign.write_text(campaign.read_text().replace("when: start", "when: last + 1 day"))
    said = line("rehearse", "news", "--people", "2", "--into", str(tmp_path / "unknown"))
    assert "the date of last is unknown" in said.text
    given = ("--declare", "later start + 2 days", "--declare", "last later + 1 day")
    said = line("rehearse", "news", "--people", "2", "--into", str(tmp_path / "known"), *given)
    assert (said.code, "2 planned = 2 sent" in said.text, "Did NOT go out" in said.text) == (0, True, False)
    assert "2026-12-05" in said.text
    said = line("rehearse", "news", "--into", str(tmp_path / "twice"), "--declare", "start 2026-12-03")
    assert (said.code, "--declare: expected a milestone without a date" in said.errors) == (1, True)
