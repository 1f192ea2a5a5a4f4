"""A document that readers are sent to must be there when they look for it."""

from collections.abc import Iterator

from communique.occasion import Occasion
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.process_outline import DOCUMENTS
from communique.workspace import Workspace

NOT_PUBLIC = "document-not-public"


def check_document(workspace: Workspace, occasion: Occasion) -> Iterator[Problem]:
    """Whether the document that an announcement speaks of (`document:`) is public by the day on which it goes out."""
    wanted = occasion.campaign.announcements[occasion.announcement].document
    if wanted is None:
        return
    day = occasion.due_at.astimezone(workspace.almanac.zone).date()
    there = [
        each
        for each in workspace.outline.documents
        if each.shows is wanted and workspace.sources.read(f"{DOCUMENTS}{each.file}") is not None
    ]
    if any(each.published <= day for each in there):
        return
    found = (
        phrase("{file}, public from {published} on", file=there[0].file, published=there[0].published)
        if there
        else phrase("none")
    )
    yield workspace.document(occasion.campaign.campaign).problem(
        ("announcements", occasion.announcement, "document"),
        NOT_PUBLIC,
        phrase(
            "expected a document with `shows: {wanted}` that is public on {day}, when this goes out, found {found}",
            wanted=wanted,
            day=day,
            found=found,
        ),
        hint=phrase(
            "Put it into {folder} and name it below `documents:` in config/process.yaml: readers are told to read it.",
            folder=DOCUMENTS,
        ),
        severity=Severity.WARNING,
    )
