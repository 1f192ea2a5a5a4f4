"""What a new version brings, and an older workspace does not have: said, shown, added, and missed by no alert."""

import pytest

from communique.texts.newer_phrases import newer_phrases
from communique.texts.templates import TemplateProblemError
from tests.command_line import CommandLine, at
from tests.workspaces import START, Town

WORDS = "templates/layouts/words/en.yaml"


@pytest.fixture
def older(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A town whose phrases are those of an earlier version, and its own: one is changed."""
    town.invite("ana")
    written = (town.root / WORDS).read_text(encoding="utf-8")
    lines = [
        line
        for line in written.splitlines()
        if not line.startswith(("skip:", "  accepted_below:", "  trial:", "  in_calendar:"))
    ]
    lines = [line.replace(", together: Total}", "}").replace("Main menu", "Our menu") for line in lines]
    file = town.root / WORDS
    file.unlink()
    town.write(WORDS, "# Ours.\n" + "\n".join(lines) + "\n")
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    return at(town.root, monkeypatch, START)


def test_what_a_new_version_brings_is_said_and_added(town: Town, older: CommandLine) -> None:
    """A warning names them and the command; that adds them, leaves every other line, and says what it cannot add."""
    before = (town.root / WORDS).read_text(encoding="utf-8")
    said = " ".join(older("check").text.split())
    assert f"{WORDS}: warning[missing-translation] expected every phrase that this version of the program has" in said
    assert "counted: accepted_below, skip, " in said
    assert "`communique language en --phrases`" in said
    shown = older("language", "en", "--phrases")
    assert shown.code == 2
    assert "  skip: Skip to the content\n" in shown.text
    assert "agenda: together  (stands in braces: add it by hand)" in shown.text
    assert (town.root / WORDS).read_text(encoding="utf-8") == before
    assert older("language", "en", "--phrases", "--act").code == 0
    after = (town.root / WORDS).read_text(encoding="utf-8")
    assert [line for line in after.splitlines() if line in before.splitlines()] == before.splitlines()
    assert "main_menu: Our menu" in after
    (left,) = newer_phrases(town.workspace.sources, ["en"])
    assert left.names == ["agenda: together"]


def test_a_town_that_has_everything_is_told_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words are no fault."""
    line = at(town.root, monkeypatch, START)
    assert "every fixed phrase" in line("language", "en", "--phrases").text
    written = (town.root / WORDS).read_text(encoding="utf-8").replace("Main menu", "Our menu")
    (town.root / WORDS).unlink()
    town.write(WORDS, written)
    assert not list(newer_phrases(town.workspace.sources, ["en"]))


def test_an_alert_has_its_words_whatever_a_town_lacks(town: Town, older: CommandLine) -> None:
    """Those of the program; every other phrase is named with what adds it."""
    words = town.workspace.words.of("en")
    assert words["alerts"]["trial"]
    assert words["main_menu"] == "Our menu"
    with pytest.raises(TemplateProblemError, match="expected the phrase `skip`"):
        words["skip"]
    town.write(WORDS, "locale: en_GB\nlanguage_name: English\n")
    assert town.workspace.words.of("en")["alerts"]["causes"]["held"]["do"]
