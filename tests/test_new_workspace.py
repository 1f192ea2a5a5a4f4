"""`communique init`: a workspace of one's own."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from channels import KINDS
from communique.installation import Installation
from communique.moments import Milestone
from communique.new_workspace import make_workspace

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


def test_it_overwrites_nothing(tmp_path: Path) -> None:
    """A folder with files in it is refused and stays as it was."""
    (tmp_path / "letter.txt").write_text("mine")

    with pytest.raises(FileExistsError):
        make_workspace(tmp_path, NOW)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_lists_of_real_people_are_not_copied(tmp_path: Path) -> None:
    """Only the example of an audience's list comes along."""
    make_workspace(tmp_path / "city", NOW)

    assert [file.name for file in (tmp_path / "city/config/audiences").iterdir()] == ["example.csv"]
