"""What is counted, in the form its number asks for: `1 commitment`, `5 commitments` (CLDR's plural rules, by Babel)."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

from communique.phrase import phrase

#: Every form that whole numbers have in any language stands for one of these, but for those of whole millions.
_TRIED = range(1000)
_EXAMPLES = 3


class MissingFormError(ValueError):
    """A phrase lacks the form that a number asks for in its language."""


@cache
def forms_of(locale: Locale) -> Mapping[str, tuple[int, ...]]:
    """The forms that a language has for whole numbers, each with its lowest: `{"one": (1,), "other": (0, 2, 3)}`."""
    found: dict[str, list[int]] = {}
    for number in _TRIED:
        found.setdefault(locale.plural_form(number), []).append(number)
    return {form: tuple(numbers[:_EXAMPLES]) for form, numbers in found.items()}


def missing_forms(wording: object, locale: Locale) -> str:
    """What a phrase lacks: "`few` (2, 3, 4)"; nothing when it has a form for every number."""
    given = wording if isinstance(wording, Mapping) else {}
    lacking = {form: numbers for form, numbers in forms_of(locale).items() if not given.get(form)}
    return ", ".join(f"`{form}` ({', '.join(map(str, numbers))})" for form, numbers in lacking.items())


def unused_forms(wording: Mapping[Any, object], locale: Locale) -> str:
    """Forms of another language, which no number asks for here: "`one`" in Indonesian; nothing when there are none."""
    known = {*locale.plural_form.tags, "other"}
    return ", ".join(f"`{form}`" for form in wording if str(form).isalpha() and form not in known)


def counted(number: int, wording: Mapping[Any, object], locale: Locale) -> str:
    """The form of a phrase that a number asks for, with the number in the place of `#`.

    A phrase may have a form for one number alone, `5: cinco compromisos`, as ICU's `=5`: it goes before the others.
    A whole million has a form of its own in French and its sisters; a phrase without it says `other`.

    Raises:
        MissingFormError: the phrase has no such form.
    """
    alone = {str(key): form for key, form in wording.items()}.get(str(number))
    if alone:
        return str(alone)
    form = locale.plural_form(number)
    if form not in forms_of(locale) and form not in wording:
        form = "other"
    if not wording.get(form):
        found = ", ".join(map(str, wording)) or phrase("none")
        message = phrase("expected a form `{form}` for {number}, found {found}", form=form, number=number, found=found)
        raise MissingFormError(message)
    return str(wording[form]).replace("#", format_decimal(number, locale=locale))
