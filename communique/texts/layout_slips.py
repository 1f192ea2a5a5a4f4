"""Lines that Markdown takes for something else than whoever typed them: headings, lists, pictures. Warnings."""

import re
from collections.abc import Iterator

from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.texts.wording import Wording

_CODE = "markdown-slip"
_HEADING = re.compile(r"^#{1,6}(?=[^\s#])")
_UNDERLINE = re.compile(r"^ {0,3}(?:-{2,}|=+)\s*$")
_BULLET = re.compile(r"^\s*[•·▪‣◦●–—](?=\s)")
_INDENTED = re.compile(r"^(?: {4}|\t)\s*(?=\w)")
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LIST = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s")
#: Not within a link, nor in the angle brackets that make one of it; what a fact or a filter fills in is no officer's.
_BARE = re.compile(
    r"(?<![\w(<\"'/@.:])(?:https?://[^\s<>()\[\]{}]+[^\s<>()\[\]{}.,;:!?]|(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+)(?![\w>\]@])"
)
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)|<[^<>\s]+>|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|`[^`]*`")


def find_layout_slips(wording: Wording) -> Iterator[Problem]:
    """In a text of Markdown, line by line."""
    before, in_list = "", False
    for number, line in enumerate(wording.body.split("\n"), 1):
        goes_on = in_list and (not line.strip() or line[0] in " \t")
        in_list = goes_on or bool(_LIST.match(line))
        yield from _line(wording, number, line, before.strip(), in_list=in_list)
        before = line


def _line(wording: Wording, number: int, line: str, before: str, *, in_list: bool) -> Iterator[Problem]:
    if match := _HEADING.match(line):
        message = phrase("expected a space between `{marks}` and the words of a heading, found none", marks=match[0])
        yield _slip(wording, number, match, message, phrase("Write `{marks} Words`.", marks=match[0]))
    if (match := _UNDERLINE.match(line)) and before and not before.startswith(("|", "-", "#", ">")):
        message = phrase("expected a paragraph, found hyphens right below it, which make a heading of it")
        hint = phrase("Leave an empty line below it for a rule, or write `## Words` for a heading.")
        yield _slip(wording, number - 1, match, message, hint)
    if match := _BULLET.match(line):
        message = phrase("expected `- ` before each item of a list, found `{found}`", found=match[0].strip())
        hint = phrase("With `- ` each item has a line of its own; so they run on in one.")
        yield _slip(wording, number, match, message, hint)
    if (match := _INDENTED.match(line)) and not before and not in_list:
        message = phrase("expected a paragraph at the beginning of the line, found one that is indented")
        hint = phrase("Delete the spaces: four of them make small letters of one width, and no line is broken.")
        yield _slip(wording, number, match, message, hint)
    if match := PICTURE.search(line):
        message = phrase("expected words, found a picture, which mails and pages do not show here")
        hint = phrase("Name it at the top: `image: FILE`, and what it shows as `alt: …`.")
        yield _slip(wording, number, match, message, hint)
    plain = _LINK.sub(lambda link: "·" * len(link[0]), line)
    if match := _BARE.search(plain):
        message = phrase("expected an address that can be followed, found `{found}` as mere words", found=match[0])
        hint = phrase("Write [words]({address}).", address=match[0] if ":" in match[0] else f"mailto:{match[0]}")
        yield _slip(wording, number, match, message, hint, "bare-address")


def _slip(wording: Wording, number: int, match: re.Match[str], message: str, hint: str, code: str = _CODE) -> Problem:
    return wording.problem((number, match.start() + 1), code, message, hint=hint, severity=Severity.WARNING)
