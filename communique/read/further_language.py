"""Texts that a YAML file gives per language, in one more: each where the others stand, and nothing else moves."""

import json
from collections.abc import Iterator
from typing import Any

from communique.phrase import phrase
from communique.problems import Problem, ProblemsError
from communique.read import yaml_positions
from communique.read.yaml_document import Document, Path

_LANGUAGES = ("languages",)  #: the list at the top of settings and campaigns

#: What is put in, and the line and column (from 1) before which it goes.
_Insertion = tuple[tuple[int, int], str]


def with_language(written: str, file: str, language: str, texts: str, texts_file: str) -> str:
    """A file's text with another language in it, by the texts of a file of the same shape.

    `texts` has a text wherever `written` has one per language; entries of lists are in the same order, and what is
    the same in every language is left out.

    Raises:
        ProblemsError: one of them cannot be read, or has a text where the other has none per language.
    """
    document, translated = _read(written, file), _read(texts, texts_file)
    insertions = sorted([*_listed(document, language), *_added(document, translated, language)], reverse=True)
    lines = list(document.lines)
    for (line, column), added in insertions:
        whole = lines[line - 1]
        lines[line - 1] = whole[: column - 1] + added + whole[column - 1 :]
    return "\n".join(lines)


def _read(written: str, file: str) -> Document:
    document, problems = yaml_positions.read(written, file)
    if document is None or problems:
        raise ProblemsError(problems)
    return document


def _listed(document: Document, language: str) -> Iterator[_Insertion]:
    spoken = document.data.get(*_LANGUAGES)
    if spoken:
        yield document.values[*_LANGUAGES, len(spoken) - 1], f"{language}, "


def _added(document: Document, translated: Document, language: str) -> Iterator[_Insertion]:
    for path, text in _texts(translated.data, ()):
        given = _at(document.data, path)
        if not isinstance(given, dict) or not given:
            line, column, _ = translated.place(path)
            raise ProblemsError(
                [
                    Problem(
                        code="unknown-key",
                        message=phrase(
                            "expected what {file} gives per language, found a text for something else",
                            file=document.file,
                        ),
                        hint=phrase("Give each text at the place that it has in the other file."),
                        file=translated.file,
                        line=line,
                        column=column,
                    )
                ]
            )
        place = document.keys[*path, list(given)[-1]]
        before = document.lines[place[0] - 1][: place[1] - 1]
        end = ", " if before.strip() else f"\n{before}"
        yield place, f"{language}: {json.dumps(text, ensure_ascii=False)}{end}"


def _texts(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict | list):
        for step, each in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(each, (*path, step))
    else:
        yield path, str(data)


def _at(data: Any, path: Path) -> Any:
    """None where there is nothing."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
