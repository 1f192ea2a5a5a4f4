"""What pydantic found wrong, said at its place in the file and in an officer's words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from communique.moments import MomentError, WeekdayError
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
            f"expected a value for {_name(path[-1:])}, found nothing",
            hint=_hint_for_empty(str(path[-1])),
        )
        for path, value in _walk(document.data, ())
        if value is None and path not in document.unsure
    ]


def _hint_for_empty(key: str) -> str:
    name, colon, value = key.partition(":")
    return f"Write `{name}: {value}`, with a space after the colon." if colon else "Write one, or delete the line."


def unfit_numbers(document: Document, schema: Callable[[], Schema]) -> list[Problem]:
    """`true` or `3.000` where a whole number is due: pydantic would take them for 1 and 3."""
    return [
        document.problem(
            path,
            "wrong-type",
            f"expected a {'whole ' if isinstance(value, float) else ''}number, found {as_written(value)}",
            hint="Write a number without a point or comma." if isinstance(value, float) else "",
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
        message = f"expected a key that is known {_inside(fault.path, document)}, found `{found}`"
        hint = key_hint(found, fault.path, schema)
        return document.problem(fault.path, "unknown-key", message, hint=hint, at_key=True)
    code, message = _code_and_message(fault, schema_at(schema, fault.path))
    if fault.at_key:
        hint = name_hint(str(fault.value), fault.context.get("pattern", ""))
    elif fault.type.startswith(_DATES):
        hint = moment_hint(str(fault.value), parse_date)
    else:
        hint = value_hint(fault.path, fault.value, schema)
    return document.problem(fault.path, code, message, hint=hint, at_key=fault.at_key)


def _missing(path: Path, document: Document, schema: Schema) -> Problem:
    wanted = schema_at(schema, path)
    example = next(iter(wanted.get("examples", ())), None)
    shown = f" For example `{path[-1]}: {as_yaml(example)}`." if example else ""
    message = f"expected `{path[-1]}` {_inside(path, document)}, found none"
    hint = f"{wanted.get('description', '').split('. ')[0].rstrip('.:')}.{shown}"
    return document.problem(path[:-1], "missing-key", message, hint=hint, at_key=True)


def _code_and_message(fault: _Fault, wanted: Schema) -> tuple[str, str]:
    found = as_written(fault.value)
    if fault.type.startswith(_DATES):
        return "wrong-moment", f"expected a date such as `2027-02-02`, found {found}"
    cause = fault.context.get("error")
    if isinstance(cause, WeekdayError):
        return "weekday-mismatch", f"expected a weekday and a date that agree: {cause}"
    if cause is not None:
        code = "wrong-moment" if isinstance(cause, MomentError) else "wrong-value"
        return code, str(cause) if "found" in str(cause) else f"{cause}; found {found}"
    if fault.type in _WRONG_TYPES:
        return "wrong-type", f"expected {expected_of(wanted, fault.value)}, found {found}"
    if fault.type == "string_pattern_mismatch":
        words = expected_forms().get(fault.context["pattern"], "a text of another form")
        return "wrong-value", f"expected {words}; found {found}"
    return "wrong-value", f"expected {_bounds(fault, wanted)}, found {_measured(fault)}"


def _bounds(fault: _Fault, wanted: Schema) -> str:
    context = fault.context
    if "min_length" in context:
        least = context["min_length"]
        unit = "entry" if fault.type == "too_short" else "character"
        return f"at least one {unit}" if least == 1 else f"at least {least} {unit}s"
    if "max_length" in context:
        return f"at most {context['max_length']} characters"
    if "le" in context or "ge" in context:
        return f"a number from {wanted.get('minimum', 0)} to {wanted.get('maximum', 'any')}"
    return expected_of(wanted, fault.value)


def _measured(fault: _Fault) -> str:
    if isinstance(fault.value, str) and {"min_length", "max_length"} & set(fault.context):
        return f"{len(fault.value)}"
    return as_written(fault.value)


def _inside(path: Path, document: Document) -> str:
    around = (*document.within, *path[:-1])
    return f"in {_name(around)}" if around else "at the top of the file"


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path).join("``") if path else "the file"
