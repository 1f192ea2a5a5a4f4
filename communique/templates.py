"""Templates: found in the workspace, checked, filled. The one home of Jinja.

A template is sandboxed and strict: it sees plain data only, and a name it was not given is an error with its line,
never a blank. What it may say is in `communique.template_language`.
"""

import functools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from communique import formatting
from communique.escaping import in_line, in_markdown, in_text
from communique.problems import Problem
from communique.sources import Sources
from communique.template_language import Refusal, refusals

MAX_OUTPUT = 512 * 1024  #: characters; a page of the website with all its parts is far below
MAX_PIECES = 200_000  #: pieces of output: how much work a template may ask for


class TemplateProblemError(Exception):
    """A template cannot be used; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Templates:
    """The templates of a workspace.

    `locales` says how a language is written here (`en: en-GB`); `words` gives a language's fixed phrases.
    """

    def __init__(self, sources: Sources, locales: Mapping[str, str], words: Callable[[str], Mapping[str, Any]]) -> None:
        self._sources = sources
        self._locales = locales
        self._words = words
        self._markdown = self._environment(in_markdown)
        self._text = self._environment(in_text)
        self._line = self._environment(in_line)
        self._html = self._environment(None)

    def fill_markdown(self, path: str, source: str, context: Mapping[str, Any]) -> str:
        """Markdown with values in it, each escaped so that it shows as typed."""
        return self._fill(self._markdown, path, source, context)

    def fill_text(self, path: str, source: str, context: Mapping[str, Any]) -> str:
        """Plain text with values in it."""
        return self._fill(self._text, path, source, context)

    def fill_line(self, path: str, source: str, context: Mapping[str, Any], line: int = 1) -> str:
        """One line of text; `line` is where it stands in the file, for messages."""
        return in_line(self._fill(self._line, path, source, context, line=line))

    def fill_layout(self, name: str, context: Mapping[str, Any]) -> str:
        """A shell from `templates/layouts/`; HTML escapes every value that is not marked as safe."""
        path = f"templates/layouts/{name}"
        environment = self._html if name.endswith((".html", ".xml")) else self._text
        source = self._sources.read(path)
        if source is None:
            raise TemplateProblemError(
                Problem(code="missing-template", message="expected this layout, found no such file", file=path)
            )
        return self._fill(environment, path, source.decode(), context, layout=True)

    def written_date(self, day: object, language: str) -> str:
        """A date as the language writes it."""
        return formatting.day_and_month(day, formatting.locale_of(language, self._locales))

    def _fill(
        self,
        environment: ImmutableSandboxedEnvironment,
        path: str,
        source: str,
        context: Mapping[str, Any],
        *,
        line: int = 1,
        layout: bool = False,
    ) -> str:
        try:
            template = _compiled(environment, path, source, layout)
            return _capped(template, context)
        except TemplateError as error:
            raise TemplateProblemError(_problem(error, path, source, line)) from error
        except (
            formatting.NotADateError,
            _NotATextError,
            _TooMuchError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            at = _line_of(error, path) + line - 1
            raise TemplateProblemError(
                Problem(
                    code="template-failed",
                    message=f"this text cannot be filled: {error}",
                    hint="Write dates with a filter: `{{ facts.meeting.start | date }}`.",
                    file=path,
                    line=at,
                    column=1,
                    source=_source_line(source, at - line + 1),
                )
            ) from error

    def _environment(self, escape: Callable[[str], str] | None) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            undefined=_Missing,
            autoescape=escape is None,
            finalize=functools.partial(_finalized, escape=escape),
            loader=_Layouts(
                self._sources, checked=lambda path, source: _refuse(environment, path, source, layout=True)
            ),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals.clear()
        environment.filters.update(self._filters())
        return environment

    def _filters(self) -> dict[str, Callable[..., Any]]:
        def localised(write: Callable[..., str]) -> Callable[..., str]:
            @pass_context
            def filtered(context: Context, value: Any) -> str:
                if isinstance(value, Undefined):
                    return str(value)  # raises, and names what is missing
                return write(value, formatting.locale_of(context["language"], self._locales))

            return filtered

        @pass_context
        def time_range(context: Context, value: Any) -> str:
            locale = formatting.locale_of(context["language"], self._locales)
            return formatting.time_range(value, locale, self._words(context["language"])["to"])

        return {
            "date": localised(formatting.day_and_month),
            "weekday_date": localised(formatting.weekday_and_date),
            "time": localised(formatting.time_of_day),
            "join_list": localised(formatting.joined),
            "time_range": time_range,
            "datetime_iso": lambda value: value.isoformat(),
        }


class _Missing(StrictUndefined):
    """An undefined name that says, in an officer's words, what there is instead."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name = f"'{self._undefined_name}'"
        if isinstance(self._undefined_obj, Mapping):
            return f"{name} is not among {', '.join(map(str, self._undefined_obj)) or 'the facts'}"
        return f"{name} is not known"


