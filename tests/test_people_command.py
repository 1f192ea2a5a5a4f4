"""`communique people`: lists that are refused whole, and who is on record for one that was taken."""

from pathlib import Path

import pytest

from tests.command_line import CommandLine, Said
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town nobody is known in yet."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=START)
    return found


def imported(line: CommandLine, folder: Path, rows: str, *more: str, audience: str = "friends") -> Said:
    """Import these rows."""
    file = folder / "list.csv"
    file.write_text(f"address;name\n{rows}", encoding="utf-8")
    return line("people", "import", str(file), "--audience", audience, "--basis", "They asked.", *more)


def test_a_list_without_a_good_row_is_no_list(line: CommandLine, tmp_path: Path) -> None:
    """Also when bad rows may be skipped: nothing is imported, and nothing is on record."""
    said = imported(line, tmp_path, "x;X\ny;Y\n", "--skip-bad-rows")
    assert (said.code, "Nothing was imported." in said.text) == (1, True)
    assert line("log").text == ""


def test_a_file_that_is_far_too_large_is_refused_unread(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has chosen the wrong file."""
    monkeypatch.setattr("communique.commands.people.MOST_BYTES", 10)
    said = imported(line, tmp_path, "ana@example.org;Ana\n")
    assert (said.code, "list.csv: expected at most" in said.errors) == (1, True)
    assert line("people", "list", "friends").text == ""


@pytest.mark.parametrize(("more", "who"), [((), "import"), (("--as", "Ines"), "Ines")])
def test_an_import_is_on_record(line: CommandLine, tmp_path: Path, more: tuple[str, ...], who: str) -> None:
    """Who did it, or that nobody said; how many, why, and no address."""
    assert imported(line, tmp_path, "ana@example.org;Ana\n", *more).code == 0
    (entry,) = line("log", "--json").json["journal"]
    assert (entry["who"], entry["what"]) == (who, "imported 1 person into friends (1 new): They asked.")


def test_an_audience_that_is_not_there_is_told_with_what_was_meant(line: CommandLine, tmp_path: Path) -> None:
    """When importing and when listing."""
    for said in (imported(line, tmp_path, "a@example.org;A\n", audience="freinds"), line("people", "list", "freinds")):
        assert (said.code, "Did you mean `friends`?" in said.errors) == (1, True)
