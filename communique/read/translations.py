"""Texts that are given by language: whether each has every language, and no other."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from communique.localisation.localised import LANGUAGE
from communique.localisation.regional_languages import serving, serving_any
from communique.phrase import phrase
from communique.problems import Problem
from communique.read.schema import Schema, schema_at
from communique.read.yaml_document import Document, Path


def is_by_language(value: Mapping[str, Any], languages: tuple[str, ...]) -> bool:
    """Whether a mapping is one text in several languages: at least half its keys are languages we speak."""
    known = set(map(_folded, serving_any(languages)))
    spoken = [key for key in value if _folded(key) in known]
    return bool(spoken) and len(spoken) * 2 >= len(value)


def translation_problems(
    document: Document, path: Path, value: Mapping[str, Any], languages: tuple[str, ...], whose: str
) -> Iterator[Problem]:
    """Languages too many and too few in a text by language; `whose` languages they ought to be, for the message."""
    for key in value:
        if key not in serving_any(languages):
            tag = re.fullmatch(LANGUAGE, key)
            hint = (
                phrase("Add `{key}` to {whose} languages, or delete it.", key=key, whose=whose)
                if tag
                else phrase("Is the line indented too far?")
            )
            near = next((each for each in languages if _folded(each) == _folded(key)), "")
            hint = phrase("Did you mean `{near}`?", near=near) if near else hint
            message = phrase(
                "expected only {whose} languages ({languages}), found `{key}` beside them",
                whose=whose,
                languages=", ".join(languages),
                key=key,
            )
            yield document.problem((*path, key), "unknown-language", message, hint=hint, at_key=True)
    for language in languages:
        if language in value and isinstance(value[language], str) and not value[language].strip():
            message = phrase("expected words in `{language}`, found an empty text", language=language)
            hint = phrase(
                "Readers would see a gap there: write it, or delete `{name}` in all languages.", name=_named(path)
            )
            yield document.problem((*path, language), "missing-translation", message, hint=hint)
        if not {*map(_folded, serving(language))} & {*map(_folded, value)}:
            message = phrase(
                "expected `{name}` in {languages}; found none in {language}",
                name=_named(path),
                languages=", ".join(languages),
                language=language,
            )
            in_braces = document.key_place(path)[2].rstrip().endswith("}")
            how = (
                phrase("Put `, {language}: …` before the brace that closes", language=language)
                if in_braces
                else phrase("Add a line `{language}: …`", language=language)
            )
            hint = phrase("{how}, or write one text without languages if it is the same everywhere.", how=how)
            yield document.problem(path, "missing-translation", message, hint=hint, at_key=True)


def _named(path: Path) -> str:
    """The key; of what stands in a list, with the list's: `partners[0]`."""
    at = next((place for place in range(len(path) - 1, -1, -1) if isinstance(path[place], str)), 0)
    return str(path[at]) + "".join(f"[{each}]" for each in path[at + 1 :])


def untranslated(
    document: Document, schema: Schema, languages: tuple[str, ...], whose: str = phrase("the website's")
) -> Iterator[Problem]:
    """The same for every text that the schema allows by language."""
    for path, value in texts_by_language(document, schema):
        yield from translation_problems(document, path, value, languages, whose)


def texts_by_language(
    document: Document, schema: Schema, path: Path = (), data: Any = None
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every text below a path that the schema allows by language, and that is given so; `data` is what stands there."""
    data = document.data if not path else data
    if isinstance(data, dict) and path and _may_be_by_language(schema_at(schema, path)):
        yield path, data
        return
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        yield from texts_by_language(document, schema, (*path, step), value)


def _may_be_by_language(wanted: Schema) -> bool:
    return any(part.get("type") == "object" for part in wanted.get("anyOf", ()))


def _folded(tag: str) -> str:
    return tag.replace("_", "-").lower()
