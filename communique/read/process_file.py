"""`config/process.yaml`, read."""

from collections.abc import Collection, Iterator, Mapping

from communique.problems import Problem, Severity, did_you_mean
from communique.read.model_file import fill
from communique.read.process_outline import ProcessOutline
from communique.read.yaml_document import Document
from communique.read.yaml_positions import read


def read_process(
    text: str | bytes, file: str, languages: tuple[str, ...], milestones: Mapping[str, Collection[str] | None]
) -> tuple[ProcessOutline | None, list[Problem]]:
    """The stages and dates of the process, and everything wrong with the file.

    A name that is given per language must be given in all `languages`. `milestones` are those of each campaign; None
    for one whose file cannot be read.
    """
    document, problems = read(text, file)
    if document is None:
        return None, problems
    outline, faults = fill(ProcessOutline, document)
    problems += document.unmended(faults)
    if outline is not None:
        problems += _untranslated(outline, document, languages)
        problems += _unknown_milestones(outline, document, milestones)
    return outline, problems


def _untranslated(outline: ProcessOutline, document: Document, languages: tuple[str, ...]) -> Iterator[Problem]:
    names = [(("stages", index, "name"), each.name) for index, each in enumerate(outline.stages)]
    for index, each in enumerate(outline.dates):
        names += [(("dates", index, "name"), each.name), (("dates", index, "place"), each.place)]
    for path, name in names:
        missing = [] if isinstance(name, str) else [one for one in languages if one not in name]
        if missing:
            message = f"expected this {path[-1]} in every language, found none in {', '.join(missing)}"
            yield document.problem(path, "missing-translation", message)


def _unknown_milestones(
    outline: ProcessOutline, document: Document, milestones: Mapping[str, Collection[str] | None]
) -> Iterator[Problem]:
    """The page goes on without them: a campaign may be taken away, or come later."""
    named = [(("stages", index, "from"), each.begins) for index, each in enumerate(outline.stages)]
    named += [(("dates", index, "milestone"), each.milestone) for index, each in enumerate(outline.dates)]
    known = sorted(f"{campaign}/{name}" for campaign, names in milestones.items() for name in names or ())
    for path, name in named:
        campaign = name.partition("/")[0]
        if name not in known and milestones.get(campaign, ()) is not None:
            message = f"expected `campaign/milestone`, found `{name}`, which no campaign has"
            hint = did_you_mean(name, known)
            yield document.problem(path, "unknown-milestone", message, hint=hint, severity=Severity.WARNING)
