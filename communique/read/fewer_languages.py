"""Texts that a YAML file gives per language, in fewer: the others are taken out, and nothing else moves."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from communique.localisation.regional_languages import nearest
from communique.problems import ProblemsError
from communique.read import yaml_positions
from communique.read.yaml_document import Document, Path

_SPOKEN = "languages"  #: the list of settings, campaigns, announcements and channels

#: From which place to which (offsets in the text), and what stands there instead.
_Edit = tuple[int, int, str]


def only_in(written: str, file: str, languages: Sequence[str], known: Collection[str]) -> str:
    """A file's text with some of its languages alone.

    A text that has none of them goes as a whole, and so does what held nothing but such texts; one that a regional
    language takes from its main one keeps that. The list at the top of the file becomes `languages`, in their order;
    that of a channel or announcement keeps what is among them, and is the first where nothing is.

    Args:
        written: what stands in the file, valid YAML. A text in braces stands on one line.
        file: its name, for problems.
        languages: what stays; the first is the default.
        known: what can be the language of a text there: a mapping of others is no text in several languages.

    Raises:
        ProblemsError: it cannot be read.
    """
    document, problems = yaml_positions.read(written, file)
    if document is None or problems:
        raise ProblemsError(problems)
    text = "\n".join(document.lines)
    for start, end, instead in sorted(_edits(document, (), languages, known), reverse=True):
        text = text[:start] + instead + text[end:]
    return text


def _edits(document: Document, path: Path, languages: Sequence[str], known: Collection[str]) -> Iterator[_Edit]:
    value: Any = document.data
    for step in path:
        value = value[step]
    if path and path[-1] == _SPOKEN and isinstance(value, list):
        yield _list_of(document, path, value, languages)
    elif path and isinstance(value, dict) and value and value.keys() <= set(known):
        yield from _text(document, path, value, languages)
    elif (
        path and isinstance(value, dict) and value and all(_is_gone(each, languages, known) for each in value.values())
    ):
        yield _lines(document, path)
    else:
        steps = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for step in steps:
            yield from _edits(document, (*path, step), languages, known)


def _is_gone(value: Any, languages: Sequence[str], known: Collection[str]) -> bool:
    """Whether it is a text that none of the languages has."""
    if not isinstance(value, dict) or not value or not value.keys() <= set(known):
        return False
    return not any(nearest(each, value) for each in languages)


def _list_of(document: Document, path: Path, value: Sequence[str], languages: Sequence[str]) -> _Edit:
    left = [each for each in languages if each in value]
    spoken = languages if len(path) == 1 else left or languages[:1]
    start = _offset(document, document.values[path])
    return start, _ends(document, start, "]") + 1, f"[{', '.join(spoken)}]"


def _text(document: Document, path: Path, value: Mapping[str, Any], languages: Sequence[str]) -> Iterator[_Edit]:
    kept = {nearest(each, value) for each in languages}
    gone = [each for each in value if each not in kept]
    if len(gone) == len(value):
        yield _lines(document, path)
    elif document.lines[document.values[path][0] - 1][document.values[path][1] - 1] == "{":
        yield _in_braces(document, path, value, gone)
    else:
        for each in gone:
            yield _lines(document, (*path, each))


def _in_braces(document: Document, path: Path, value: Mapping[str, Any], gone: Collection[str]) -> _Edit:
    """Entries between commas: each ends where the next begins, the last one before the brace."""
    start = _offset(document, document.values[path])
    text = "\n".join(document.lines)
    begins = [_offset(document, document.keys[*path, each]) for each in value]
    last = _ends(document, _offset(document, document.values[*path, list(value)[-1]]), "}")
    entries = [text[at:end].rstrip(", ") for at, end in zip(begins, [*begins[1:], last], strict=True)]
    kept = [entry for each, entry in zip(value, entries, strict=True) if each not in gone]
    return start, last + 1, f"{{{', '.join(kept)}}}"


def _lines(document: Document, path: Path) -> _Edit:
    """The whole lines of a key and of what is indented below it."""
    line, column = document.keys[path]
    end = line  # blank lines behind it belong to what follows, those within to it
    for number, below in enumerate(document.lines[line:], line + 1):
        if below.strip():
            if len(below) - len(below.lstrip()) < column:
                break
            end = number
    start = _offset(document, (line, 1))
    return start, start + sum(len(each) + 1 for each in document.lines[line - 1 : end]), ""


def _ends(document: Document, start: int, closing: str) -> int:
    """Where the bracket stands that closes behind a value; one between quotation marks closes nothing."""
    text = "\n".join(document.lines)
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'').match(text, start)
    return text.index(closing, quoted.end() if quoted else start)


def _offset(document: Document, place: tuple[int, int]) -> int:
    line, column = place
    return sum(len(each) + 1 for each in document.lines[: line - 1]) + column - 1
