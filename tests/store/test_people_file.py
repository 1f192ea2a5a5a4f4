"""Lists of people as offices have them."""

import pytest

from communique.postal_address import PostalAddress
from communique.problems import Severity
from communique.store.recipients.people_file import PeopleFile, read_people

LANGUAGES = ("es", "en", "fr")
HEADER = "address,name,language,organisation\n"
ANA = "ana@example.org,Ana Gil,en,Red Vecinal\n"


def read(data: str | bytes) -> PeopleFile:
    """What is in a file."""
    return read_people(data.encode() if isinstance(data, str) else data, "list.csv", LANGUAGES)


def found(data: str | bytes) -> list[tuple[str, str, str, str]]:
    """The rows of a file that has no problems."""
    people = read(data)
    assert not people.problems
    return [(row.address, row.name, row.language, row.organisation) for row in people.rows]


def problems(data: str | bytes) -> list[tuple[str, int]]:
    """Codes and lines of what is wrong."""
    return [(each.code, each.line) for each in read(data).problems]


ONE = [("ana@example.org", "Ana Gil", "en", "Red Vecinal")]


def test_a_plain_list() -> None:
    """UTF-8 with commas."""
    assert found(HEADER + ANA) == ONE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets_of_all_kinds(delimiter: str, ends: str, encoding: str) -> None:
    """Whatever a spreadsheet saves as CSV: commas, semicolons or tabs, its line ends, its encoding."""
    text = f"{HEADER}jose@example.org,José Núñez,es,Asociación\n".replace(",", delimiter).replace("\n", ends)

    assert found(text.encode(encoding)) == [("jose@example.org", "José Núñez", "es", "Asociación")]


def test_a_list_pasted_together_from_two_has_lines_of_either_encoding() -> None:
    """A column of names from one spreadsheet, rows of another below it: nobody is greeted as “JosÃ©”."""
    first, second = "jose@example.org,José Núñez,es,\n", "zoe@example.org,Zoë Peña,es,\n"
    data = b"\xef\xbb\xbf" + HEADER.encode() + first.encode() + second.encode("cp1252")

    assert [each[1] for each in found(data)] == ["José Núñez", "Zoë Peña"]


@pytest.mark.parametrize(
    "header",
    [
        "Correo electrónico;Nombre;Idioma;Entidad",
        "Courriel;Nom;Langue;Organisation",
        "E-mail;Name;Language;Organization",
        "E-Mail-Adresse;Name;Sprache;Organisation",
        "email;nome;língua;organização",
        " ADDRESS ; Full name ; Lang ; Company ",
        "Dirección de correo;Nombre y apellidos;Idioma;Organización",
        "Adresse e-mail;Nom et prénom;Langue;Association",
    ],
)
def test_headers_in_the_languages_of_offices(header: str) -> None:
    """Accents, capitals and spaces do not matter."""
    assert found(f"{header}\nana@example.org;Ana Gil;en;Red Vecinal\n") == ONE


def test_columns_in_any_order_and_more_of_them() -> None:
    """What is not known is left out."""
    text = "phone,organisation,name,notes,address,language\n1,Red Vecinal,Ana Gil,x,ana@example.org,en\n"

    assert found(text) == ONE


def test_a_row_without_language_gets_the_first() -> None:
    """The default is the first language that texts are written in."""
    assert found("address,name\nana@example.org,Ana\n") == [("ana@example.org", "Ana", "es", "")]


def test_languages_may_be_written_with_capitals() -> None:
    """`EN` is meant as `en`."""
    assert found(f"{HEADER}ana@example.org,Ana Gil,EN,Red Vecinal\n") == ONE


def test_quotes_commas_and_empty_lines() -> None:
    """A name may have a comma, a file may have blank lines."""
    text = f'{HEADER}\n"ana@example.org","Gil, Ana ""Anita""",en,"Red\nVecinal"\n,,,\n\n'

    assert found(text) == [("ana@example.org", 'Gil, Ana "Anita"', "en", "Red Vecinal")]


@pytest.mark.parametrize("data", ["", "\n\n", "\ufeff", b"\xff\xfe", HEADER, "\x00"])
def test_a_file_without_people_is_no_list(data: str | bytes) -> None:
    """An empty file is a mistake, not an empty audience."""
    assert [code for code, _ in problems(data)] != []


def test_a_list_without_a_header_is_not_guessed_at() -> None:
    """The first row says which columns there are; the message says which are needed and what was found."""
    people = read(ANA)

    assert not people.rows
    assert {each.code for each in people.problems} == {"people-file"}
    assert "found a person" in people.problems[0].message
    assert "address, name" in people.problems[0].hint


