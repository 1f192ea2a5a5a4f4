"""Slips in a text as it is written that its readers would see: HTML, links that are none, nothing at all."""

import re
from collections.abc import Iterator
from dataclasses import replace

from communique.phrase import phrase
from communique.problems import Problem
from communique.read.curly_quotes import curly_quotes_around
from communique.texts.wording import Wording

#: Tags that come along when a text is pasted from a page or a mail; `<https://…>` is Markdown.
_TAG = re.compile(
    r"</?(?:a|b|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|span|strong|table|td|th|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_APART = re.compile(r"\]\s+\((?=https?://|mailto:|\{\{)")
_TARGET = re.compile(r"\]\((?!https://|mailto:|tel:|\{\{|#|\))[^)\s]+")


def find_slips(wording: Wording) -> Iterator[Problem]:
    """What is wrong with a text before it is filled; links and HTML are looked for in Markdown."""
    if not wording.body.strip():
        message = (
            phrase("expected a text, found an empty file")
            if not wording.top
            else phrase("expected a text below the second `---`")
        )
        yield Problem(code="empty-text", message=message, file=wording.path, line=1, column=1)
    for value in wording.top.values():
        if problem := curly_quotes_around(value.source):
            yield replace(problem, file=wording.path, line=value.line, column=1)
    if not wording.path.endswith(".md"):
        return
    for number, line in enumerate(wording.body.split("\n"), 1):
        if match := _TAG.search(line):
            message = phrase(
                "expected Markdown, found the HTML tag `{match}`, which readers would see as it stands", match=match[0]
            )
            hint = phrase("Write **bold**, *italic*, [words](https://…), and an empty line between paragraphs.")
            yield _at(wording, number, match, line, "html-in-text", message, hint)
        for match in _APART.finditer(line):
            message = phrase("expected `](` between the words of a link and its address, found a space")
            yield _at(wording, number, match, line, "broken-link", message, phrase("Write [words](https://…)."))
        for match in _TARGET.finditer(line):
            found = match[0][2:]
            message = phrase("expected an address that begins with https://, found `{found}`", found=found)
            whole = f"https://{found.removeprefix('http://')}"
            hint = (
                phrase("Write `{whole}`.", whole=whole)
                if found.startswith(("www.", "http://"))
                else phrase("In a mail it would lead nowhere.")
            )
            yield _at(wording, number, match, line, "broken-link", message, hint)


def _at(wording: Wording, number: int, match: re.Match[str], line: str, code: str, message: str, hint: str) -> Problem:
    column = match.start() + 1
    return Problem(
        code=code, message=message, hint=hint, file=wording.path, line=number, column=column, source=line.rstrip("\r")
    )
