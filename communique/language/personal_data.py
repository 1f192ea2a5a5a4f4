"""Addresses and numbers of several private people, as they come along when a list is pasted."""

import re

from communique.language.mistyped_domains import WELL_KNOWN

_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
#: Numbers of mobile telephones: with the country's number, or as they are dialled there.
_MOBILE = {
    "34": re.compile(r"(?<![\d+])(?:(?:\+|00)34[ .-]?)?[67]\d{2}(?:[ .-]?\d{2,3}){2,3}(?!\d)"),
    "33": re.compile(r"(?<![\d+])(?:(?:\+|00)33[ .-]?(?:\(0\))?|0)[67](?:[ .-]?\d{2}){4}(?!\d)"),
    "351": re.compile(r"(?<![\d+])(?:(?:\+|00)351[ .-]?)?9\d{2}(?:[ .-]?\d{3}){2}(?!\d)"),
    "212": re.compile(r"(?<![\d+])(?:(?:\+|00)212[ .-]?|0)[67]\d{2}(?:[ .-]?\d{2,3}){2,3}(?!\d)"),
    "380": re.compile(
        r"(?<![\d+])(?:\+?38)?[ .-]?\(?0(?:39|50|63|66|67|68|73|9\d)\)?[ .-]?\d{3}(?:[ .-]?\d{2}){2}(?!\d)"
    ),
}
_A_LIST = 2  #: private addresses; one may be an association's only one
_NUMBERS = 3


def private_addresses(text: str) -> list[str]:
    """E-mail addresses at providers that people have theirs at, where there are several."""
    found = dict.fromkeys(match[0] for match in _ADDRESS.finditer(text) if match[1].casefold() in WELL_KNOWN)
    return list(found) if len(found) >= _A_LIST else []


def mobile_numbers(text: str, ours: str) -> list[str]:
    """Numbers of mobile telephones, where there are several; `ours` (`+34 955 000 000`) says in which country."""
    home = next((code for code in _MOBILE if ours.startswith(f"+{code}")), "")
    found = dict.fromkeys(match[0] for match in _MOBILE[home].finditer(text)) if home else {}
    return list(found) if len(found) >= _NUMBERS else []
