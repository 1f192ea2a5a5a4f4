"""YAML with the place of everything in it: the one home of ruamel.yaml.

Read is what YAML 1.2 and JSON have in common: mappings with text keys, lists, scalars. Anchors, aliases, tags, merge
keys and several documents are refused, each where it stands (research: reliability I3).
"""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from communique.phrase import phrase, told_by
from communique.problems import Problem, in_order
from communique.read.file_text import decode, lines_of
from communique.read.yaml_document import Document, Path
from communique.read.yaml_faults import Faults
from communique.read.yaml_scalars import resolve
from communique.read.yaml_syntax import Fault, explain_syntax

MOST_LEVELS = 20
#: Lines that are read as they are meant; each costs another reading of the file.
MOST_MENDED = 20
_MERGE = "<<"
_READ_DIFFERENTLY = re.compile(r"\t|[|>]\S*#")  #: tabs between words, and a comment at once behind the mark of a block
_KEPT = 64  #: files; a workspace has about a dozen, and every look at it reads them all

#: What was read of a file, by what is written in it and its path; what was asked for last is kept longest.
_seen: dict[tuple[str | bytes, str], tuple[Document | None, list[Problem]]] = {}


class _StopError(Exception):
    """The rest of the file cannot be read; the reason is on the list of faults."""


def read(written: str | bytes, file: str) -> tuple[Document | None, list[Problem]]:
    """The document of a file and everything wrong with its YAML.

    The document is None when the file could not be read to its end; otherwise it is there in spite of problems, so
    that what it says can be checked as well. A line whose slip is plain is read as it is meant, to come to the end.
    Nobody changes a document: who reads the same file again gets the same one.
    """
    found = _seen.pop((written, file), None) or _read(written, file)
    _seen[written, file] = found
    for oldest in list(_seen)[:-_KEPT]:
        _seen.pop(oldest, None)
    document, problems = found
    return document, list(problems)


def _read(written: str | bytes, file: str) -> tuple[Document | None, list[Problem]]:
    text, problems = decode(written, file)
    if text is None:
        return None, problems
    lines = lines_of(text)
    mended: dict[int, str] = {}
    told: list[Problem] = []
    while True:
        written_so = [mended.get(number, line) for number, line in enumerate(lines, 1)]
        if (found := _read_quickly("\n".join(written_so), file, lines, mended)) is not None:
            return found.document, in_order([*told, *found.document.unmended(found.faults.problems)])
        reader = _Reader("\n".join(written_so), Document(file=file, lines=lines, mended=mended), Faults(file, lines))
        try:
            reader.read()
        except _StopError:
            return None, in_order([*told, *reader.faults.problems])
        except MarkedYAMLError as error:
            problems, better = explain_syntax(reader.fault(error), written_so, file)
            if better and better[0] not in mended and len(mended) < MOST_MENDED:
                mended[better[0]] = better[1]
                told += problems
                continue
            # What cannot be mended after something was may only follow from it.
            reader.faults.end([] if told else problems)
            return None, in_order([*told, *reader.faults.problems])
        except (YAMLError, YAMLWarning, ValueError) as error:
            reader.faults.add(
                "yaml-syntax",
                1,
                1,
                phrase("expected a file in YAML, found one that cannot be read: {error}", error=told_by(error)),
            )
            return None, in_order([*told, *reader.faults.problems])
        return reader.document, in_order([*told, *reader.document.unmended(reader.faults.problems)])


def _read_quickly(text: str, file: str, lines: list[str], mended: dict[int, str]) -> "_Reader | None":
    """By the parser in C, in a tenth of the time; None where anything is wrong, or might be read differently."""
    if _READ_DIFFERENTLY.search(text):
        return None
    reader = _Reader(text, Document(file=file, lines=lines, mended=mended), Faults(file, lines), pure=False)
    try:
        reader.read()
    except (_StopError, YAMLError, YAMLWarning, ValueError):
        return None
    good = isinstance(reader.document.data, dict | list) and not reader.faults.problems
    return reader if good else None


