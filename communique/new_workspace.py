"""`communique init`: a workspace of one's own, made from the shipped one, with dates that lie ahead."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from communique.phrase import phrase
from communique.problems import Problem, ProblemsError
from communique.read.further_language import with_language

#: Beside the package, where a checkout has them.
_SHIPPED = Path(__file__).parents[1]
_FOLDERS = ("campaigns", "config", "templates")
#: Languages that a new workspace can have beside those of the shipped one: a folder each, laid over it.
_FURTHER = "languages"
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


def make_workspace(directory: Path, now: datetime, languages: Sequence[str] = ()) -> int:
    """Copy the shipped workspace into a new or empty folder, with further languages; the number of files made.

    The campaigns' dates are moved as one, so that the call opens about two weeks after `now`, on the same weekday.

    Raises:
        FileExistsError: the folder has files in it; `args[0]` names it.
        ProblemsError: this installation lacks the files to copy.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise FileExistsError(directory)
    shipped = list(_shipped_files())
    if not shipped:
        message = phrase(
            "expected the shipped campaigns beside the program, in {folder}, found none", folder=str(_SHIPPED)
        )
        hint = phrase("Run `communique init` from a checkout of Communiqué.")
        raise ProblemsError([Problem(code="missing-file", message=message, hint=hint)])
    shift = _shift(now.date())
    for source in shipped:
        target = directory / source.relative_to(_SHIPPED)
        target.parent.mkdir(parents=True, exist_ok=True)
        data = source.read_bytes()
        target.write_bytes(_dated(data, shift) if target.suffix == ".yaml" else data)
    for name, text in (("README.md", _README), (".gitignore", _GITIGNORE)):
        (directory / name).write_text(text, encoding="utf-8")
    return len(shipped) + 2 + sum(_add(language, directory) for language in languages)


def _add(language: str, directory: Path) -> int:
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
