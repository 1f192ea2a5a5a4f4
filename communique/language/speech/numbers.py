"""Numbers as words of a language (num2words), and digits one by one."""

import re
from collections.abc import Mapping
from decimal import Decimal

from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal

_YEARS = range(1100, 2100)  #: written without a separator, such a number is a year


def as_written(text: str, locale: Locale) -> Decimal | None:
    """The value of a number with the separators of its language, or None when it is not written as one."""
    try:
        return parse_decimal(text, locale=locale, strict=True)
    except NumberFormatError:
        return None


def cardinal(value: int, locale: Locale) -> str:
    """`twenty-one`. Empty where the language is not known."""
    return _said(value, locale, "cardinal")


def decimal(value: Decimal, locale: Locale, point: str) -> str:
    """`three point five`; `point` is the word for what stands before the decimals."""
    whole, _, decimals = f"{value:f}".partition(".")
    words = cardinal(int(whole), locale)
    return f"{words} {point} {digit_by_digit(decimals, locale, {})}" if words and decimals.strip("0") else words


def ordinal(value: int, locale: Locale) -> str:
    """`ninth`; empty where the language is not known."""
    return _said(value, locale, "ordinal")


def year(value: int, locale: Locale) -> str:
    """`twenty twenty-seven`; empty where the language is not known."""
    return _said(value, locale, "year") or cardinal(value, locale)


def is_year(text: str) -> bool:
    """Whether four digits that stand alone are read as a year."""
    return re.fullmatch(r"\d{4}", text) is not None and int(text) in _YEARS


def digit_by_digit(text: str, locale: Locale, words: Mapping[str, str]) -> str:
    """`nine five five`; `words` has digits that are called otherwise in a row: in Brazil 6 is `meia`, half a dozen."""
    return " ".join(words.get(digit) or cardinal(int(digit), locale) for digit in text)


def _said(value: int, locale: Locale, form: str) -> str:
    from num2words import num2words  # loads all its languages

    name = f"{locale.language}_{locale.territory}" if locale.territory else locale.language
    try:
        return str(num2words(value, lang=name, to=form))
    except (NotImplementedError, AttributeError, OverflowError):  # so it says: language, form or size unknown
        return ""