class _Reader:
    """Builds plain data from ruamel's events and notes where each piece stood."""

    def __init__(self, text: str, document: Document, faults: Faults, *, pure: bool = True) -> None:
        self.document = document
        self.faults = faults
        self._pure = pure
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=pure).parse(text))
        self._last: Event | None = None

    def read(self) -> None:
        """Read the one document of the file."""
        event = self._next()
        while not isinstance(event, DocumentStartEvent | StreamEndEvent):
            event = self._next()
        if isinstance(event, StreamEndEvent):
            self.faults.empty()
            raise _StopError
        self.document.data = self._node(self._next(), ())
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                self.faults.several_documents(*_place(event))
                raise _StopError

    def fault(self, error: MarkedYAMLError) -> Fault:
        """What ruamel says, and where, counted from 1."""
        mark, context = error.problem_mark, error.context_mark
        last = self._last
        return Fault(
            problem=error.problem or "",
            context=error.context or "",
            line=mark.line + 1 if mark else 1,
            column=mark.column + 1 if mark else 1,
            began=context.line + 1 if context else 0,
            text_began=last.start_mark.line + 1 if last and _quoted(last) else 0,
        )

    def _next(self) -> Event:
        self._last = event = next(self._events)
        if not self._pure and isinstance(event, ScalarEvent) and not (event.value or event.style):
            raise _StopError  # each parser places what is left out somewhere else
        return event

    def _node(self, event: Event, path: Path) -> Any:
        self.document.values[path] = _place(event)
        if len(path) > MOST_LEVELS:
            self.faults.too_deep(*_place(event), MOST_LEVELS)
            raise _StopError
        self._refuse(event, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        return None

    def _refuse(self, event: Event, path: Path) -> None:
        if isinstance(event, AliasEvent):
            self.faults.alias(*_place(event), f"*{event.anchor}")
            self.document.unsure.add(path)
        elif isinstance(event, NodeEvent) and event.anchor:
            self.faults.alias(*_place(event), f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag:
            self.faults.tag(*_place(event), str(tag))

    def _scalar(self, event: ScalarEvent) -> Any:
        if event.style:
            return event.value
        if event.value:
            self.faults.cut_text(*_end(event), event.value)
        return event.value if event.ctag else resolve(event.value)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._key(event, path)
            if key is None:
                self._passed_over(path)
            elif key in entries:
                self.faults.duplicate(*_place(event), key, self.document.keys[*path, key])
                self._passed_over(path)
            else:
                self.document.keys[*path, key] = _place(event)
                entries[key] = self._value(event, (*path, key))
        return entries

    def _value(self, key: Event, path: Path) -> Any:
        event = self._next()
        value = self._node(event, path)
        if isinstance(event, ScalarEvent) and not event.value and not event.style:
            # ruamel places what is left out at the token that follows, often lines away.
            self.document.values[path] = self.document.keys[path]
            if self.faults.cut_text(*_end(key), ""):
                self.document.unsure.add(path)
        return value

    def _key(self, event: Event, path: Path) -> str | None:
        """The text of a key; None, with the fault noted, when it is no key that could be used."""
        self._refuse(event, path)
        if not isinstance(event, ScalarEvent):
            self.faults.no_text_key(*_place(event), braces=isinstance(event, MappingStartEvent))
            self.document.unsure.add(path)
            self._skip(event)
            return None
        if event.value == _MERGE and not event.style:
            self.faults.merge(*_place(event))
            self.document.unsure.add(path)
            return None
        if not event.value.strip():
            self.faults.no_text_key(*_place(event), braces=False)
            return None
        if not event.style and event.value != event.value.strip():
            self.faults.unseen_space(*_place(event), event.value.strip())
        return str(event.value.strip())

    def _passed_over(self, path: Path) -> None:
        """Read a value that has no place in the data, for the faults inside it."""
        keys, values = dict(self.document.keys), dict(self.document.values)
        self._node(self._next(), (*path, ""))
        self.document.keys, self.document.values = keys, values

    def _skip(self, event: Event) -> None:
        depth = int(isinstance(event, MappingStartEvent | SequenceStartEvent))
        while depth:
            event = self._next()
            depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
            depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)


def _quoted(event: Event | None) -> bool:
    return isinstance(event, ScalarEvent) and event.style in {"'", '"'}


def _end(event: Event) -> tuple[int, int]:
    return event.end_mark.line + 1, event.end_mark.column + 1


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
