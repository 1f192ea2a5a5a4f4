"""English as the United States spell it, for a town there (`en-US`) that reads the shipped English texts."""

import re
from functools import lru_cache

AMERICAN = "en-US"
_SPELT = {
    "organis": "organiz",
    "recognis": "recogniz",
    "summaris": "summariz",
    "programme": "program",
    "neighbour": "neighbor",
    "favour": "favor",
    "colour": "color",
    "centre": "center",
    "harbour": "harbor",
    "cancelled": "canceled",
    "agree the ": "agree on the ",
    "agrees the ": "agrees on the ",
    "agreed the ": "agreed on the ",
}
#: Not within an address, nor what stands in braces.
_WORD = re.compile(
    rf"(\{{\{{.*?\}}\}}|\{{%.*?%\}}|\{{#.*?#\}})|(?<![\w/.@=-])({'|'.join(_SPELT)})", re.DOTALL | re.IGNORECASE
)


@lru_cache(maxsize=4096)  # of a text that thousands get, once
def as_in_america(text: str) -> str:
    """The text of a template, or a phrase; what stands in braces is left as it is."""
    return _WORD.sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    american = _SPELT[found[2].lower()]
    return american[0].upper() + american[1:] if found[2][0].isupper() else american
