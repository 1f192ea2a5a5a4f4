"""A campaign file as far as it can be understood, so that one fault does not hide the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from communique.language.formatting import shorter_tag
from communique.moments import Every, Milestone, MomentError, When, parse_every, parse_milestone, parse_when
from communique.problems import Problem, Severity
from communique.read.yaml_document import Document, Path
from communique.settings import Settings

Moment = TypeVar("Moment", When, Every, Milestone)
Word = tuple[Path, str]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The plain data of a campaign file, read piece by piece; what is faulty is left out."""

    document: Document
    settings: Settings | None
    needs_audience: Callable[[str], bool]  #: by a channel's name: whether `to` has to say whom it reaches

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The campaign's languages, by the tags that are meant."""
        return tuple(shorter_tag(word) or word for _, word in self.words(("languages",)))

    @cached_property
    def milestones(self) -> dict[str, Milestone | None]:
        """Milestones by name; None where the moment cannot be read."""
        return {name: _parsed(parse_milestone, value) for name, value in self._mapping("milestones").items()}

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """Facts by name."""
        return self._mapping("facts")

    @cached_property
    def announcements(self) -> dict[str, Mapping[str, Any]]:
        """Announcements by name; those that are no mapping have nothing in them."""
        found = self._mapping("announcements")
        return {name: value if isinstance(value, dict) else {} for name, value in found.items()}

    def words(self, path: Path) -> list[Word]:
        """The texts of a list (or a single text), with their places."""
        value = self.at(path)
        if isinstance(value, list):
            return [((*path, index), word) for index, word in enumerate(value) if isinstance(word, str)]
        return [(path, value)] if isinstance(value, str) else []

    def when(self, path: Path) -> When | None:
        """The moment written at a path, if it is one."""
        return _parsed(parse_when, self.at(path))

    def every(self, path: Path) -> Every | None:
        """The interval written at a path, if it is one."""
        return _parsed(parse_every, self.at(path))

    def at(self, path: Path) -> Any:
        """The value at a path; None where there is none."""
        value = self.document.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def texts(self, path: Path) -> Iterator[Word]:
        """Every text at and below a path."""
        value = self.at(path)
        if isinstance(value, str):
            yield path, value
        keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for key in keys:
            yield from self.texts((*path, key))

    def problem(
        self, path: Path, code: str, message: str, hint: str = "", *, warning: bool = False, at_key: bool = False
    ) -> Problem:
        """A problem at a path."""
        severity = Severity.WARNING if warning else Severity.ERROR
        return self.document.problem(path, code, message, hint=hint, severity=severity, at_key=at_key)

    def _mapping(self, name: str) -> dict[str, Any]:
        value = self.at((name,))
        return value if isinstance(value, dict) else {}


def _parsed(parse: Callable[[str], Moment], value: Any) -> Moment | None:
    try:
        return parse(value) if isinstance(value, str) else None
    except MomentError:
        return None
