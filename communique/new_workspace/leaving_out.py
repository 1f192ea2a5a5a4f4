"""A workspace in fewer languages: what is written in the others is taken out of its files, and their texts deleted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from communique.localisation.regional_languages import serving, serving_any
from communique.read.fewer_languages import only_in

_PHRASES = Path("templates/layouts/words")


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """What there is to do, by paths below the workspace."""

    changed: Mapping[str, str]  #: YAML files as they will be
    deleted: Sequence[str]  #: texts and phrases of the languages that are left out


def left_out(root: Path, languages: Sequence[str], known: Collection[str]) -> LeftOut:
    """What to change so that a workspace speaks `languages` alone, the first one as its own; nothing is written.

    Args:
        root: the workspace's folder.
        languages: what stays.
        known: what it speaks now.

    Raises:
        ProblemsError: a YAML file cannot be read.
    """
    changed = {}
    for folder in ("campaigns", "config"):
        for file in sorted((root / folder).glob("*.yaml")):
            path, written = f"{folder}/{file.name}", file.read_text(encoding="utf-8-sig")
            if (fewer := only_in(written, path, languages, known)) != written:
                changed[path] = fewer
    served = serving_any(tuple(languages))
    deleted = [*_texts(root, set(known) - served), *_never_read(root, languages)]
    return LeftOut(changed=changed, deleted=deleted)


def leave_out(root: Path, found: LeftOut) -> None:
    """Do it. Files are written first: a text that nobody names any more does no harm."""
    for path, text in found.changed.items():
        (root / path).write_text(text, encoding="utf-8")
    for path in found.deleted:
        (root / path).unlink(missing_ok=True)
        folder = (root / path).parent
        if not any(folder.iterdir()):
            folder.rmdir()


def _never_read(root: Path, languages: Sequence[str]) -> Iterator[str]:
    """Texts of a main language that nobody speaks, where the regional one that it serves has its own."""
    for language in languages:
        for main in set(serving(language)[1:]) - serving_any(tuple(each for each in languages if each != language)):
            for path in _texts(root, (main,)):
                parts = path.split("/")
                if parts[-2] == main and (root / "/".join((*parts[:-2], language, parts[-1]))).is_file():
                    yield path


def _texts(root: Path, languages: Collection[str]) -> Iterator[str]:
    """Below `templates/<campaign>/<announcement>/<language>/`, and the phrases."""
    for language in sorted(languages):
        phrases = root / _PHRASES / f"{language}.yaml"
        folders = [each for each in (root / "templates").glob(f"*/*/{language}") if each.parts[-3] != "layouts"]
        for file in (*sorted(each for folder in folders for each in folder.rglob("*")), phrases):
            if file.is_file():
                yield file.relative_to(root).as_posix()
