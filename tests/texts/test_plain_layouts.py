"""Layouts of plain text: what is read from the left keeps its order among Arabic letters."""

from communique.read.sources import Copy
from communique.texts.templates import Templates


def test_a_plain_layout_keeps_telephone_numbers_in_order() -> None:
    """Behind an Arabic word; not where letters are read from the left."""
    files = {"templates/layouts/a.txt": b"{{ word }}: {{ phone }}"}
    fill = Templates(Copy(files), {}, lambda _: {}).fill_layout

    assert fill("a.txt", {"word": "هاتف", "phone": "+34 955 000 000"}) == "هاتف: \u200e+34 955 000 000"
    assert fill("a.txt", {"word": "Tel.", "phone": "+34 955 000 000"}) == "Tel.: +34 955 000 000"


def test_a_name_in_arabic_letters_changes_no_other_line() -> None:
    """The lines below a greeting are read from the left in a Spanish mail, and from the right in an Arabic one."""
    files = {"templates/layouts/a.txt": b"{{ name }}:\n\nTel: +34 955 000 000"}
    fill = Templates(Copy(files), {}, lambda _: {}).fill_layout

    assert fill("a.txt", {"name": "أحمد", "language": "es"}) == "أحمد:\n\nTel: +34 955 000 000"
    assert fill("a.txt", {"name": "أحمد", "language": "ar"}) == "أحمد:\n\nTel: \u200f\u200e+34 955 000 000"


def test_a_number_behind_a_latin_name_stays_behind_it_among_arabic_letters() -> None:
    """A list behind a Latin word stays a list, and a name keeps its number."""
    files = {"templates/layouts/a.txt": b"{{ word }} OGP Local{{ rest }}"}
    fill = Templates(Copy(files), {}, lambda _: {}).fill_layout

    assert fill("a.txt", {"word": "طلب", "rest": ": 25 آذار"}) == "طلب OGP Local: \u200f25 آذار"
    assert fill("a.txt", {"word": "طلب", "rest": ":\n\n1. بند"}) == "طلب OGP Local:\n\n1. بند"
    assert fill("a.txt", {"word": "طلب", "rest": " 2030"}) == "طلب OGP Local 2030"
    assert fill("a.txt", {"word": "To", "rest": ": 25"}) == "To OGP Local: 25"
