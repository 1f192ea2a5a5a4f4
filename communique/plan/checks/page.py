"""What of the website's pages would be missed by those who hear them or see little: warnings only."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from communique.moments import Milestone
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.plan.checks.html_contrast import faint_in
from communique.plan.checks.html_outline import Outline, outline_of
from communique.plan.checks.structure import faint_words, heading_faults, link_faults
from communique.problems import Problem, Severity
from communique.publication import Publication
from communique.texts.templates import TemplateProblemError
from communique.website.site import pages_as_read
from communique.website.site_of_workspace import page_of, site_of
from communique.workspace import Workspace

_CODE = "page-hard-to-hear"
_FRAME, _STYLE = "templates/layouts/site/base.html", "templates/layouts/site/style.css"
_ONCE = ("main", "banner", "contentinfo")


def check_page(workspace: Workspace, occasion: Occasion, publication: Publication) -> Iterator[tuple[Problem, str]]:
    """Of an announcement's page as it will be, with words of the line where it is."""
    if _lacks_words(workspace):
        return
    html = page_of(workspace, publication, {occasion.campaign.campaign: occasion.milestones})
    yield from _faults(outline_of(html), "templates/layouts/site/announcement.html", publication.html)


def check_site(
    workspace: Workspace, milestones: Mapping[str, Mapping[str, Milestone]], now: datetime
) -> Iterator[tuple[Problem, str]]:
    """Of the pages that are there before anything is announced, in the first language; a broken layout among them."""
    if not workspace.renderer.has_site or _lacks_words(workspace):
        return
    site = site_of(workspace, [], milestones, now)
    try:
        for template, html in pages_as_read(site, workspace.settings.languages[0]):
            yield from _faults(outline_of(html), f"templates/layouts/site/{template}.html")
    except TemplateProblemError as error:
        yield from ((problem, "") for problem in error.problems)


def _lacks_words(workspace: Workspace) -> bool:
    """Of phrases that are missing `check` tells by themselves, and no page can be made without them."""
    return bool(workspace.words.problems(workspace.settings.languages))


def _faults(seen: Outline, file: str, written: str = "") -> Iterator[tuple[Problem, str]]:
    for problem in [*_frame_faults(seen), *heading_faults(seen, file, _CODE)]:
        yield problem, ""
    for name in seen.unspoken:
        message = phrase("expected `alt` at every picture, found none at {name}", name=name)
        yield _warning(message, phrase('Say what it shows; `alt=""` where it shows nothing.'), file), name
    yield from link_faults(seen, file, _CODE, written)
    yield from faint_words(faint_in(seen), _STYLE)


def _frame_faults(seen: Outline) -> Iterator[Problem]:
    """Language and landmarks (WCAG 2.2, 3.1.1, 1.3.1, 2.4.1), which all pages have of one file."""
    if not seen.language:
        message = phrase("expected the language of the page in `<html lang=…>`, found none")
        yield _warning(message, phrase('Write `<html lang="{{ language }}" dir="{{ dir }}">`.'), _FRAME)
    roles = Counter(role for role, _ in seen.landmarks)
    for role in _ONCE:
        if roles[role] != 1:
            message = phrase(
                "expected one part of the page that is its `{role}`, found {number}",
                role=role,
                number=roles[role] or phrase("none"),
            )
            hint = phrase("Use one `<main>`, one `<header>` and one `<footer>`: who hears the page jumps to them.")
            yield _warning(message, hint, _FRAME)
    labels = Counter(label for role, label in seen.landmarks if role == "navigation")
    if sum(labels.values()) > 1 and (labels[""] or max(labels.values()) > 1):
        message = phrase(
            "expected a name of its own at each of several menus (`<nav aria-label=…>`), found one without"
        )
        yield _warning(message, phrase("Who hears the page chooses among them by name."), _FRAME)
    first = seen.links[0].address if seen.links else ""
    if not (first.startswith("#") and first[1:] in seen.names):
        message = phrase(
            "expected a first link that leads past the menus to what the page says, found {first}",
            first=first or "none",
        )
        yield _warning(
            message, phrase('Write `<a class="skip" href="#content">` first, and `id="content"` at `<main>`.'), _FRAME
        )


def _warning(message: str, hint: str, file: str) -> Problem:
    return Problem(code=_CODE, message=message, hint=hint, severity=Severity.WARNING, file=file)
