"""The JSON Schemas (draft-07) that editors check and complete YAML files with, made from the models.

Every definition is written out where it is used: draft-07 ignores what stands beside a `$ref`, and with it the
descriptions that editors show.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from communique.campaign import Campaign
from communique.phrase import as_phrase, phrase
from communique.read.expected_forms import expected_forms
from communique.read.process_outline import ProcessOutline
from communique.read.yaml_document import Path
from communique.settings import Settings

Schema = dict[str, Any]

_EXAMPLES: Mapping[str, list[Any]] = {
    "campaign": ["accepted-into-ogp"],
    "title": ["Accepted into the Open Government Partnership"],
    "author": ["Marta Soler"],
    "languages": [["es", "en"]],
    "milestones": [{"acceptance": "2026-12-01", "kickoff": "2026-12-15 10:00 to 12:00"}],
    "facts": [{"meeting": {"at": "kickoff", "place": "Town Hall, Room 2"}}],
    "every": ["3 months until plan-published"],
    "to": [["internal-promoters", "external-promoters"]],
    "through": [["email", "website", "feed"]],
    "after": ["thank-the-promoters"],
    "unless": ["called-off"],
    "not_after": ["kickoff"],
    "invite": ["meeting"],
    "cancel": ["meeting"],
    "only": [{"meeting": "not-answered"}],
    "in_doubt": ["strict"],
    "waive": [{"public-before-promoters": "The promoters were told by telephone on Friday."}],
    "timezone": ["Europe/Madrid"],
    "day_starts": ["09:00"],
    "late_window": ["24 hours"],
    "mode": ["trial"],
    "public_address": ["https://open.example.org"],
}


@cache
def campaign_schema() -> Schema:
    """Of `campaigns/*.yaml`. The same object each time: not to be changed."""
    return schema_of(Campaign)


@cache
def settings_schema() -> Schema:
    """Of `config/settings.yaml`. The same object each time: not to be changed."""
    return schema_of(Settings)


@cache
def process_schema() -> Schema:
    """Of `config/process.yaml`. The same object each time: not to be changed."""
    return schema_of(ProcessOutline)


def dumps(schema: Schema, say: Callable[[str], str] = str) -> str:
    """The text of a schema's file, the same for the same schema; a text that fits no pattern is explained in words.

    `say` puts a description (a phrase) into the language of who reads it.
    """
    return json.dumps(_explained(schema, say), ensure_ascii=False, indent=2) + "\n"


def _explained(node: Any, say: Callable[[str], str]) -> Any:
    if isinstance(node, list):
        return [_explained(each, say) for each in node]
    if not isinstance(node, dict):
        return node
    words = expected_forms().get(pattern) if isinstance(pattern := node.get("pattern"), str) else None
    examples = {"examples": node["examples"]} if "examples" in node else {}
    explained = {key: _explained(value, say) for key, value in node.items() if key not in examples}
    if isinstance(described := node.get("description"), str):
        explained["description"] = say(as_phrase(described))
    if words:
        explained["patternErrorMessage"] = say(phrase("Expected {form}.", form=words))
    return {**explained, **examples}


def schema_at(schema: Schema, path: Path) -> Schema:
    """The part of a schema that a value at a path has to meet; empty where anything may stand."""
    for step in path:
        parts = [schema, *schema.get("anyOf", ())]
        schema = next((found for part in parts if (found := _below(part, step)) is not None), {})
    return schema


def _below(schema: Schema, step: str | int) -> Schema | None:
    if isinstance(step, int) and "items" in schema:
        items: Schema = schema["items"]
        return items
    named = schema.get("properties", {}).get(step)
    others = schema.get("additionalProperties")
    patterns = iter([*schema.get("patternProperties", {}).values(), *([others] if isinstance(others, dict) else ())])
    found: Schema | None = named if named is not None else next(patterns, None)
    return found


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """Of any model. The same object each time: not to be changed."""
    written = model.model_json_schema()
    definitions = written.pop("$defs", {})
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_tidy(written, definitions)}


def _tidy(node: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Definitions written out; nothing that only programs need: titles, defaults, null."""
    if "$ref" in node:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _tidy({**definitions[node["$ref"].rpartition("/")[2]], **beside}, definitions)
    tidy = {key: value for key, value in node.items() if key not in {"title", "default", "anyOf"}}
    tidy |= _alternatives(node.get("anyOf", ()), definitions)
    if "items" in node:
        tidy["items"] = _described(_tidy(node["items"], definitions), _of_one(node.get("description", "")))
    for group in ("properties", "patternProperties"):
        if group in tidy:
            tidy[group] = {key: _entry(key, value, tidy, definitions) for key, value in tidy[group].items()}
    if "patternProperties" in tidy:
        tidy.setdefault("additionalProperties", False)  # names that fit no pattern are refused
    return tidy


def _alternatives(written: Any, definitions: Mapping[str, Schema]) -> Schema:
    parts = [_tidy(part, definitions) for part in written if part.get("type") != "null"]
    if len(parts) == 1:
        return parts[0]
    return {"anyOf": parts} if parts else {}


def _entry(key: str, value: Schema, around: Schema, definitions: Mapping[str, Schema]) -> Schema:
    entry = _described(_tidy(value, definitions), _of_one_named(around.get("description", "")))
    if key in _EXAMPLES and "examples" not in entry:
        entry["examples"] = _EXAMPLES[key]
    return entry


def _described(node: Schema, otherwise: str) -> Schema:
    return {"description": otherwise, **node}


def _of_one(described: str) -> str:
    return phrase("One entry. {described}", described=as_phrase(described)) if described else phrase("One entry.")


def _of_one_named(described: str) -> str:
    if not described:
        return phrase("One entry, by its name.")
    return phrase("One entry, by its name. {described}", described=as_phrase(described))
