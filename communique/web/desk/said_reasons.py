"""The engine's reasons in the words of an officer's language: a table of sentences, each with places for what differs.

A reason is made of sentences that the engine writes in English, joined by `; ` or led by what it follows from. What
the table does not know stays as it is, marked as English: a server's own words, a colleague's note, a check's text.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

_PLACE = re.compile(r"\\\{(\w+)\\\}")
#: What is itself a reason, and is said in the same words.
_REST = "rest"
#: What somebody wrote, to the end.
_NOTE = "note"
#: What stands in a place, where it tells it from the one before: “made Ana Gil approver” is not about Ana.
_FORMS = {
    **dict.fromkeys((_REST, _NOTE), ".+"),
    "duties": r"[a-z0-9]+(?:, [a-z]+)*",
    "digest": r"\w+",
}


def said(reason: str, table: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The parts of a reason, each with whether it is in the officer's words. `table`: ours by the engine's."""
    whole = _one(reason, table)
    if whole is not None:
        yield from whole
        return
    first, separator, rest = reason.partition("; ")
    if separator:
        yield from said(first, table)
        yield separator, True
        yield from said(rest, table)
    else:
        yield reason, False


def _one(reason: str, table: Mapping[str, str]) -> list[tuple[str, bool]] | None:
    # The one with the most words of its own first, wherever it stands: a general one would swallow the special.
    for engines in sorted(table, key=_own_letters, reverse=True):
        ours = table[engines]
        found = _pattern(engines).fullmatch(reason)
        if found is None:
            continue
        values = found.groupdict()
        rest = values.pop(_REST, None)
        own = ours.format(**values, **({_REST: ""} if rest is not None else {}))
        return [(own, True), *(said(rest, table) if rest is not None else ())]
    return None


@cache
def _own_letters(sentence: str) -> int:
    """How much of a sentence is no place."""
    return len(re.sub(r"\{\w+\}", "", sentence))


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Values within a sentence are short of what joins sentences."""
    return re.compile(
        _PLACE.sub(lambda place: f"(?P<{place[1]}>{_FORMS.get(place[1], '[^;]+?')})", re.escape(sentence))
    )
