"""Lists of people as offices have them: CSV, with a comma, semicolon or tab, in UTF-8 or from a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from communique.language.escaping import in_line
from communique.problems import Problem, did_you_mean
from communique.store.people import AddressError, Row, address_key

COLUMNS = ("address", "name", "language", "organisation")
_REQUIRED = ("address", "name")
#: What offices call the columns; compared without case, accents and spaces.
_ALSO = {
    "address": {
        *("email", "emailaddress", "mail", "mailaddress", "emailadresse", "adresse", "adresseemail", "courriel"),
        *("correo", "correoelectronico", "direccion", "direcciondecorreo", "direccionemail", "endereco", "البريد"),
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
}
_LONGEST = 200
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class PeopleFile:
    """The good rows of a file, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_people(data: bytes, file: str, languages: Sequence[str]) -> PeopleFile:
    """Every row of a CSV file, checked; every bad row is reported.

    `languages` are those that texts are written in; the first is taken where a row says none.
    """
    if len(data) > MOST_BYTES:
        return _refused(file, "file-too-large", f"expected at most 64 MB, found {len(data) // 1_000_000} MB")
    text = _decoded(data)
    # Strict: a quotation mark that is never closed would make the rest of the file one person's name.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1  # line of the row being read, which may have several
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        columns, problems = _columns(next(reader, []), file)
        if problems:
            return PeopleFile(rows=(), problems=tuple(problems))
        seen: dict[str, int] = {}
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row, faults = _row(cells, columns, languages, seen, file, begins)
                problems += faults
                rows += [row] if row is not None and not faults else []
            begins = reader.line_num + 1
    except csv.Error as error:
        hint = "Is a quotation mark missing, or one too many?"
        problems = [*problems, _problem(file, begins, "people-file", f"expected a row of the table: {error}", hint)]
    if not rows and not problems:
        return _refused(file, "people-file", "expected at least one person, found none")
    return PeopleFile(rows=tuple(rows), problems=tuple(problems))


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what spreadsheets on Windows write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _columns(header: Sequence[str], file: str) -> tuple[Mapping[str, int], list[Problem]]:
    """Where each column stands."""
    found: dict[str, int] = {}
    problems = []
    for index, cell in enumerate(header):
        plain = _plain(cell)
        for column in COLUMNS:
            if plain == column or plain in _ALSO[column]:
                if column in found:
                    problems.append(_problem(file, 1, "people-file", f"expected one column `{column}`, found two"))
                found.setdefault(column, index)
    for column in _REQUIRED:
        if column not in found:
            has = ", ".join(f"`{cell}`" for cell in header) or "nothing"
            message = f"expected a column called `{column}` in the first row, found {has}"
            problems.append(_problem(file, 1, "people-file", message, f"Columns: {', '.join(COLUMNS)}."))
    return found, problems


def _row(
    cells: Sequence[str],
    columns: Mapping[str, int],
    languages: Sequence[str],
    seen: dict[str, int],
    file: str,
    line: int,
) -> tuple[Row | None, list[Problem]]:
    values = {column: _cell(cells, columns.get(column)) for column in COLUMNS}
    problems = []
    try:
        key = address_key(values["address"])
    except AddressError as error:
        shown = values["address"] or "nothing"
        return None, [_problem(file, line, "bad-address", f"expected an e-mail address, found `{shown}`: {error}")]
    if key in seen:
        message = f"expected each address once, found `{values['address']}` again (first in row {seen[key]})"
        problems.append(_problem(file, line, "bad-address", message, "Delete one of the rows."))
    seen.setdefault(key, line)
    if not values["name"]:
        problems.append(
            _problem(file, line, "bad-name", "expected a name, found nothing", "Mails greet people by name.")
        )
    if "=?" in values["name"] or len(values["name"]) > _LONGEST:
        message = f"expected a name of at most {_LONGEST} characters without `=?`, found another"
        problems.append(_problem(file, line, "bad-name", message))
    written = values["language"]
    language = next((each for each in languages if each.lower() == written.lower()), written or languages[0])
    if language not in languages:
        known = did_you_mean(language, languages)
        problems.append(
            _problem(file, line, "bad-language", f"expected a language we write in, found `{language}`", known)
        )
    row = Row(
        address=values["address"],
        name=values["name"],
        language=language,
        organisation=values["organisation"][:_LONGEST],
    )
    return row, problems


def _cell(cells: Sequence[str], index: int | None) -> str:
    return in_line(cells[index]) if index is not None and index < len(cells) else ""


def _plain(cell: str) -> str:
    decomposed = unicodedata.normalize("NFKD", cell.strip().lower())
    return "".join(each for each in decomposed if each.isalnum())


def _problem(file: str, line: int, code: str, message: str, hint: str = "") -> Problem:
    return Problem(code=code, message=message, hint=hint, file=file, line=line, column=1)


def _refused(file: str, code: str, message: str) -> PeopleFile:
    return PeopleFile(rows=(), problems=(Problem(code=code, message=message, file=file),))
