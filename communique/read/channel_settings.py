"""From a channel's settings to its constructor's arguments: the signature says what may be set, and of what type."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from communique.channel import Channel, Secret
from communique.phrase import phrase, told_by
from communique.problems import Problem, Severity
from communique.read.model_file import fill
from communique.read.schema import schema_of
from communique.read.secrets_in_text import ENVIRONMENT_NAME, hidden, secret_problem
from communique.read.translations import untranslated
from communique.read.yaml_document import Document
from communique.read.yaml_positions import read
from communique.settings import ChannelSettings
from communique.settings.values import Duration

_SETTINGS = "config/settings.yaml"
_NAME = Annotated[str, Field(description="NAME of the environment variable that holds it.", examples=["CITY_SECRET"])]

FindSecret = Callable[[str], Secret | None]  #: raises an `OSError` where a file is named that cannot be read


def channel_arguments(
    kind: type[Channel],
    name: str,
    settings: ChannelSettings,
    find_secret: FindSecret,
    root: Path,
    severity: Severity,
    *,
    file: str = _SETTINGS,
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The arguments of an adapter's constructor, or None when a problem is an error.

    A secret that is not in the environment is left out, so that the adapter says so at first use. The problems name
    the channel but have no line: `read_settings` with kinds finds the same ones, but for missing secrets, with theirs.

    Args:
        kind: the adapter.
        name: the channel's, as the settings have it.
        settings: what stands below that name.
        find_secret: the secret in the environment, by NAME.
        root: the workspace; paths in the settings are meant from there.
        severity: of a missing secret: a warning in trial, an error where it is about to be used.
        file: the settings' own path, for problems.
    """
    document = Document(file=file, lines=(), data=dict(settings.arguments), within=("channels", name))
    problems = [replace(problem, line=0, column=0) for problem in check_channel(document, kind)]
    if problems:
        return None, problems
    filled, _ = fill(_model(kind), document)
    arguments: dict[str, Any] = {key: getattr(filled, key) for key in settings.arguments}
    for key in [each for each in arguments if each in _secrets(kind)]:  # in the order of the file
        variable = arguments.pop(key)
        try:
            found = find_secret(variable)
        except OSError as error:
            problems.append(_unread(name, key, variable, error, file=file, severity=severity))
            continue
        if found is None:
            problems.append(_missing(name, key, variable, file, severity))
        else:
            arguments[key] = found
    placed = {key: root / value if isinstance(value, Path) else value for key, value in arguments.items()}
    return (None if problems and severity is Severity.ERROR else placed), problems


def refused_settings(
    name: str, settings: ChannelSettings, error: ValueError, root: Path, *, file: str = _SETTINGS
) -> Problem:
    """What an adapter says of settings that make no sense, at the first of them that it names."""
    said = told_by(error)
    message = phrase("channel {name}: {error}", name=name, error=said)
    document = _read_again(root / file, file)
    path: tuple[str, ...] = ("channels", name)
    if document is None or path not in document.keys:
        return Problem(code="wrong-value", message=message, file=file)
    named = sorted((said.index(f"`{key}`"), key) for key in settings.arguments if f"`{key}`" in said)
    if named:
        (problem,) = hidden([document.problem((*path, named[0][1]), "wrong-value", message)])
        return problem
    return document.problem(path, "wrong-value", message, at_key=True)


def _read_again(file: Path, name: str) -> Document | None:
    """The settings that were read before, with their lines; None where they are not there any more."""
    try:
        return read(file.read_bytes(), name)[0]
    except OSError:
        return None


def check_channel(document: Document, kind: type[Channel], languages: tuple[str, ...] = ()) -> list[Problem]:
    """What is wrong with the settings of one channel; secrets are not looked up.

    With languages, a text that is given by language has to have those, and no other.
    """
    _, problems = fill(_model(kind), document)
    secrets = [
        secret_problem(document, (key,))
        for key in sorted(_secrets(kind))
        if (value := document.data.get(key)) is not None and not ENVIRONMENT_NAME.fullmatch(str(value))
    ]
    places = {(problem.line, problem.column) for problem in secrets if problem.source}
    said = untranslated(document, schema_of(_model(kind)), languages, phrase("the channel's")) if languages else ()
    return [problem for problem in problems if (problem.line, problem.column) not in places] + secrets + [*said]


def _missing(name: str, key: str, variable: str, file: str, severity: Severity) -> Problem:
    message = phrase(
        "channel `{name}`: expected the secret {variable} in the environment for `{key}`, found none",
        name=name,
        variable=variable,
        key=key,
    )
    hint = phrase("Set {variable}, or {variable}_FILE to a file that holds it, and start again.", variable=variable)
    return Problem(code="missing-secret", message=message, hint=hint, severity=severity, file=file)


def _unread(name: str, key: str, variable: str, error: OSError, *, file: str, severity: Severity) -> Problem:
    message = phrase(
        "channel `{name}`: expected the secret {variable} for `{key}`; {error}",
        name=name,
        variable=variable,
        key=key,
        error=told_by(error),
    )
    hint = phrase("Mend that, and start again.")
    return Problem(code="missing-secret", message=message, hint=hint, severity=severity, file=file)


@cache
def _parameters(kind: type[Channel]) -> Mapping[str, tuple[Any, Any]]:
    """Annotation and default by name; `...` where there is no default."""
    hints = get_type_hints(kind.__init__, include_extras=True)
    signature = inspect.signature(kind.__init__)
    return {
        name: (hints.get(name, Any), ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in signature.parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }


@cache
def _secrets(kind: type[Channel]) -> frozenset[str]:
    return frozenset(name for name, (annotation, _) in _parameters(kind).items() if _is_secret(annotation))


def _is_secret(annotation: Any) -> bool:
    return annotation is Secret or Secret in get_args(annotation)


@cache
def _model(kind: type[Channel]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (_written(annotation), default) for name, (annotation, default) in _parameters(kind).items()
    }
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)
    return create_model(f"{kind.__name__}Settings", __config__=config, __doc__=kind.__doc__, **fields)


def _written(annotation: Any) -> Any:
    """The type of what an officer writes for an argument."""
    if _is_secret(annotation):
        return _NAME | None if type(None) in get_args(annotation) else _NAME
    return Duration if annotation is timedelta else annotation
