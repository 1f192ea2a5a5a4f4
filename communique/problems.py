"""What is wrong in a file, and where: problems are collected and shown all at once."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from communique.phrase import data_of, phrase


class Severity(StrEnum):
    """What a problem stops."""

    ERROR = "error"  #: nothing of the announcement (or file) goes out
    WARNING = "warning"  #: worth a look; it goes out


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault in a file, in words that stand alone.

    `message` says what was expected and what was found, `hint` what to do. `code` is stable: `communique
    explain CODE` enlarges on it (`communique.explain.problem_codes`).
    """

    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    file: str = ""  #: relative to the workspace, with forward slashes
    line: int = 0  #: from 1; 0 when the fault has no line (a file is missing)
    column: int = 0  #: from 1
    source: str = ""  #: the text of the line

    def __str__(self) -> str:
        return self.told(str(self.severity))

    def told(self, severity: str) -> str:
        """Place, message, line and hint; `severity` is what it is called in the language of whoever reads."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        lines = [
            f"{place}: {severity}[{self.code}] {self.message}" if place else f"{severity}[{self.code}] {self.message}"
        ]
        if self.source and self.line:
            gutter = " " * len(str(self.line))
            shown = self.source.replace("\t", " ")
            lines.append(f"  {self.line} | {shown}")
            if self.column:
                lines.append(f"  {gutter} | {' ' * (self.column - 1)}^")
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """The object of `check --json` (docs/json.md)."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hint": self.hint,
            "message_parts": data_of(self.message),
            "hint_parts": data_of(self.hint),
        }


class ProblemsError(Exception):
    """Problems that end what was asked for; shown as a list, never as a traceback."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stop something."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sorted by place, each one once."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))


def at_place(problem: Problem, *, file: str, line: int, column: int, source: str) -> Problem:
    """The same problem at a place."""
    return replace(problem, file=file, line=line, column=column, source=source)


#: So many known words are all told; of more, some that come near.
_FEW, _SOME = 30, 8


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, and all of them or those that come nearest, for hints."""
    words = sorted(known)
    near = difflib.get_close_matches(found.lower(), words, n=1, cutoff=0.6)
    guess = phrase("Did you mean `{near}`?", near=near[0]) if near else ""
    known = _known_here(found, words) if words else phrase("None is known here.")
    return phrase("{guess} {known}", guess=guess, known=known) if guess else known


def _known_here(found: str, words: list[str]) -> str:
    if len(words) <= _FEW:
        return phrase("Known here: {words}.", words=", ".join(words))
    some = difflib.get_close_matches(found.lower(), words, n=_SOME, cutoff=0.3) or words[:_SOME]
    return phrase("Known here: {words} and {number} more.", words=", ".join(some), number=len(words) - len(some))
