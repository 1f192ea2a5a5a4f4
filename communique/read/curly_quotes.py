"""Quotation marks that a word processor has made curly: YAML takes them for letters of the text."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.yaml_document import Document, Path

_OPEN, _CLOSED = "“”„‟‘‚", "“”‘’"
_SHOWN = 40


def curly_quotes(document: Document) -> Iterator[Problem]:
    """Every value of a document that stands between them whole."""
    yield from _below(document, (), document.data)


def _below(document: Document, path: Path, value: Any) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _below(document, (*path, key), entry)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _below(document, (*path, index), entry)
    elif isinstance(value, str) and (problem := curly_quotes_around(value)):
        line, column, source = document.place(path)
        yield replace(problem, file=document.file, line=line, column=column, source=source)


def curly_quotes_around(value: str) -> Problem | None:
    """What is said of one value, at no place yet; None where it stands between none."""
    if not (len(value) > 1 and value[0] in _OPEN and value[-1] in _CLOSED):
        return None
    within = value[1:-1]
    start = within if len(within) <= _SHOWN else f"{within[:_SHOWN]}…"
    return Problem(
        code="curly-quotes",
        message=phrase(
            "expected straight quotation marks around a value, found curly ones: {opening}{start}{closing}",
            opening=value[0],
            start=start,
            closing=value[-1],
        ),
        hint=phrase('They would be read as letters of it. Write "{start}", or no marks at all.', start=start),
        severity=Severity.WARNING,
    )
