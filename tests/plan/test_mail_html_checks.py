"""What mail programs would not show of a mail, and what who hears it would miss."""

import pytest

from communique.channel import Mail
from communique.plan.checks.mail_html import check_mail_html

WAY = ("email", "en")
SOUND = '<html lang="en"><body><table role="presentation"><tr><td><h1>A</h1>{}</td></tr></table></body></html>'


def found(html: str, text: str = "A") -> list[tuple[str, str]]:
    """Codes and messages."""
    mail = Mail(subject="A", text=text, html=html)
    return [(each.code, each.message) for each, _ in check_mail_html({WAY: mail}, {WAY: "article.md"}, {})]


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ('<p style="position: absolute">B</p>', "position"),
        ("<style>p { display: inline-flex; } div { color: red; display:flex }</style>", "display:flex"),
        ("<style>p { width: calc(100% - 2em); }</style>", "calc()"),
        ("<style>@import url(x.css);</style>", "@import"),
        ("<video></video>", "<video>"),
        ("<form><p></p></form>", "<form>"),
    ],
)
def test_what_a_program_does_not_show_is_named_with_the_programs(part: str, named: str) -> None:
    """Once, with the share of its readers."""
    ((code, message),) = found(SOUND.format(part))
    assert code == "not-shown-in-mail"
    assert named in message
    assert "Outlook (4 %)" in message


@pytest.mark.parametrize(
    "part",
    [
        "<style>/* position: fixed */ p { background-position: top; color: red }</style>",
        "<!--[if mso]><form></form><table><tr><td><![endif]-->",
        '<img src="a.png" alt=""><table><tr><th>B</th></tr></table>',
        '<p style="display: none; border-radius: 4px">B</p>',
    ],
)
def test_what_is_shown_or_only_looks_plainer_is_left_alone(part: str) -> None:
    """Comments for one program are none of the others' business."""
    assert found(SOUND.format(part)) == []


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (SOUND.format("").replace(' lang="en"', ""), "the language"),
        (SOUND.format("").replace(' role="presentation"', ""), "presentation"),
        (SOUND.format("<h1>B</h1>"), "one headline"),
        (SOUND.format('<img src="a.png">'), "a.png"),
    ],
)
def test_what_who_hears_it_would_miss_is_named(html: str, words: str) -> None:
    """In the shell of all mails."""
    ((code, message),) = found(html)
    assert code == "mail-hard-to-hear"
    assert words in message


def test_a_mail_without_its_text_is_named() -> None:
    """At the text that it was made from."""
    assert [code for code, _ in found(SOUND.format(""), text=" ")] == ["mail-without-text"]
