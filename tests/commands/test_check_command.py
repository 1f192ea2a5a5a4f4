"""`communique check`: secrets are asked for where something is sent, and what is shared is always told."""

import pytest

from tests.command_line import CommandLine
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town without secrets."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    for name in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        monkeypatch.delenv(name, raising=False)
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=START)
    return found


@pytest.mark.parametrize(("mode", "code"), [("live", 1), ("trial", 0)])
def test_secrets_are_asked_for_where_something_is_sent(line: CommandLine, town: Town, mode: str, code: int) -> None:
    """Live, a channel without its secret is an error that names the variable; in trial it needs none."""
    town.settings("mode: live", f"mode: {mode}")
    said = line("check")
    assert (said.code, "X_CONSUMER_KEY" in said.text) == (code, code == 1)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("templates/layouts/words/en.yaml", "locale: [\n"),
        ("config/process.yaml", "stages: 5\n"),
        ("templates/news/hello/en/article.md", "---\nheadline: H\nsummary: S\n---\n{{ nobody }}\n"),
    ],
)
def test_what_a_campaign_needs_is_told_with_it(line: CommandLine, town: Town, path: str, text: str) -> None:
    """Asked for one campaign, its own texts and what all share; not the faults of another."""
    town.settings("mode: live", "mode: trial")
    town.write("campaigns/other.yaml", "campaign: other\ntitle: [\n")
    town.write(path, text)
    found = {each["file"] for each in line("check", "news", "--json").json["problems"]}
    assert path in found
    assert "campaigns/other.yaml" not in found
    assert "campaigns/other.yaml" in {each["file"] for each in line("check", "--json").json["problems"]}


def test_a_file_does_not_steer_the_terminal(line: CommandLine, town: Town) -> None:
    """What is quoted from it comes without control characters."""
    town.campaign("through: [email]", 'through: ["em\\a\\u202Eail"]')
    text = line("check").text
    assert "wrong-value" in text
    assert not {"\a", "\u202e"} & set(text)


def test_evidence_is_told_with_what_to_do(line: CommandLine, town: Town) -> None:
    """A town that has said nothing yet is told what monitors would miss; naming the forum answers two questions."""
    said = line("check", "--evidence")
    assert said.code == 1
    assert "missing Is there a forum that oversees the process?" in said.text
    before = {each["question"]: each["standing"] for each in line("check", "--evidence", "--json").json["questions"]}
    members = "{name: Club, sector: non-government}, {name: Office, sector: government}"
    town.write("config/process.yaml", f"stages: []\nforum: {{text: We decide together, members: [{members}]}}\n")
    after = {each["question"]: each["standing"] for each in line("check", "--evidence", "--json").json["questions"]}
    assert {each for each in before if before[each] == "missing" and after[each] == "there"} == {
        "Is there a forum that oversees the process?",
        "Is it multi-stakeholder?",
    }
