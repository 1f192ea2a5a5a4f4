"""`communique init`: a workspace of one's own, made from the shipped one, with dates that lie ahead."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from communique.new_workspace.leaving_out import leave_out, left_out
from communique.phrase import phrase
from communique.problems import Problem, ProblemsError
from communique.read.further_language import with_language

#: Beside the package, where a checkout has them.
_SHIPPED = Path(__file__).parents[2]
_FOLDERS = ("campaigns", "config", "templates")
#: Languages that a new workspace can have beside those of the shipped one: a folder each, laid over it.
_FURTHER = "languages"
_PHRASES = Path("templates/layouts/words")
_EXAMPLE = "config/audiences/example.csv"
_ISO = re.compile(r"\b(20\d\d-\d\d-\d\d)\b")
#: The shipped campaigns begin on this day, when the call opens; a new workspace keeps the distances.
_SHIPPED_CALL = date(2026, 12, 1)
_AHEAD = timedelta(days=14)

_README = """\
# Our communications campaigns

- `config/settings.yaml` says who we are and which channels are open. Begin here.
- `campaigns/` says what is announced, when, to whom and through what.
- `templates/` holds every word the public reads.

    communique check        find every mistake
    communique plan         see every message to come, and every one that will not go
    communique rehearse     play it all on this machine, then open the page it names
    communique approve      say yes to exactly what you saw
    communique run          the daemon does the rest
"""
_GITIGNORE = "/var/\n/config/audiences/*\n!/config/audiences/example.csv\n"


def further_languages() -> list[str]:
    """Tags of the languages that a new workspace can have beside those of the shipped one."""
    return sorted(each.name for each in (_SHIPPED / _FURTHER).glob("*") if each.is_dir())


def shipped_languages() -> list[str]:
    """Tags of the languages that a new workspace has unless it is asked for fewer."""
    return sorted(each.stem for each in (_SHIPPED / _PHRASES).glob("*.yaml"))


def make_workspace(directory: Path, now: datetime, languages: Sequence[str] = (), only: Sequence[str] = ()) -> int:
    """Copy the shipped workspace into an empty folder; the number of files made.

    The campaigns' dates are moved as one, so that the call opens about two weeks after `now`, on the same weekday.

    Args:
        directory: the folder.
        now: the day from which dates lie ahead.
        languages: further ones, beside those that are shipped or that `only` names.
        only: the languages that it speaks, the first one its own; all that are shipped where none is named.

    Raises:
        ProblemsError: this installation lacks the files to copy.
    """
    shipped = list(_shipped_files())
    if not shipped:
        message = phrase(
            "expected the shipped campaigns beside the program, in {folder}, found none", folder=str(_SHIPPED)
        )
        hint = phrase("Run `communique init` from a checkout of Communiqué.")
        raise ProblemsError([Problem(code="missing-file", message=message, hint=hint)])
    shift = _shift(now.date())
    ready, further = shipped_languages(), further_languages()
    spoken = list(dict.fromkeys([*(only or ready), *languages]))
    for source in shipped:
        target = directory / source.relative_to(_SHIPPED)
        target.parent.mkdir(parents=True, exist_ok=True)
        data = source.read_bytes()
        target.write_bytes(_dated(data, shift) if target.suffix == ".yaml" else data)
    for name, text in (("README.md", _README), (".gitignore", _GITIGNORE)):
        (directory / name).write_text(text, encoding="utf-8")
    added = sum(add_language(language, directory) for language in spoken if language in further)
    deleted = _leave_out(directory, spoken, {*ready, *further}) if only else 0
    return len(shipped) + 2 + added - deleted


def _leave_out(directory: Path, spoken: Sequence[str], known: Collection[str]) -> int:
    """Take other languages out of all files and the example of a list of people; the number of files deleted."""
    found = left_out(directory, spoken, known)
    leave_out(directory, found)
    example = directory / _EXAMPLE
    rows = list(csv.DictReader(io.StringIO(example.read_text(encoding="utf-8"))))
    written = io.StringIO()
    table = csv.DictWriter(written, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows({**row, "language": row["language"] if row["language"] in spoken else spoken[0]} for row in rows)
    example.write_text(written.getvalue(), encoding="utf-8")
    return len(found.deleted)


def add_language(language: str, directory: Path) -> int:
    """Copy the texts of a language, and put into YAML files what they give per language; the number of copies."""
    folder, made = _SHIPPED / _FURTHER / language, 0
    for source in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = source.relative_to(folder)
        target, text = directory / name, source.read_text(encoding="utf-8")
        if target.exists():
            text = with_language(target.read_text(encoding="utf-8"), str(name), language, text, f"{language}/{name}")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            made += 1
        target.write_text(text, encoding="utf-8")
    return made


def _shipped_files() -> Iterator[Path]:
    """Every file of the shipped workspace but lists of real people."""
    for folder in _FOLDERS:
        for file in sorted((_SHIPPED / folder).rglob("*")):
            is_list = file.parent.name == "audiences" and file.name != "example.csv"
            if file.is_file() and not is_list and not file.name.startswith("."):
                yield file


def _shift(today: date) -> timedelta:
    """Whole weeks, so that weekdays stay."""
    days = (today + _AHEAD - _SHIPPED_CALL).days
    return timedelta(weeks=-(-days // 7))


def _dated(data: bytes, shift: timedelta) -> bytes:
    def moved(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[1]) + shift).isoformat()

    return _ISO.sub(moved, data.decode()).encode()
