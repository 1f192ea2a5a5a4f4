"""What a text says in the original and a translation leaves out, or the other way round: warnings only."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from communique.joined_phrases import one_after_another
from communique.language.facts_in_text import currencies_in, facts_in
from communique.language.formatting import locale_of
from communique.phrase import Phrase, phrase
from communique.plan.checks.reading import Text
from communique.problems import Problem, Severity

#: A smaller number may be a word in one language and figures in another.
_WRITTEN_IN_FIGURES = 13
#: Numbers that are years: where dates differ, which is told by itself, so do these.
_YEARS = range(1900, 2100)


def check_between_languages(locales: Mapping[str, str], texts: Mapping[tuple[str, str], Text]) -> Iterator[Problem]:
    """Each translation beside the first language of its channel; a file that several channels read, once.

    Dates are not looked at: that they differ is an error of its own, and so is a text with nothing in it.
    """
    originals: dict[str, Text] = {}
    told: set[str] = set()
    alike: dict[tuple[Text, str], list[Text]] = {}  #: by the original and what differs
    spoken: dict[str, set[str]] = {}  #: languages, by the file of their original
    for (channel, _), it in texts.items():
        original = originals.setdefault(channel, it)
        is_its_text = PurePosixPath(it.file).name == PurePosixPath(original.file).name
        both = original.text.strip() and it.text.strip()
        if is_its_text and both and it.language != original.language and it.file not in told:
            spoken.setdefault(original.file, set()).add(it.language)
            found = _found(locales, original, it, _ANY)
            if found:
                told.add(it.file)
                alike.setdefault((original, one_after_another(*found)), []).append(it)
    for (original, _), others in alike.items():
        in_all = len(others) > 1 and len(others) == len(spoken[original.file])
        languages = "`, `".join(each.language for each in others)  # what the phrase puts between its two ticks
        yield Problem(
            code="languages-differ",
            message=phrase(
                "expected the same in `{first}` and `{language}`, found {what}",
                first=original.language,
                language=languages,
                what=one_after_another(*_found(locales, original, others[0], languages)),
            ),
            hint=phrase("Compare with {first}.", first=others[0].file if in_all else original.file),
            severity=Severity.WARNING,
            file=original.file if in_all else others[0].file,  # where all others agree, the original may be wrong
            line=1,
            column=1,
        )


_ANY = "…"  #: stands for a language, so that the same difference in several is known as one


def _found(locales: Mapping[str, str], original: Text, it: Text, language: str) -> list[Phrase]:
    """What differs; `language` is what the other one is called."""
    return [*_parts(original, it, language), *_facts(locales, original, it, language)]


def _parts(original: Text, it: Text, language: str) -> Iterator[Phrase]:
    if not original.html or not it.html:
        return
    names = {"first": original.language, "language": language}
    there, here = _count("h2", original, it)
    if there != here:
        yield phrase("{there} headings in `{first}`, {here} in `{language}`", there=there, here=here, **names)
    there, here = _count("li", original, it)
    if there != here:
        yield phrase("{there} items of lists in `{first}`, {here} in `{language}`", there=there, here=here, **names)
    there, here = _count("blockquote", original, it)
    if there != here:
        yield phrase("{there} quotations in `{first}`, {here} in `{language}`", there=there, here=here, **names)


def _count(element: str, *texts: Text) -> list[int]:
    return [len(re.findall(rf"<{element}[\s>]", each.html)) for each in texts]


def _facts(locales: Mapping[str, str], original: Text, it: Text, called: str) -> Iterator[Phrase]:
    one, other = (facts_in(each.text, each.language, locale_of(each.language, locales)) for each in (original, it))
    told_by_dates = _YEARS if one.dates != other.dates else ()
    for language, own, others in (
        (original.language, one.numbers, other.numbers),
        (called, other.numbers, one.numbers),
    ):
        for number in sorted(own.keys() - others.keys(), key=int):
            if int(number) >= _WRITTEN_IN_FIGURES and int(number) not in told_by_dates:
                yield phrase("{number} in `{language}` only", number=number, language=language)
    here, there = (currencies_in(each.text) for each in (it, original))
    if here and there and here != there:
        yield phrase(
            "{there} in `{first}` and {here} in `{language}`",
            there=", ".join(sorted(there)),
            here=", ".join(sorted(here)),
            first=original.language,
            language=called,
        )
    if len(one.links) != len(other.links):  # a page may have another address in each language
        language, own, others = (
            (original.language, one.links, other.links)
            if len(one.links) > len(other.links)
            else (called, other.links, one.links)
        )
        for link in sorted(own.keys() - others.keys()):
            yield phrase("{link} in `{language}` only", link=link, language=language)
