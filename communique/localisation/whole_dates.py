"""Dates in lines of text whose language nobody needs to know."""

import re

#: A number and what it counts belong together anyway: no names of months are needed.
_COUNTED = re.compile(r"(?<![\w:.,/-])\d{1,2}(?:er|º)? (?:de )?(?=[^\W\d_])|(?<!\w)[A-Z][a-z]+ (?=\d{1,2}, \d{4}\b)")


def with_whole_dates(text: str, by: str) -> str:
    """A text with something else than spaces within `23 de febrero`, and within `May 9, 2027`: no line ends there."""
    return _COUNTED.sub(lambda found: found[0].replace(" ", by), text)
