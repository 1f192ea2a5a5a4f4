"""Templates: found in the workspace, checked, filled. The one home of Jinja.

A template is sandboxed and strict: it sees plain data only, and a name it was not given is an error with its line,
never a blank. What it may say is in `communique.texts.template_language`.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, Undefined, UndefinedError, meta, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from markupsafe import Markup

from communique.language import formatting
from communique.language.escaping import in_line, in_markdown, in_text
from communique.problems import Problem
from communique.read.sources import Sources
from communique.texts.template_environment import RefusedError, TemplateEnvironment, TooMuchError, pieces

MAX_OUTPUT = 512 * 1024  #: characters; a page of the website with all its parts is far below
#: What Python may say to a text that cannot be filled.
_FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)


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
        self.sources = sources
        self._locales = locales
        self._words = words
        self._markdown = self._environment(in_markdown)
        self._text = self._environment(in_text)
        self._line = self._environment(in_line)
        self._text_layout = self._environment(in_text, layout=True)
        self._html_layout = self._environment(None, layout=True)

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
        environment = self._html_layout if name.endswith((".html", ".xml")) else self._text_layout
        source = self.sources.read(path)
        if source is None:
            raise TemplateProblemError(
                Problem(code="missing-template", message="expected this layout, found no such file", file=path)
            )
        return self._fill(environment, path, source.decode(), context)

    def parsed(self, source: str) -> nodes.Template:
        """The syntax of a text, for questions about what it does.

        Raises:
            jinja2.TemplateSyntaxError: it cannot be read.
        """
        return self._text.parse(source)

    def layout_with_parts(self, name: str) -> Iterator[nodes.Template]:
        """The syntax of a layout and of everything it includes or inherits from."""
        waiting, known = [name], {name}
        while waiting:
            source = self.sources.read(f"templates/layouts/{waiting.pop()}")
            tree = self._html_layout.parse((source or b"").decode())
            yield tree
            for part in meta.find_referenced_templates(tree):
                if part and part not in known:
                    known.add(part)
                    waiting.append(part)

    def written_date(self, day: object, language: str) -> str:
        """A date as the language writes it."""
        return formatting.day_and_month(day, formatting.locale_of(language, self._locales))

    def _fill(
        self, environment: TemplateEnvironment, path: str, source: str, context: Mapping[str, Any], *, line: int = 1
    ) -> str:
        try:
            return _capped(_compiled(environment, path, source), context)
        except TemplateError as error:
            raise TemplateProblemError(_problem(error, path, source, line)) from error
        except _FAILURES as error:
            raise TemplateProblemError(_failure(error, path, source, line)) from error

    def _environment(self, escape: Callable[[str], str] | None, *, layout: bool = False) -> TemplateEnvironment:
        environment = TemplateEnvironment(
            self.sources,
            layout=layout,
            autoescape=escape is None,
            finalize=functools.partial(_finalized, escape=escape),
        )
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
            "join_list": localised(lambda values, locale: formatting.joined([_text(each) for each in values], locale)),
            "time_range": time_range,
            "datetime_iso": lambda value: value.isoformat(),
            "reverse": lambda value: list(reversed(value)),
            **{name: functools.partial(_of_text, change) for name, change in _OF_TEXT.items()},
        }


class _NotATextError(ValueError):
    """A value that is not text, a number or a truth was to be shown."""


_OF_TEXT: Mapping[str, Callable[[str], str]] = {
    "capitalize": str.capitalize,
    "lower": str.lower,
    "trim": str.strip,
    "upper": str.upper,
}


def _of_text(change: Callable[[str], str], value: Any) -> str:
    return change(_text(value))


def _text(value: Any) -> str:
    """What can be shown: text and numbers, never the inside of a list."""
    if isinstance(value, Undefined):
        return str(value)  # raises, and names what is missing
    if not isinstance(value, str | int | float | Decimal):
        raise _NotATextError(f"expected a text or number, found {_kind(value)}")
    return str(value)


def _finalized(value: Any, escape: Callable[[str], str] | None) -> Any:
    if isinstance(value, Markup):
        return value
    text = _text(value)
    return escape(text) if escape else in_text(text)


def _kind(value: Any) -> str:
    kinds = {date: "a date", list | tuple: "a list", Mapping: "a group of facts", type(None): "an empty fact"}
    return next((words for kind, words in kinds.items() if isinstance(value, kind)), "something else")


@functools.lru_cache(maxsize=4096)
def _compiled(environment: TemplateEnvironment, path: str, source: str) -> Template:
    code = environment.compile(source, filename=path)
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


def _capped(template: Template, context: Mapping[str, Any]) -> str:
    filled: list[str] = []
    size = 0
    for piece in pieces(template, context):
        size += len(piece)
        filled.append(piece)
        if size > MAX_OUTPUT:
            raise TooMuchError(f"expected at most {MAX_OUTPUT} characters, found more")
    return "".join(filled)


def _problem(error: TemplateError, path: str, source: str, line: int) -> Problem:
    file = path
    if isinstance(error, TemplateSyntaxError):
        at, code = (
            error.lineno + line - 1,
            "template-forbidden" if isinstance(error, RefusedError) else "template-syntax",
        )
        hint, file = "docs/officers.md says what a template may contain.", error.filename or path
    elif isinstance(error, UndefinedError):
        at, code = _line_of(error, path) + line - 1, "missing-fact"
        hint = "Add it to `facts:` in the campaign file, or correct the name in the template."
    else:
        code = "template-forbidden" if isinstance(error, SecurityError) else "template-failed"
        at, hint = _line_of(error, path) + line - 1, ""
    shown = _source_line(source, at - line + 1) if file == path else ""
    message = (
        f"this text needs something that is not there: {error.message}"
        if code == "missing-fact"
        else str(error.message)
    )
    return Problem(
        code=code, message=message, hint=hint, file=file, line=at, column=_column(shown, message), source=shown
    )


def _failure(error: Exception, path: str, source: str, line: int) -> Problem:
    at = _line_of(error, path) + line - 1
    hint = "Write dates with a filter: `{{ facts.meeting.start | date }}`." if isinstance(error, _NotATextError) else ""
    if isinstance(error, formatting.NotADateError):
        hint = "Only dates and times can be written by this filter."
    return Problem(
        code="template-failed",
        message=f"this text cannot be filled: {error or type(error).__name__}",
        hint=hint,
        file=path,
        line=at,
        column=1,
        source=_source_line(source, at - line + 1),
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
