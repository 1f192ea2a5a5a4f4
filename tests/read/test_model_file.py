"""What does not fit is never refused in silence: a model, or at least one problem that stops."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from communique.problems import errors
from communique.read.model_file import fill
from communique.read.process_outline import ProcessOutline
from communique.read.yaml_positions import read
from communique.settings import Glossary, Settings

CONFIG = Path(__file__).parents[2] / "config"
ODD: tuple[Any, ...] = (
    [],
    ["a"],
    ["a", "b"],
    {},
    {"x": 1},
    {"en": ["a"]},
    {"en": "a"},
    5,
    -1,
    2.5,
    True,
    "",
    "a",
    None,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the file but the whole."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same with another value at a place."""
    changed = inner = copy.deepcopy(data)
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("file", "model"), [("settings.yaml", Settings), ("glossary.yaml", Glossary), ("process.yaml", ProcessOutline)]
)
def test_what_does_not_fit_is_told(file: str, model: type[BaseModel]) -> None:
    """Every value of the shipped files in turn is replaced by what does not belong there, of every sort."""
    document, problems = read((CONFIG / file).read_bytes(), f"config/{file}")
    assert document is not None
    assert problems == []
    silent = []
    for path in places(document.data):
        for value in ODD:
            made, faults = fill(model, replace(document, data=with_value(document.data, path, value)))
            if made is None and not errors(faults):
                silent.append((path, value))
    assert silent == []
