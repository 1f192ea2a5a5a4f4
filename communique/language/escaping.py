"""How a value is put into a text so that it shows as it was typed, and does nothing else."""

import re
import string

#: Controls but tab and newline; among them those that turn the direction of text, which could disguise an address.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
#: White space that may become one space; no-break spaces stay, French typography needs them.
_BREAKS = re.compile(r"[^\S\u00a0\u202f]+")
#: What nobody sees: a value of these characters alone leaves nothing on a line.
UNSEEN = "".join(re.findall(rf"\s|{_CONTROLS.pattern}", "".join(map(chr, (*range(1, 0x3001), 0xFEFF, 0xFFFE, 0xFFFF)))))
#: A cell that begins so is a formula to spreadsheets (OWASP, CSV injection); some take the wide forms as well.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})


def unwrapped(text: str) -> str:
    """A text on one line, single spaced; spaces that do not break stay, which `str.split` would take for others."""
    return _BREAKS.sub(" ", text).strip(" ")


def in_line(value: str) -> str:
    """The value on one line, without control characters."""
    if value.isprintable() and "  " not in value:
        return value.strip()  # nothing printable is a control, or white space other than the space itself
    # Twice: between two spaces there may have been a control.
    line = _BREAKS.sub(" ", _CONTROLS.sub("", _BREAKS.sub(" ", value)))
    return line.strip(" ") if line.strip() else ""  # a French colon is nothing without the space before it


def in_text(value: str) -> str:
    """The value without control characters; its line breaks stay."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_CONTROLS.sub("", line) for line in lines)


def in_markdown(value: str) -> str:
    """The value as literal text in Markdown: any ASCII punctuation may be escaped (CommonMark 2.4)."""
    return in_line(value).translate(_MARKDOWN)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before it makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
