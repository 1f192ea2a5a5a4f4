"""Every command takes the names of campaigns and announcements in the same ways, and tells what was meant by a slip."""

import pytest

from tests.command_line import CommandLine
from tests.workspaces import FOLLOWING, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Two announcements of `news`; `more` has another `hello`."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    for name, value in town.variables.items():
        monkeypatch.setenv(name, value)
    town.add(FOLLOWING)
    other = (town.root / "campaigns/news.yaml").read_text(encoding="utf-8").partition("  goodbye:")[0]
    town.write("campaigns/more.yaml", other.replace("campaign: news", "campaign: more"))
    town.write("templates/more/hello/en/article.md", "---\nheadline: Hello\n---\nHello.\n")
    town.clock.turn(days=-1)
    return CommandLine(town.root, monkeypatch)


@pytest.mark.parametrize("command", [("plan",), ("status",), ("reach",), ("approve", "--as", "Ana")])
def test_a_campaign_one_of_it_or_an_announcement_alone(line: CommandLine, town: Town, command: tuple[str, ...]) -> None:
    """What `plan` prints can be given to any command."""
    first, *options = command
    for name in ("news", "news/goodbye", "goodbye"):
        found = line(first, name, *options, now=town.clock.now)
        assert not found.errors, found.errors
        assert "more" not in found.text.partition("mode live")[2]
        assert ("hello" in found.text) <= (name == "news")


@pytest.mark.parametrize("command", [("plan",), ("status",), ("reach",), ("preview",), ("approve", "--as", "Ana")])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("godbye", "No campaign or announcement `godbye`. Did you mean `goodbye`?"),
        ("news/godbye", "No announcement `godbye`. Did you mean `goodbye`?"),
        ("nevs/goodbye", "No campaign `nevs`. Did you mean `news`?"),
        ("hello", "`hello` is in several campaigns: say which, "),
    ],
)
def test_a_slip_is_told_with_what_was_meant(line: CommandLine, command: tuple[str, ...], name: str, said: str) -> None:
    """Nothing is shown of all the others instead."""
    first, *options = command
    found = line(first, name, *options)
    assert (found.code, found.text) == (1, "")
    assert said in found.errors
