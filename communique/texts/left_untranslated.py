"""Words that stand in one language just as they stand in another: copied, and not translated yet."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from communique.read.sources import Sources
from communique.read.yaml_document import Document, Path
from communique.read.yaml_positions import read

WORDS = "templates/layouts/words"
#: Groups of phrases that are rules of a language, which two of them can share.
_COUNTED = "counted"
_SPEECH = "speech"
_DATES: Path = (_SPEECH, "date", "pattern")  #: what stands for all of how a language is spoken
RULES = (_SPEECH, _COUNTED)
#: Neighbours such as Spanish and Portuguese have shorter phrases in common.
_FEWEST_WORDS = 4
_NOT_PROSE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{\w+\}|https?://\S+|^(?:image|through):.*")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: What only one language can say of itself, however short it is.
_OF_ITSELF: tuple[Path, ...] = (("language_name",), ("locale",), ("speech", "voice"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A line or phrase, where it is, and whose it is."""

    line: int  #: from 1
    column: int  #: from 1
    said: str
    other: str  #: the language that says the same
    what: str = ""  #: the phrase's name; empty for a line of a text


def lines_left(sources: Sources, path: str, others: Iterable[str]) -> Iterator[Left]:
    """Lines of a text that are another language's, too, in the order of the file.

    Args:
        sources: the workspace's files.
        path: `templates/<campaign>/<announcement>/<language>/<file>`.
        others: the languages that it is held against.
    """
    folder, _, file = path.rpartition("/")
    announcement = folder.rpartition("/")[0]
    known: dict[str, str] = {}
    for other in others:
        for _, line in _prose(sources, f"{announcement}/{other}/{file}"):
            known.setdefault(line, other)
    for number, line in _prose(sources, path):
        if line in known:
            yield Left(line=number, column=1, said=line, other=known[line])


def phrases_left(sources: Sources, language: str, others: Iterable[str]) -> Iterator[Left]:
    """Fixed phrases that are another language's, too, in the order of the file.

    How dates and hours are said is one of them where it is another's as a whole: single rules two languages can share.
    """
    document = _phrases_of(sources, language)
    if document is None:
        return
    said_by = [(other, phrases(_phrases_of(sources, other))) for other in others]
    own = phrases(document)
    spoken = next((other for other, theirs in said_by if _spoken(own) and _spoken(theirs) == _spoken(own)), None)
    for at, said in own.items():
        if at == _DATES:
            other = spoken
        elif at in _OF_ITSELF or (at[0] not in RULES and is_prose(str(said))):
            other = next((other for other, theirs in said_by if theirs.get(at) == said), None)
        else:
            continue
        if other is not None:
            line, column, _ = document.key_place(at)
            yield Left(line=line, column=column, said=str(said), other=other, what=named(at))


def _spoken(said: Mapping[Path, Any]) -> dict[Path, Any]:
    return {at: rule for at, rule in said.items() if at[0] == _SPEECH and at not in _OF_ITSELF}


def phrases(document: Document | None) -> Mapping[Path, Any]:
    """Every phrase of a file by its path; of one that could not be read, none."""
    return dict(_leaves(document.data, ())) if document is not None else {}


def expected_at(path: Path) -> Path:
    """The phrase that every language has for the one at a path, which may be one of its forms; empty for a rule."""
    if path[0] == _COUNTED:
        return path[:2]
    return () if path[0] in RULES else path


def named(path: Path) -> str:
    """`record: channels: letter`."""
    return ": ".join(map(str, path))


def _phrases_of(sources: Sources, language: str) -> Document | None:
    path = f"{WORDS}/{language}.yaml"
    return read(sources.read(path) or b"", path)[0]


def _leaves(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict | list) and data:
        for step, each in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _leaves(each, (*path, step))
    elif path:
        yield path, data


def _prose(sources: Sources, path: str) -> Iterator[tuple[int, str]]:
    """Lines with words in them, each with its number."""
    text = (sources.read(path) or b"").decode("utf-8-sig", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        if is_prose(line.strip()):
            yield number, line.strip()


def is_prose(line: str) -> bool:
    """Words enough that no two languages have them by chance; names in capitals are no language's."""
    found = _WORD.findall(_NOT_PROSE.sub(" ", line))
    return sum(not word.isupper() for word in found) >= _FEWEST_WORDS
