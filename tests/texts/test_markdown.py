"""Markdown becomes HTML that leads nowhere unexpected, and plain text that says the same."""

import html
import re

import pytest

from communique.texts.markdown import WIDTH, to_html, to_text

WHOLE = """\
We meet on **Tuesday 9 February 2027**, 10:00 to 12:00, in *Town Hall, Room 2*.
Write to [open@example.org](mailto:open@example.org) or call [+34 955 000 000](tel:+34955000000).

# A heading

See [the process page](https://open.example.org/en/), or <https://open.example.org/en/archive/>.

1. First step
2. Second step
   - a part of it
   - another part

   with a paragraph of its own

| Minutes | What |
|---:|---|
| 10 | Welcome |
| 20 | [Roadmap](https://open.example.org/roadmap) |

> We applied together.
>
> And we will check.

---

Line one\\
line two

    kept as it is
"""


def test_plain_text_says_all_that_the_html_says() -> None:
    """Every word, date, place and address of the HTML is in the plain text."""
    page, text = to_html(WHOLE), to_text(WHOLE)
    words = set(re.sub(r"<[^>]+>", " ", page).split())
    addresses = {html.unescape(address).partition(":")[2] for address in re.findall(r'href="([^"]+)"', page)}
    flat = " ".join(text.split())

    assert {word for word in words if html.unescape(word) not in flat} == set()
    assert {address for address in addresses if address not in flat} == set()


def test_plain_text_is_laid_out() -> None:
    """Lists are numbered and indented, tables have columns, quotations a mark; no line of prose is too long."""
    text = to_text(WHOLE)

    assert "1. First step\n2. Second step\n   - a part of it\n   - another part" in text
    assert "20 | Roadmap (https://open.example.org/roadmap)" in text
    assert "> We applied together.\n> \n> And we will check." in text
    assert "Line one\nline two" in text
    assert max(len(line) for line in text.splitlines()) <= 76


def test_an_address_that_is_shown_is_not_repeated() -> None:
    """A link whose words are its address is written once."""
    assert to_text("[a@b.example](mailto:a@b.example)") == "a@b.example\n"
    assert to_text("[words](https://x.example)") == "words (https://x.example)\n"


def test_a_page_keeps_its_only_first_heading() -> None:
    """The headline is the one h1; `#` in a text is a second-level heading."""
    assert to_html("# One") == "<h2>One</h2>\n"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\tscript:alert(1)",
        "java&#9;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "%6aavascript:alert(1)",
        "vbscript:x",
        "data:text/html;base64,PHNjcmlwdD4=",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http://evil.example",
        "ftp://evil.example",
        "relative",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
    ],
)
@pytest.mark.parametrize(
    "form", ["[x]({})", "[x](<{}>)", "<{}>", "[x][y]\n\n[y]: {}", "![x]({})", "[x][y]\n\n[y]: <{}>"]
)
def test_links_lead_to_https_mail_and_telephone_only(address: str, form: str) -> None:
    """Anything else stays text."""
    page = to_html(form.replace("{}", address))

    assert "<a " not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "source",
    [
        "![pixel](https://evil.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "<style>body{display:none}</style>",
        '<a href="javascript:alert(1)">x</a>',
        "<!-- x -->",
        "<?php x ?>",
        '[x](https://good.example "\\" onmouseover=alert\\(1\\)")',
        '[x](https://good.example/"onmouseover="alert(1))',
        "```\n<script>\n```",
        '``` "><script>\nx\n```',
    ],
)
def test_raw_html_and_pictures_from_elsewhere_are_text(source: str) -> None:
    """Nobody's browser or mail program is made to run or load something."""
    page = to_html(source)
    outside_of_values = re.sub(r'"[^"]*"', '""', page)

    assert not re.search(r"<(?!/?(?:p|a|code|pre|h\d)\b)", page)
    assert "onmouseover" not in re.sub(r">[^<]*<", "><", outside_of_values)


def test_empty_text_is_empty() -> None:
    """Nothing gives nothing."""
    assert (to_html(""), to_text("")) == ("", "")


def test_a_telephone_number_among_arabic_letters_keeps_its_order() -> None:
    """A left-to-right mark before it; none where letters are read from the left, and none in a link's address."""
    arabic = "اتصلوا بالرقم +34 955 000 000 أو [الرقم](tel:+34955000000)."
    assert "\u200e+34\u00a0955\u00a0000\u00a0000" in to_html(arabic)
    assert 'href="tel:+34955000000"' in to_html(arabic)
    assert "\u200e+34 955 000 000" in to_text(arabic)
    assert "\u200e+34\u00a0955" in to_html(r"اتصلوا بالرقم \+34 955 000 000")  # as facts are written into a text
    assert "\u200e" not in to_html("Llame al +34 955 000 000.")


def test_no_line_ends_within_a_telephone_number() -> None:
    """Wherever in a paragraph it stands."""
    for words in range(1, 40):
        text = to_text("palabra " * words + "al +34 955 000 000, o escriba.")
        assert "+34 955 000 000" in text
        assert all(len(line) <= WIDTH for line in text.splitlines())
    assert "+34\u00a0955\u00a0000\u00a0000" in to_html("al +34 955 000 000")


def test_a_number_stays_in_its_column_of_a_plain_table_behind_a_latin_name_among_arabic_letters() -> None:
    """Else the bar and the number would be shown before the name; in HTML each cell has its own order."""
    table = "| البند | الدقائق |\n|---|---|\n| ما هو OGP Local | 15 |\n"

    assert "OGP Local | \u200f15" in to_text(table)
    assert "\u200f" not in to_html(table)
