"""What an unquoted word of YAML means: the core schema of YAML 1.2, read the way an officer means it.

The schema (YAML 1.2.2 section 10.3.2) would also make numbers of `0123`, `+34955000000`, `0x1F` and `.inf`; those
are room numbers, telephones and typing errors here, and stay text. Dates and times are text in YAML 1.2.
"""

import re

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
#: Eighteen digits fit every number of JSON and of SQL; longer ones are account numbers.
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][-+]?[0-9]{1,2})?")


def resolve(word: str) -> str | int | float | bool | None:
    """The value of an unquoted word: None, a truth value, a number, or the word itself."""
    if word in _NULL:
        return None
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if _FLOAT.fullmatch(word) else word
