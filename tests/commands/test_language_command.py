"""`communique language TAG`: what a language still lacks, before any file mentions it and at each step on the way."""

import pytest

from communique.new_workspace.creation import make_workspace
from communique.read.sources import Folder
from communique.texts.gaps import Step, gaps_of
from tests.command_line import CommandLine
from tests.workspaces import START, Town

ARTICLE = "templates/news/hello/{}/article.md"
TEXT = "---\nheadline: Come to the hall\nsummary: S\n---\nCome and tell us what you need.\n\n{}\n"
WORDS = "templates/layouts/words/id.yaml"


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town that speaks English."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    found = CommandLine(town.root, monkeypatch)
    found("check", now=START)
    return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A new workspace that speaks everything there is."""
    root = tmp_path_factory.mktemp("every") / "city"
    make_workspace(root, START, ["uk"])
    return Folder(root)


def by_title(steps: list[Step]) -> dict[str, Step]:
    """The steps of the guide."""
    return {step.title: step for step in steps}


@pytest.mark.parametrize("language", ["es", "en", "fr", "pt", "ar", "uk"])
def test_what_is_shipped_lacks_nothing(city: Folder, language: str) -> None:
    """Nor does a text look like that of another language by chance."""
    assert [gap for step in gaps_of(city, language) for gap in step.gaps] == []


def test_the_whole_way_is_shown_before_it_begins(city: Folder) -> None:
    """Each step of the guide with its places, and how many words there are to translate."""
    steps = by_title(gaps_of(city, "id"))
    assert list(steps)[:4] == ["Say that you speak it", "Official names", "The process page", "Fixed phrases"]
    assert all(step.gaps for step in steps.values())
    first = steps["Say that you speak it"].gaps[0]
    source = (city.read("config/settings.yaml") or b"").decode().splitlines()[first.line - 1]
    assert source.startswith("languages: [es, en,")
    assert first.what.endswith(", id]`")
    texts = {gap.file: gap.words for gap in steps["Campaign accepted-into-ogp"].gaps}
    assert texts["templates/accepted-into-ogp/tell-the-public/id/article.md"] > 100
    # Its channel speaks Spanish only.
    assert "templates/accepted-into-ogp/tell-the-public/id/facebook.txt" not in texts


def test_what_was_copied_is_still_to_do(line: CommandLine, town: Town) -> None:
    """A copied text and copied phrases are named at their first line, by the command and by `check`."""
    town.settings("languages: [en, es, fr]", "languages: [en, es, fr, id]")
    town.campaign("languages: [en]", "languages: [en, id]")
    english = (town.root / "templates/layouts/words/en.yaml").read_text(encoding="utf-8")
    town.write(WORDS, english)
    town.write(ARTICLE.format("en"), TEXT.format("The doors open early, and there is tea."))
    town.write(ARTICLE.format("id"), TEXT.format("Pintu dibuka pagi-pagi, dan ada teh."))

    said = line("language", "id", "--all")
    assert said.code == 2
    article = "still as in `en`: “headline: Come to the hall”; further lines like it: 1"
    assert f"{ARTICLE.format('id')}:2:1  {article}" in said.text
    assert f"{WORDS}:3:1  `language_name` is still as in `en`: “English”" in said.text
    assert "`speech: date: pattern` is still as in `en`: “the {day} of {month} {year}”" in said.text
    assert "`counted: commitments` has `one`, which no number asks for here" in said.text
    found = [each for each in line("check", "--json").json["problems"] if each["code"] == "left-untranslated"]
    assert [(each["file"], each["line"], each["severity"]) for each in found] == [
        (WORDS, 2, "warning"),
        (ARTICLE.format("id"), 2, "warning"),
    ]

    town.campaign("    through: [email]", "    waive: {left-untranslated: A motto.}\n    through: [email]")
    found = [each for each in line("check", "--json").json["problems"] if each["code"] == "left-untranslated"]
    assert [each["file"] for each in found] == [WORDS]


def test_a_phrase_in_a_group_that_is_missing_is_named(line: CommandLine, town: Town) -> None:
    """With the line of another language where it can be taken from."""
    path = town.root / "templates/layouts/words/es.yaml"
    spanish = path.read_text(encoding="utf-8")
    [gone] = [each for each in spanish.splitlines() if each.startswith("  on_this_page:")]
    town.write("templates/layouts/words/es.yaml", spanish.replace(f"{gone}\n", ""))
    said = line("language", "es", "--all").text
    assert "no phrase `process_page: on_this_page`, for “On this page” (`templates/layouts/words/en.yaml:" in said
    assert "found none for process_page: on_this_page" in line("check").text


def test_what_is_counted_and_missing_is_named(line: CommandLine, town: Town) -> None:
    """The phrase, whatever forms other languages have of it: a page that counts could not be filled."""
    spanish = (town.root / "templates/layouts/words/es.yaml").read_text(encoding="utf-8")
    [gone] = [each for each in spanish.splitlines() if each.startswith("  accepted_below:")]
    town.write("templates/layouts/words/es.yaml", spanish.replace(f"{gone}\n", ""))
    assert (
        "no phrase `counted: accepted_below`, for “Accepted for fewer than # person”"
        in line("language", "es", "--all").text
    )
    assert "found none for counted: accepted_below" in line("check").text


def test_a_fact_that_was_copied_is_still_to_do(line: CommandLine, town: Town) -> None:
    """A name is the same in many languages, and no sentence is."""
    town.settings("languages: [en, es, fr]", "languages: [en, es, fr, id]")
    town.campaign("  colour: blue\n", "  motto: {en: We listen before we decide., id: We listen before we decide.}\n")
    town.campaign("facts:\n", "facts:\n  who: {en: Red Vecinal Puerto Abierto, id: Red Vecinal Puerto Abierto}\n")
    said = line("language", "id", "--all").text
    assert "`facts: motto` is still as in `en`: “We listen before we decide.”" in said
    assert "`facts: who` is still" not in said


def test_programs_get_the_same(line: CommandLine) -> None:
    """As docs/json.md says; what is no language is refused, with an example of one."""
    found = line("language", "id", "--json").json
    assert (found["version"], found["language"]) == (1, "id")
    assert set(found["steps"][0]["gaps"][0]) == {"file", "line", "column", "what", "words"}
    for tag, meant in (("indonesian", "id"), ("ID", "id"), ("in", "id"), ("xx", ""), ("../id", "")):
        said = line("language", tag)
        assert (said.code, "as `uk` or `pt-BR`" in said.errors) == (1, True)
        assert (f"Did you mean `{meant}`?" if meant else "A browser lists them.") in said.errors


def test_a_missing_text_has_the_name_that_others_gave_it(line: CommandLine, town: Town) -> None:
    """Whoever translates is sent to the file there is, and not to another that would do."""
    town.settings("languages: [en, es, fr]", "languages: [en, es, fr, id]")
    town.campaign("languages: [en]", "languages: [en, id]")
    town.write(WORDS, (town.root / "templates/layouts/words/en.yaml").read_text(encoding="utf-8"))
    (town.root / ARTICLE.format("en")).rename(town.root / "templates/news/hello/en/email.md")
    said = line("check").text
    assert "expected a text in `id`, found no file templates/news/hello/id/email.md" in said
    assert "id/article.md" not in said


def test_a_language_is_given_up(line: CommandLine, town: Town) -> None:
    """What that takes is shown first, and done with `--act`; the last language cannot be."""
    town.write("templates/news/hello/es/article.md", TEXT.format("Hola."))
    shown = line("language", "es", "--leave-out").text
    assert "change  config/settings.yaml" in shown
    assert "delete  templates/news/hello/es/article.md" in shown
    assert (town.root / "templates/news/hello/es/article.md").exists()
    line("language", "es", "--leave-out", "--act")
    assert not (town.root / "templates/news/hello/es").exists()
    assert "languages: [en, fr]\n" in (town.root / "config/settings.yaml").read_text()
    line("language", "fr", "--leave-out", "--act")
    assert "one of several languages" in line("language", "en", "--leave-out").errors


def test_what_the_checks_do_not_know_of_a_language_is_said(line: CommandLine) -> None:
    """Those that go by words are silent there, and nobody takes that for praise."""
    assert "go by words, and know none" in line("language", "id").text
    assert "go by words, and know none" not in line("language", "es").text