@pytest.mark.parametrize(
    "data", [b"address,name\nana\0b@example.org,Ana\n", "address,name\nana@example.org,Şule\n".encode("utf-16-le")]
)
def test_bytes_that_are_no_text_make_no_address(data: bytes) -> None:
    """A damaged file, or UTF-16 without its mark: with such a byte left out, somebody else would be written to."""
    read = read_people(data, "people.csv", ["en"])
    assert read.rows == ()
    assert [each.code for each in read.problems] == ["people-file"]
    assert "found bytes that are none" in read.problems[0].message


def test_a_spreadsheet_is_called_one() -> None:
    """With what to do in the program that made it."""
    people = read(b"PK\x03\x04\x14\x00\x06\x00")
    assert [each.code for each in people.problems] == ["people-file"]
    assert "CSV" in people.problems[0].hint


def test_what_a_tired_officer_leaves_in_a_list_is_told_with_what_to_do() -> None:
    """Two addresses in a cell, a name around one, two columns exchanged."""
    for row, said in (
        ('"ana@example.org; ben@example.org",Ana', "a row of its own"),
        ("Ana <ana@example.org>,Ana", "`ana@example.org` alone"),
        ("Ana,ana@example.org", "exchanged"),
    ):
        (problem,) = read(f"address,name\n{row}\n").problems
        assert (problem.code, said in problem.hint) == ("bad-address", True)


def test_two_columns_of_one_kind_are_refused() -> None:
    """Which of the two is meant only a person knows."""
    assert problems("email,correo,name\na@example.org,b@example.org,Ana\n") == [("people-file", 1)]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "@example.org",
        "ana@example",
        "ana@example..org",
        "anaexample.org",
        "ana gil@example.org",
        "Ana <ana@example.org>",
        "ana@example.org, ben@example.org",
        "ana@example.org\nBcc: all@example.org",
        "ana@[127.0.0.1]",
        "mailto:ana@example.org",
        "a" * 65 + "@example.org",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """With the row and what was found."""
    quoted = address.replace('"', '""')

    assert problems(f'{HEADER}"{quoted}",Ana,en,\n') != []


@pytest.mark.parametrize("again", ["ana@example.org", "ANA@EXAMPLE.ORG", " ana@example.org "])
def test_an_address_counts_once(again: str) -> None:
    """However it is written; the message names the first row."""
    people = read(f"{HEADER}{ANA}ben@example.org,Ben,en,\n{again},Ana,en,\n")

    assert [(each.code, each.line) for each in people.problems] == [("bad-address", 4)]
    assert "first in row 2" in people.problems[0].message


def test_addresses_of_the_whole_world() -> None:
    """Accents before and after the @ are fine."""
    assert found("address,name\njosé@exämple.org,José\n")[0][0] == "josé@exämple.org"


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "=?utf-8?q?x?=", "A" * 201])
def test_names_that_cannot_be_greeted(name: str) -> None:
    """Nothing, a disguised header, a novel."""
    assert problems(f"{HEADER}ana@example.org,{name},en,\n") == [("bad-name", 2)]


@pytest.mark.parametrize("name", ["<b>Ana</b>", "*Ana*", "3rd Street Neighbours", "«Peña»", "سلمى"])
def test_names_are_text(name: str) -> None:
    """Marks of a page or a text are nothing but a part of it."""
    assert found(f"{HEADER}ana@example.org,{name},en,\n")[0][1] == name.strip()


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+34", "-2", "\t=x", "{{ 7 * 7 }}", "Jos?", "JosÃ©", "a@b.org"])
def test_a_strange_name_is_told_and_taken(name: str) -> None:
    """A formula, a template, lost letters: text all the same, and nobody is left out for it."""
    people = read(f"{HEADER}ana@example.org,{name},en,\n")
    assert [(each.code, each.severity) for each in people.problems] == [("bad-name", Severity.WARNING)]
    assert [row.name for row in people.rows] == [name.strip()]


def test_an_unknown_language_is_named_with_those_we_write() -> None:
    """Nobody is written to in another language without anybody knowing."""
    people = read(f"{HEADER}ana@example.org,Ana,de,\n")

    assert [(each.code, each.line) for each in people.problems] == [("bad-language", 2)]
    assert "en, es, fr" in people.problems[0].hint


