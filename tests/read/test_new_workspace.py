"""`communique init`: a workspace of one's own."""

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from channels import KINDS
from communique.installation import Installation
from communique.moments import Milestone
from communique.new_workspace.creation import further_languages, make_workspace, shipped_languages
from communique.new_workspace.leaving_out import leave_out, left_out
from tests.command_line import CommandLine

TITLES = {
    "es": "Solicitud de ingreso en OGP Local",
    "fr": "La candidature à OGP Local",
    "uk": "Заявка на вступ до OGP Local",
}
NOW = datetime(2029, 5, 3, 8, 0, tzinfo=UTC)


def milestones(workspace: Path, campaign: str) -> dict[str, Milestone]:
    """The milestones of a campaign in a workspace."""
    read = Installation(root=workspace, variables={}, kinds=KINDS).workspace()
    return dict(read.campaigns[campaign].milestones)


def test_a_new_workspace_has_no_problems(tmp_path: Path) -> None:
    """What `init` makes can be read, all three campaigns of it."""
    made = make_workspace(tmp_path / "city", NOW)
    workspace, problems = Installation(root=tmp_path / "city", variables={}, kinds=KINDS).read()

    assert not problems
    assert workspace is not None
    assert sorted(workspace.campaigns) == ["accepted-into-ogp", "co-creation-kickoff", "join-ogp-local"]
    assert made > 100


def test_its_dates_lie_ahead_and_keep_their_distances(tmp_path: Path) -> None:
    """The call opens in about two weeks on a Tuesday; the answer and the kickoff come as long after it as shipped."""
    make_workspace(tmp_path / "city", NOW)
    applying, accepted = (milestones(tmp_path / "city", name) for name in ("join-ogp-local", "accepted-into-ogp"))
    call, acceptance, kickoff = applying["call-opens"].start, accepted["acceptance"].start, accepted["kickoff"].start

    assert call is not None
    assert isinstance(acceptance, datetime)
    assert isinstance(kickoff, datetime)
    assert 14 <= (call - NOW.date()).days < 21
    assert call.weekday() == date(2026, 12, 1).weekday()
    assert (acceptance.date() - call).days == 48
    assert (kickoff.date() - acceptance.date()).days == 22
    assert milestones(tmp_path / "city", "co-creation-kickoff")["kickoff"].start == kickoff


@pytest.mark.parametrize("languages", [["es"], ["fr", "en"], ["uk", "es"]], ids=" ".join)
def test_a_town_of_few_languages_has_these_alone(languages: list[str], tmp_path: Path) -> None:
    """No file has a word of the others, nothing asks for them, and the first one is the town's own."""
    city = tmp_path / "city"
    made = make_workspace(city, NOW, only=languages)
    files = [each for each in city.rglob("*") if each.is_file()]
    workspace, problems = Installation(root=city, variables={}, kinds=KINDS).read()
    others = {*shipped_languages(), *further_languages()} - set(languages)

    assert workspace is not None
    assert not problems
    assert list(workspace.settings.languages) == languages
    assert {each.languages for each in workspace.campaigns.values()} == {tuple(languages)}
    assert workspace.campaigns["join-ogp-local"].called(languages[0]) == TITLES[languages[0]]
    assert made == len(files)
    assert not [each for each in files if others & {each.stem, *each.relative_to(city).parts}]
    written = "".join(each.read_text() for folder in ("campaigns", "config") for each in (city / folder).glob("*.yaml"))
    assert not re.search(rf"(?m)(?:^ *|[{{,] ?)(?:{'|'.join(others)}): ", written)
    people = csv.DictReader((city / "config/audiences/example.csv").read_text().splitlines())
    assert {each["language"] for each in people} <= set(languages)


def test_a_language_left_out_later_leaves_the_same(tmp_path: Path) -> None:
    """What `init` never wrote, and what was taken out afterwards, are one."""
    few, fewer = tmp_path / "few", tmp_path / "fewer"
    make_workspace(few, NOW, only=["es"])
    make_workspace(fewer, NOW, only=["es", "pt"])
    leave_out(fewer, left_out(fewer, ["es"], ["es", "pt"]))
    written = [
        {each.relative_to(city): each.read_bytes() for each in city.rglob("*") if each.is_file()}
        for city in (few, fewer)
    ]
    assert written[0] == written[1]


def test_it_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with files in it is refused and stays as it was."""
    (tmp_path / "letter.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    said = CommandLine(tmp_path, monkeypatch, names_workspace=False)("init", ".")
    assert (said.code, f"Expected an empty or new folder, found files in {tmp_path}." in said.errors) == (1, True)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_lists_of_real_people_are_not_copied(tmp_path: Path) -> None:
    """Only the example of an audience's list comes along."""
    make_workspace(tmp_path / "city", NOW)

    assert [file.name for file in (tmp_path / "city/config/audiences").iterdir()] == ["example.csv"]
