"""Phrases that this version of the program brings, and a town's own file of them does not have yet."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from communique.localisation.regional_languages import serving
from communique.read.sources import Sources
from communique.read.yaml_document import Document, Path
from communique.read.yaml_positions import read
from communique.texts.left_untranslated import WORDS, expected_at, named, phrases

_BESIDE = File(__file__).parents[2]  #: where a checkout has the shipped workspace
_FURTHER = "languages"
_INDENT = re.compile(r" *")


@dataclass(frozen=True, kw_only=True)
class Newer:
    """Of one file of the workspace."""

    document: Document  #: the town's
    names: Sequence[str]  #: of each phrase that is missing
    blocks: Mapping[Path, str]  #: lines of the program's file to add, by the path of what they begin with
    by_hand: Sequence[str]  #: names of those that stand in the middle of a line, in braces


def shipped_phrases(language: str) -> Mapping[str, Any]:
    """Those of the program in a language, or its main language; in English where it has none."""
    document = _shipped_of(language) or _shipped_of("en")
    return document.data if document is not None and isinstance(document.data, Mapping) else {}


def has_older_phrases(sources: Sources, language: str) -> bool:
    """Whether a file of a workspace is not the program's, and so may lack something; no file is read but as bytes."""
    pairs = ((sources.read(f"{WORDS}/{tag}.yaml"), _file_of(tag)) for tag in serving(language))
    return any(own is not None and (file is None or own != file.read_bytes()) for own, file in pairs)


def newer_phrases(sources: Sources, languages: Iterable[str]) -> Iterator[Newer]:
    """What the program's files have beyond those of a workspace that speaks these languages."""
    for tag in dict.fromkeys(tag for each in languages for tag in serving(each)):
        path, shipped = f"{WORDS}/{tag}.yaml", _file_of(tag)
        written = sources.read(path)
        if written is None or shipped is None or written == shipped.read_bytes():
            continue
        own, brought = read(written, path)[0], _shipped_of(tag)
        if own is not None and brought is not None and (found := _newer(own, brought)):
            yield found


def _newer(own: Document, brought: Document) -> Newer | None:
    there = {expected_at(path) for path in phrases(own)}
    lacking = dict.fromkeys(at for path in phrases(brought) if (at := expected_at(path)) and at not in there)
    if not lacking:
        return None
    blocks = dict(_blocks(brought, own, lacking))
    by_hand = tuple(named(at) for at in lacking if not any(at[: len(begun)] == begun for begun in blocks))
    return Newer(document=own, names=[named(at) for at in lacking], blocks=blocks, by_hand=by_hand)


def with_newer(newer: Newer) -> str:
    """The town's file with the phrases that can be added, each group at its end; nothing else moves."""
    lines = list(newer.document.lines)
    while lines and not lines[-1].strip():
        lines.pop()
    for at, block in newer.blocks.items():
        end, indent = (len(lines), 0) if len(at) == 1 else _end_of(lines, newer.document, at[:-1])
        lines[end:end] = [" " * indent + line for line in block.splitlines()]
    return "\n".join(lines) + "\n"


def _end_of(lines: Sequence[str], document: Document, group: Path) -> tuple[int, int]:
    """Behind which line a group is over, counted from 1, and how far its phrases are indented."""
    heading = document.lines[document.key_place(group)[0] - 1]
    begin = lines.index(heading, document.key_place(group)[0] - 1)  # what was added before it moves it down
    outer = _indent(heading)
    end, indent = begin + 1, outer + 2
    for number, line in enumerate(lines[begin + 1 :], begin + 2):
        if line.strip() and not line.lstrip().startswith("#"):
            if _indent(line) <= outer:
                break
            indent = _indent(line) if end == begin + 1 else indent
            end = number
    return end, indent


def _blocks(shipped: Document, own: Document, lacking: Mapping[Path, None]) -> Iterator[tuple[Path, str]]:
    """Of each phrase the largest group that is missing as a whole."""
    begun: set[Path] = set()
    for at in lacking:
        top = next(at[:depth] for depth in range(1, len(at) + 1) if at[:depth] not in own.keys)
        if top in begun or not _has_lines(shipped, top) or (len(top) > 1 and not _has_lines_below(own, top[:-1])):
            continue
        begun.add(top)
        yield top, _lines_of(shipped, top)


def _has_lines(document: Document, at: Path) -> bool:
    """Whether a key begins a line."""
    line, column, source = document.key_place(at)
    return at in document.keys and not source[: column - 1].strip() and line > 0


def _has_lines_below(document: Document, group: Path) -> bool:
    """Whether what is in a group stands on lines of its own, and not in braces."""
    return any(len(at) == len(group) + 1 and at[:-1] == group and _has_lines(document, at) for at in document.keys)


def _lines_of(document: Document, at: Path) -> str:
    first, column, _ = document.key_place(at)
    found = [document.lines[first - 1]]
    for line in document.lines[first:]:
        if line.strip() and _indent(line) < column:
            break
        found.append(line)
    while not found[-1].strip():
        found.pop()
    return "\n".join(line[column - 1 :] for line in found)


def _indent(line: str) -> int:
    found = _INDENT.match(line)
    return len(found.group()) if found else 0


def _file_of(tag: str) -> File | None:
    for folder in (_BESIDE, _BESIDE / _FURTHER / tag):
        if (file := folder / WORDS / f"{tag}.yaml").is_file():
            return file
    return None


@cache
def _shipped_of(language: str) -> Document | None:
    file = next((file for tag in serving(language) if (file := _file_of(tag)) is not None), None)
    return read(file.read_bytes(), file.name)[0] if file is not None else None
