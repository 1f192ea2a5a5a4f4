"""The official names of the glossary, in the language of each text."""

from pathlib import Path

import pytest

from communique.plan.preflight import preflight
from communique.problems import Problem
from tests.workspaces import Town, build

GLOSSARY = """\
partnership:
  name: {en: Open Government Partnership, es: Alianza para el Gobierno Abierto, fr: Partenariat ouvert}
  short: {en: OGP, es: OGP, fr: PGO}
  local: OGP Local
  website: https://www.opengovpartnership.org
action_plan: {en: action plan, es: plan de acción, fr: plan d’action}
action_plan_of: {en: action plan, es: plan de acción, fr: plan d’action}
"""
TEXT = "---\nheadline: Hola\nsummary: Es azul.\n---\n{}\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town that says hello in two languages; its ledger stays closed."""
    made = build(tmp_path_factory.mktemp("town"))
    made.write("config/glossary.yaml", GLOSSARY)
    made.campaign("languages: [en]", "languages: [en, es]")
    return made


def told(town: Town, words: str) -> list[Problem]:
    """What is said of the names in the Spanish text."""
    (Path(town.root) / "templates/news/hello/es/article.md").write_text(TEXT.format(words), encoding="utf-8")
    problems = preflight(town.workspace, {}, town.occasion()).problems
    return [each for each in problems if each.code == "name-of-another-language"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Nos unimos a la Open Government Partnership.", "Open Government Partnership"),
        ("Leed el Action Plan.", "Action Plan"),
        ("Un plan d’action.", "plan d’action"),
    ],
)
def test_a_name_that_was_not_translated_is_told_at_its_line(town: Town, words: str, found: str) -> None:
    """However it is capitalised, with the right one beside it; once, when the glossary has it behind “of” as well."""
    (problem,) = told(town, words)
    assert f"found {found}" in problem.message
    assert (problem.file, problem.line) == ("templates/news/hello/es/article.md", 5)


@pytest.mark.parametrize(
    "words", ["{{ partnership.name }}, {{ action_plan }}.", "La Alianza para el Gobierno Abierto (OGP, OGP Local)."]
)
def test_the_right_names_are_let_pass(town: Town, words: str) -> None:
    """Whether the glossary says them or somebody has typed them, short ones included."""
    assert told(town, words) == []
