"""Small words that change before the name of a town: French and Portuguese join them to its article."""

import re
from collections.abc import Mapping
from typing import Final

_JOINED: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "fr": {"de": {"le": "du", "les": "des"}, "à": {"le": "au", "les": "aux"}},
    "pt": {
        "de": {"o": "do", "a": "da", "os": "dos", "as": "das"},
        "em": {"o": "no", "a": "na", "os": "nos", "as": "nas"},
        "por": {"o": "pelo", "a": "pela", "os": "pelos", "as": "pelas"},
        "a": {"o": "ao", "a": "à", "os": "aos", "as": "às"},
    },
}
#: An h is left out: `d’Hyères`, but `de Ham`.
_ELIDED: Final[Mapping[str, str]] = {"de": "d’", "que": "qu’", "lorsque": "lorsqu’", "jusque": "jusqu’"}
_VOWEL = re.compile(r"[aeiouyàâéèêëîïôöûüœ]", re.IGNORECASE)


def contracted(word: str, name: str, language: str) -> str | None:
    """What a small word and a name become: `du Havre`, `d’Orléans`, `no Porto`; None where both stay."""
    tag, small = language.partition("-")[0], word.lower()
    article, _, rest = name.partition(" ")
    joined = _JOINED.get(tag, {}).get(small, {}).get(article.lower())
    if joined and rest:
        return f"{joined} {rest}"
    return f"{_ELIDED[small]}{name}" if tag == "fr" and small in _ELIDED and _VOWEL.match(name) else None


def small_words(language: str) -> frozenset[str]:
    """Those of a language that may change."""
    tag = language.partition("-")[0]
    return frozenset(_JOINED.get(tag, {})) | frozenset(_ELIDED if tag == "fr" else ())
