"""Whether the facts of a campaign can be said: in every language, without holes, without what was never agreed."""

from collections.abc import Iterator
from typing import Any

from communique.language.placeholders import find_placeholders
from communique.language.weekday_check import find_weekday_mismatches
from communique.phrase import phrase
from communique.problems import Problem
from communique.read.announcement_checks import unknown_milestone
from communique.read.campaign_draft import Draft
from communique.read.curly_quotes import curly_quotes
from communique.read.fact_forms import check_forms
from communique.read.translations import is_by_language, translation_problems
from communique.read.yaml_document import Path

MOST_ENTRIES = 200
MOST_CHARACTERS = 5000
#: OGP Local allows no more in one action plan (handbook; the seed, line 46).
MOST_COMMITMENTS = 5
#: How far a commitment is, in the words of those who monitor (IRM procedures: levels of completion).
STATUSES = ("not-started", "limited", "substantial", "complete")


def check_facts(draft: Draft) -> Iterator[Problem]:
    """Everything about facts, and the placeholders of the title."""
    title = draft.at(("title",))
    for path in [("title", language) for language in title] if isinstance(title, dict) else [("title",)]:
        yield from _placeholders(draft, path)
    yield from curly_quotes(draft.document)
    yield from _below(draft, ("facts",))
    yield from _commitments(draft)
    yield from _agenda(draft)


def _below(draft: Draft, path: Path) -> Iterator[Problem]:
    value = draft.at(path)
    if isinstance(value, dict):
        yield from _mapping(draft, path, value)
    elif isinstance(value, list):
        yield from _size(draft, path, len(value), MOST_ENTRIES, phrase("entries"))
    elif isinstance(value, str):
        yield from _text(draft, path, value)
    steps = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield from _below(draft, (*path, step))


def _mapping(draft: Draft, path: Path, value: dict[str, Any]) -> Iterator[Problem]:
    if len(path) > 1:
        if is_by_language(value, draft.languages):
            yield from translation_problems(draft.document, path, value, draft.languages, phrase("the campaign's"))
        yield from _quotation(draft, path, value)
    yield from check_forms(draft, path, value)
    if isinstance(at := value.get("at"), str) and len(path) > 1:
        yield from unknown_milestone(draft, (*path, "at"), at)


def _quotation(draft: Draft, path: Path, value: dict[str, Any]) -> Iterator[Problem]:
    if str(path[-1]).endswith("quote") and "text" in value and not value.get("approved_by"):
        message = phrase(
            "expected `approved_by` in `{name}`, found a quotation that nobody has approved", name=path[-1]
        )
        hint = phrase("Ask the person who is quoted, then add `approved_by: NAME` and `approved_on: DATE`.")
        yield draft.problem(path, "unapproved-quotation", message, hint, at_key=True)


def _text(draft: Draft, path: Path, value: str) -> Iterator[Problem]:
    yield from _size(draft, path, len(value), MOST_CHARACTERS, phrase("characters"))
    yield from _placeholders(draft, path)
    language = next((str(step) for step in reversed(path) if step in draft.languages), "")
    locales = draft.settings.locales if draft.settings else {}
    for each in [language] if language else draft.languages:
        for found, right in find_weekday_mismatches(value, locales.get(each, each)):
            message = phrase("expected a weekday and a date that agree, found `{found}`", found=found)
            yield draft.problem(
                path,
                "weekday-mismatch",
                message,
                phrase("That day is a {right}. Which of the two is right?", right=right),
            )


def _placeholders(draft: Draft, path: Path) -> Iterator[Problem]:
    value = draft.at(path)
    language = next((str(step) for step in reversed(path) if step in draft.languages), "")
    for found in find_placeholders(value, language) if isinstance(value, str) else ():
        message = phrase("expected the real words, found the placeholder `{found}`", found=found)
        yield draft.problem(path, "placeholder-left", message, phrase("Put in what it stands for."))


def _size(draft: Draft, path: Path, size: int, most: int, unit: str) -> Iterator[Problem]:
    if size > most:
        message = phrase(
            "expected at most {most} {unit} in `{name}`, found {size}", most=most, unit=unit, name=path[-1], size=size
        )
        yield draft.problem(
            path, "text-too-long", message, phrase("Facts are short; longer texts belong in templates/.")
        )


def _commitments(draft: Draft) -> Iterator[Problem]:
    commitments, most = draft.facts.get("commitments"), draft.facts.get("max_commitments")
    rule = phrase("OGP Local allows {number} in one action plan.", number=MOST_COMMITMENTS)
    if isinstance(commitments, list) and len(commitments) > MOST_COMMITMENTS:
        message = phrase(
            "expected at most {number} commitments, found {found}",
            number=MOST_COMMITMENTS,
            found=len(commitments),
        )
        path: Path = ("facts", "commitments", MOST_COMMITMENTS)
        yield draft.problem(path, "too-many-commitments", message, rule)
    for index, each in enumerate(commitments if isinstance(commitments, list) else ()):
        if isinstance(each, dict) and not is_by_language(each, draft.languages):
            yield from _commitment(draft, ("facts", "commitments", index), each)
    if isinstance(most, int | float) and most > MOST_COMMITMENTS:
        message = phrase("expected at most {number}, found {found}", number=MOST_COMMITMENTS, found=most)
        yield draft.problem(("facts", "max_commitments"), "too-many-commitments", message, rule)


def _commitment(draft: Draft, path: Path, commitment: dict[str, Any]) -> Iterator[Problem]:
    """A commitment with parts has a title, and a status that the page has words for."""
    if not commitment.get("title"):
        message = phrase("expected a `title`, found a commitment without one")
        yield draft.problem(
            path, "missing-key", message, phrase("Write `title: …`, in a few words that everybody understands.")
        )
    status = commitment.get("status")
    if status is not None and status not in STATUSES:
        message = phrase("expected one of {statuses}, found `{status}`", statuses=", ".join(STATUSES), status=status)
        yield draft.problem(
            (*path, "status"), "wrong-value", message, phrase("These are the levels that monitors use.")
        )


def _agenda(draft: Draft) -> Iterator[Problem]:
    rows = draft.facts.get("agenda")
    if not isinstance(rows, list):
        return
    total, complete = 0, True
    for index, row in enumerate(rows):
        minutes = row.get("minutes") if isinstance(row, dict) else None
        if isinstance(minutes, int) and not isinstance(minutes, bool) and minutes > 0:
            total += minutes
            continue
        complete = False
        path: Path = ("facts", "agenda", index, "minutes")
        message = phrase(
            "expected `minutes` in row {index} of the agenda as a whole number, found {found}",
            index=index + 1,
            found=_found(minutes),
        )
        yield draft.problem(path, "agenda-minutes", message, phrase("Write `minutes: 15`."))
    said = draft.facts.get("agenda_minutes")
    if complete and isinstance(said, int) and said != total:
        message = phrase(
            "expected agenda_minutes to be the sum of the rows, {total}; found {said}", total=total, said=said
        )
        hint = phrase("Correct a row, or the sum. Whoever chairs the meeting will run by it.")
        yield draft.problem(("facts", "agenda_minutes"), "agenda-sum", message, hint, warning=True)


def _found(minutes: Any) -> str:
    return phrase("none") if minutes is None else phrase("`{minutes}`", minutes=minutes)
