"""Fixed phrases: one file a language, the same phrases in each."""

from functools import reduce
from operator import getitem

import pytest

from communique.problems import ProblemsError
from communique.read.sources import Copy
from communique.texts.words import Words

ENGLISH, PORTUGUESE = b"back: Back\nlatest: Latest\n", b"back: Voltar\nlatest: Novidades\n"


def words(**files: bytes) -> Words:
    """Phrases by language."""
    return Words(Copy({f"templates/layouts/words/{name}.yaml": data for name, data in files.items()}))


def test_a_country_s_variant_takes_the_language_s_phrases() -> None:
    """`pt-BR` reads `pt.yaml`, unless it has a file of its own."""
    assert words(pt=PORTUGUESE).of("pt-BR")["back"] == "Voltar"
    both = Words(
        Copy({"templates/layouts/words/pt.yaml": PORTUGUESE, "templates/layouts/words/pt-BR.yaml": b"back: Retornar\n"})
    )
    assert (both.of("pt-BR")["back"], both.of("pt")["back"]) == ("Retornar", "Voltar")


def test_complete_phrases_have_no_problems() -> None:
    """In all languages asked for."""
    assert words(en=ENGLISH, pt=PORTUGUESE).problems(("en", "pt")) == []


def test_what_one_language_lacks_is_named() -> None:
    """The phrase, and the file it is missing from."""
    (problem,) = words(en=ENGLISH, pt=b"back: Voltar\n").problems(("en", "pt"))
    assert (problem.code, problem.file) == ("missing-translation", "templates/layouts/words/pt.yaml")
    assert "found none for latest" in problem.message


def test_a_language_without_phrases_is_named_once() -> None:
    """With the file that is expected, not with every phrase it lacks."""
    (problem,) = words(en=ENGLISH).problems(("en", "ko"))
    assert (problem.code, problem.file) == ("missing-translation", "templates/layouts/words/ko.yaml")


def test_a_broken_file_is_a_problem_at_its_line() -> None:
    """And leaves the other languages alone."""
    problems = words(en=ENGLISH, pt=b"back: Voltar\nback: Outra vez\nlatest: Novidades\n").problems(("en", "pt"))
    assert ("yaml-duplicate-key", 2) in {(each.code, each.line) for each in problems}
    assert {each.file for each in problems} == {"templates/layouts/words/pt.yaml"}


@pytest.mark.parametrize(
    ("path", "named"), [(("colon",), "colon"), (("paper", "cover", "steps"), "paper: cover: steps")]
)
def test_a_phrase_that_a_newer_version_needs_is_named_with_its_file(path: tuple[str, ...], named: str) -> None:
    """A workspace keeps its own words when the program is upgraded."""
    found = words(en=b"back: Back\npaper:\n  cover: {title: Letters}\n").of("en")
    with pytest.raises(ProblemsError) as caught:
        reduce(getitem, path, found)
    (problem,) = caught.value.problems
    assert (problem.file, f"`{named}`" in problem.message) == ("templates/layouts/words/en.yaml", True)
