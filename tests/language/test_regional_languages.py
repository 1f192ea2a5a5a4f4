"""A language as one country speaks it: only what differs is said anew, and the main language serves for the rest."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels import KINDS
from communique.installation import Installation
from communique.localisation.localised import localise
from communique.localisation.regional_languages import serving, spoken_for
from communique.new_workspace.creation import make_workspace
from communique.plan.owing import spoken_to
from communique.read.sources import Copy, Folder
from communique.texts.gaps import gaps_of
from communique.texts.scripts import files_of
from communique.texts.wording import files_for, find
from communique.texts.words import Words

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
BRAZIL = "pt-BR"
#: Words and forms that are Portugal's, or mean something else in Brazil (the Câmara is the town's parliament there).
OF_PORTUGAL = re.compile(
    r"(?i)\b(?:contactos?|connosco|correio eletrónico|registos?|ficheiros?|ecrã|equipas?|palavras?-passe|descarregar|"
    r"partilh\w+|incómod\w+|prémio|aceites?|munícipe|câmara|morada|guarda de crianças|\w+ámos\b|\w+ámo-\w+|"
    r"ordem de trabalhos|subscritores|demasiado|telefone-nos)\b"
)


@pytest.mark.parametrize(
    ("language", "looked_for"),
    [
        ("pt", ("pt",)),
        ("pt-BR", ("pt-BR", "pt")),
        ("es-MX", ("es-MX", "es-419", "es")),
        ("zh-Hant-HK", ("zh-Hant-HK", "zh-Hant", "zh")),
    ],
)
def test_a_language_is_looked_for_in_its_nearest_relatives(language: str, looked_for: tuple[str, ...]) -> None:
    """By BCP 47's lookup, with the parents that CLDR names."""
    assert serving(language) == looked_for


@pytest.mark.parametrize(
    ("asked", "found"), [("pt-BR", "pt-BR"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("EN-us", "en"), ("de", None)]
)
def test_a_reader_gets_their_language_of_another_country_before_a_strange_one(asked: str, found: str | None) -> None:
    """A browser says `pt-PT`, a list of people `pt`: both read what a Brazilian town writes."""
    assert spoken_for(asked, ("es", "pt-BR", "en")) == found
    assert spoken_to(asked, ("es", "pt-BR", "en")) == (found or "es")


def test_a_file_of_the_country_takes_the_place_of_the_main_language_s() -> None:
    """File by file, so that one named after a channel still comes first."""
    here = "templates/news/hello"
    sources = Copy(
        dict.fromkeys([f"{here}/pt/x.txt", f"{here}/pt/radio-15.txt", f"{here}/pt-BR/social.txt"], b"")
        | {f"{here}/pt-BR/radio-60.txt": b"", f"{here}/pt-BR/radio-15.txt": b""}
    )
    assert find(sources, "news", "hello", BRAZIL, ("x.txt", "social.txt")) == f"{here}/pt/x.txt"
    assert find(sources, "news", "hello", BRAZIL, ("social.txt",)) == f"{here}/pt-BR/social.txt"
    assert find(sources, "news", "hello", "pt", ("social.txt",)) is None
    assert files_of(sources, "news", "hello", BRAZIL, ("radio",)) == ("radio-15.txt", "radio-60.txt")
    assert files_for(sources, "news", "hello", BRAZIL)["radio-15.txt"] == f"{here}/pt-BR/radio-15.txt"


def test_phrases_are_laid_over_those_of_the_main_language() -> None:
    """Group by group; what is counted in forms goes as a whole, for its forms belong together."""
    words = Words(
        Copy(
            {
                "templates/layouts/words/pt.yaml": b"a: {x: um, y: dois}\ncounted: {m: {1: um, one: a, other: b}}\n",
                "templates/layouts/words/pt-BR.yaml": b"a: {x: hum}\ncounted: {m: {one: c, other: d}}\n",
            }
        )
    )
    said = {name: each for name, each in words.of(BRAZIL).items() if name != "alerts"}  # which are never without words
    assert said == {"a": {"x": "hum", "y": "dois"}, "counted": {"m": {"one": "c", "other": "d"}}}
    assert words.problems((BRAZIL, "pt")) == []


def test_facts_and_settings_serve_the_country_too() -> None:
    """`{pt: …}` is enough for `pt-BR`, and `{pt: …, pt-BR: …}` says it as it is said there."""
    spoken = (BRAZIL, "en")
    assert localise({"pt": "municipal", "en": "municipal"}, BRAZIL, spoken) == "municipal"
    assert localise({"pt": "Câmara", BRAZIL: "Prefeitura", "en": "Town hall"}, BRAZIL, spoken) == "Prefeitura"
    with pytest.raises(KeyError):
        localise({"en": "Town hall"}, BRAZIL, spoken)


@pytest.fixture(scope="module")
def brazilian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace of a town in Brazil."""
    root = tmp_path_factory.mktemp("br") / "city"
    make_workspace(root, NOW, only=[BRAZIL])
    return root


def leaves(data: Any) -> Iterator[str]:
    """Every text of a YAML file."""
    if isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from leaves(each)
    elif isinstance(data, str):
        yield data


def test_a_brazilian_town_speaks_no_word_of_portugal(brazilian: Path) -> None:
    """In no text, phrase, fact or setting that its readers see."""
    workspace, problems = Installation(root=brazilian, variables={}, kinds=KINDS).read()
    assert workspace is not None
    assert not problems
    assert workspace.words.problems(workspace.settings.languages) == []
    said = {
        path: (brazilian / path).read_text(encoding="utf-8")
        for name, campaign in workspace.campaigns.items()
        for announcement in campaign.announcements
        for path in files_for(workspace.sources, name, announcement, BRAZIL).values()
    }
    said["words"] = "\n".join(leaves(workspace.words.of(BRAZIL)))
    shown = (workspace.settings.model_dump(), workspace.glossary.model_dump(), workspace.outline.model_dump())
    said["config"] = "\n".join(leaves(localise(list(shown), BRAZIL, (BRAZIL,))))
    for name, campaign in workspace.campaigns.items():
        said[name] = "\n".join(leaves(localise(campaign.facts, BRAZIL, (BRAZIL,))))
    assert len(said) > 70
    assert {name: found[0] for name, text in said.items() if (found := OF_PORTUGAL.search(text))} == {}


def test_a_country_s_text_is_filled_with_what_its_main_language_s_is() -> None:
    """A fact that is put into the one, and not into the other, would be missing in one country."""
    filled = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|^#+ |^- |^\d\. ", re.MULTILINE)
    texts = sorted((ROOT / "languages" / BRAZIL / "templates").glob(f"*/*/{BRAZIL}/*"))
    assert texts
    for file in texts:
        campaign, announcement, _, name = file.parts[-4:]
        main = ROOT / "templates" / campaign / announcement / "pt" / name
        said, expected = (Counter(filled.findall(each.read_text("utf-8"))) for each in (file, main))
        assert said == expected, file


def test_what_the_main_language_says_is_nothing_to_do(brazilian: Path) -> None:
    """A town that speaks Spanish asks what Mexican Spanish lacks: to be named in the lists, and nothing else."""
    assert [gap for step in gaps_of(Folder(brazilian), BRAZIL) for gap in step.gaps] == []
    steps = gaps_of(Folder(ROOT), "es-MX")
    assert {gap.what.split(":")[0] for step in steps for gap in step.gaps} == {"`languages"}
