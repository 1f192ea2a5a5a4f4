"""A workspace, read: what can be used is used, and what cannot is named."""

from pathlib import Path

import pytest

from channels import KINDS
from communique.read.sources import Folder
from communique.workspace import Workspace, read_workspace
from tests.workspaces import Town, build


@pytest.fixture
def tiny(tmp_path: Path) -> Town:
    """A town whose ledger stays closed."""
    return build(tmp_path)


def read(town: Town) -> tuple[Workspace | None, set[tuple[str, str]]]:
    """The workspace; code and file of what is wrong."""
    workspace, problems = read_workspace(Folder(town.root), KINDS, None)
    return workspace, {(each.code, each.file) for each in problems}


@pytest.mark.parametrize("name", ["settings", "glossary"])
def test_without_settings_or_glossary_there_is_no_workspace(tiny: Town, name: str) -> None:
    """Nothing could be said rightly; the problem names the file, whether it is missing or broken."""
    file = f"config/{name}.yaml"
    tiny.write(file, "[")
    workspace, broken = read(tiny)
    assert workspace is None
    assert {each for _, each in broken} == {file}
    (tiny.root / file).unlink()
    assert read(tiny) == (None, {("missing-file", file)})


def test_without_a_process_file_the_rest_goes_on(tiny: Town) -> None:
    """The problem is told; campaigns are read all the same."""
    (tiny.root / "config/process.yaml").unlink()
    workspace, problems = read(tiny)
    assert workspace is not None
    assert list(workspace.campaigns) == ["news"]
    assert problems == {("missing-file", "config/process.yaml")}


def test_one_broken_campaign_leaves_the_others_alone(tiny: Town) -> None:
    """It is listed as unread, and only it is stopped."""
    tiny.write("campaigns/broken.yaml", "campaign: [\n")
    workspace, problems = read(tiny)
    assert workspace is not None
    assert (list(workspace.campaigns), workspace.unread) == (["news"], ["broken"])
    assert {file for _, file in problems} == {"campaigns/broken.yaml"}
    assert workspace.problems_of("news") == []
    assert [each.file for each in workspace.problems_of("broken")] == ["campaigns/broken.yaml"]


def test_other_files_beside_the_campaigns_are_no_campaigns(tiny: Town) -> None:
    """Notes of officers stay notes."""
    tiny.write("campaigns/notes.txt", "call Ana")
    workspace, problems = read(tiny)
    assert workspace is not None
    assert (list(workspace.campaigns), workspace.unread, problems) == (["news"], [], set())


def test_problems_are_told_file_by_file_in_the_order_of_lines(tiny: Town) -> None:
    """As one reads and mends them."""
    tiny.campaign("title: News", "titel: News")
    tiny.campaign("through: [email]", "through: [emial]")
    _, problems = read_workspace(Folder(tiny.root), KINDS, None)
    places = [(each.file, each.line) for each in problems]
    assert len(places) >= 2
    assert places == sorted(places)


def test_a_later_problem_finds_its_line_in_a_campaign(tiny: Town) -> None:
    """Also in one that cannot be read, where there is no line to find."""
    workspace, _ = read(tiny)
    assert workspace is not None
    problem = workspace.document("news").problem(("announcements", "hello", "when"), "x", "y")
    assert (problem.file, problem.line) == ("campaigns/news.yaml", 11)
    assert workspace.document("none").problem(("title",), "x", "y").file == "campaigns/none.yaml"
