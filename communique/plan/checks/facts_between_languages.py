"""What a fact says otherwise in one language: room 2 here, room 3 there; a name with another letter. Warnings only."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from communique.campaign import Campaign
from communique.language.facts_in_text import facts_in
from communique.language.formatting import locale_of
from communique.language.names_in_text import is_latin, one_letter_apart
from communique.phrase import phrase
from communique.plan.checks.known_names import OF_A_PERSON
from communique.problems import Problem, Severity
from communique.read.translations import is_by_language
from communique.workspace import Workspace

CODE = "languages-differ"
_Path = tuple[str | int, ...]


def check_facts(workspace: Workspace, campaign: Campaign) -> Iterator[Problem]:
    """Of one campaign's facts; where one language writes a number as a word, nothing is said of it."""
    if CODE in campaign.waive:
        return
    document = workspace.document(campaign.campaign)
    for path, texts in _by_language(campaign.facts, ("facts",), workspace.settings.languages):
        numbers = {language: _numbers(workspace, text, language) for language, text in texts.items()}
        first, *others = numbers
        for language in others:
            here, there = numbers[language], numbers[first]
            if here and there and here != there:
                yield document.problem(
                    (*path, language),
                    CODE,
                    phrase(
                        "expected the same numbers in `{first}` and `{language}`, found {there} and {here}",
                        first=first,
                        language=language,
                        there=_said(there),
                        here=_said(here),
                    ),
                    hint=phrase("Every text says this fact: correct the one that is wrong."),
                    severity=Severity.WARNING,
                )


def check_people(workspace: Workspace, campaign: Campaign) -> Iterator[Problem]:
    """Names of people that have another letter in one language; accents are left out of some on purpose."""
    if CODE in campaign.waive:
        return
    document = workspace.document(campaign.campaign)
    for name, fact in campaign.facts.items():
        names = fact.get("name") if isinstance(fact, Mapping) and fact.keys() & OF_A_PERSON else None
        if not isinstance(names, Mapping):
            continue
        first, *others = names
        for language in others:
            here, there = str(names[language]), str(names[first])
            if is_latin(here) and is_latin(there) and one_letter_apart(here, there):
                message = phrase(
                    "expected the same name in `{first}` and `{language}`, found {there} and {here}",
                    first=first,
                    language=language,
                    there=there,
                    here=here,
                )
                hint = phrase("Every text says this fact: correct the one that is wrong.")
                path = ("facts", name, "name", language)
                yield document.problem(path, CODE, message, hint=hint, severity=Severity.WARNING)


def _by_language(value: Any, path: _Path, languages: tuple[str, ...]) -> Iterator[tuple[_Path, Mapping[str, str]]]:
    if isinstance(value, Mapping):
        if value and is_by_language(value, languages):
            if all(isinstance(each, str) for each in value.values()):
                yield path, value
            return
        for key, each in value.items():
            yield from _by_language(each, (*path, key), languages)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _by_language(each, (*path, index), languages)


def _numbers(workspace: Workspace, text: str, language: str) -> Counter[str]:
    return facts_in(text, language, locale_of(language, workspace.settings.locales)).numbers


def _said(numbers: Counter[str]) -> str:
    return ", ".join(sorted(numbers.elements(), key=int))
