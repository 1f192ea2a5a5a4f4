"""Spaces that French sets before two-part signs and within its quotation marks, so that no sign begins a line.

An officer types an ordinary space, as keyboards have it (Lexique des règles typographiques de l’Imprimerie nationale).
"""

import re
from functools import lru_cache

from communique.localisation.american_spelling import AMERICAN, as_in_america

_NARROW, _WIDE = "\u202f", "\u00a0"
CANADIAN = "fr-CA"
_NONE = re.compile(rf"(?<=\S)[ {_NARROW}](?=[;?!](?:[\s*_)\]»]|\Z))")
_KEPT = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_BEFORE = re.compile(r"(?:(?<=\S)|\A) (?=[;?!](?:[\s*_)\]»]|\Z))")
_COLON = re.compile(r"(?:(?<=\S)|\A) (?=:(?:[\s*_]|\Z))")


@lru_cache(maxsize=4096)  # of a text that thousands get, once
def with_french_spaces(text: str) -> str:
    """The text of a template, or a phrase; what stands in braces is left as it is."""
    parts = _KEPT.split(text)
    for number in range(0, len(parts), 2):
        part = _COLON.sub(_WIDE, _BEFORE.sub(_NARROW, parts[number]))
        parts[number] = part.replace("« ", f"«{_WIDE}").replace(" »", f"{_WIDE}»")
    return "".join(parts)


def as_in_canada(text: str) -> str:
    """A text that may be one of France: without the space before `;`, `?` and `!`, which Canada has not (OQLF)."""
    return _NONE.sub("", text)


def spaced(text: str, language: str) -> str:
    """A text as its language spaces it; and spells it, in the United States."""
    if is_french(language):
        return with_french_spaces(text)
    if language == AMERICAN:
        return as_in_america(text)
    return with_french_spaces(as_in_canada(text)) if language == CANADIAN else text


def is_french(language: str) -> bool:
    """Of France and Belgium as elsewhere; in Canada only the colon has its space."""
    return language.partition("-")[0] == "fr" and language != CANADIAN
