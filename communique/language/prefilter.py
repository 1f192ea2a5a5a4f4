"""Patterns that few texts have anything of: asked for only where a text has some of the letters that they need.

A pattern of thirty alternatives goes through all of them at each letter of a text. Whether the text has one of a few
words at all is known in a hundredth of the time, and it mostly has none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol


class Pattern(Protocol):
    """Of `re` or of `regex`."""

    def finditer(self, string: str, /) -> Iterator[Any]:
        """Every match."""

    def search(self, string: str, /) -> Any:
        """The first match."""


class Later:
    """A pattern that is compiled when it is first looked for: a process that only sends never does."""

    def __init__(self, compiled: Callable[[], Any]) -> None:
        self._compiled = cache(compiled)

    def finditer(self, string: str) -> Iterator[Any]:
        """Every match."""
        return iter(self._compiled().finditer(string))

    def search(self, string: str) -> Any:
        """The first match."""
        return self._compiled().search(string)

    @property
    def pattern(self) -> str:
        """As it is written."""
        return str(self._compiled().pattern)

    @property
    def flags(self) -> int:
        """Those of its library."""
        return int(self._compiled().flags)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefiltered:
    """A pattern, and what has to be in a text that it finds something in: one of the `words`, or one of the `signs`."""

    pattern: Pattern
    words: tuple[str, ...] = ()  #: as `plain` has them
    signs: tuple[str, ...] = ()  #: as they are

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth while to look."""
        if any(sign in text for sign in self.signs):
            return True
        compared = plain(text) if self.words else ""
        return any(word in compared for word in self.words)

    def finditer(self, text: str) -> Iterator[Any]:
        """Every match in a text."""
        return self.pattern.finditer(text) if self.may_be_in(text) else iter(())

    def search(self, text: str) -> Any:
        """The first match in a text, or None."""
        return self.pattern.search(text) if self.may_be_in(text) else None


@lru_cache(maxsize=16)  # several patterns look into one text in turn
def plain(text: str) -> str:
    """A text with small letters, and with one space wherever it has room between words."""
    # Patterns that ignore case take the letters of Turkish for an i as well.
    return " ".join(text.replace("İ", "i").replace("ı", "i").casefold().split())
