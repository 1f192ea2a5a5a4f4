"""Whatever a pattern finds in a text, its prefilter lets it look there."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import communique.language
import communique.plan.checks
from communique.language.prefilter import Prefiltered, plain

_LETTERS = {"Lu": "A-ZÑÉ", "Ll": "a-zñé", "L": "a-zA-ZñÑéМ", "N": "0-9", "M": "\u0301", "Lo": "ا-ي"}
_EXAMPLES = 3  #: of each alternative
_SIGN = re.compile(r"\\.|\[\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_BEGINS = re.compile(r"\?(?:[a-z]*:|[=!]|P<\w+>)|")
_LOOKED_BEHIND = re.compile(r"\(\?<[!=](?:[^()\\]|\\.|\[[^\]]*\]|\((?:[^()\\]|\\.)*\))*\)")


def _prefiltered() -> list[tuple[str, Prefiltered]]:
    found = {}
    for package in (communique.language, communique.plan.checks):
        for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(each.name)
            for name, value in vars(module).items():
                several = value.items() if isinstance(value, dict) else [("", value)]
                found |= {f"{each.name}.{name}{key}": one for key, one in several if isinstance(one, Prefiltered)}
    return sorted(found.items())


def _as_re(pattern: str) -> str:
    """A pattern of `regex` as `re` can make texts of it: some letters for all, and no look behind."""
    pattern, made, in_class, at = _LOOKED_BEHIND.sub("", pattern), "", False, 0
    while at < len(pattern):
        if match := re.compile(r"\\p\{(\w+)\}").match(pattern, at):
            letters = _LETTERS[match[1]]
            made += letters if in_class else f"[{letters}]"
            at = match.end()
            continue
        step = 2 if pattern[at] == "\\" else 1
        in_class = in_class if step == 2 else (pattern[at] == "[" or (in_class and pattern[at] != "]"))
        made += pattern[at : at + step]
        at += step
    return made


def _parts(pattern: str) -> list[str]:
    """What stands between the `|` of a pattern that are in no group."""
    parts, depth = [""], 0
    for sign in _signs(pattern):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _signs(pattern: str) -> Iterator[str]:
    """Signs of a pattern; a class, and a sign behind a backslash, is one."""
    return (match[0] for match in _SIGN.finditer(pattern))


def _groups(pattern: str) -> Iterator[tuple[int, int]]:
    """Where what is in each group begins and ends that is in no other one; of what is looked ahead nothing."""
    depth = begins = at = 0
    for sign in _signs(pattern):
        at += len(sign)
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "(" and depth == 1:
            begins = at + len(_BEGINS.match(pattern, at)[0])  # type: ignore[index]
        elif sign == ")" and not depth and pattern[begins - 2 : begins] not in {"?=", "?!"}:
            yield begins, at - 1


def _each_alone(pattern: str) -> Iterator[str]:
    """A pattern with one alternative in the place of all of a group, for each alternative of each group."""
    for part in _parts(pattern):
        groups = [(begins, ends) for begins, ends in _groups(part) if "|" in part[begins:ends]]
        for begins, ends in groups:
            for one in _each_alone(part[begins:ends]):
                yield f"{part[:begins]}{one}{part[ends:]}"
        if not groups:
            yield part


@pytest.mark.parametrize(("name", "it"), _prefiltered())
def test_a_pattern_is_looked_for_wherever_it_would_find_something(name: str, it: Prefiltered) -> None:
    """Texts made from the pattern itself, from each of its alternatives."""
    source, flags = it.pattern.pattern, it.pattern.flags & (re.IGNORECASE | re.MULTILINE)  # type: ignore[attr-defined]
    missed = []
    for alternative in _each_alone(_as_re(source)):

        @settings(
            max_examples=_EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.from_regex(re.compile(alternative, flags)))
        def holds(text: str) -> None:
            if it.pattern.search(text) and not it.may_be_in(text):
                missed.append(text)

        holds()
    assert missed == [], name


def test_there_are_prefiltered_patterns() -> None:
    """The test above has something to look at, and a prefilter keeps a text that has nothing from its pattern."""
    known = dict(_prefiltered())
    assert {name.rpartition(".")[2] for name in known} >= {"_PLACEHOLDER", "_OF_A_PROGRAM", "_ANY_STRAY", "_MONEYEUR"}
    assert [name for name, it in known.items() if it.may_be_in("Hello. See you there")] == []


def test_a_text_is_compared_in_small_letters_with_one_space_between_words() -> None:
    """As patterns that ignore case take letters for the same, and any space for any other."""
    assert plain("I\u00a0AM \n UNABLE  to") == "i am unable to"
    for one, other in pairwise("iIİı"):
        assert re.fullmatch(one, other, re.IGNORECASE)
        assert plain(one) == plain(other)
