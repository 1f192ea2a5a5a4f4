"""Slips in a text as it is written that its readers would see: HTML, links that are none, nothing at all."""

import re
from collections.abc import Iterator
from dataclasses import replace

from communique.language.stray_signs import capitals_in
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.curly_quotes import curly_quotes_around
from communique.read.file_text import unseen
from communique.texts.layout_slips import PICTURE, find_layout_slips
from communique.texts.wording import Line, Wording

#: Tags that come along when a text is pasted from a page or a mail; `<https://…>` is Markdown.
_TAG = re.compile(
    r"</?(?:a|b|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|span|strong|table|td|th|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
#: What no reader is meant to see: in a template a note stands in {# … #}.
_NOTE = re.compile(r"<!--.*?(?:-->|$)")
_HEADLINES = {"headline", "subject"}
#: Of a picture: its file's name, or that it is one.
_NO_WORDS = re.compile(
    r"\S+\.(?:png|jpe?g|gif|webp|svg)|(?:an? |una? |une )?(?:image|picture|photo|photograph|logo|alt|imagen|foto|"
    r"fotografía|photographie|imagem|fotografia|fotografía|зображення|фото|صورة)\.?",
    re.IGNORECASE,
)
#: People without an organisation are in every list.
_OF_SOME = re.compile(r"\{\{-?\s*recipient\.organisation\s*-?\}\}")
_IN_CASE = re.compile(r"\{%-?\s*(?:el)?if[^%]*recipient\.organisation")
_LONGEST_ALT = 300  #: letters
#: `Mr. Park`, `Doña Ana`: nobody, where a name is filled in behind it.
_GREETED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sr|Sra|D|Don|Doña|Mme|Monsieur|Madame|Señora?|Senhora?)\.? "
    # Whoever holds an office is greeted by it, and is one alone.
    r"(?!Mayor|Alcald|President|Presid|Direct|Minist|Maire|Préfet|Prefeit|Rector|Gobern|Govern|Intendent|Consej|Secretar|Editor)"
    r"[A-ZÁÉÍÓÚÑ][a-záéíóúñçãõ]{2,}(?! y | e | et )"
)
_NOBODY_GREETED = re.compile(r"\w+\.?\s+,")
_APART = re.compile(r"\]\s+\((?=https?://|mailto:|\{\{)")
_HALF = re.compile(r"(?<!!)(?:\[[^\[\]]+\]\(\s*\)|\[\s*\]\([^()\s]+\))")
_TARGET = re.compile(r"\]\((?!https://|mailto:|tel:|\{\{|#|\))[^)\s]+")


def find_slips(wording: Wording) -> Iterator[Problem]:
    """What is wrong with a text before it is filled; links and HTML are looked for in Markdown."""
    if not wording.body.strip():
        message = (
            phrase("expected a text, found an empty file")
            if not wording.top
            else phrase("expected a text below the second `---`, found none")
        )
        hint = phrase(
            "Write it there: `headline:` and `summary:` stand between two lines of `---`, the text below them."
        )
        yield wording.problem((1, 1), "empty-text", message, hint=hint)
    yield from _without_fallback(wording)
    yield from unseen(wording.raw.decode("utf-8", "replace").removeprefix("\ufeff"), wording.path)
    for key, value in wording.top.items():
        yield from _at_the_top(wording, key, value)
        if problem := curly_quotes_around(value.source):
            yield replace(problem, file=wording.path, line=value.line, column=1)
    if not wording.path.endswith(".md"):
        return
    yield from find_layout_slips(wording)
    for number, line in enumerate(wording.body.split("\n"), 1):
        if match := _NOTE.search(line):
            message = phrase(
                "expected a text for readers, found the note `{match}`, which they would see", match=match[0]
            )
            yield _at(wording, number, match, "html-in-text", message, phrase("Write notes in {# … #}."))
        if match := _TAG.search(line):
            message = phrase(
                "expected Markdown, found the HTML tag `{match}`, which readers would see as it stands", match=match[0]
            )
            hint = phrase("Write **bold**, *italic*, [words](https://…), and an empty line between paragraphs.")
            yield _at(wording, number, match, "html-in-text", message, hint)
        for match in _APART.finditer(line):
            message = phrase("expected `](` between the words of a link and its address, found a space")
            yield _at(wording, number, match, "broken-link", message, phrase("Write [words](https://…)."))
        yield from _targets(wording, number, line)
        for match in _HALF.finditer(line):
            message = phrase("expected words in [ ] and an address in ( ), found `{found}`", found=match[0])
            hint = phrase("Write [words](https://…).")
            yield _at(wording, number, match, "broken-link", message, hint)


