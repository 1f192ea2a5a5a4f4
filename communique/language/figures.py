"""Numbers that are written as another language writes them: `1,250,000.50` in a Spanish text."""

import re
from collections.abc import Iterator
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, get_decimal_symbol

_OTHER = {",": ".", ".": ","}
#: Groups with a fraction, or two groups exactly: a single `1.250` may be a thousand, and four parts are an address.
_FRACTION = r"(?<![\w.,])\d{{1,3}}(?:{group}\d{{3}})+{decimal}\d{{1,2}}(?!\w|[.,]\d)"
_WHOLE = r"(?<![\w.,])\d{{1,3}}(?:{group}\d{{3}}){{2}}(?!\w|[.,]\d)"


def foreign_figures(text: str, locale: Locale) -> Iterator[tuple[str, str]]:
    """Each number in a text that has comma and point the wrong way round, and how it is written here."""
    group = get_decimal_symbol(locale)  # of the others: with it they part thousands
    if group not in _OTHER:
        return
    decimal = _OTHER[group]
    for pattern in (_FRACTION, _WHOLE):
        for match in re.finditer(pattern.format(group=re.escape(group), decimal=re.escape(decimal)), text):
            number = Decimal(match[0].replace(group, "").replace(decimal, "."))
            places = f"#,##0.{'0' * -int(number.as_tuple().exponent)}".rstrip(".")
            yield match[0], format_decimal(number, format=places, locale=locale)
