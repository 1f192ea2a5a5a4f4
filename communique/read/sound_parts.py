"""The sound parts of a campaign file that has faults: they are checked further, so that all faults show at once."""

import copy
from collections.abc import Set as AbstractSet
from typing import Any

from pydantic import ValidationError

from communique.campaign import Campaign
from communique.read.yaml_document import Document


def sound_parts(document: Document, faulty_lines: AbstractSet[int]) -> Campaign | None:
    """The campaign without the announcements and milestones that faults were found in, or None if little is left.

    It is never planned or sent; `communique check` alone looks at it.
    """
    data: Any = copy.deepcopy(document.data)
    if not isinstance(data, dict) or not isinstance(data.get("announcements"), dict):
        return None
    for part in ("milestones", "announcements"):
        entries = data.get(part)
        if isinstance(entries, dict):
            for name in list(entries):
                if faulty_lines & _lines_of(document, part, name):
                    del entries[name]
    _drop_dependent(data)
    try:
        return Campaign.model_validate(data)
    except ValidationError:
        return None


def _lines_of(document: Document, part: str, name: str) -> set[int]:
    """From an entry's key to the line before the next entry's, or before the next part of the file."""
    first = document.keys[part, name][0]
    parts_and_entries = (place for path, place in document.keys.items() if len(path) <= len((part, name)))
    later = [line for line, _ in parts_and_entries if line > first]
    return set(range(first, min(later, default=len(document.lines) + 1)))


def _drop_dependent(data: dict[str, Any]) -> None:
    """Announcements that count from a milestone which was dropped."""
    known = data.get("milestones") or {}
    for name, announcement in list(data["announcements"].items()):
        moments = [announcement.get(key) for key in ("when", "not_after")] if isinstance(announcement, dict) else []
        counted_from = {str(moment).split()[0] for moment in moments if moment and not str(moment)[0].isdigit()}
        if counted_from - set(known):
            del data["announcements"][name]
