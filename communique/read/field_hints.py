"""What an officer probably meant: the sentence under a wrong key or value."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale

from communique.campaign import LANGUAGE, SLUG
from communique.problems import did_you_mean
from communique.read.schema import Schema, schema_at
from communique.read.values_in_words import as_yaml
from communique.read.yaml_document import Path

_DAY_FIRST = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_AFTER = re.compile(
    r"^(\d+|an?|one)\s+((?:working\s+)?[a-z]+)\s+(after|before)\s+(?:the\s+)?([a-z][a-z0-9-]*)", re.IGNORECASE
)
_ZONE = re.compile(r"\d:\d\d\s*(?:[A-Z]{3,4}|Z|[+-]\d\d:?\d\d)$")
_BUSINESS = re.compile(r"\b(business|work|working|week)\s?days?\b", re.IGNORECASE)


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
        return f"Did you mean `{near}`?"
    elsewhere = next((where for where, names in _levels(schema, "the top of the file") if found in names), "")
    if elsewhere:
        return f"`{found}` is known in {elsewhere}: is the line indented too little or too much?"
    return did_you_mean(found, known)


def _levels(schema: Schema, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the schema with its own keys."""
    properties = schema.get("properties", {})
    yield where, properties
    for name, part in properties.items():
        yield from _levels(part, f"`{name}`")
        for below in part.get("patternProperties", {}).values():
            yield from _levels(below, f"an entry of `{name}`")


def value_hint(path: Path, value: Any, schema: Schema) -> str:
    """What to write instead, where the slip is a usual one."""
    wanted = schema_at(schema, path)
    if isinstance(value, str):
        return _text_hint(path, value, wanted)
    if isinstance(value, bool | int | float) and wanted.get("type", "string") == "string":
        if is_moment(wanted):
            return moment_hint(as_yaml(value))
        return f'Is it meant as text? Then put it in quotes: "{as_yaml(value)}".'
    if isinstance(value, list) and wanted.get("type") == "string":
        return "Write one name without brackets."
    return ""


def name_hint(found: str, pattern: str) -> str:
    """A name (a key) in the form that its pattern asks for."""
    if pattern == LANGUAGE:
        return _language_hint(found)
    return _slug_hint(found, "-" if pattern == SLUG else "_")


def _text_hint(path: Path, value: str, wanted: Schema) -> str:
    if wanted.get("enum"):
        near = nearest(value, wanted["enum"])
        return f"Did you mean `{near}`?" if near else ""
    if wanted.get("type") == "array":
        return _list_hint(value)
    if wanted.get("type") == "object":
        return "Is the line indented too little? Or is a line missing above it?"
    if is_moment(wanted):
        return moment_hint(value)
    return _name_or_place_hint(path, value, wanted)


def _list_hint(value: str) -> str:
    if value.startswith("-"):
        return f"Put a space after the hyphen: `- {value[1:].strip()}`."
    words = [word for word in re.split(r"[,;\s]+", value) if word and word != "and"]
    return f"Write `[{', '.join(words)}]`."


def _name_or_place_hint(path: Path, value: str, wanted: Schema) -> str:
    if path and isinstance(path[-1], int) and re.fullmatch(r"[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)+", value):
        return f"Put commas between them: `{', '.join(value.split())}`."
    patterns = {part.get("pattern") for part in (wanted, *wanted.get("anyOf", ()))}
    if LANGUAGE in patterns:
        return _language_hint(value)
    return _slug_hint(value, "-") if SLUG in patterns else place_hint(str(path[-1]) if path else "", value)


def is_moment(wanted: Schema) -> bool:
    """Whether the value is a moment, an interval or a time of day."""
    pattern = wanted.get("pattern", "")
    return "\\d{4}-" in pattern or "until" in pattern or pattern.startswith(r"^\d{1,2}:")


def place_hint(key: str, value: str) -> str:
    """A country, a zone or an address in the form that is asked for."""
    if key == "timezone":
        near = _zone(value)
        return f"Did you mean `{near}`?" if near else ""
    if key == "country":
        codes = {name.lower(): code for tongue in ("es", "en") for code, name in Locale(tongue).territories.items()}
        code = codes.get(value.lower(), value.upper())
        return f"Did you mean `{code}`?" if re.fullmatch("[A-Z]{2}", code) else ""
    if value.startswith("http://"):
        return f"Write `https://{value.removeprefix('http://')}`."
    return f"Write `https://{value}`." if value.startswith("www.") else ""


def _zone(value: str) -> str:
    zones = sorted(available_timezones())
    town = value.rpartition("/")[2].replace(" ", "_").lower()
    same_town = [zone for zone in zones if zone.rpartition("/")[2].lower() == town]
    return same_town[0] if same_town else nearest(value, zones)


def _slug_hint(value: str, joint: str) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)
    return f"Did you mean `{slug}`?" if slug and slug[0].isalpha() and slug != value else ""


def _language_hint(value: str) -> str:
    tag = value.replace("_", "-")
    language, _, region = tag.partition("-")
    guess = f"{language.lower()}-{region.upper()}" if region else tag.lower()
    if not re.fullmatch(LANGUAGE, guess):
        guess = language_names().get(value.lower(), "")
    return f"Did you mean `{guess}`?" if guess and guess != value else ""


@cache
def language_names() -> dict[str, str]:
    """Language tags by what languages are called in English, Spanish, French, Portuguese, and by themselves."""
    names: dict[str, str] = {}
    for spoken in ("pt", "fr", "es", "en"):
        names |= {name.lower(): tag.replace("_", "-") for tag, name in Locale(spoken).languages.items()}
    return names


def moment_hint(text: str) -> str:
    """How a moment that was written in another notation is written here."""
    words = text.strip()
    if re.match(r"[A-Za-z]+,? \d{4}-\d", words):
        return "Which of the two is right?"
    if match := _DAY_FIRST.search(words):
        day, month, year = (int(part) for part in match.groups())
        return f"Dates are written year-month-day: `{year}-{month:02}-{day:02}`."
    if match := _AFTER.match(words):
        return f"Did you mean `{_counted(match)}`?"
    if _ZONE.search(words):
        return "Times carry no zone here: they are meant in the `timezone` of config/settings.yaml."
    if re.search(r"\b\d{1,2}(\.\d{1,2}|\s?[ap]m|h\d{0,2})\b", words, re.IGNORECASE):
        return "Times are written with 24 hours and a colon: `10:00`, `17:30`."
    meant = _spaced(_BUSINESS.sub("working days", words))
    return f"Did you mean `{meant}`?" if meant != text else ""


def _spaced(words: str) -> str:
    """The same words in small letters, with the spaces and the `to` that belong between them."""
    words = words.lower() if words[:1].isalpha() else words
    words = re.sub(r"(\d:\d\d) ?(?:-|–|until|till|a|bis) ?(?=\d{1,2}:\d\d)", r"\1 to ", words)
    return re.sub(r"(?<=[a-z0-9])\s*([+-])\s*(\d+)\s*(?=[a-z])", r" \1 \2 ", words)


def _counted(match: re.Match[str]) -> str:
    count = match[1] if match[1].isdigit() else "1"
    sign = "-" if match[3].lower() == "before" else "+"
    return f"{match[4].lower()} {sign} {count} {match[2].lower()}"