def test_every_bad_row_is_reported_and_the_good_ones_are_kept_apart() -> None:
    """All faults at once, each with its row; the good rows are there for whoever wants only them."""
    people = read(f"{HEADER}x,Ana,en,\n{ANA}ben@example.org,,de,\ncleo@example.org,Cleo,en,\n")

    assert [(each.code, each.line) for each in people.problems] == [
        ("bad-address", 2),
        ("bad-name", 4),
        ("bad-language", 4),
    ]
    assert [row.address for row in people.rows] == ["ana@example.org", "cleo@example.org"]


def test_a_row_that_is_too_short_or_long() -> None:
    """Missing cells are empty; cells without a column are left out, which is told: a comma in a name makes two."""
    people = read("address,name,language\nana@example.org,Ana\nben@example.org,Ben,en,more,and more\n")
    assert [(row.address, row.name, row.language) for row in people.rows] == [
        ("ana@example.org", "Ana", "es"),
        ("ben@example.org", "Ben", "en"),
    ]
    assert [(each.code, each.line, each.severity) for each in people.problems] == [("people-file", 3, Severity.WARNING)]
    assert found("address,name,language\nben@example.org,Ben,en,,\n") == [("ben@example.org", "Ben", "en", "")]


def test_a_quote_that_is_never_closed_is_a_problem() -> None:
    """The rest of the file must not become somebody's name without a word."""
    assert problems(f'{HEADER}ana@example.org,"Ana,en,\nben@example.org,Ben,en,\n') != []


def test_a_cell_too_large_for_a_table_is_a_problem() -> None:
    """Not an error of the program."""
    assert problems(f"{HEADER}ana@example.org,{'A' * 200_000},en,\n") != []


def test_a_picture_is_no_list() -> None:
    """Bytes that are no text are refused in words."""
    assert problems(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 10) != []


def test_fifty_thousand_people() -> None:
    """A list of a large city is read whole, each row once."""
    rows = "".join(f"person{number}@example.org,Person {number},en,\n" for number in range(50_000))

    assert len(found(HEADER + rows)) == 50_000


POSTAL = "address,name,language,organisation,street,postcode,city,country\n"


def by_post(row: str, header: str = POSTAL) -> PeopleFile:
    """What is in a file of a Spanish office."""
    return read_people(f"{header}{row}\n".encode(), "list.csv", LANGUAGES, "ES")


@pytest.mark.parametrize(
    ("country", "code", "postcode"),
    [("", "ES", "41999"), ("pt", "PT", "1100-148"), ("Francia", "FR", "75001"), ("Morocco", "MA", "20000")],
)
def test_whoever_has_no_mail_needs_a_postal_address(country: str, code: str, postcode: str) -> None:
    """The office's own country, unless the row says another one, by its letters or its name."""
    people = by_post(f",Remedios Lara,es,,Calle del Faro 12,{postcode},Puerto Claro,{country}")

    assert people.problems == ()
    assert people.rows[0].address == ""
    expected = PostalAddress(street="Calle del Faro 12", city="Puerto Claro", country=code, postcode=postcode)
    assert people.rows[0].postal == expected


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",Remedios,es,,,,,", "bad-address"),
        (",Remedios,es,,Calle del Faro 12,,,", "bad-postal-address"),
        (",Remedios,es,,Calle del Faro 12,1999,Puerto Claro,", "bad-postal-address"),
        (",Remedios,es,,Calle del Faro 12,41999,Puerto Claro,Atlantis", "bad-postal-address"),
        ("r@example.org,Remedios,es,,Calle del Faro 12,1999,Puerto Claro,", "bad-postal-address"),
    ],
)
def test_a_letter_that_would_not_arrive_is_refused(row: str, code: str) -> None:
    """Neither address, half a postal one, a postcode without its zero, no such country."""
    assert [each.code for each in by_post(row).problems] == [code]


def test_the_same_person_at_the_same_place_counts_once() -> None:
    """However the two are spelt: nobody gets two letters."""
    twice = ",Remedios Lara,es,,Calle del Faro 12,41999,Vigo,\n,REMEDIOS LARA,es,,calle del faro 12,41999,vigo,ES"

    assert [(each.code, each.line) for each in by_post(twice).problems] == [("bad-address", 3)]


def test_a_column_called_address_is_the_street_beside_one_of_mails() -> None:
    """In one office it is the one, in another the other."""
    people = by_post("r@example.org,Remedios,Calle del Faro 12,41999,Vigo", "Email,Nombre,Dirección,CP,Ciudad\n")

    assert people.problems == ()
    assert people.rows[0].postal is not None
    assert (people.rows[0].address, people.rows[0].postal.street) == ("r@example.org", "Calle del Faro 12")
