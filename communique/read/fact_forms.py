"""Facts whose names say what they are: addresses, dates, deadlines."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from communique.language.mistyped_domains import mistyped
from communique.phrase import phrase
from communique.problems import Problem, at_place
from communique.read.campaign_draft import Draft
from communique.read.field_hints import place_hint
from communique.read.moment_hints import moment_hint, parse_date
from communique.read.values_in_words import as_written
from communique.read.yaml_document import Path

_MAIL = re.compile(r"[^@\s<>,;:]+@[^@\s<>,;:]+\.[^@\s<>,;:]*[^@\s<>,;:.?!]")
_IN_TEXT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"https?://[^\s/]+\.[^\s]+")
_WEB_KEY = re.compile(r"(?:^|_)(?:url|page|link|website)$")
_DATE_KEY = re.compile(r"(?:^rsvp_by|_on|(?:^|_)deadline)$")


def check_forms(draft: Draft, path: Path, value: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the entries of one mapping of facts."""
    for key, entry in value.items():
        if not isinstance(entry, str) or not entry.strip():
            continue
        if key in {"rsvp", "email"} and not (_MAIL.fullmatch(entry) or (key == "rsvp" and _WEB.fullmatch(entry))):
            message = phrase(
                "expected an e-mail address such as `opengov@example.org`, found {found}",
                found=as_written(entry),
            )
            found = _IN_TEXT.search(entry)
            hint = (
                phrase("Write `{found}`.", found=found[0])
                if found
                else phrase("Readers will click on it: write it in full.")
            )
            yield draft.problem((*path, key), "wrong-value", message, hint)
        elif key in {"rsvp", "email"} and (problem := mistyped(entry, _own_domains(draft))):
            line, column, source = draft.document.place((*path, key))
            yield at_place(problem, file=draft.document.file, line=line, column=column, source=source)
        if _WEB_KEY.search(key) and not _WEB.fullmatch(entry):
            message = phrase("expected an address that begins with https://, found {found}", found=as_written(entry))
            yield draft.problem((*path, key), "wrong-value", message, place_hint(key, entry))
        if _DATE_KEY.search(key) and _date(entry) is None:
            message = phrase("expected a date such as `2027-02-02`, found {found}", found=as_written(entry))
            yield draft.problem((*path, key), "wrong-moment", message, moment_hint(entry, parse_date))
    yield from _deadline(draft, path, value)


def _own_domains(draft: Draft) -> set[str]:
    return {draft.settings.government.contact.email.rpartition("@")[2].casefold()} if draft.settings else set()


def _deadline(draft: Draft, path: Path, value: dict[str, Any]) -> Iterator[Problem]:
    """Answers are asked for before the meeting."""
    milestone = draft.milestones.get(str(value.get("at")))
    deadline = _date(value.get("rsvp_by"))
    if not milestone or not milestone.start or not deadline:
        return
    start = milestone.start.date() if isinstance(milestone.start, datetime) else milestone.start
    if deadline > start:
        message = phrase(
            "expected a last day for answers before the meeting ({start}), found {deadline}",
            start=start,
            deadline=deadline,
        )
        hint = phrase("Has the meeting moved? Then move the last day, too.")
        yield draft.problem((*path, "rsvp_by"), "deadline-after-meeting", message, hint)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
