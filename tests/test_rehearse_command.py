"""`communique rehearse`: it takes nobody's folder, and says so when something does not balance."""

from pathlib import Path

import pytest

from communique.store.deliveries.accounts import Balance
from tests.command_line import CommandLine
from tests.workspaces import START, build


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
    assert (said.code, "is not empty: choose another one" in said.errors) == (1, True)
    assert [file.name for file in folder.iterdir()] == ["speech.txt"]
    (folder / "speech.txt").unlink()
    said = line("rehearse", "news", "--people", "2", "--into", str(folder))
    assert said.code == 0
    assert f"Look at it: {folder / 'index.html'}" in said.text


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
