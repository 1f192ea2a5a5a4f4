"""`config/process.yaml`, read."""

from collections.abc import Iterator

from communique.problems import Problem
from communique.read.model_file import fill
from communique.read.process_outline import ProcessOutline
from communique.read.yaml_document import Document
from communique.read.yaml_positions import read


def read_process(
    text: str | bytes, file: str, languages: tuple[str, ...]
) -> tuple[ProcessOutline | None, list[Problem]]:
    """The stages and dates of the process, and everything wrong with the file.

    A name that is given per language must be given in all `languages`.
    """
    document, problems = read(text, file)
    if document is None:
        return None, problems
    outline, faults = fill(ProcessOutline, document)
    problems += faults
    if outline is not None:
        problems += _untranslated(outline, document, languages)
    return outline, problems


def _untranslated(outline: ProcessOutline, document: Document, languages: tuple[str, ...]) -> Iterator[Problem]:
    names = {
        "stages": [each.name for each in outline.stages],
        "dates": [each.name for each in outline.dates],
    }
    for part, listed in names.items():
        for index, name in enumerate(listed):
            missing = [] if isinstance(name, str) else [one for one in languages if one not in name]
            if missing:
                message = f"expected this name in every language, found none in {', '.join(missing)}"
                yield document.problem((part, index, "name"), "missing-translation", message)
