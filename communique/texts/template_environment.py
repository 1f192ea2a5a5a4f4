"""Jinja, kept small: a template reads plain data, calls nothing, and cannot ask for more work than it is allowed."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from types import CodeType
from typing import Any, cast

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import LRUCache

from communique.phrase import phrase
from communique.read.sources import Sources
from communique.texts.template_language import refusals
from communique.texts.undated import Undated

MAX_SOURCE = 64 * 1024  #: characters of a template; the longest shipped one has a sixth of it
MAX_WORK = 1_000_000  #: parts of templates that are carried out; a loop's body counts at each turn
_LAYOUT_WORK = 20_000  #: what each part of a layout that is inherited or included counts
_KEPT = 1000  #: compiled templates, some kilobytes each; the shipped campaigns have about 550
_COMPILED = LRUCache(_KEPT)
_TAGS = re.compile(r"\{%.*?%\}")
HAS_NO_DATE = " has no date yet"  #: said of a milestone where a text needs its date
NOT_KNOWN = " is not known"  #: said of a name
_TURN = "each turn"  # the name of a filter; no template can write one with a space in it


class RefusedError(TemplateSyntaxError):
    """A template says something it may not."""


class TooMuchError(ValueError):
    """A template asks for more work than any announcement needs."""


class UnfitValueError(ValueError):
    """A value is asked for what it is not; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Missing(StrictUndefined):
    """An undefined name that says, in an officer's words, what there is instead."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name = f"'{self._undefined_name}'"
        awaits = self._undefined_obj.awaits if isinstance(self._undefined_obj, Undated) else {}
        if (milestone := awaits.get(str(self._undefined_name))) is not None:
            return f"{milestone}{HAS_NO_DATE}"
        if isinstance(self._undefined_obj, Mapping):
            return f"{name} is not among {', '.join(map(str, self._undefined_obj)) or 'the facts'}"
        return f"{name}{NOT_KNOWN}"


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Templates of one way of escaping; with `layout` they may inherit and include.

    What is compiled knows `finalize`, which may not change what it does, and none of the filters that a workspace's
    own settings stand behind: those are asked for when the template is filled.
    """

    def __init__(self, sources: Sources, *, layout: bool, autoescape: bool, finalize: Callable[[Any], Any]) -> None:
        super().__init__(
            undefined=Missing,
            autoescape=autoescape,
            finalize=finalize,
            loader=_Layouts(sources),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.globals.clear()
        self.filters[_TURN] = _turns
        self._layout = layout
        self._way = (finalize, autoescape, layout)
        self._made = LRUCache(_KEPT)  # not kept longer than the workspace that it is of

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """In an announcement a tag behind words leaves the line its end: else two paragraphs would be one."""
        found = super().preprocess(source, name, filename)
        return found if self._layout else "\n".join(map(_with_its_end, found.split("\n")))

    def compile(  # type: ignore[override]
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        """The code of a template; of one that was compiled for the same way of escaping before, the same."""
        key = (*self._way, source, name, filename)
        code = _COMPILED.get(key)
        if code is None:
            code = _COMPILED[key] = super().compile(source, name, filename)
        return cast("CodeType", code)

    def made(self, path: str, source: str) -> Template:
        """The template of a source that stands in a file; of one that was made before, the same.

        Raises:
            jinja2.TemplateSyntaxError: it cannot be read.
        """
        template = self._made.get((path, source))
        if template is None:
            code = self.compile(source, filename=path)
            template = self._made[path, source] = self.template_class.from_code(self, code, self.make_globals(None))
        return cast("Template", template)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A fact by its name, even where Python has something else of that name (`items`); never a method."""
        if isinstance(obj, dict | Mapping):  # nearly always the first, which is sooner known
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return self._plain(super().getattr(obj, attribute), obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same for `facts["name"]`, and an entry of a list by its number."""
        if isinstance(obj, Mapping):
            return self.getattr(obj, argument) if isinstance(argument, str) else self.undefined(obj=obj, name="that")
        return self._plain(super().getitem(obj, argument), obj, argument)

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """A layout's part, which counts as work."""
        _work(_LAYOUT_WORK)
        return super().get_template(*args, **kwargs)

    def _plain(self, found: Any, obj: Any, name: Any) -> Any:
        if callable(found) and not isinstance(found, Undefined):
            return self.undefined(obj=obj, name=name)
        return found

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parsed, refused if it says what it may not, with a count of work in each loop."""
        if len(source) > MAX_SOURCE:
            message = phrase(
                "expected at most {most} KB, found {found} KB", most=MAX_SOURCE // 1024, found=len(source) // 1024 + 1
            )
            raise RefusedError(message, 1, name, filename)
        tree = super()._parse(source, name, filename)
        if found := refusals(tree, layout=self._layout):
            raise RefusedError(found[0].message, found[0].line, name, filename)
        _count_turns(tree)
        return tree


def _with_its_end(line: str) -> str:
    """Jinja's `+%}`, where a line ends in a tag that is not all there is on it."""
    is_plain = line.endswith("%}") and line[-3:-2] not in {"-", "+"}
    return f"{line[:-2]}+%}}" if is_plain and _TAGS.sub("", line).strip() else line


class _Layouts(BaseLoader):
    """Parts that layouts include or inherit from: only below `templates/layouts/`."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002
        path = f"templates/layouts/{template}"
        source = None if ".." in template else self._sources.read(path)
        if source is None:
            raise TemplateNotFound(template, f"expected a file in templates/layouts/, found no '{template}' there")
        return source.decode(), path, lambda: self._sources.read(path) == source


_LEFT: ContextVar[list[int] | None] = ContextVar("work left", default=None)


def filled(template: Template, context: Mapping[str, Any], most: int) -> str:
    """The filled template.

    Raises:
        TooMuchError: it asks for too much work, or becomes longer than `most` characters.
    """
    pieces: list[str] = []
    size = 0
    token = _LEFT.set([MAX_WORK])  # a template that is filled meanwhile, for a value of this one, has its own
    try:
        for piece in template.generate(**context):
            size += len(piece)
            pieces.append(piece)
            if size > most:
                raise TooMuchError(phrase("expected at most {most} characters, found more", most=most))
    finally:
        _LEFT.reset(token)
    return "".join(pieces)


def _work(amount: int) -> None:
    left = _LEFT.get()
    if left is None:
        return
    left[0] -= amount
    if left[0] < 0:
        raise TooMuchError(
            phrase("expected a short text, found one that asks for too many steps: are there loops in loops?")
        )


def _count_turns(tree: nodes.Template) -> None:
    for loop in tree.find_all(nodes.For):
        size = sum(1 for part in loop.body for _ in itertools.chain([part], part.find_all(nodes.Node)))
        args: list[nodes.Expr] = [nodes.Const(size, lineno=loop.lineno)]
        loop.iter = nodes.Filter(loop.iter, _TURN, args, [], None, None, lineno=loop.lineno)


def _turns(value: Any, size: int) -> Iterable[Any]:
    if isinstance(value, Undefined):
        return iter(value)  # raises, and names what is missing
    if not isinstance(value, list | tuple | Mapping):
        hint = phrase("`{% for %}` needs a fact that is a list: lines that begin with a hyphen.")
        raise UnfitValueError(phrase("expected a list to go through, found something else"), hint)
    return _counted(value, size)


def _counted(value: Iterable[Any], size: int) -> Iterator[Any]:
    for item in value:
        _work(size + 1)
        yield item
