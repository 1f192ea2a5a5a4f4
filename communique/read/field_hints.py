"""What an officer probably meant: the sentence under a wrong key or value."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from communique.campaign import SLUG
from communique.localisation.localised import LANGUAGE
from communique.phrase import phrase
from communique.problems import did_you_mean
from communique.read.moment_hints import moment_hint, parser_for
from communique.read.schema import Schema, schema_at
from communique.read.values_in_words import as_yaml
from communique.read.yaml_document import Path

_APART = r"[\s;،、]+"
_SEVERAL = re.compile(rf"[a-z][a-z0-9-]*(?:{_APART}[a-z][a-z0-9-]*)+")
_JOINED = re.compile(r"[,;،、]")
_ALIKE = 0.8  #: Europe/Sevilla is like Europe/Belfast, but not so much
_OFFSET_FROM_GREENWICH = re.compile(r"(?:UTC|GMT|Etc/|[+-]\d)", re.IGNORECASE)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is nearest; empty when none is near."""
    folded = word.lower().replace("_", "-").replace(" ", "-")
    by_fold = {name.replace("_", "-"): name for name in known}
    near = difflib.get_close_matches(folded, by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else ""


def key_hint(found: str, path: Path, schema: Schema) -> str:
    """Whether the key is misspelt, or stands in the wrong place."""
    known = schema_at(schema, path[:-1]).get("properties", {})
    near = nearest(found, known)
    if near:
        return phrase("Did you mean `{near}`?", near=near)
    elsewhere = next((where for where, names in _levels(schema, phrase("the top of the file")) if found in names), "")
    if elsewhere:
        return phrase(
            "`{found}` is known in {elsewhere}: is the line indented too little or too much?",
            found=found,
            elsewhere=elsewhere,
        )
    return did_you_mean(found, known)


def _levels(schema: Schema, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the schema with its own keys."""
    properties = schema.get("properties", {})
    yield where, properties
    for name, part in properties.items():
        yield from _levels(part, f"`{name}`")
        for below in part.get("patternProperties", {}).values():
            yield from _levels(below, phrase("an entry of `{name}`", name=name))


def value_hint(path: Path, value: Any, schema: Schema) -> str:
    """What to write instead, where the slip is a usual one."""
    wanted = schema_at(schema, path)
    if isinstance(value, str):
        return _text_hint(path, value, wanted)
    if isinstance(value, bool | int | float) and wanted.get("type", "string") == "string":
        if parse := parser_for(wanted.get("pattern", "")):
            return moment_hint(as_yaml(value), parse)
        return phrase('Is it meant as text? Then put it in quotes: "{as_yaml}".', as_yaml=as_yaml(value))
    if isinstance(value, list) and wanted.get("type") == "string":
        return phrase("Write one name without brackets.")
    return ""


def name_hint(found: str, pattern: str) -> str:
    """A name (a key) in the form that its pattern asks for."""
    if pattern == LANGUAGE:
        return language_hint(found)
    return _slug_hint(found, "-" if pattern == SLUG else "_")


def _text_hint(path: Path, value: str, wanted: Schema) -> str:
    if wanted.get("enum"):
        near = nearest(value, wanted["enum"])
        return phrase("Did you mean `{near}`?", near=near) if near else ""
    if wanted.get("type") == "array":
        return _list_hint(value)
    if wanted.get("type") == "object":
        return phrase("Is the line indented too little? Or is a line missing above it?")
    if parse := parser_for(wanted.get("pattern", "")):
        return moment_hint(value, parse)
    return _name_or_place_hint(path, value, wanted)


def _list_hint(value: str) -> str:
    if value.startswith("-"):
        return phrase("Put a space after the hyphen: `- {words}`.", words=value[1:].strip())
    bare = value.strip("[] ")
    words = _JOINED.split(bare) if _JOINED.search(bare) or "@" in bare else bare.split()
    return phrase(
        "Write `[{words}]`.", words=", ".join(word.strip() for word in words if word.strip() not in {"", "and"})
    )


def _name_or_place_hint(path: Path, value: str, wanted: Schema) -> str:
    if path and isinstance(path[-1], int) and _SEVERAL.fullmatch(value):
        return phrase("Put commas between them: `{value}`.", value=", ".join(re.split(_APART, value)))
    patterns = {part.get("pattern") for part in (wanted, *wanted.get("anyOf", ()))}
    if LANGUAGE in patterns:
        return language_hint(value)
    if any("@" in pattern and "http" not in pattern for pattern in patterns if pattern):
        return ""  # a mail is wanted, and no page
    return _slug_hint(value, "-") if SLUG in patterns else place_hint(str(path[-1]) if path else "", value)


def place_hint(key: str, value: str) -> str:
    """A country, a zone or an address in the form that is asked for."""
    if key == "timezone":
        near = _zone(value)
        return (
            phrase("Did you mean `{near}`?", near=near)
            if near
            else phrase("Name the zone by its largest town, so that summer time is known.")
        )
    if key == "country":
        codes = {name.lower(): code for tongue in ("es", "en") for code, name in Locale(tongue).territories.items()}
        code = codes.get(value.lower(), value.upper())
        return phrase("Did you mean `{code}`?", code=code) if re.fullmatch("[A-Z]{2}", code) else ""
    if value.startswith("http://"):
        return phrase("Write `https://{address}`.", address=value.removeprefix("http://"))
    return phrase("Write `https://{value}`.", value=value) if value.startswith("www.") else ""


def _zone(value: str) -> str:
    if _OFFSET_FROM_GREENWICH.match(value):
        return ""  # Etc/GMT+1 is an hour behind Greenwich, and has no summer time
    zones = sorted(available_timezones())
    town = value.rpartition("/")[2].replace(" ", "_").lower()
    same_town = [zone for zone in zones if zone.rpartition("/")[2].lower() == town]
    near = nearest(value, zones)
    alike = difflib.SequenceMatcher(None, near.lower(), value.lower()).ratio() >= _ALIKE
    return same_town[0] if same_town else near if alike else ""


def _slug_hint(value: str, joint: str) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)
    return phrase("Did you mean `{slug}`?", slug=slug) if slug and slug[0].isalpha() and slug != value else ""


def language_hint(value: str) -> str:
    """What may be meant by what is no tag, or one that another has replaced (`in`, which is `id`); else nothing."""
    tag = value.replace("_", "-")
    language, _, region = tag.partition("-")
    guess = f"{language.lower()}-{region.upper()}" if region else tag.lower()
    if not re.fullmatch(LANGUAGE, guess):
        guess = language_names().get(value.lower(), "")
    guess = str(get_global("language_aliases").get(guess, guess)) if len(guess) == len("in") else guess
    return phrase("Did you mean `{guess}`?", guess=guess) if guess and guess != value else ""


@cache
def language_names() -> dict[str, str]:
    """Language tags by what languages are called in English, Spanish, French, Portuguese, and by themselves."""
    names: dict[str, str] = {}
    for spoken in ("pt", "fr", "es", "en"):
        names |= {name.lower(): tag.replace("_", "-") for tag, name in Locale(spoken).languages.items()}
    return names
