"""What serves a regional language where it says nothing of its own: `pt` for `pt-BR`.

Lookup by BCP 47 (RFC 4647, section 3.4), with the parents that Unicode's CLDR names: Mexican Spanish has that of Latin
America (`es-419`) before Spanish.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache


@lru_cache(maxsize=1024)  # browsers send any tag
def serving(language: str) -> tuple[str, ...]:
    """Tags in whose texts a language is looked for, its own first: `es-MX`, `es-419`, `es`."""
    if "-" not in language:
        return (language,)
    from babel.core import get_global  # loaded by who speaks a regional language

    parents = get_global("parent_exceptions")
    found = [language]
    while "-" in (tag := found[-1]):
        named = str(parents.get(tag.replace("-", "_"), "")).replace("_", "-")
        found.append(named if named and named != "root" else tag.rpartition("-")[0])
    return tuple(found)


@lru_cache(maxsize=1024)  # browsers send any tag
def serving_any(languages: tuple[str, ...]) -> frozenset[str]:
    """Tags in which what is given by language may be said, where these are spoken."""
    return frozenset(tag for language in languages for tag in serving(language))


def strangers(language: str, others: Iterable[str]) -> list[str]:
    """Those of the others that are another language, not the same one of another country."""
    main = language.partition("-")[0]
    return [each for each in others if each.partition("-")[0] != main]


def nearest(language: str, said: Iterable[str]) -> str | None:
    """In which of these a language is said; None in none of them."""
    known = frozenset(said)
    return next((tag for tag in serving(language) if tag in known), None)


def spoken_for(language: str, spoken: Sequence[str]) -> str | None:
    """Which of these somebody who reads a language reads best; None where they read none.

    Whoever asks for `pt` or `pt-PT` reads `pt-BR` more easily than a language that is not theirs.
    """
    by_tag = {tag.lower(): tag for tag in spoken}
    main = language.partition("-")[0].lower()
    for tag in serving(language):
        if tag.lower() in by_tag:
            return by_tag[tag.lower()]
    return next((tag for tag in spoken if tag.partition("-")[0].lower() == main), None)
