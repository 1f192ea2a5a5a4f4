"""What is wrong with a list of people, told to a person: of thousands of rows each kind once, with some of its rows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from communique.commands.console import counted, show_problems, tell
from communique.commands.terminal import may_write_over
from communique.phrase import as_phrase, phrase
from communique.problems import Problem

_SHOWN = 5  #: of each kind, whole
_NUMBERED = 20  #: of the others, by their row


@dataclass
class Kind:
    """Problems that are told by the same sentence about something else."""

    shown: list[Problem] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  #: of those that are not shown


def kinds(problems: Sequence[Problem]) -> list[Kind]:
    """In the order in which the first of each stands in the file."""
    found: dict[tuple[str, str], Kind] = {}
    for each in problems:
        kind = found.setdefault((each.code, as_phrase(each.message).pattern), Kind())
        if len(kind.shown) < _SHOWN:
            kind.shown.append(each)
        else:
            kind.rows.append(each.line)
    return list(found.values())


def show_list_problems(problems: Sequence[Problem]) -> None:
    """On a terminal by kind; in a file or a pipe every one."""
    if not may_write_over(os.environ):
        show_problems(problems)
        return
    found = kinds(problems)
    left = sum(len(kind.rows) for kind in found)
    show_problems([each for kind in found for each in kind.shown], of=problems)
    for kind in found:
        if kind.rows:
            numbers = ", ".join(map(str, kind.rows[:_NUMBERED])) + (", …" if len(kind.rows) > _NUMBERED else "")
            tell(
                phrase(
                    "{code}: {rows} of this kind, too: {numbers}",
                    code=kind.shown[0].code,
                    rows=counted(len(kind.rows), "more row is", "more rows are"),
                    numbers=numbers,
                )
            )
    if left:
        tell(phrase("To have every one in a file, write `> problems.txt` behind the command."))
