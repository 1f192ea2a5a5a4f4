"""Passwords where only the names of environment variables belong: found, and never shown again."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from communique.phrase import phrase
from communique.problems import Problem
from communique.read.yaml_document import Document, Path

#: How settings name a secret: a variable of the environment.
ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_WORDS = r"pass?w(?:or)?d|pass|pwd|passphrase|secret|token|api_?key|access_?key|private_?key|consumer_key|credentials?"
_SUSPICIOUS_KEY = re.compile(rf"(?:^|[_-])(?:{_WORDS})(?:$|[_-])", re.IGNORECASE)
_LINE = re.compile(rf"(?P<key>[\w\"'-]*(?:{_WORDS})[\w\"'-]*\s*:\s*)(?P<value>[^\s#].*)", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?P<key>[a-z][a-z0-9+.-]*://[^\s/:@]+:)(?P<value>[^\s/@]+)(?=@)")
_HIDDEN = "***"


def secret_problems(document: Document) -> list[Problem]:
    """Every value that looks like a secret itself."""
    return [secret_problem(document, path) for path, key, value in _texts(document.data, ()) if _is_secret(key, value)]


def secret_problem(document: Document, path: Path) -> Problem:
    """The value at a path ought to be the name of an environment variable."""
    name = "_".join(re.sub(r"[^A-Za-z0-9]+", "_", str(step)).upper() for step in (*document.within, *path)[-2:])
    message = phrase(
        "expected the NAME of an environment variable for `{name}`, found what may be the secret itself", name=path[-1]
    )
    hint = phrase(
        "Write `{name}: {variable}` and set {variable} in the environment. If it was a real one, change it.",
        name=path[-1],
        variable=name,
    )
    problem = document.problem(path, "secret-in-settings", message, hint=hint)
    return replace(problem, source=f"{problem.source[: problem.column - 1]}{_HIDDEN}" if problem.source else "")


def hidden(problems: Iterable[Problem]) -> list[Problem]:
    """The same problems without what looks like a secret in the lines they show."""
    return [_without_secret(problem) for problem in problems]


def _is_secret(key: str, value: Any) -> bool:
    if isinstance(value, str) and _IN_ADDRESS.search(value):
        return True
    if value is None or isinstance(value, bool | dict | list) or not _SUSPICIOUS_KEY.search(key):
        return False
    return not ENVIRONMENT_NAME.fullmatch(str(value))


def _texts(data: Any, path: Path) -> Iterator[tuple[Path, str, Any]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield (*path, key), key, value
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield (*path, index), "", value
            yield from _texts(value, (*path, index))


def _without_secret(problem: Problem) -> Problem:
    for pattern in (_LINE, _IN_ADDRESS):
        match = pattern.search(problem.source)
        value = match["value"].strip().rstrip(",}") if match else ""
        if value and not ENVIRONMENT_NAME.fullmatch(value):
            problem = replace(
                problem,
                source=problem.source.replace(value, _HIDDEN),
                message=_blank(problem.message, value),
                hint=_blank(problem.hint, value),
            )
    return problem


def _blank(words: str, value: str) -> str:
    bare = value.strip("\"' ")
    return words.replace(value, _HIDDEN).replace(bare, _HIDDEN) if bare else words
