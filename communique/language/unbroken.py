"""What no line may end within: a day and its month, and what has a hyphen but is one word to its readers."""

import re
from functools import cache

from babel import Locale

from communique.language.calendar_names import days_by_name

_NO_BREAK = "\u00a0"
_GROUP = re.compile(r"\?P<\w+>")
_SPACE = re.compile(r"\s+")
#: Browsers divide behind a hyphen, and show a hyphen that belongs there as one that a printer has set.
_HYPHENATED = r"(?P<hyphenated>(?<![\w-])[eE]-mails?(?![\w-]))"
_MAILBOX = r"(?P<name>[\w.+-]+@)(?P<domain>[\w-]+(?:\.[\w-]+)+)"
_MOST = (
    26  #: characters of the longest part that has room in the narrowest column, that of a letter or of a small phone
)
#: What is no text that is seen in lines; and a mail's greeting, into which each name is filled only afterwards, so that
#: a mail that is written for one person alone is no different.
_NOT_IN_LINES = (
    r"(?P<kept><(?P<tag>title|style|script|option|textarea)\b.*?</(?P=tag)\s*>|"
    r'<p class="greeting">.*?</p>|<[^>]*>)'
)


def with_unbroken(html: str, locale: Locale) -> str:
    """HTML with no-break spaces between a day and its month, and `class="whole"` around what has a hyphen.

    Tags, the title, and what else is not set in lines stay as they are.
    """
    return _in_html(locale).sub(_joined, html)


def whole(part: str) -> str:
    """A part of an address of e-mail, in HTML: it is not divided behind its hyphen, unless no column is wide enough."""
    return f'<span class="whole">{part}</span>' if "-" in part and len(part) <= _MOST else part


def _joined(found: re.Match[str]) -> str:
    if found["kept"]:
        return found[0]
    if found["hyphenated"]:
        return f'<span class="whole">{found[0]}</span>'
    if found["name"]:
        name, domain = whole(found["name"]), whole(found["domain"])
        return f"{name}<wbr>{domain}" if "-" in found[0] else found[0]
    return _SPACE.sub(_NO_BREAK, found[0])


@cache
def _in_html(locale: Locale) -> re.Pattern[str]:
    return re.compile(f"{_NOT_IN_LINES}|{_HYPHENATED}|{_MAILBOX}|(?:{_any_date(locale)})", re.DOTALL)


def _any_date(locale: Locale) -> str:
    forms = (_GROUP.sub("?:", form) for form in days_by_name(locale))
    return rf"(?<![\w:.,/-])(?:{'|'.join(forms)})(?!\w)"
