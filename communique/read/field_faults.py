"""What pydantic found wrong, said at its place in the file and in an officer's words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from communique.moments import MomentError, WeekdayError
from communique.phrase import Phrase, phrase
from communique.problems import Problem
from communique.read.expected_forms import expected_forms
from communique.read.field_hints import key_hint, name_hint, nearest, value_hint
from communique.read.moment_hints import moment_hint, parse_date
from communique.read.schema import Schema, schema_at
from communique.read.values_in_words import as_written, as_yaml, expected_of
from communique.read.yaml_document import Document, Path

_MISSING, _UNKNOWN = "missing", "extra_forbidden"
_DATES = "date_"  #: how pydantic begins the types of its errors of dates
_WRONG_TYPES = {
    "string_type",
    "tuple_type",
    "list_type",
    "dict_type",
    "mapping_type",
    "model_type",
    "dataclass_type",
    "bool_type",
    "int_type",
    "int_parsing",
    "int_from_float",
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """One error of pydantic, found again in the document."""

    type: str
    path: Path
    value: Any
    context: Mapping[str, Any]
    at_key: bool  #: the key itself is wrong
    meant: bool  #: False: pydantic tried an alternative that is not the one in the file


def field_problems(error: ValidationError, document: Document, schema: Schema) -> list[Problem]:
    """The problems of the fields, each fault once."""
    faults = [_found_again(detail, document.data) for detail in error.errors(include_url=False)]
    told = [fault for fault in faults if _worth_telling(fault, faults, document)]
    once = {(fault.path, fault.at_key, fault.type == _MISSING): fault for fault in reversed(told)}
    return [_problem(fault, document, schema) for fault in reversed(once.values())]


def empty_values(document: Document) -> list[Problem]:
    """Every key or list entry with nothing behind it."""
    return [
        document.problem(
            path,
            "missing-value",
            phrase("expected a value for {name}, found nothing", name=_name(path[-1:])),
            hint=_hint_for_empty(document, path),
        )
        for path, value in _walk(document.data, ())
        if value is None and path not in document.unsure
    ]


def _hint_for_empty(document: Document, path: Path) -> str:
    name, colon, value = str(path[-1]).partition(":")
    _, column, source = document.key_place(path)
    before = source[: column - 1].rstrip()
    if before.endswith(",") and "{" in before and " " in name:
        return phrase("A comma ends a value within braces: put the whole text between quotation marks.")
    return (
        phrase("Write `{name}: {value}`, with a space after the colon.", name=name, value=value)
        if colon
        else phrase("Write one, or delete the line.")
    )


def unfit_numbers(document: Document, schema: Callable[[], Schema]) -> list[Problem]:
    """`true` or `3.000` where a whole number is due: pydantic would take them for 1 and 3."""
    return [
        document.problem(
            path,
            "wrong-type",
            phrase("expected a whole number, found {found}", found=as_written(value))
            if isinstance(value, float)
            else phrase("expected a number, found {found}", found=as_written(value)),
            hint=phrase("Write a number without a point or comma.") if isinstance(value, float) else "",
        )
        for path, value in _walk(document.data, ())
        if isinstance(value, bool | float) and _is_integer(schema_at(schema(), path))
    ]


def _is_integer(wanted: Schema) -> bool:
    return any(part.get("type") == "integer" for part in (wanted, *wanted.get("anyOf", ())))


def _walk(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, data
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from _walk(value, (*path, key))


def _found_again(detail: ErrorDetails, data: Any) -> _Fault:
    path: Path = ()
    meant, at_key = True, False
    for step in detail["loc"]:
        if _is_step(step, data):
            path, data = (*path, step), data[step]
        elif step == "[key]":
            at_key = True
        elif detail["type"] == _MISSING and step == detail["loc"][-1]:
            path = (*path, step)
        else:
            meant = _meant(str(step), data)
    value = path[-1] if at_key else data
    return _Fault(detail["type"], path, value, detail.get("ctx", {}), at_key, meant)


def _is_step(step: str | int, data: Any) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, dict) and step in data


def _worth_telling(fault: _Fault, faults: Sequence[_Fault], document: Document) -> bool:
    if fault.path in document.unsure:
        return False
    if fault.type == _MISSING:
        return fault.path[:-1] not in document.unsure and not _misspelt(fault, faults)
    if fault.type != _UNKNOWN and not fault.at_key and fault.value is None:
        return False
    if fault.type == "too_short" and fault.value:
        return False
    return fault.meant or not any(other.meant for other in faults if _is_within(other, fault))


def _is_within(fault: _Fault, outer: _Fault) -> bool:
    """Whether it is at the same place, or further in."""
    return fault.path[: len(outer.path)] == outer.path


def _misspelt(missing: _Fault, faults: Sequence[_Fault]) -> bool:
    """Whether the missing key is there with a slip in it, which is told as such."""
    unknown = [str(fault.path[-1]) for fault in faults if _beside(fault, missing) and fault.type == _UNKNOWN]
    return any(nearest(word, [str(missing.path[-1])]) for word in unknown)


def _beside(fault: _Fault, other: _Fault) -> bool:
    return fault.path[:-1] == other.path[:-1]


def _meant(alternative: str, data: Any) -> bool:
    """Whether an alternative of a union (`constrained-str`, `tuple[…]`, `dict[…]`) is what the file has."""
    if isinstance(data, dict):
        return alternative.startswith("dict")
    if isinstance(data, list):
        return alternative.startswith(("tuple", "list"))
    return not alternative.startswith(("dict", "tuple", "list"))


def _problem(fault: _Fault, document: Document, schema: Schema) -> Problem:
    if fault.type == _MISSING:
        return _missing(fault.path, document, schema)
    if fault.type == _UNKNOWN:
        found = str(fault.path[-1])
        message = phrase(
            "expected a key that is known {inside}, found `{found}`", inside=_inside(fault.path, document), found=found
        )
        hint = key_hint(found, fault.path, schema)
        return document.problem(fault.path, "unknown-key", message, hint=hint, at_key=True)
    code, told = _code_and_message(fault, schema_at(schema, fault.path))
    if fault.at_key:
        hint = name_hint(str(fault.value), fault.context.get("pattern", ""))
    elif fault.type.startswith(_DATES):
        hint = moment_hint(str(fault.value), parse_date)
    else:
        hint = value_hint(fault.path, fault.value, schema)
    return document.problem(fault.path, code, told, hint=hint, at_key=fault.at_key)


def _missing(path: Path, document: Document, schema: Schema) -> Problem:
    wanted = schema_at(schema, path)
    example = next(iter(wanted.get("examples", ())), None)
    shown = phrase(" For example `{name}: {example}`.", name=path[-1], example=as_yaml(example)) if example else ""
    message = phrase("expected `{name}` {inside}, found none", name=path[-1], inside=_inside(path, document))
    hint = phrase(
        "{about}.{shown}", about=Phrase(wanted.get("description", "").split(". ")[0].rstrip(".:")), shown=shown
    )
    return document.problem(path[:-1], "missing-key", message, hint=hint, at_key=True)


def _code_and_message(fault: _Fault, wanted: Schema) -> tuple[str, str]:
    found = as_written(fault.value)
    if fault.type.startswith(_DATES):
        return "wrong-moment", phrase("expected a date such as `2027-02-02`, found {found}", found=found)
    cause = fault.context.get("error")
    if isinstance(cause, WeekdayError):
        return "weekday-mismatch", phrase("expected a weekday and a date that agree: {cause}", cause=cause.args[0])
    if cause is not None:
        told: str = cause.args[0] if cause.args else str(cause)
        code = "wrong-moment" if isinstance(cause, MomentError) else "wrong-value"
        return code, told if "found" in told else phrase("{words}; found {found}", words=told, found=found)
    if fault.type in _WRONG_TYPES:
        return "wrong-type", phrase(
            "expected {words}, found {found}", words=expected_of(wanted, fault.value), found=found
        )
    if fault.type == "string_pattern_mismatch":
        words = expected_forms().get(fault.context["pattern"], phrase("a text of another form"))
        return "wrong-value", phrase("expected {words}; found {found}", words=words, found=found)
    return "wrong-value", phrase(
        "expected {bounds}, found {measured}", bounds=_bounds(fault, wanted), measured=_measured(fault)
    )


def _bounds(fault: _Fault, wanted: Schema) -> str:
    context = fault.context
    if "min_length" in context:
        least = context["min_length"]
        if fault.type == "too_short":
            return phrase("at least one entry") if least == 1 else phrase("at least {number} entries", number=least)
        return phrase("at least one character") if least == 1 else phrase("at least {number} characters", number=least)
    if "max_length" in context:
        return phrase("at most {number} characters", number=context["max_length"])
    if "le" in context or "ge" in context:
        return phrase(
            "a number from {least} to {most}", least=wanted.get("minimum", 0), most=wanted.get("maximum", "any")
        )
    return expected_of(wanted, fault.value)


def _measured(fault: _Fault) -> str:
    if isinstance(fault.value, str) and {"min_length", "max_length"} & set(fault.context):
        return f"{len(fault.value)}"
    return as_written(fault.value)


def _inside(path: Path, document: Document) -> str:
    around = (*document.within, *path[:-1])
    return phrase("in {name}", name=_name(around)) if around else phrase("at the top of the file")


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path).join("``") if path else phrase("the file")
