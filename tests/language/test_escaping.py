"""Values are shown as they were typed, whatever they look like."""

import sys

import pytest

from communique.language.escaping import UNSEEN, in_line, in_markdown, in_text
from communique.texts import markdown

LOOKS_LIKE_MORE = [
    "*Anne* [click](https://evil.example)",
    "_Anne_ __Gil__ ~~Gil~~",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "{{ 7 * 7 }}",
    "# Anne",
    "1. Anne",
    "1) Anne",
    "- Anne",
    "+ Anne",
    "> Anne",
    "===",
    "---",
    "| a | b |",
    "```anne",
    "`anne`",
    "![anne](https://evil.example/pixel.png)",
    "[anne]: https://evil.example",
    "&lt;b&gt; &amp; &copy; &#65;",
    "Anne\\",
    "\\*Anne\\*",
    'O\'Brien & "Sons"',
    "Zoë Müller-Łęcki",
    "محمد الإدريسي",
    "M. « Dupont » ; l’été à 10 h",
    "a@b.example",
    "https://evil.example",
    "*" * 10_000,
]


@pytest.mark.parametrize("value", LOOKS_LIKE_MORE)
@pytest.mark.parametrize("around", ["{}", "Dear {}, hello.", "- {}", "> {}", "**{}**", "[{}](https://good.example)"])
def test_a_value_in_markdown_is_its_own_text(value: str, around: str) -> None:
    """Neither in HTML nor in plain text does a value become a heading, a link, a tag or a template."""
    source = around.replace("{}", in_markdown(value))
    html, text = markdown.to_html(source), markdown.to_text(source)
    plain = "Xvalue"
    model = markdown.to_html(around.replace("{}", plain))

    assert html == model.replace(plain, shown(value))
    assert " ".join(value.split()) in " ".join(text.split())


def shown(value: str) -> str:
    """A text in HTML, the way markdown-it writes it."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@pytest.mark.parametrize("value", LOOKS_LIKE_MORE)
def test_a_value_at_home_in_a_line_stays_as_it_is(value: str) -> None:
    """Headlines and subjects change nothing that can be seen."""
    assert in_line(value) == value
    assert in_text(value) == value


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Anne\r\nBcc: all@example.org", "Anne Bcc: all@example.org"),
        ("Anne\nGil", "Anne Gil"),
        ("Anne\u2028Gil\u2029X", "Anne Gil X"),
        ("Anne\x85Gil", "Anne Gil"),
        ("\u202eenna", "enna"),
        ("Anne\u2066\u2067\u2069", "Anne"),
        ("An\x00ne\x1b[31m", "Anne[31m"),
        ("\ufeffAnne\uffff", "Anne"),
        ("  Anne \t Gil  ", "Anne Gil"),
        ("10\u202fh\u00a030", "10\u202fh\u00a030"),
    ],
)
def test_controls_vanish_and_a_line_is_one_line(value: str, line: str) -> None:
    """No header, no direction and no terminal can be turned by a value; no-break spaces stay."""
    assert in_line(value) == line
    assert "\n" not in in_markdown(value)


def test_a_text_keeps_its_lines() -> None:
    """Line breaks of a postal address stay, their kinds become one."""
    assert in_text("Main Square 1\r\nLittleton\rX\x00") == "Main Square 1\nLittleton\nX"


def test_nothing_is_left_on_a_line_of_what_nobody_sees() -> None:
    """And something of every other character: a database that knows these knows who has a name."""
    characters = map(chr, range(1, sys.maxunicode + 1))
    assert [each for each in characters if not in_line(each)] == list(UNSEEN)


def test_a_sign_keeps_the_space_that_french_sets_before_it() -> None:
    """The colon of the fixed phrases begins with one; a value of spaces alone leaves nothing all the same."""
    assert in_line("\u00a0:") == "\u00a0:"
    assert in_markdown("\u00a0:") == "\u00a0\\:"
    assert in_line("\u00a0\u202f") == ""
