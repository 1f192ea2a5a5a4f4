"""Slips in what is read once it is filled: words twice, dates in figures, impossible hours, marks that stayed."""

import re
from collections.abc import Iterator, Mapping

from communique.language.common_words import are_known_in, language_of
from communique.language.dates_in_figures import dates_in_figures
from communique.language.doubled_words import doubled_words_in
from communique.language.hours_in_text import hours_in
from communique.language.odd_characters import marks_of_programs, mixed_letters, name_of, unseen_within_words
from communique.language.stray_signs import broken_hashtags, capitals_in, letters_in_numbers, open_signs, stray_signs
from communique.phrase import phrase
from communique.plan.checks.reading import Text
from communique.problems import Problem, Severity
from communique.texts.wording import Wording

#: Of bold type in Markdown, left over where its partner is missing or where no Markdown is read.
_MARKS = re.compile(r"(?:\*\*|__|~~)(?=\w)\S*|\S*(?<=\w)(?:\*\*|__|~~)(?!\w)")
#: What HTML calls signs: a post and a script have none, and in Markdown one is left where it was written twice over.
_ENTITY = re.compile(r"&(?:#\d{2,5}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8}\d?);")
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-•*>]|\d+[.)])\s)")
#: Of a post: its link, hashtags and the accounts that it names.
_NO_WORDS = re.compile(r"https?://\S+|[#@][\w.-]+")
_UNSEEN = {
    "\u00ad": phrase("a hyphen for the end of a line"),
    "\u00a0": phrase("spaces at which no line ends"),
}
_OF_A_HEADLINE = 5  #: words
_READ_ALOUD = frozenset({"alt", "headline", "subject", "summary"})
_FILLED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_FIRST_WORDS = 6
_TWO = 2


def check_prose(texts: Mapping[tuple[str, str], Text]) -> Iterator[tuple[Problem, str]]:
    """Everything, with words of the line where it is."""
    for it in dict.fromkeys(texts.values()):
        yield from _figures(it)
        yield from _hours(it)
        yield from _doubled(it)
        yield from _signs(it)
        yield from _marks(it)
        yield from _entities(it)
        yield from _characters(it)
        yield from _without_words(it)
        yield from _of_another_language(it)


def check_top_language(wording: Wording, language: str) -> Iterator[Problem]:
    """What stands at the top of a text, above all `alt`, which nobody sees who would notice."""
    for key in _READ_ALOUD & wording.top.keys():
        line = wording.top[key]
        if other := language_of(_FILLED.sub(" ", line.source), language, _OF_A_HEADLINE):
            message = phrase(
                "expected words in `{language}`, found `{key}` in `{other}`", language=language, key=key, other=other
            )
            hint = phrase("Translate it, too: screen readers read it in the voice of the page's language.")
            yield wording.problem((line.line, 1), "another-language", message, hint=hint, severity=Severity.WARNING)


def _figures(it: Text) -> Iterator[tuple[Problem, str]]:
    for each in dict.fromkeys(dates_in_figures(it.text)):
        hint = phrase("Write the month's name; a filter does: `{{ facts.meeting.start | date }}`.")
        if not each.readings:
            message = phrase("expected a day that there is, found `{found}`", found=each.words)
            yield it.error("no-such-day", message, hint), each.words
        elif len(each.readings) == _TWO:
            first, second = each.readings
            message = phrase(
                "expected a date that everybody reads alike, found `{found}`: for some {first}, for others {second}",
                found=each.words,
                first=first,
                second=second,
            )
            yield it.warning("ambiguous-date", message, hint), each.words


def _hours(it: Text) -> Iterator[tuple[Problem, str]]:
    for words in dict.fromkeys(each.words for each in hours_in(it.text) if not each.is_one):
        message = phrase("expected a time of day from 00:00 to 23:59, found `{found}`", found=words)
        hint = phrase("Let a filter write it: `{{ facts.meeting.start | time }}`.")
        yield it.error("no-such-hour", message, hint), words


def _doubled(it: Text) -> Iterator[tuple[Problem, str]]:
    # Other languages say many a word twice on purpose: Indonesian, Basque, Swahili.
    for found in dict.fromkeys(doubled_words_in(it.text) if are_known_in(it.language) else ()):
        words = " ".join(found.split())
        message = phrase("expected each word once, found “{words}”", words=words)
        hint = phrase("Delete one of the two; one of them may come from a fact.")
        yield it.warning("doubled-word", message, hint), words


