"""Templates: found in the workspace, checked, filled. The one home of Jinja.

A template is sandboxed and strict: it sees plain data only, and a name it was not given is an error with its line,
never a blank. What it may say is in `communique.texts.template_language`.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from jinja2 import TemplateError, TemplateSyntaxError, Undefined, meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.utils import LRUCache
from markupsafe import Markup

from communique.language import formatting, telephone_numbers
from communique.language.escaping import in_line, in_markdown, in_text
from communique.language.plurals import MissingFormError, counted
from communique.language.spanish_times import is_spanish, with_spanish_times
from communique.language.unbroken import with_unbroken
from communique.localisation.american_spelling import AMERICAN, as_in_america
from communique.localisation.french_spaces import CANADIAN, as_in_canada, spaced
from communique.phrase import Phrase, phrase, told_by
from communique.problems import Problem, ProblemsError
from communique.read.sources import Sources
from communique.texts.template_environment import MAX_SOURCE, TemplateEnvironment, UnfitValueError, filled
from communique.texts.template_faults import FAILURES, is_internal, problem_of, without_value

MAX_OUTPUT = 512 * 1024  #: characters; a page of the website with all its parts is far below
#: Of one text; more would only repeat themselves.
_MOST_TOLD = 20
_LINE_END = re.compile(r"\r\n|\r|\n")
_ASKED = LRUCache(50)  #: the syntax of layouts by their source


class TemplateProblemError(ProblemsError):
    """A template cannot be used; `problems` say where and why."""

    def __init__(self, problem: Problem, *further: Problem) -> None:
        super().__init__((problem, *further))
        self.args = (problem.message,)  # said in one line
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
        return self._fill(self._markdown, path, _spaced(path, source, context), context)

    def fill_text(self, path: str, source: str, context: Mapping[str, Any]) -> str:
        """Plain text with values in it."""
        return self._fill(self._text, path, _spaced(path, source, context), context)

    def fill_line(self, path: str, source: str, context: Mapping[str, Any], line: int = 1) -> str:
        """One line of text; `line` is where it stands in the file, for messages."""
        return in_line(self._fill(self._line, path, _spaced(path, source, context), context, line=line))

    def fill_layout(self, name: str, context: Mapping[str, Any]) -> str:
        """A shell from `templates/layouts/`; HTML escapes every value that is not marked as safe."""
        path = f"templates/layouts/{name}"
        environment = self._html_layout if name.endswith((".html", ".xml", ".svg")) else self._text_layout
        source = self.sources.read(path)
        if source is None:
            raise TemplateProblemError(
                Problem(code="missing-template", message=phrase("expected this layout, found no such file"), file=path)
            )
        filled = self._fill(environment, path, source.decode(), context)
        if environment is not self._text_layout:
            return filled
        if formatting.direction(str(context.get("language", "en"))) == "rtl":
            return telephone_numbers.in_order(filled)
        return telephone_numbers.in_order_by_line(filled)

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
            tree, parts = self._layout_syntax((source or b"").decode())
            yield tree
            for part in parts:
                if part and part not in known:
                    known.add(part)
                    waiting.append(part)

    def _layout_syntax(self, source: str) -> tuple[nodes.Template, tuple[str | None, ...]]:
        """With the names of its parts; of a layout that was asked about before, the same."""
        found = _ASKED.get(source)
        if found is None:
            tree = self._html_layout.parse(source)
            tree.set_environment(None)  # type: ignore[arg-type] # it would keep all of this workspace in memory
            found = _ASKED[source] = tree, tuple(meta.find_referenced_templates(tree))
        return cast("tuple[nodes.Template, tuple[str | None, ...]]", found)

    def written_date(self, day: object, language: str) -> str:
        """A date as the language writes it."""
        return formatting.day_and_month(day, formatting.locale_of(language, self._locales))

    def _fill(
        self, environment: TemplateEnvironment, path: str, source: str, context: Mapping[str, Any], *, line: int = 1
    ) -> str:
        language = str(context.get("language", ""))
        if _says_nothing_to_jinja(source) and language != CANADIAN:
            return _LINE_END.sub("\n", source)  # as Jinja does
        try:
            text = filled(environment.made(path, source), context, MAX_OUTPUT)
        except (TemplateError, *FAILURES) as error:
            if is_internal(error, path):
                raise
            raise TemplateProblemError(*_faults(error, environment, path, source, context, line)) from error
        if language == CANADIAN:  # whose texts may be those of France
            text = as_in_canada(text)
        elif is_spanish(language):
            text = with_spanish_times(text)
        return self._in_lines(text, language) if environment is self._html_layout else text

    def _in_lines(self, html: str, language: str) -> str:
        return with_unbroken(html, formatting.locale_of(language, self._locales)) if language else html

    def _word(self, language: str, name: str) -> str:
        words = self._words(language)
        if name not in words:
            file = f"templates/layouts/words/{language}.yaml"
            message = phrase("expected the phrase `{name}`, found none", name=name)
            raise TemplateProblemError(Problem(code="missing-translation", message=message, file=file))
        return str(words[name])

    def _counted(self, language: str, value: Any, name: str) -> str:
        """A number of things, as the language counts them."""
        if isinstance(value, Undefined):
            return str(value)  # raises, and names what is missing
        if not isinstance(value, int) or isinstance(value, bool):
            hint = phrase("Write the fact as a number, without quotation marks: `max_commitments: 5`.")
            message = phrase("expected a whole number to count with, found {kind}", kind=_kind(value))
            raise UnfitValueError(message, hint)
        phrases = self._words(language).get("counted")
        forms = phrases.get(name) if isinstance(phrases, Mapping) else None
        hint = phrase("Write it below `counted:` in templates/layouts/words/{language}.yaml.", language=language)
        if not isinstance(forms, Mapping):
            message = phrase(
                "expected forms of '{name}' for each number in `{language}`, found none", name=name, language=language
            )
            raise UnfitValueError(message, hint)
        try:
            return counted(value, forms, formatting.locale_of(language, self._locales))
        except MissingFormError as error:
            raise UnfitValueError(phrase("'{name}': {why}", name=name, why=told_by(error)), hint) from None

    def _environment(self, escape: Callable[[str], str] | None, *, layout: bool = False) -> TemplateEnvironment:
        environment = TemplateEnvironment(
            self.sources,
            layout=layout,
            autoescape=escape is None,
            finalize=_finalizing(escape),
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
            return formatting.time_range(value, locale, self._word(context["language"], "time_range"))

        @pass_context
        def date_range(context: Context, first: Any, last: Any) -> str:
            if lacking := next((each for each in (first, last) if isinstance(each, Undefined)), None):
                return str(lacking)  # raises, and names what is missing
            locale = formatting.locale_of(context["language"], self._locales)
            return formatting.date_range(first, last, locale, self._word(context["language"], "date_range"))

        @pass_context
        def counted_as(context: Context, value: Any, name: str) -> str:
            return self._counted(context["language"], value, name)

        return {
            "counted": counted_as,
            "date": localised(formatting.day_and_month),
            "weekday_date": localised(formatting.weekday_and_date),
            "time": localised(formatting.time_of_day),
            "join_list": localised(
                lambda values, locale: formatting.joined([_text(each) for each in _told(values)], locale)
            ),
            "time_range": time_range,
            "date_range": date_range,
            "datetime_iso": _iso,
            "reverse": lambda value: _list(value)[::-1],
            **{name: functools.partial(_of_text, change) for name, change in _OF_TEXT.items()},
        }


_OF_TEXT: Mapping[str, Callable[[str], str]] = {
    "capital_first": lambda text: text[:1].upper() + text[1:],
    "capitalize": str.capitalize,
    "lower": str.lower,
    "trim": str.strip,
    "upper": str.upper,
}


def _of_text(change: Callable[[str], str], value: Any) -> str:
    changed = change(_text(value))
    return Markup(changed) if isinstance(value, Markup) else changed  # noqa: S704 - what it was before


def _text(value: Any) -> str:
    """What can be shown: text and numbers, never the inside of a list."""
    if isinstance(value, Undefined):
        return str(value)  # raises, and names what is missing
    if not isinstance(value, str | int | float | Decimal):
        raise UnfitValueError(phrase("expected a text or number, found {kind}", kind=_kind(value)), _how_to_show(value))
    return str(value)


@functools.cache
def _finalizing(escape: Callable[[str], str] | None) -> Callable[[Any], Any]:
    """One for each way of escaping, by which templates that are compiled already are known."""
    return functools.partial(_finalized, escape=escape)


def _finalized(value: Any, escape: Callable[[str], str] | None) -> Any:
    if isinstance(value, Markup):
        return value
    text = _text(value)
    return escape(text) if escape else in_text(text)


def _kind(value: Any) -> Phrase:
    kinds = {
        date: phrase("a date"),
        list | tuple: phrase("a list"),
        Mapping: phrase("a group of facts"),
        type(None): phrase("an empty fact"),
        str: phrase("a text"),
    }
    return next((words for kind, words in kinds.items() if isinstance(value, kind)), phrase("something else"))


def _faults(
    error: Exception, environment: TemplateEnvironment, path: str, source: str, context: Mapping[str, Any], line: int
) -> list[Problem]:
    """Every fault of a text: each is taken out, and the rest is tried again."""
    problems = [problem_of(error, path, source, line)]
    while len(problems) < _MOST_TOLD and problems[-1].file == path and not isinstance(error, TemplateSyntaxError):
        rest = without_value(source, problems[-1].line - line + 1, problems[-1].column)
        if rest == source:
            break
        source = rest
        try:
            filled(environment.made(path, source), context, MAX_OUTPUT)
            break
        except (TemplateError, *FAILURES) as another:
            if is_internal(another, path):
                raise
            problems.append(problem_of(another, path, source, line))
    return problems


def _how_to_show(value: Any) -> Phrase:
    if isinstance(value, date):
        return phrase("Write dates with a filter: `{{ facts.meeting.start | date }}`.")
    if isinstance(value, Mapping):
        return phrase("Name one of its entries: {entries}.", entries=", ".join(map(str, value)))
    if isinstance(value, list | tuple):
        return phrase("Write it with `| join_list`, or line by line with `{% for one in … %}`.")
    return phrase("Give the fact a value in the campaign file.")


def _list(value: Any) -> list[Any]:
    if isinstance(value, Undefined):
        return list(value)  # raises, and names what is missing
    if not isinstance(value, list | tuple):
        raise UnfitValueError(phrase("expected a list for this filter, found {kind}", kind=_kind(value)), "")
    return list(value)


def _told(value: Any) -> list[Any]:
    """A list that a sentence names: with none in it, the sentence would end in nothing."""
    if found := _list(value):
        return found
    hint = phrase(
        "Add an entry to it, or leave the sentence out where there is none: `{% if facts.NAME %}…{% endif %}`."
    )
    raise UnfitValueError(phrase("expected at least one entry to name, found an empty list"), hint)


def _iso(value: Any) -> str:
    if isinstance(value, Undefined):
        return str(value)  # raises, and names what is missing
    if not isinstance(value, date):
        raise formatting.NotADateError(phrase("expected a date, found {kind}", kind=_kind(value)))
    return value.isoformat()


def _says_nothing_to_jinja(source: str) -> bool:
    """Whether it is filled with nothing, as most headlines are: compiling such a text costs more than all else."""
    return not any(mark in source for mark in ("{{", "{%", "{#")) and len(source) <= MAX_SOURCE


def _spaced(path: str, source: str, context: Mapping[str, Any]) -> str:
    """A text as its language spaces it: `templates/<campaign>/<announcement>/<language>/<file>`."""
    parts = path.split("/")
    if context.get("language") == AMERICAN:  # whose texts may be those of Britain
        return as_in_america(source)
    return spaced(source, parts[-2]) if len(parts) > 1 else source
