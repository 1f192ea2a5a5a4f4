"""Which text a channel uses, and what stands at its top."""

import pytest

from communique.channel import Form
from communique.read.sources import Copy
from communique.texts.wording import Wording, candidates, find, read_wording

PATH = "templates/news/hello/en/article.md"


def read(text: str | bytes) -> tuple[Wording | None, list[tuple[str, int]]]:
    """A text, and code and line of what is wrong with it."""
    data = text.encode() if isinstance(text, str) else text
    wording, problems = read_wording(Copy({PATH: data}), PATH)
    return wording, [(each.code, each.line) for each in problems]


@pytest.mark.parametrize(
    ("there", "used"),
    [
        (("article.md",), "article.md"),
        (("article.md", "email.md"), "email.md"),
        (("article.md", "email.md", "letters.md"), "letters.md"),
        (("social.txt", "letters.txt"), None),
    ],
)
def test_a_channel_s_own_text_wins_then_its_kind_s(there: tuple[str, ...], used: str | None) -> None:
    """The nearest to the channel is taken; a post's text never stands in for a mail's."""
    folder = "templates/news/hello/en"
    sources = Copy({f"{folder}/{name}": b"" for name in there})
    found = find(sources, "news", "hello", "en", candidates(Form.MAIL, "letters", "email"))

    assert found == (f"{folder}/{used}" if used else None)
    assert candidates(Form.POST, "x", "x") == ("x.txt", "social.txt")


def test_a_text_in_another_language_does_not_stand_in() -> None:
    """A missing translation is a gap."""
    assert find(Copy({PATH: b""}), "news", "hello", "es", ("article.md",)) is None


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_is_told_from_the_text(start: str, end: str) -> None:
    """With the line of each value, whatever editor wrote the file; the text keeps the line numbers of the file."""
    wording, problems = read(start + end.join(["---", "headline: Hello", "summary: It is", "---", "One.", "Two."]))

    assert problems == []
    assert wording is not None
    assert [(key, line.source, line.line) for key, line in wording.top.items()] == [
        ("headline", "Hello", 2),
        ("summary", "It is", 3),
    ]
    assert wording.body.split("\n").index("Two.") == 5


def test_a_colon_in_a_headline_needs_no_quotes() -> None:
    """At the top stand texts alone; French has a space before the colon, and a quote may stand within."""
    top = [
        "---",
        'headline: Thank you: "96" answers',
        "summary: Grève : quels cars ?",
        "alt: 'It: quoted'",
        "---",
        "One.",
    ]
    wording, problems = read("\n".join(top))

    assert problems == []
    assert wording is not None
    assert [line.source for line in wording.top.values()] == [
        'Thank you: "96" answers',
        "Grève : quels cars ?",
        "It: quoted",
    ]


def test_a_text_without_front_matter_is_all_text() -> None:
    """A line of hyphens further down is a line of the text."""
    wording, problems = read("Hello.\n\n---\n\nheadline: no\n")

    assert (problems, wording and dict(wording.top)) == ([], {})
    assert wording is not None
    assert "headline: no" in wording.body


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\nheadlin: Hello\n---\n", ("unknown-key", 2)),
        ("---\nheadline: 5\n---\n", ("wrong-type", 2)),
        ("---\nheadline:\n  - Hello\n---\n", ("wrong-type", 3)),
        ("---\n- Hello\n---\n", ("wrong-type", 2)),
        ("---\nheadline: Hello: you # and me\n---\n", ("yaml-syntax", 2)),
        ("---\nheadline: A\nheadline: B\n---\n", ("yaml-duplicate-key", 3)),
        ("---\nheadline: Hello\n", ("missing-front-matter", 1)),
        ("Señal".encode("latin-1"), ("file-encoding", 1)),
    ],
)
def test_a_fault_at_the_top_is_at_its_line(text: str | bytes, fault: tuple[str, int]) -> None:
    """The code, and the line of the file, not of the front matter."""
    assert fault in read(text)[1]


def test_a_text_that_is_not_there_is_said() -> None:
    """By its path."""
    _, (problem,) = read_wording(Copy({}), PATH)
    assert (problem.code, problem.file) == ("missing-template", PATH)


def test_lines_that_end_as_on_an_old_mac_are_lines() -> None:
    """As they are in campaigns."""
    wording, problems = read("---\rheadline: A\r---\rOne.\rTwo.\r")
    assert problems == []
    assert wording is not None
    assert (wording.top["headline"].source, wording.body.strip()) == ("A", "One.\nTwo.")


def test_a_place_in_a_text_is_the_one_in_its_file() -> None:
    """Below the front matter as in it: line, column and the line itself, whatever ends the lines."""
    wording, _ = read("---\r\nheadline: A\r\n---\r\nOne.\r\n  Two here.\r\n")
    assert wording is not None
    assert wording.place(wording.body.index("here")) == (5, 7)
    problem = wording.problem((5, 7), "poor-alt", "No.")
    assert (problem.file, problem.line, problem.column, problem.source) == (PATH, 5, 7, "  Two here.")
    assert wording.problem((2, 1), "poor-alt", "No.").source == "headline: A"
    assert wording.line(99) == ""
