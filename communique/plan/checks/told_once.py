"""What many texts have in common, told once to whoever reads it: a quotation stands in each language and each text."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from communique.phrase import as_phrase, phrase
from communique.problems import Problem

#: In each language and each text; in each campaign.
_CODES = frozenset({"unapproved-quotation", "missing-author"})


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """One for each quotation that nobody has approved, and so on, at its first place, with the others in its hint."""
    kept: list[Problem] = []
    places: dict[str, list[str]] = {}
    for each in problems:
        if each.code in _CODES:
            places.setdefault(each.message, []).append(f"{each.file}:{each.line}")
        if each.code not in _CODES or len(places[each.message]) == 1:
            kept.append(each)
    return [_with_places(each, places[each.message][1:]) if each.code in _CODES else each for each in kept]


def _with_places(problem: Problem, others: Sequence[str]) -> Problem:
    if not others:
        return problem
    hint = phrase("{hint} It stands here, too: {places}.", hint=as_phrase(problem.hint), places=", ".join(others))
    return replace(problem, hint=hint)
