"""`--help` in the officer's language: what our commands say of themselves by the catalogue, and click's own words.

Nothing of it is loaded where English is spoken.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from inspect import cleandoc
from typing import Any

import click

from communique.language.catalogue import in_language, sentences
from communique.phrase import Phrase, phrase

#: Click's own, wherever it writes them: headings, ends of an option's help, what stands for arguments.
HEADINGS = (phrase("Options"), phrase("Commands"))
HELP_OPTION = phrase("Show this message and exit.")
REQUIRED = phrase("[required]")
USAGE = phrase("Usage: {usage}", usage="")
PLACES = (phrase("OPTIONS"), phrase("COMMAND"), phrase("ARGS"))
KINDS = (
    phrase("TEXT"),
    phrase("INTEGER"),
    phrase("DIRECTORY"),
    phrase("PATH"),
    phrase("FILE"),
    phrase("WORDS"),
    phrase("SHARE"),
    phrase("MOMENT"),
)
_UNFILLED = "\b\n"  #: before a paragraph whose lines click leaves as they are


def spoken_command(command: click.Command, language: str) -> click.Command:
    """The same command, whose help is in a language; the command itself stays as it is."""
    said = copy(command)
    said.help = in_paragraphs(command.help or "", language)
    said.short_help = say(command.short_help or "", language)
    said.params = [_spoken_option(each, language) for each in command.params]
    said.context_class = type("SpokenContext", (click.Context,), {"formatter_class": formatter_of(language)})
    if isinstance(said, click.Group):
        said.commands = {name: spoken_command(each, language) for name, each in said.commands.items()}
    return said


def _spoken_option(written: click.Parameter, language: str) -> click.Parameter:
    said = copy(written)
    if isinstance(said, click.Option) and said.help:
        said.help = say(said.help, language)
    return said


def say(text: str, language: str) -> str:
    """A sentence of ours; in English where the catalogue has none."""
    return sentences(language).get(text, text)


def paragraphs(text: str) -> list[str]:
    """Of a docstring, as the catalogue knows them: in one line each, unless its lines are to stay."""
    found = cleandoc(text).split("\n\n")
    return [each.removeprefix(_UNFILLED) if each.startswith(_UNFILLED) else " ".join(each.split()) for each in found]


def in_paragraphs(text: str, language: str) -> str:
    """A docstring in a language."""
    kept = [_UNFILLED if each.startswith(_UNFILLED) else "" for each in cleandoc(text).split("\n\n")]
    said = [say(each, language) for each in paragraphs(text)]
    return "\n\n".join(before + each for before, each in zip(kept, said, strict=True))


def formatter_of(language: str) -> type[click.HelpFormatter]:
    """Writes what click itself says of options and usage in a language."""

    def word(text: str) -> str:
        return in_language(text, language) or text

    class Spoken(click.HelpFormatter):
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, _replaced(args, PLACES, word), prefix or word(USAGE))

        def write_heading(self, heading: str) -> None:
            super().write_heading(say(heading, language))

        def write_dl(self, rows: Iterable[tuple[str, str]], *more: Any, **named: Any) -> None:
            said = [(_option(first, word), _ended(second, word)) for first, second in rows]
            super().write_dl(said, *more, **named)

    return Spoken


def _replaced(text: str, words: Sequence[Phrase], word: Callable[[str], str]) -> str:
    for each in words:
        text = re.sub(rf"\b{each}\b", word(each), text)
    return text


def _option(first: str, word: Callable[[str], str]) -> str:
    """`--as TEXT`; the name of a command stays."""
    return _replaced(first, KINDS, word) if first.startswith("-") else first


def _ended(text: str, word: Callable[[str], str]) -> str:
    text = text.replace(HELP_OPTION, word(HELP_OPTION)).replace(REQUIRED, word(REQUIRED))
    return re.sub(r"\[default: (.+)\]$", lambda found: word(phrase("[default: {value}]", value=found[1])), text)
