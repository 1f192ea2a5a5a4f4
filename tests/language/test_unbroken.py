"""No line ends within a day and its month, or behind the hyphen of a word that is one."""

import re
from pathlib import Path

import pytest
from babel import Locale

from communique.language.unbroken import with_unbroken
from communique.texts.markdown import to_text
from communique.website.site_process import mailbox, shown

GAP = "\u00a0"


@pytest.mark.parametrize(
    ("locale", "date", "whole"),
    [
        ("es", "martes 23 de febrero de 2027", f"martes 23{GAP}de{GAP}febrero de 2027"),
        ("es", "del 3 al\n5 de marzo", f"del 3 al\n5{GAP}de{GAP}marzo"),
        ("en_GB", "9 February 2027", f"9{GAP}February 2027"),
        ("en_US", "February 9, 2027", f"February{GAP}9, 2027"),
        ("fr", "1er février", f"1er{GAP}février"),
        ("pt_BR", "1º de fevereiro", f"1º{GAP}de{GAP}fevereiro"),
        ("ar", "9 فبراير 2027", f"9{GAP}فبراير 2027"),
        ("uk", "9 лютого 2027 р.", f"9{GAP}лютого 2027 р."),
    ],
)
def test_a_day_stays_with_its_month(locale: str, date: str, whole: str) -> None:
    """In each language, wherever it names a month."""
    assert with_unbroken(f"<p>{date}</p>", Locale.parse(locale)) == f"<p>{whole}</p>"


def test_what_is_not_set_in_lines_stays_as_it_is() -> None:
    """Attributes, the title and choices of a form have no lines; a verse is no date."""
    kept = '<title>3 May, by e-mail</title><img alt="3 May, by e-mail"><option>3 May</option> in 3 maybes, 1.3 May'
    kept += '<p class="greeting">Dear open-gov@town.example.org,</p>'
    assert with_unbroken(kept, Locale.parse("en")) == kept


def test_a_short_word_and_a_short_address_keep_their_hyphens_in_one_line() -> None:
    """A hyphen at a line's end looks as if a printer had set it there."""
    html = with_unbroken("By e-mail: open-gov@town-hall.example.org, a@town.example.org", Locale.parse("en"))
    whole = '<span class="whole">{}</span>'
    assert html == (
        f"By {whole.format('e-mail')}: {whole.format('open-gov@')}<wbr>{whole.format('town-hall.example.org')}, "
        "a@town.example.org"
    )


def test_a_long_address_may_end_a_line_anywhere_but_first_behind_its_sign() -> None:
    """What no column has room for would run out of it."""
    long = "a-very-long-name-of-an-office@town.example.org"
    assert str(mailbox(long)) == long.replace("@", "@<wbr>")
    assert re.findall("<wbr>", shown(f'<a href="mailto:{long}">{long}</a>')) == ["<wbr>"]


def test_every_layout_that_is_set_in_lines_says_what_whole_looks_like() -> None:
    """Without it the marks would say nothing."""
    for name in ("site/style.css", "mail.html", "letter.html", "poster.html", "tv.html", "site/sheet.html"):
        assert ".whole { white-space: nowrap; }" in Path("templates/layouts", name).read_text(encoding="utf-8"), name


def test_plain_text_ends_no_line_within_a_date() -> None:
    """With ordinary spaces, which is how people look for a date."""
    words = "palabra " * 8
    assert "\n23 de febrero" in to_text(f"{words}hasta el 23 de febrero de 2027.")
    assert "\nFebruary 9, 2027" in to_text(f"{words}word February 9, 2027.")
    assert GAP not in to_text(f"{words}hasta el 23 de febrero de 2027.")
