"""What the commands share: where they find the installation, and how they speak."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn, TypeVar
from zoneinfo import ZoneInfo

import click

from communique.commands.terminal import columns, filled, folded, room, stacked
from communique.installation import Installation
from communique.language.catalogue import OWN, in_language, spoken
from communique.language.escaping import in_line, in_text
from communique.phrase import Phrase, as_phrase, phrase
from communique.problems import Problem, Severity

PROBLEMS = 1  #: exit code: something is wrong
_SEVERITIES = {Severity.ERROR: phrase("error"), Severity.WARNING: phrase("warning")}
_DAYS = (
    phrase("Mon"),
    phrase("Tue"),
    phrase("Wed"),
    phrase("Thu"),
    phrase("Fri"),
    phrase("Sat"),
    phrase("Sun"),
)
_YES = phrase("y yes")  #: what is taken for a yes
_Function = TypeVar("_Function", bound=Callable[..., object])
_language: ContextVar[str] = ContextVar("language", default=OWN)
#: For the option that every command has which a program may ask.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/json.md).")
_AT_ONCE = 1_000  #: lines of a table; each writing is waited for
JSON_VERSION = 1  #: raised when a key goes or changes its meaning
PENDING = 2  #: exit code of `plan`: something is still to come


@dataclass(frozen=True)
class Session:
    """What a command starts from."""

    installation: Installation
    clock: Callable[[], datetime]
    #: Runs the daemon; handed in, because only the edges know the clock.
    run_daemon: Callable[..., int]


def as_option(purpose: str) -> Callable[[_Function], _Function]:
    """`--as NAME`: what is done is put on record with it, so it is somebody's."""
    return click.option("--as", "who", required=True, callback=_name, help=purpose)


def _name(_context: click.Context, _option: click.Parameter, given: str) -> str:
    name = given.strip()
    if not name:
        raise click.BadParameter(phrase("expected the name of a person, found none."))
    return name


def acting(who: str) -> str:
    """Who does what --act asks for: a look needs no name, a deed is somebody's."""
    if not who.strip():
        misused(phrase("Expected --as NAME with --act, so that it is on record who did it."))
    return who.strip()


def show_problems(problems: Sequence[Problem], of: Sequence[Problem] = ()) -> None:
    """All of them, then how many: where only some `of` many are shown, of those."""
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        first, _, rest = in_text(_in_words(problem)).partition("\n")
        click.secho(first, fg=colour)
        if rest:
            click.echo(rest)
        click.echo()
    every = of or problems
    errors = sum(problem.severity is Severity.ERROR for problem in every)
    tell(
        phrase(
            "{errors}, {warnings}.",
            errors=counted(errors, "error"),
            warnings=counted(len(every) - errors, "warning"),
        )
    )
    if problems:
        tell(phrase("More about one of them: communique explain {code}", code=problems[0].code))


def speak(tag: str) -> None:
    """Problems in the language of a tag or locale, from now on; in English where no catalogue has it."""
    _language.set(spoken(tag))


def language() -> str:
    """That which problems are told in (`en`, `es`)."""
    return _language.get()


def recorded(text: str, table: str = "reasons") -> str:
    """What the ledger or the journal (`deeds`) has kept in English, in the language of the command line."""
    if language() == OWN or not text:
        return text
    from communique.web.desk.desk_pages import reason_parts, words_of
    from communique.web.desk.said_reasons import said

    parts = reason_parts(text, language()) if table == "reasons" else said(text, words_of(language())[table])
    return "".join(words for words, _ in parts)


def _in_words(problem: Problem) -> str:
    said = replace(problem, message=in_words(problem.message), hint=in_words(problem.hint))
    return said.told(in_words(_SEVERITIES[problem.severity]))


def in_words(text: str) -> str:
    """A phrase in the language of the command line; what has no words there as it is."""
    said = in_language(text, _language.get())
    return text if said is None else said


def show_json(value: object) -> None:
    """Documented in docs/json.md."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def instant(moment: datetime) -> str:
    """As JSON has it (RFC 3339): UTC, with a Z."""
    return moment.isoformat().replace("+00:00", "Z")


def counted(number: int, noun: str, plural: str = "") -> Phrase:
    """`1 error`, `2 errors`, `no errors`: each of the three is a sentence of the catalogue."""
    many = plural or f"{noun}s"
    if number > 1:
        return Phrase(f"{number} {many}", f"{{number}} {many}", {"number": number})
    return Phrase(f"1 {noun}" if number else f"no {many}")


def tell(text: str = "", *, fg: str | None = None, bold: bool = False, err: bool = False, nl: bool = True) -> None:
    """Print a phrase in the language of the command line; any other text as it is."""
    said = in_words(text)
    click.echo(click.style(said, fg=fg, bold=bold or None) if fg or bold else said, err=err, nl=nl)


def agreed(question: str) -> bool:
    """A yes, in English or the officer's language; Enter, another word and the end of the input are a no."""
    tell(phrase("{question} [y/N]: ", question=as_phrase(question)), nl=False)
    answer = sys.stdin.readline() if sys.stdin else ""  # closed by whoever has started it
    if not answer.endswith("\n"):
        tell()  # nobody has pressed Enter
    return answer.strip().casefold() in {"y", "yes", *in_words(_YES).split()}


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """`Tue 2027-02-09 10:00 CET`."""
    local = moment.astimezone(zone)
    return f"{in_words(_DAYS[local.weekday()])} {local:%Y-%m-%d %H:%M %Z}"


def table(rows: Iterable[Sequence[str]], indent: str = "  ") -> None:
    """Columns, as wide as what is in them; a server's words cannot steer the terminal."""
    listed = [[in_line(in_words(cell)) for cell in row] for row in rows]
    if not listed:
        return
    wide = room()
    widths = [max(columns(cell) for cell in column) for column in zip(*listed, strict=True)]
    if wide and len(indent) + sum(each + 2 for each in widths[:-1]) > wide:
        for row in listed:
            for each in stacked(row, indent, wide):
                click.echo(each)
        return
    lines: list[str] = []
    for row in listed:
        line = indent + "  ".join(filled(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        lines += folded(line, row[-1].rstrip(), wide) if wide else [line]
        if len(lines) >= _AT_ONCE:
            click.echo("\n".join(lines))
            lines = []
    if lines:
        click.echo("\n".join(lines))


def say_held(why: str) -> None:
    """Before anything else: that nothing at all goes out, if so."""
    if why:
        tell(phrase("EVERYTHING IS HELD: {why}", why=as_phrase(why)), fg="red", bold=True)
        tell("")


def refuse(message: str) -> NoReturn:
    """End with a sentence and exit code 1."""
    raise click.ClickException(in_words(message))


def misused(message: str) -> NoReturn:
    """The command line contradicts itself, or says too little: how it is called, a sentence, and its exit code."""
    raise click.UsageError(in_words(message), click.get_current_context())
