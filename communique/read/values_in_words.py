"""Values and what they ought to be, as they are named in problems."""

from typing import Any

from communique.phrase import phrase
from communique.read.expected_forms import expected_forms
from communique.read.schema import Schema

_MOST_SHOWN = 60


def as_written(value: Any) -> str:
    """A value as a reader of the file recognises it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return phrase("the truth value {value}", value=str(value).lower())
    if isinstance(value, int | float):
        return phrase("the number {value}", value=value)
    if isinstance(value, str):
        text = " ".join(value.split())
        return (
            phrase("`{text}…`", text=text[:_MOST_SHOWN]) if len(text) > _MOST_SHOWN else phrase("`{text}`", text=text)
        )
    if isinstance(value, list):
        return phrase("an empty list") if not value else phrase("a list of {number}", number=len(value))
    return phrase("an empty mapping") if not value else phrase("a mapping (`{key}: …`)", key=next(iter(value)))


def as_yaml(value: Any) -> str:
    """An example in the notation that fits on one line."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(as_yaml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {as_yaml(item)}' for key, item in value.items())}}}"
    return str(value)


def expected_of(schema: Schema, found: Any) -> str:
    """What a schema asks for, by the kind of value: `a list such as …`."""
    if schema.get("enum"):
        return phrase("one of {words}", words=", ".join(f"`{word}`" for word in schema["enum"]))
    if words := expected_forms().get(schema["pattern"]) if "pattern" in schema else None:
        return words
    kinds = {part.get("type") for part in schema.get("anyOf", ())}
    if kinds:
        return _one_of_kinds(kinds)
    example = next(iter(schema.get("examples", ())), None)
    such = phrase(" such as `{example}`", example=as_yaml(example)) if example is not None else ""
    names = {
        "array": phrase("a list{such}", such=such or phrase(" such as `{example}`", example="[a, b]")),
        "object": phrase("a mapping (`key: value` on lines of their own, indented)"),
        "integer": phrase("a whole number"),
        "boolean": phrase("true or false"),
    }
    kind = schema.get("type")
    if kind == "string":
        return (
            phrase("one text{such}", such=such) if isinstance(found, list | dict) else phrase("text{such}", such=such)
        )
    return names.get(str(kind), phrase("another value"))


def _one_of_kinds(kinds: set[Any]) -> str:
    if "object" in kinds:
        return phrase("a text, or one for each language (`es: …`, `en: …`)")
    return phrase("a name or a list of names")
