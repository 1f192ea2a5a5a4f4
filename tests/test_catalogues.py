"""What exactly was found, in the officer's language: every sentence has words, with the same places."""

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from communique.language.catalogue import in_language, sentences, spoken
from communique.phrase import Phrase, data_of, from_data, phrase
from communique.plan.known_preflights import KnownPreflights
from communique.problems import did_you_mean
from tests.test_officers_mistakes import (
    AT_THE_TOP,
    EN,
    END_EN,
    END_ES,
    ES,
    IN_ENGLISH,
    IN_SPANISH,
    MISTAKES,
    SEEN_IN_TEXTS,
    C,
    changed,
    sound,
)
from tests.workspaces import Town

__all__ = ["sound"]  # a fixture
ENGINE = Path(__file__).parents[1] / "communique"


def _patterns() -> Iterator[str]:
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "phrase" and path.stem != "phrase":
                (pattern,) = node.args
                assert isinstance(pattern, ast.Constant), f"{path}:{node.lineno}: a pattern that cannot be looked up"
                yield str(pattern.value)


def _places(pattern: str) -> set[str]:
    try:
        return {f"{name}:{form}" for _, name, form, _ in Formatter().parse(pattern) if name}
    except ValueError:  # a sentence without values, about braces
        return set()


def test_every_sentence_has_spanish_words() -> None:
    """With the same places; and nothing is kept for a sentence that is gone."""
    used, known = set(_patterns()), sentences("es")
    assert len(used) > 400
    assert used - known.keys() == set()
    assert known.keys() - used == set()
    assert {pattern for pattern in used if _places(pattern) != _places(known[pattern])} == set()


def test_planted_mistakes_are_told_in_spanish(sound: Town) -> None:
    """Message and hint, whole; a hint that is only the description of a key gives way to the head of its code."""
    english = []
    for it in MISTAKES:
        fills_texts = it.file != C or it.code in SEEN_IN_TEXTS
        with changed(sound, it.file, (it.old, it.new), fills_texts=fills_texts) as found:
            english += [text for each in found for text in (each.message, each.hint) if in_language(text, "es") is None]
    for file, end, planted in ((EN, END_EN, IN_ENGLISH), (ES, END_ES, IN_SPANISH)):
        with changed(sound, file, (end, "\n\n".join(words for _, _, words in planted) + "\n")) as found:
            english += [text for each in found for text in (each.message, each.hint) if in_language(text, "es") is None]
    with changed(sound, EN, *((old, new) for _, _, old, new in AT_THE_TOP)) as found:
        english += [text for each in found for text in (each.message, each.hint) if in_language(text, "es") is None]
    assert sorted(set(english)) == []


def test_what_was_found_before_keeps_its_languages(sound: Town) -> None:
    """The file of what is known holds the parts of each sentence."""
    with changed(sound, ES, ("facts.price", "facts.prize")) as found:
        pass
    with changed(sound, ES, ("facts.price", "facts.prize")) as again:
        pass
    assert [in_language(each.message, "es") for each in again] == [in_language(each.message, "es") for each in found]
    assert isinstance(sound.installation.known_preflights, KnownPreflights)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (phrase("Write `{found}`.", found="a {b}"), "Escriba `a {b}`."),
        (did_you_mean("frends", ["friends", "press"]), "¿Quiso decir `friends`? Se conocen: friends, press."),
        (phrase("Write `{found}`.", found=Phrase("a sentence of somebody else")), None),
        ("550 5.1.1 no such user", None),
        ("", ""),
    ],
)
def test_a_sentence_is_said_whole_or_not_at_all(text: str, expected: str | None) -> None:
    """Parts are said, values stay; no half of a sentence in another language."""
    assert in_language(text, "es") == expected
    assert in_language(text, "en") == text


def test_a_sentence_goes_through_files_and_processes() -> None:
    """With its parts."""
    said = did_you_mean("frends", ["friends"])
    for back in (from_data(data_of(said)), pickle.loads(pickle.dumps(said))):
        assert (back, in_language(back, "es")) == (said, in_language(said, "es"))


def test_a_language_without_a_catalogue_is_english() -> None:
    """By tags and locales."""
    assert [spoken(tag) for tag in ("es-MX", "es_ES.UTF-8", "fr", "C.UTF-8", "")] == ["es", "es", "en", "en", "en"]
