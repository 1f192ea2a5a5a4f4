"""What a template may say: little enough that it always ends, and says nothing but what it was given.

Officers edit templates, so the language is a part of Jinja: values, filters from a list, conditions, loops over facts.
No calls, no macros, no `range`, no way to make a text or list out of others, at most two loops inside one another: with
facts of limited size, what a template can ask for is bounded (`template_environment` counts what it does), and no
process has to be killed. Layouts may also inherit and include.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import nodes

from communique.phrase import phrase

MAX_NESTED_LOOPS = 2
FILTERS = frozenset(
    {
        *("date", "weekday_date", "time", "time_range", "date_range", "join_list", "datetime_iso"),
        *("capital_first", "capitalize", "first", "last", "length", "lower", "trim", "upper", "reverse"),
        "counted",
    }
)
#: The filter that asks for a word in brackets: what is counted, by its name among the fixed phrases.
_COUNTED = "counted"
#: The filter that asks for a value in brackets: the last day.
_DATE_RANGE = "date_range"
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Macro: phrase("a macro"),
    nodes.CallBlock: phrase("a call block"),
    nodes.FilterBlock: phrase("a filter block"),
    nodes.Import: phrase("an import"),
    nodes.FromImport: phrase("an import"),
    nodes.Mul: "`*`",
    nodes.Pow: "`**`",
    # What makes texts and lists out of others could double them again and again.
    nodes.Mod: "`%`",
    nodes.Add: "`+`",
    nodes.Concat: "`~`",
    nodes.AssignBlock: phrase("a `set` block"),
    nodes.List: phrase("a list"),
    nodes.Dict: phrase("a group in braces"),
    nodes.ExprStmt: phrase("a `do` statement"),
    nodes.ScopedEvalContextModifier: phrase("a change of escaping"),
    nodes.EvalContextModifier: phrase("a change of escaping"),
    nodes.NSRef: phrase("a namespace"),
}
_LAYOUTS_ONLY: dict[type[nodes.Node], str] = {
    nodes.Extends: "`extends`",
    nodes.Include: "`include`",
    nodes.Block: phrase("a block"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something a template may not say, and the line it says it on."""

    line: int
    message: str


def refusals(tree: nodes.Template, *, layout: bool) -> list[Refusal]:
    """Everything in a template that is not allowed."""
    below = nodes_below(tree)
    found = [*_constructs(below, layout=layout), *_filters(below), *_calls(below, layout=layout), *_loops(tree, 0)]
    return sorted(found, key=lambda refusal: refusal.line)


def nodes_below(node: nodes.Node) -> list[nodes.Node]:
    """Everything in a node, parents first: for several questions one walk, where `find_all` makes one for each."""
    found = []
    for child in node.iter_child_nodes():
        found.append(child)
        found += nodes_below(child)
    return found


def _constructs(below: Sequence[nodes.Node], *, layout: bool) -> Iterator[Refusal]:
    refused = _REFUSED if layout else {**_REFUSED, **_LAYOUTS_ONLY}
    for node in below:
        if said := refused.get(type(node)):
            yield Refusal(node.lineno, phrase("expected values, filters, `if` and `for`; found {said}", said=said))
    for node in below:
        if isinstance(node, nodes.Tuple) and node.ctx == "load":
            yield Refusal(
                node.lineno, phrase("expected values, filters, `if` and `for`; found several values with commas")
            )


def _filters(below: Sequence[nodes.Node]) -> Iterator[Refusal]:
    for node in below:
        if not isinstance(node, nodes.Filter):
            continue
        if node.name not in FILTERS:
            known = ", ".join(sorted(FILTERS))
            message = phrase("expected one of the filters {known}; found `{name}`", known=known, name=node.name)
            yield Refusal(node.lineno, message)
        elif node.name == _COUNTED:
            if not _names_one_thing(node):
                example = "{{ facts.max_commitments | counted('commitments') }}"
                message = phrase("expected what is counted, such as `{example}`; found something else", example=example)
                yield Refusal(node.lineno, message)
        elif node.name == _DATE_RANGE:
            if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
                example = "{{ milestones.open.start | date_range(milestones.close.start) }}"
                message = phrase(
                    "expected the last day in brackets, as in `{example}`; found something else", example=example
                )
                yield Refusal(node.lineno, message)
        elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            message = phrase("expected nothing in brackets after the filter `{name}`, found something", name=node.name)
            yield Refusal(node.lineno, message)


def _names_one_thing(node: nodes.Filter) -> bool:
    named = [each.value for each in node.args if isinstance(each, nodes.Const) and isinstance(each.value, str)]
    return len(named) == len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)


def _calls(below: Sequence[nodes.Node], *, layout: bool) -> Iterator[Refusal]:
    for node in below:
        if not isinstance(node, nodes.Call):
            continue
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if not (layout and name == "super"):
            message = phrase("expected a value, found a call: `( )` after a name is not available here")
            yield Refusal(node.lineno, message)


def _loops(node: nodes.Node, depth: int) -> Iterator[Refusal]:
    for child in node.iter_child_nodes():
        inside = depth + isinstance(child, nodes.For)
        if isinstance(child, nodes.For):
            if inside > MAX_NESTED_LOOPS:
                message = phrase(
                    "expected at most {most} loops inside one another, found {inside}",
                    most=MAX_NESTED_LOOPS,
                    inside=inside,
                )
                yield Refusal(child.lineno, message)
            if child.recursive:
                yield Refusal(child.lineno, phrase("expected a plain loop, found a recursive one"))
        yield from _loops(child, inside)
