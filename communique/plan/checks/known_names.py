"""People, the town and rooms, as a text says them, held against the settings and the facts: warnings only.

Somebody else, or another room, may be meant.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from communique.language.names_in_text import exchanged, holders, nearly, numbered, shares_a_word
from communique.localisation.localised import LANGUAGE, localise
from communique.phrase import phrase
from communique.plan.checks.reading import Text
from communique.problems import Problem
from communique.settings import Settings

_BROKEN = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=\S)")
#: Beside the name of a person: a fact with one of these is about somebody.
OF_A_PERSON = frozenset({"office", "role", "approved_by"})


def check_known_names(
    settings: Settings,
    facts: Mapping[str, Any],
    texts: Mapping[tuple[str, str], Text],
    glossary: Mapping[str, Any],
) -> Iterator[tuple[Problem, str]]:
    """Everything, with words of the line where it is."""
    for text in dict.fromkeys(texts.values()):
        it = replace(text, text=_BROKEN.sub(" ", text.text))  # lines of mails end anywhere, within a name as well
        spoken = said_in_language(settings, facts, it.language)
        for check in (_places, _offices, _spelling):
            yield from check(settings, spoken, it)
        yield from _official_names(glossary, it)


def _places(settings: Settings, facts: Mapping[str, Any], it: Text) -> Iterator[tuple[Problem, str]]:
    """Rooms and houses whose number no fact has."""
    places = meeting_places(facts)
    of_meetings = numbers_in(places)
    if not of_meetings:
        return
    known = numbers_in([*leaves(facts), settings.government.address])
    for each in numbered(it.text):
        if each.word in of_meetings and each.number not in known[each.word]:
            message = phrase(
                "expected the place that the campaign has ({place}), found `{found}`",
                place="; ".join(dict.fromkeys(places)),
                found=each.words,
            )
            hint = phrase("Let the fact say it: `{{ facts.meeting.place }}`. Is another place meant, make it a fact.")
            yield it.warning("another-place", message, hint), each.words


def _offices(settings: Settings, facts: Mapping[str, Any], it: Text) -> Iterator[tuple[Problem, str]]:
    """Who is said to hold an office that somebody else has."""
    by_office: dict[str, set[str]] = {}
    for office, name in _people(settings, facts, it.language):
        if office:
            by_office.setdefault(office, set()).add(name)
    for office, names in by_office.items():
        for found, words in dict(holders(it.text, office)).items():
            if not shares_a_word(found, names):
                known = ", ".join(sorted(names))
                message = phrase(
                    "expected {known}, who is {office} by the settings or facts, found “{found}”",
                    known=known,
                    office=office,
                    found=found,
                )
                hint = phrase("Has somebody left? Let the name be filled in, or correct the settings or the fact.")
                yield it.warning("another-person", message, hint), words


def _spelling(settings: Settings, facts: Mapping[str, Any], it: Text) -> Iterator[tuple[Problem, str]]:
    """Names with a letter that is another one, too many or missing."""
    names = {name for _, name in _people(settings, facts, it.language)}
    names.add(str(localise(settings.government.place, it.language, settings.languages)))
    for name in sorted(names):
        for found in dict.fromkeys(nearly(it.text, name, it.language)):
            if found not in names:
                message = phrase(
                    "expected the name as it is spelt elsewhere, {name}, found “{found}”", name=name, found=found
                )
                hint = phrase("Copy it, or let it be filled in. Is somebody else meant, `waive:` this.")
                yield it.warning("misspelt-name", message, hint), found


def _official_names(glossary: Mapping[str, Any], it: Text) -> Iterator[tuple[Problem, str]]:
    """Those of the glossary with a letter that is wrong, and abbreviations with two letters exchanged."""
    hint = phrase("Let the glossary say it: `{{ partnership.name }}`, `{{ action_plan }}`.")
    for name in sorted(_in(glossary, it.language)):
        for found in dict.fromkeys(nearly(it.text, name, it.language)) if " " in name else exchanged(it.text, name):
            if found.rstrip("s") != name.rstrip("s"):  # several of them
                message = phrase("expected {own}, found “{found}”", own=name, found=found)
                yield it.warning("misspelt-name", message, hint), found


def _in(glossary: Any, language: str) -> set[str]:
    """What a glossary says in a language, or in all alike."""
    if not isinstance(glossary, Mapping):
        return {glossary} if isinstance(glossary, str) else set()
    if all(re.fullmatch(LANGUAGE, key) for key in glossary):
        return _in(glossary.get(language), language)
    return set().union(*(_in(each, language) for each in glossary.values()))


def said_in_language(settings: Settings, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Facts as a language says them, without those that it lacks, which is told by itself."""
    found = {}
    for name, fact in facts.items():
        with contextlib.suppress(KeyError):
            found[name] = localise(fact, language, settings.languages)
    return found


def meeting_places(facts: Mapping[str, Any]) -> list[str]:
    """Where meetings are, by facts in one language."""
    meetings = (each for each in facts.values() if isinstance(each, Mapping) and "at" in each)
    return [str(each["place"]) for each in meetings if "place" in each]


def _people(settings: Settings, facts: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """Office (empty where none is said) and name of everybody that settings and facts name."""
    contact = settings.government.contact
    yield str(localise(contact.role, language, settings.languages)), contact.name
    for fact in facts.values():
        if isinstance(fact, Mapping) and "name" in fact and fact.keys() & OF_A_PERSON:
            yield str(fact.get("office", fact.get("role", ""))), str(fact["name"])


def leaves(value: Any) -> Iterator[str]:
    """All texts within, as words."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    else:
        yield str(value)


def numbers_in(texts: list[str]) -> dict[str, set[str]]:
    """Words that have a number behind them, with all numbers that each has."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for each in numbered(text):
            found.setdefault(each.word, set()).add(each.number)
    return found
