"""Every code that a problem can have is explained, and nothing is explained that no problem has."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.explain.problem_codes import CODES

PACKAGE = Path(__file__).parents[1] / "communique"
#: Methods that make a problem: which of their arguments is the code, and how many they have at least.
_MAKERS = {"problem": (1, 3), "add": (0, 4), "it.warning": (0, 3), "it.error": (0, 3)}


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if ast.unparse(node.func).startswith("it."):  # a text that checks read; a log has a `warning`, too
                name = ast.unparse(node.func)
            given: list[ast.expr] = [word.value for word in node.keywords if word.arg == "code"]
            position, least = _MAKERS.get(name, (0, sys.maxsize))
            if len(node.args) >= least:
                given.append(node.args[position])
            yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if not path.stem.startswith(("explanation", "problem_codes"))]


def test_every_code_is_explained() -> None:
    """No problem has a code that `communique explain` does not know."""
    used = {(path.stem, code) for path in _modules() for code in _codes(ast.parse(path.read_text(encoding="utf-8")))}
    assert {(stem, code) for stem, code in used if code not in CODES} == set()
    assert len({code for _, code in used}) > 40


def test_every_explanation_is_needed() -> None:
    """No explanation is left over from a check that is gone."""
    words: set[str] = set()
    for path in _modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        words |= {value for value in constants if isinstance(value, str)}
    assert set(CODES) - words == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_explanations_are_worth_reading(code: str) -> None:
    """Each says in two to eight lines what it means and what to do, without the words of programmers."""
    explanation = CODES[code]
    lines = explanation.text.splitlines()
    assert 2 <= len(lines) <= 8
    assert not any(line.startswith(" ") for line in lines)
    assert explanation.title[0].isupper()
    assert not explanation.title.endswith(".")
    for word in ("string", "boolean", "tuple", "dict", "pydantic", "parser", "None"):
        assert f" {word} " not in explanation.text
    assert str(explanation).startswith(explanation.title)
    assert ("waive" in str(explanation)) or not explanation.waivable
