"""`config/process.yaml`, read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from communique.phrase import phrase
from communique.problems import Problem, Severity, did_you_mean
from communique.read.model_file import fill
from communique.read.process_outline import DOCUMENTS, ProcessOutline
from communique.read.schema import process_schema
from communique.read.sources import Copy, Sources
from communique.read.translations import untranslated
from communique.read.yaml_document import Document, Path
from communique.read.yaml_positions import read

#: Names by campaign; None for one whose file cannot be read.
Named = Mapping[str, Collection[str] | None]
#: Bytes of a document: what people on a telephone will still wait for.
MOST_BYTES = 20_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the file speaks of: languages of the website, campaigns, files."""

    languages: tuple[str, ...]
    milestones: Named
    announcements: Named = field(default_factory=dict)
    sources: Sources = field(default_factory=lambda: Copy({}))


def read_process(text: str | bytes, file: str, around: Around) -> tuple[ProcessOutline | None, list[Problem]]:
    """What the process page shows besides announcements, and everything wrong with the file.

    A text that is given per language must be given in all of them.
    """
    document, problems = read(text, file)
    if document is None:
        return None, problems
    outline, faults = fill(ProcessOutline, document)
    problems += document.unmended(faults)
    if outline is not None:
        problems += untranslated(document, process_schema(), around.languages)
        milestones, announcements = list(_milestones(outline)), list(_announcements(outline))
        problems += _missing_campaigns(document, [*milestones, *announcements], around.milestones)
        problems += _unknown(document, milestones, around.milestones, "milestone")
        problems += _unknown(document, announcements, around.announcements, "announcement")
        problems += _ways(document, outline)
        problems += _documents(document, outline, around.sources)
    return outline, problems


def _milestones(outline: ProcessOutline) -> Iterator[tuple[Path, str | None]]:
    yield from ((("stages", index, "from"), each.begins) for index, each in enumerate(outline.stages))
    for index, date in enumerate(outline.dates):
        yield from ((("dates", index, key), getattr(date, key)) for key in ("milestone", "called_off"))
    for index, way in enumerate(outline.ways):
        yield from ((("ways", index, key), found) for key, found in (("from", way.opens), ("until", way.closes)))
    yield from ((("documents", index, "meeting"), each.meeting) for index, each in enumerate(outline.documents))
    yield ("commitments",), outline.commitments


def _announcements(outline: ProcessOutline) -> Iterator[tuple[Path, str | None]]:
    yield from ((("dates", index, "minutes"), each.minutes) for index, each in enumerate(outline.dates))
    yield ("reasoned_response",), outline.reasoned_response


def _missing_campaigns(document: Document, named: Sequence[tuple[Path, str | None]], there: Named) -> Iterator[Problem]:
    """Each once, at the first place that names it; where there is no campaign at all, that is told already."""
    if not there:
        return
    places: dict[str, list[Path]] = {}
    for path, name in named:
        if name is not None and (campaign := name.partition("/")[0]) not in there:
            places.setdefault(campaign, []).append(path)
    for campaign, paths in places.items():
        message = phrase(
            "expected the campaign `{campaign}`, found none of this name; the page leaves out what it has from it in "
            "{number} places",
            campaign=campaign,
            number=len(paths),
        )
        yield document.problem(
            paths[0], "unknown-milestone", message, hint=did_you_mean(campaign, there), severity=Severity.WARNING
        )


def _unknown(
    document: Document, named: Iterable[tuple[Path, str | None]], there: Named, kind: str
) -> Iterator[Problem]:
    """The page goes on without them: a campaign may be taken away, or come later."""
    known = sorted(f"{campaign}/{name}" for campaign, names in there.items() for name in names or ())
    for path, name in named:
        if name is not None and name not in known and there.get(name.partition("/")[0]) is not None:
            message = phrase("expected `campaign/{kind}`, found `{name}`, which no campaign has", kind=kind, name=name)
            hint = did_you_mean(name, known)
            yield document.problem(path, f"unknown-{kind}", message, hint=hint, severity=Severity.WARNING)


def _ways(document: Document, outline: ProcessOutline) -> Iterator[Problem]:
    """Ways that follow no stage, or days and a stage."""
    stages = [each.begins for each in outline.stages]
    for index, way in enumerate(outline.ways):
        if way.stage is None:
            continue
        path = ("ways", index, "stage")
        if way.opens or way.closes:
            message = phrase("expected either `from` and `until` or `stage`, found both")
            yield document.problem(path, "wrong-value", message, hint=phrase("Delete one of the two."))
        elif way.stage not in stages:
            message = phrase("expected the `from` of one of the stages, found `{stage}`", stage=way.stage)
            hint = did_you_mean(way.stage, stages)
            yield document.problem(path, "unknown-milestone", message, hint=hint, severity=Severity.WARNING)


def _documents(document: Document, outline: ProcessOutline, sources: Sources) -> Iterator[Problem]:
    """Files that are not there, that are too large, or that are named twice."""
    names = [each.file for each in outline.documents]
    for index, name in enumerate(names):
        path = ("documents", index, "file")
        data = sources.read(DOCUMENTS + name)
        if data is None:
            message = phrase(
                "expected a file `{name}` in {documents}, found none; the page leaves it out",
                name=name,
                documents=DOCUMENTS,
            )
            hint = phrase("Put the file there, or correct the name: capital letters count.")
            yield document.problem(path, "missing-document", message, hint=hint, severity=Severity.WARNING)
        elif not data:
            message = phrase("expected a document in `{name}`, found an empty file", name=name)
            hint = phrase("Save it anew: it may have been broken off while it was copied.")
            yield document.problem(path, "missing-document", message, hint=hint, severity=Severity.WARNING)
        elif len(data) > MOST_BYTES:
            message = phrase(
                "expected at most {most_bytes} MB, found {data} MB in `{name}`",
                most_bytes=MOST_BYTES // 1000000,
                data=len(data) // 1000000 + 1,
                name=name,
            )
            hint = phrase("Save it again with smaller pictures, or split it: people open it on telephones.")
            yield document.problem(path, "document-too-large", message, hint=hint)
        if name in names[:index]:
            message = phrase("expected each file once, found `{name}` again", name=name)
            yield document.problem(path, "repeated-name", message, hint=phrase("Delete one of the two."))
