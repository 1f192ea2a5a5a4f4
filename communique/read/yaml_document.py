"""A YAML file as plain data that still knows where each piece of it stands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from communique.problems import Problem, Severity
from communique.read.file_text import shown

#: Keys and indices from the top of a file: `("announcements", "tell-the-public", "to", 0)`.
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """The data of one file, with the line and column (from 1) of every key and value."""

    file: str
    lines: Sequence[str]
    data: Any = None
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    #: Values that could not be read, and mappings that may lack an entry for that reason: what follows from
    #: such a fault is not reported again.
    unsure: set[Path] = field(default_factory=set)
    #: Lines that YAML could not read, as they were read in their place: told already, and not to be blamed again.
    mended: Mapping[int, str] = field(default_factory=dict)
    within: Path = ()  #: where this is a part of a file: the path of the part

    def part(self, path: Path, *, without: Collection[str] = ()) -> "Document":
        """The mapping at a path as a document of its own, some of its keys left out."""
        data, depth = self.data, len(path)
        for step in path:
            data = data[step]
        return Document(
            file=self.file,
            lines=self.lines,
            data={key: value for key, value in data.items() if key not in without},
            keys={each[depth:]: place for each, place in self.keys.items() if each[:depth] == path},
            values={each[depth:]: place for each, place in self.values.items() if each[:depth] == path},
            unsure={each[depth:] for each in self.unsure if each[:depth] == path},
            mended=self.mended,
            within=(*self.within, *path),
        )

    def unmended(self, problems: Iterable[Problem]) -> list[Problem]:
        """Those of lines that stand in the file as they were read."""
        return [problem for problem in problems if problem.line not in self.mended]

    def place(self, path: Path) -> tuple[int, int, str]:
        """Line, column and source line of the value at a path, or of the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self._with_source(self.values.get(path, (1, 1)))

    def key_place(self, path: Path) -> tuple[int, int, str]:
        """Line, column and source line of the key at a path; of the value where there is no key (in a list)."""
        return self._with_source(self.keys[path]) if path in self.keys else self.place(path)

    def problem(  # noqa: D417 - the others are a Problem's own fields
        self,
        path: Path,
        code: str,
        message: str,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
        at_key: bool = False,
    ) -> Problem:
        """A problem at the value at a path.

        Args:
            at_key: the key is at fault, or what ought to stand below it is missing.
        """
        line, column, source = self.key_place(path) if at_key else self.place(path)
        return Problem(
            code=code,
            message=message,
            hint=hint,
            severity=severity,
            file=self.file,
            line=line,
            column=column,
            source=source,
        )

    def _with_source(self, place: tuple[int, int]) -> tuple[int, int, str]:
        line, column = place
        return line, column, shown(self.lines, line, column)
