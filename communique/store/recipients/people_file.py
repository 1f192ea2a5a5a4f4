"""Lists of people as offices have them: CSV, with a comma, semicolon or tab, in UTF-8 or from a spreadsheet."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from communique.language.escaping import in_line
from communique.language.mistyped_domains import mistyped
from communique.language.postal import country_code, postcode_fits
from communique.localisation.regional_languages import spoken_for
from communique.phrase import phrase, told_by
from communique.postal_address import PostalAddress
from communique.problems import Problem, Severity, did_you_mean, errors
from communique.read.file_text import garbled
from communique.store.recipients.people import AddressError, Row, address_key
from communique.store.recipients.postal_addresses import post_key

COLUMNS = ("address", "name", "language", "organisation", "street", "postcode", "city", "region", "country")
#: What offices call the columns; compared without case, accents and spaces.
_ALSO = {
    "address": {
        *("email", "emailaddress", "mail", "mailaddress", "emailadresse", "adresseemail", "courriel"),
        *("correo", "correoelectronico", "direcciondecorreo", "direccionemail", "البريد"),
    },
    "name": {
        *("nombre", "nombreyapellidos", "nom", "nometprenom", "prenometnom", "nome", "nomecompleto", "fullname"),
        *("contact", "contacto", "الاسم"),
    },
    "language": {"lang", "idioma", "langue", "lingua", "sprache", "locale", "اللغة"},
    "organisation": {
        *("organization", "organizacion", "organizacao", "entidad", "entidade", "association", "asociacion"),
        *("associacao", "company", "empresa", "المنظمة"),
    },
    "street": {
        *("streetaddress", "postaladdress", "calle", "domicilio", "direccionpostal", "rue", "adressepostale", "voie"),
        *("rua", "morada", "enderecopostal", "strasse", "العنوان"),
    },
    "postcode": {
        *("postalcode", "zip", "zipcode", "cp", "codigopostal", "codepostal", "plz", "cep", "الرمزالبريدي"),
    },
    "city": {"town", "ciudad", "localidad", "poblacion", "municipio", "ville", "commune", "cidade", "ort", "المدينة"},
    "region": {"state", "province", "provincia", "estado", "departement", "الولاية"},
    "country": {"pais", "pays", "land", "البلد"},
}
#: In one office the e-mail address, in another the street: the second wherever there is a column for mails as well.
_EITHER = {"address", "adresse", "direccion", "endereco"}
_POSTAL = ("street", "postcode", "city", "region")
_LONGEST = 200
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
#: What Excel and LibreOffice save by themselves: an archive, or the older binary format.
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_NO_TEXT = "\0"
#: Has a letter, of whatever script. What begins like a formula is one; `?` stands where a letter was lost.
_NAME = re.compile(r"\A(?![=+-])[^?@]*[^\W\d_][^?@]*\Z", re.DOTALL)
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class PeopleFile:
    """The good rows of a file, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_people(data: bytes, file: str, languages: Sequence[str], home: str = "") -> PeopleFile:
    """Every row of a CSV file, checked; every bad row is reported.

    `languages` are those that texts are written in; the first is taken where a row says none. `home` (ISO 3166-1) is
    the country of a postal address that says none.
    """
    if len(data) > MOST_BYTES:
        return _refused(
            file, "file-too-large", phrase("expected at most 64 MB, found {size} MB", size=len(data) // 1_000_000)
        )
    if data.startswith(_SPREADSHEETS):
        message = phrase("expected a table as text (CSV), found a spreadsheet")
        hint = phrase("In the spreadsheet choose “Save as” and “CSV UTF-8”, and import that file.")
        return _refused(file, "people-file", message, hint)
    text = _decoded(data)
    if _NO_TEXT in text:  # left out, an address would be another one
        message = phrase("expected a table as text (CSV), found bytes that are none")
        hint = phrase("Is the file damaged, or UTF-16 without its mark? Save it anew as “CSV UTF-8”.")
        return _refused(file, "people-file", message, hint)
    # Strict: a quotation mark that is never closed would make the rest of the file one person's name.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1  # line of the row being read, which may have several
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        header = next(reader, [])
        columns, problems = _columns(header, file)
        if problems and any("@" in cell for cell in header):
            message = phrase("expected the names of the columns in the first row, found a person")
            hint = phrase("Write a row above it: {columns}.", columns=", ".join(COLUMNS[: max(len(header), 2)]))
            problems = [_problem(file, 1, "people-file", message, hint)]
        if problems:
            return PeopleFile(rows=(), problems=tuple(problems))
        seen: dict[str, int] = {}
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row, faults = _row(cells, columns, languages, home, seen, file, begins)
                faults += _too_many(cells, len(header), file, begins)
                problems += faults
                rows += [row] if row is not None and not errors(faults) else []
            begins = reader.line_num + 1
    except csv.Error as error:
        hint = phrase("Is a quotation mark missing, or one too many?")
        message = phrase("expected a row of the table: {error}", error=told_by(error))
        problems = [*problems, _problem(file, begins, "people-file", message, hint)]
    if not rows and not problems:
        return _refused(file, "people-file", phrase("expected at least one person, found none"))
    return PeopleFile(rows=tuple(rows), problems=tuple(problems))


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what spreadsheets on Windows write; a list of several has lines of each."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\n".join(map(_decoded_line, data.removeprefix(codecs.BOM_UTF8).split(b"\n")))


def _decoded_line(data: bytes) -> str:
    """Letters of the one are hardly ever letters of the other, too."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _columns(header: Sequence[str], file: str) -> tuple[Mapping[str, int], list[Problem]]:
    """Where each column stands."""
    found: dict[str, int] = {}
    problems = []
    plain_cells = [_plain(cell) for cell in header]
    either = "street" if any(plain in _ALSO["address"] for plain in plain_cells) else "address"
    for index, plain in enumerate(plain_cells):
        for column in COLUMNS:
            if (column == either) if plain in _EITHER else (plain == column or plain in _ALSO[column]):
                if column in found:
                    message = phrase("expected one column `{column}`, found two", column=column)
                    problems.append(_problem(file, 1, "people-file", message))
                found.setdefault(column, index)
    required = ("name",) if {"street", "city"} <= found.keys() else ("address", "name")
    for column in required:
        if column not in found:
            has = ", ".join(f"`{cell}`" for cell in header) or phrase("nothing")
            message = phrase(
                "expected a column called `{column}` in the first row, found {found}", column=column, found=has
            )
            hint = phrase("Columns: {columns}.", columns=", ".join(COLUMNS))
            problems.append(_problem(file, 1, "people-file", message, hint))
    return found, problems


def _row(
    cells: Sequence[str],
    columns: Mapping[str, int],
    languages: Sequence[str],
    home: str,
    seen: dict[str, int],
    file: str,
    line: int,
) -> tuple[Row | None, list[Problem]]:
    values = {column: _cell(cells, columns.get(column)) for column in COLUMNS}
    postal, problems = _postal(values, languages, home, file, line)
    try:
        key = (
            post_key(values["name"], postal)
            if postal is not None and not values["address"]
            else address_key(values["address"])
        )
    except AddressError as error:
        if not values["address"] and problems:  # a postal one that is wrong
            return None, problems
        if values["address"]:
            shown = values["address"]
            message = phrase("expected an e-mail address, found `{shown}`: {why}", shown=shown, why=told_by(error))
            hint = phrase("Are the columns of names and addresses exchanged?") if "@" in values["name"] else _one(shown)
            return None, [_problem(file, line, "bad-address", message, hint)]
        message = phrase("expected an e-mail address, found nothing")
        hint = phrase("Or fill in a postal one: street and city.") if "street" in columns else ""
        return None, [_problem(file, line, "bad-address", message, hint)]
    if key in seen:
        message = phrase(
            "expected each address once, found `{address}` again (first in row {row})",
            address=values["address"],
            row=seen[key],
        )
        if not values["address"]:
            message = phrase(
                "expected each person once, found `{name}` again (first in row {row})",
                name=values["name"],
                row=seen[key],
            )
        problems.append(_problem(file, line, "bad-address", message, phrase("Delete one of the rows.")))
    seen.setdefault(key, line)
    if warning := mistyped(values["address"]):
        problems.append(replace(warning, file=file, line=line, column=1))
    problems += _faults_of_name(values["name"], file, line)
    written = values["language"]
    language = spoken_for(written, languages) or written or languages[0]
    if language not in languages:
        known = did_you_mean(language, languages)
        message = phrase("expected a language we write in, found `{language}`", language=language)
        problems.append(_problem(file, line, "bad-language", message, known))
    row = Row(
        address=values["address"],
        name=values["name"],
        language=language,
        organisation=values["organisation"][:_LONGEST],
        postal=postal,
        known_key=key,
    )
    return row, problems


def _faults_of_name(name: str, file: str, line: int) -> Iterator[Problem]:
    if not name:
        message, hint = phrase("expected a name, found nothing"), phrase("Mails greet people by name.")
        yield _problem(file, line, "bad-name", message, hint)
    elif "=?" in name or len(name) > _LONGEST:
        message = phrase("expected a name of at most {most} characters without `=?`, found another", most=_LONGEST)
        yield _problem(file, line, "bad-name", message)
    elif not _NAME.search(name) or garbled(name, file):
        message = phrase("expected a name, found `{name}`", name=name)
        hint = phrase("Mails greet people by name. Were letters lost, or two columns exchanged?")
        # It may be right, as a word of a play is: nobody is left out for it.
        yield replace(_problem(file, line, "bad-name", message, hint), severity=Severity.WARNING)


def _one(found: str) -> str:
    """What to write in the place of an address that is none."""
    addresses = _ADDRESS.findall(found)
    if len(addresses) > 1:
        return phrase("Give each address a row of its own.")
    return phrase("Write `{address}` alone.", address=addresses[0]) if addresses and addresses[0] != found else ""


def _postal(
    values: Mapping[str, str], languages: Sequence[str], home: str, file: str, line: int
) -> tuple[PostalAddress | None, list[Problem]]:
    """Where letters go; None where a row says nothing of it."""
    if not any(values[column] for column in _POSTAL):
        return None, []
    problems = []
    for column in ("street", "city"):
        if not values[column]:
            message = phrase("expected a `{column}` in the postal address, found nothing", column=column)
            problems.append(_problem(file, line, "bad-postal-address", message))
    country = country_code(values["country"], languages) if values["country"] else home
    if not country:
        message = phrase("expected a country, found nothing")
        if values["country"]:
            message = phrase("expected a country, found `{country}`", country=values["country"])
        hint = phrase("Write its two letters, such as ES, or its name in a language of yours.")
        problems.append(_problem(file, line, "bad-postal-address", message, hint))
    elif values["postcode"] and not postcode_fits(values["postcode"], country):
        message = phrase(
            "expected a postcode of the form that {country} has, found `{postcode}`",
            country=country,
            postcode=values["postcode"],
        )
        hint = phrase("A spreadsheet may have dropped the zeros in front: make the column one of texts.")
        problems.append(_problem(file, line, "bad-postal-address", message, hint))
    if any(len(values[column]) > _LONGEST for column in _POSTAL):
        message = phrase(
            "expected at most {most} characters in each part of the postal address, found more", most=_LONGEST
        )
        problems.append(_problem(file, line, "bad-postal-address", message))
    if problems:
        return None, problems
    return PostalAddress(country=country, **{column: values[column] for column in _POSTAL}), []


def _cell(cells: Sequence[str], index: int | None) -> str:
    return in_line(cells[index]) if index is not None and index < len(cells) else ""


def _plain(cell: str) -> str:
    decomposed = unicodedata.normalize("NFKD", cell.strip().lower())
    return "".join(each for each in decomposed if each.isalnum())


def _problem(file: str, line: int, code: str, message: str, hint: str = "") -> Problem:
    return Problem(code=code, message=message, hint=hint, file=file, line=line, column=1)


def _too_many(cells: Sequence[str], columns: int, file: str, line: int) -> list[Problem]:
    """Cells that no column is named for: a comma within a name makes two of one."""
    if not any(cell.strip() for cell in cells[columns:]):
        return []
    message = phrase("expected {columns} cells in the row, found {found}", columns=columns, found=len(cells))
    hint = phrase('Does a name have a comma in it? Put it in quotation marks: "Gil, Ana".')
    return [replace(_problem(file, line, "people-file", message, hint), severity=Severity.WARNING)]


def _refused(file: str, code: str, message: str, hint: str = "") -> PeopleFile:
    return PeopleFile(rows=(), problems=(Problem(code=code, message=message, hint=hint, file=file),))
