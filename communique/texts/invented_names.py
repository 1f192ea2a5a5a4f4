"""Names of people who do not exist, as each language has them: for previews, checks and rehearsals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_BETWEEN = re.compile(r"\s*[,،、]\s*")
_PEOPLE = "Alex Morgan"


@dataclass(frozen=True, slots=True)
class InventedNames:
    """Of a language; there is at least one of a person."""

    people: tuple[str, ...]
    organisations: tuple[str, ...] = ()


def names_of(words: Mapping[str, Any]) -> InventedNames:
    """The names among a language's fixed phrases; an English one where a language has not brought any yet."""
    said = words.get("invented") or {}
    return InventedNames(
        people=_listed(said.get("people")) or (_PEOPLE,), organisations=_listed(said.get("organisations"))
    )


def _listed(said: object) -> tuple[str, ...]:
    return tuple(filter(None, _BETWEEN.split(str(said or "").strip())))