class _Layouts(BaseLoader):
    """Parts that layouts include or inherit from: only below `templates/layouts/`."""

    def __init__(self, sources: Sources, checked: Callable[[str, str], None]) -> None:
        self._sources = sources
        self._checked = checked

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002
        path = f"templates/layouts/{template}"
        source = None if ".." in template else self._sources.read(path)
        if source is None:
            raise TemplateNotFound(template)
        text = source.decode()
        self._checked(path, text)
        return text, path, lambda: self._sources.read(path) == source


class _NotATextError(ValueError):
    """A value that is not text, a number or a truth was to be shown."""


class _TooMuchError(ValueError):
    """A template produced more than any announcement needs."""


class _RefusedError(TemplateSyntaxError):
    """A template says something it may not."""


def _finalized(value: Any, escape: Callable[[str], str] | None) -> Any:
    if isinstance(value, Undefined | Markup):
        return str(value) if isinstance(value, Undefined) else value
    if isinstance(value, datetime | list | dict | tuple) or value is None:
        raise _NotATextError(f"expected a text or number, found {_kind(value)}")
    return escape(str(value)) if escape else in_text(str(value))


def _kind(value: Any) -> str:
    kinds = {datetime: "a date", list: "a list", tuple: "a list", dict: "a group of facts", type(None): "an empty fact"}
    return kinds[type(value)]


@functools.lru_cache(maxsize=4096)
def _compiled(environment: ImmutableSandboxedEnvironment, path: str, source: str, layout: bool) -> Template:  # noqa: FBT001
    _refuse(environment, path, source, layout=layout)
    code = environment.compile(source, filename=path)
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


def _refuse(environment: ImmutableSandboxedEnvironment, path: str, source: str, *, layout: bool) -> None:
    found: list[Refusal] = refusals(source, environment, layout=layout)
    if found:
        raise _RefusedError(found[0].message, found[0].line, filename=path)


def _capped(template: Template, context: Mapping[str, Any]) -> str:
    pieces: list[str] = []
    size = 0
    for piece in template.generate(**context):
        size += len(piece)
        pieces.append(piece)
        if size > MAX_OUTPUT or len(pieces) > MAX_PIECES:
            raise _TooMuchError(f"expected at most {MAX_OUTPUT} characters, found more")
    return "".join(pieces)


def _problem(error: TemplateError, path: str, source: str, line: int) -> Problem:
    file = path
    if isinstance(error, TemplateSyntaxError):
        at, code = (
            error.lineno + line - 1,
            "template-forbidden" if isinstance(error, _RefusedError) else "template-syntax",
        )
        hint, file = "docs/officers.md says what a template may contain.", error.filename or path
    elif isinstance(error, UndefinedError):
        at, code = _line_of(error, path) + line - 1, "missing-fact"
        hint = "Add it to `facts:` in the campaign file, or correct the name in the template."
    else:
        at, code, hint = _line_of(error, path) + line - 1, "template-failed", ""
    shown = _source_line(source, at - line + 1) if file == path else ""
    message = (
        f"this text needs something that is not there: {error.message}"
        if code == "missing-fact"
        else str(error.message)
    )
    return Problem(
        code=code, message=message, hint=hint, file=file, line=at, column=_column(shown, message), source=shown
    )


def _line_of(error: BaseException, path: str) -> int:
    """The template's line: Jinja rewrites tracebacks so that a frame names the template."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _source_line(source: str, line: int) -> str:
    lines = source.splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _column(shown: str, message: str) -> int:
    """Where on the line the first quoted word of the message stands."""
    quoted = [word for word in message.split("'")[1::2] if word in shown]
    return shown.index(quoted[-1]) + 1 if quoted else 1