def _signs(it: Text) -> Iterator[tuple[Problem, str]]:
    posted = () if it.html else broken_hashtags(it.text)  # in Markdown, that is a heading
    for found in dict.fromkeys([*stray_signs(it.text), *posted]):
        message = phrase("expected one sign, next to its word, found `{found}`", found=found)
        yield it.warning("stray-sign", message, phrase("Delete what is too much.")), found
    for paragraph in _PARAGRAPH.split(it.text):
        for found, missing in open_signs(paragraph, it.language):
            message = phrase(
                "expected `{missing}` in the same paragraph, found `{found}` alone", missing=missing, found=found
            )
            yield (
                it.warning("open-sign", message, phrase("Add `{missing}`, or delete the other.", missing=missing)),
                found,
            )
    for found in dict.fromkeys(letters_in_numbers(it.text)):
        message = phrase("expected a number, found `{found}`, with a letter O in it", found=found)
        yield it.warning("letter-in-number", message, phrase("Type a zero.")), found
    for found in dict.fromkeys(capitals_in(it.text)):
        message = phrase("expected small letters, found “{found}” in capitals", found=found)
        hint = phrase("Capitals are hard to read, and some screen readers spell them: write **bold**, or a heading.")
        yield it.warning("all-capitals", message, hint), found


def _marks(it: Text) -> Iterator[tuple[Problem, str]]:
    for found in dict.fromkeys(match[0] for match in _MARKS.finditer(it.text)):
        message = phrase(
            "expected words without marks, found `{found}`, which readers would see as it stands", found=found
        )
        hint = (
            phrase("Bold words have two stars on both sides, without a space within: `**words**`.")
            if it.html
            else phrase("Here nothing is bold: leave the marks out.")
        )
        yield it.error("open-mark", message, hint), found


def _entities(it: Text) -> Iterator[tuple[Problem, str]]:
    for found in dict.fromkeys(_ENTITY.findall(it.text)):
        message = phrase("expected a sign, found its name in HTML, `{found}`, which readers would see", found=found)
        hint = phrase("Type the sign itself: `&`, `“`, `é`; for `&nbsp;` a space.")
        yield it.error("html-in-text", message, hint), found


def _without_words(it: Text) -> Iterator[tuple[Problem, str]]:
    """A post of signs alone, with or without its link."""
    words = _NO_WORDS.sub(" ", it.text)
    if not it.html and it.text.strip() and not any(map(str.isalpha, words)):
        message = phrase("expected a post with words, found `{found}`", found=" ".join(it.text.split()))
        hint = phrase("Who hears it, and who searches for it later, needs words: say in a sentence what it is about.")
        yield it.warning("wordless-subject", message, hint), it.text.strip().split()[0]


def _characters(it: Text) -> Iterator[tuple[Problem, str]]:
    for found in dict.fromkeys(marks_of_programs(it.text)):
        message = phrase(
            "expected a sign that every font has, found U+{ord:04X} ({name})", ord=ord(found), name=name_of(found)
        )
        hint = phrase("Readers see an empty box: delete it. In a list, each item begins with `- `.")
        yield it.error("unseen-character", message, hint), found
    for words, found in dict.fromkeys(unseen_within_words(it.text, it.language)):
        message = phrase(
            "expected text that can be seen, found {what} in “{words}”",
            what=_UNSEEN.get(found, phrase("a mark of direction")),
            words=" ".join(words.replace(found, "·").split()),
        )
        hint = phrase("Type these words anew: it came in from another program, and breaks lines or a search for them.")
        yield it.warning("unseen-character", message, hint), words
    for words, found in dict.fromkeys(mixed_letters(it.text)):
        message = phrase(
            "expected letters of one alphabet, found “{words}”, whose `{letter}` is of another one",
            words=words,
            letter=found,
        )
        hint = phrase("Type the word anew: a search does not find it, and a screen reader spells it.")
        yield it.warning("unseen-character", message, hint), words


def _of_another_language(it: Text) -> Iterator[tuple[Problem, str]]:
    """The first paragraph only: whoever pasted a text sees the others."""
    for paragraph in _PARAGRAPH.split(it.text):
        if other := language_of(paragraph, it.language):
            start = " ".join(paragraph.split()[:_FIRST_WORDS])
            message = phrase(
                "expected words in `{language}`, found a paragraph in `{other}`: “{start} …”",
                language=it.language,
                other=other,
                start=start,
            )
            hint = phrase(
                "Has a text been put into the folder of another language? Both are in {file}.", file=_folder(it)
            )
            yield it.warning("another-language", message, hint), start
            return


def _folder(it: Text) -> str:
    """Where an announcement's languages lie side by side."""
    return it.file.rsplit("/", 2)[0]