def _without_fallback(wording: Wording) -> Iterator[Problem]:
    """What not every reader has, said as if they had: in some mails the sentence would have a hole."""
    if _IN_CASE.search(wording.body):
        return
    for number, line in enumerate(wording.body.split("\n"), 1):
        if match := _OF_SOME.search(line):
            message = phrase("expected words for those who have none, found `{found}` alone", found=match[0])
            hint = phrase(
                "Write {example}.",
                example="`{% if recipient.organisation %}{{ recipient.organisation }}{% else %}…{% endif %}`",
            )
            problem = _at(wording, number, match, "no-fallback", message, hint)
            yield replace(problem, severity=Severity.WARNING)


def _targets(wording: Wording, number: int, line: str) -> Iterator[Problem]:
    """Addresses of links that lead nowhere."""
    pictures = [each.span() for each in PICTURE.finditer(line)]  # told already, and not as links
    for match in _TARGET.finditer(line):
        if any(begin < match.start() < end for begin, end in pictures):
            continue
        found = match[0][2:]
        message = phrase("expected an address that begins with https://, found `{found}`", found=found)
        whole = f"https://{found.removeprefix('http://')}"
        hint = (
            phrase("Write `{whole}`.", whole=whole)
            if found.startswith(("www.", "http://"))
            else phrase("In a mail it would lead nowhere.")
        )
        yield _at(wording, number, match, "broken-link", message, hint)


def _at_the_top(wording: Wording, key: str, value: Line) -> Iterator[Problem]:
    if key in _HEADLINES and (found := next(capitals_in(value.source), "")):
        message = phrase("expected small letters, found “{found}” in capitals", found=found)
        hint = phrase("Filters take capitals for advertising, and some screen readers spell them.")
        yield wording.problem((value.line, 1), "all-capitals", message, hint=hint, severity=Severity.WARNING)
    if key in _HEADLINES and value.source.rstrip(" \"'").endswith((":", ",", ";")):
        message = phrase("expected the end of a sentence, found “… {end}”", end=" ".join(value.source.split()[-3:]))
        hint = phrase("Write the sentence to its end.")
        yield wording.problem((value.line, 1), "cut-off", message, hint=hint, severity=Severity.WARNING)
    if key == "greeting":
        yield from _in_a_greeting(wording, value)
    if key == "alt" and len(value.source) > _LONGEST_ALT:
        message = phrase(
            "expected {longest} letters at the most, found {number}", longest=_LONGEST_ALT, number=len(value.source)
        )
        hint = phrase("Say in a sentence what is to be seen, and the rest in the text: nobody can leaf through it.")
        yield wording.problem((value.line, 1), "poor-alt", message, hint=hint, severity=Severity.WARNING)
    if key == "alt" and (headline := wording.top.get("headline")) and headline.source.strip() == value.source.strip():
        message = phrase("expected words for what the picture shows, found the headline")
        hint = phrase("Say in a sentence what is to be seen, for those who do not see it.")
        yield wording.problem((value.line, 1), "poor-alt", message, hint=hint, severity=Severity.WARNING)
    if key == "alt" and _NO_WORDS.fullmatch(value.source.strip()):
        message = phrase("expected words for what the picture shows, found `{found}`", found=value.source.strip())
        hint = phrase("Say in a sentence what is to be seen, for those who do not see it.")
        yield wording.problem((value.line, 1), "poor-alt", message, hint=hint, severity=Severity.WARNING)


def _in_a_greeting(wording: Wording, value: Line) -> Iterator[Problem]:
    """Of everybody who gets the text: a name that somebody typed, or none at all."""
    if match := _GREETED.search(value.source):
        message = phrase(
            "expected a greeting for each reader, found the name “{name}”, which all would read", name=match[0]
        )
        hint = phrase("Let the name be filled in: `{{ recipient.name }}`.")
        yield wording.problem((value.line, 1), "another-person", message, hint=hint, severity=Severity.WARNING)
    elif match := _NOBODY_GREETED.search(value.source):
        message = phrase("expected one sign, next to its word, found `{found}`", found=match[0])
        hint = phrase("Let the name be filled in: `{{ recipient.name }}`.")
        yield wording.problem((value.line, 1), "stray-sign", message, hint=hint, severity=Severity.WARNING)


def _at(wording: Wording, number: int, match: re.Match[str], code: str, message: str, hint: str) -> Problem:
    return wording.problem((number, match.start() + 1), code, message, hint=hint)
