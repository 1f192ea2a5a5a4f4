"""What a sentence in Spanish does to a time that stands in it: “a la 1:00 p. m.”, and one full stop at its end.

A template says “a las” for whatever hour there is, and its full stop follows on “p. m.”, which ends with one already
(Real Academia Española, Ortografía: an abbreviation's point serves for the sentence's).
"""

import re

_ONE = re.compile(r"\b(l)as(?=\s(?:\*\*|<\w+>)?1:\d\d\b)", re.IGNORECASE)
_POINTS = re.compile(r"\b([ap]\.\s?m\.)((?:\*\*|</\w+>)*)\.(?!\.)")


def with_spanish_times(text: str) -> str:
    """A text that has been filled."""
    said = _ONE.sub(r"\1a", text) if "1:" in text else text
    return _POINTS.sub(r"\1\2", said) if "m." in said else said


def is_spanish(language: str) -> bool:
    """Of any country."""
    return language.partition("-")[0] == "es"
