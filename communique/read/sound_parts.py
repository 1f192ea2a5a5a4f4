"""The sound parts of a campaign file that has faults: they are checked further, so that all faults show at once."""

import copy
import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from communique.campaign import Campaign
from communique.language.formatting import shorter_tag
from communique.read.yaml_document import Document

_PARTS = ("milestones", "facts", "announcements", "waive")


def sound_parts(document: Document, faulty_lines: AbstractSet[int]) -> Campaign | None:
    """The campaign without the entries that faults were found in, or None if little is left.

    A faulty milestone is unknown, so that what counts from it can be checked. It is never planned or sent; `communique
    check` alone looks at it.
    """
    data: Any = copy.deepcopy(document.data)
    if not isinstance(data, dict) or not isinstance(data.get("announcements"), dict):
        return None
    for part in _PARTS:
        entries: Any = data.get(part)
        for name in _faulty(document, part, faulty_lines):
            if part == "milestones" and re.fullmatch(r"[a-z][a-z0-9-]*", name):
                entries[name] = "unknown"
            else:
                del entries[name]
    _drop_dependent(data)
    if isinstance(languages := data.get("languages"), list):
        data["languages"] = [shorter_tag(word) or word for word in languages if isinstance(word, str)]
    data |= {"campaign": PurePosixPath(document.file).stem, "title": "-", "author": None}
    try:
        return Campaign.model_validate({key: value for key, value in data.items() if key in Campaign.model_fields})
    except ValidationError:
        return None


def faulty_names(document: Document, faulty_lines: AbstractSet[int]) -> set[str]:
    """What texts call the facts and milestones that faults were found in: `facts.meeting`."""
    return {
        f"{part}.{name.replace('-', '_')}"
        for part in ("milestones", "facts")
        for name in _faulty(document, part, faulty_lines)
    }


def names_one_of(source: str, names: Collection[str]) -> bool:
    """Whether a line of a text speaks of one of them."""
    return any(re.search(rf"\b{re.escape(name)}\b", source) for name in names)


def _faulty(document: Document, part: str, faulty_lines: AbstractSet[int]) -> list[str]:
    entries = document.data.get(part) if isinstance(document.data, dict) else None
    named = entries if isinstance(entries, dict) else {}
    return [name for name in named if faulty_lines & _lines_of(document, part, name)]


def _lines_of(document: Document, part: str, name: str) -> set[int]:
    """From an entry's key to the line before the next entry's, or before the next part of the file."""
    first = document.keys[part, name][0]
    parts_and_entries = (place for path, place in document.keys.items() if len(path) <= len((part, name)))
    later = [line for line, _ in parts_and_entries if line > first]
    return set(range(first, min(later, default=len(document.lines) + 1)))


def _drop_dependent(data: dict[str, Any]) -> None:
    """Announcements that count from a milestone which is not there."""
    known = data.get("milestones") or {}
    for name, announcement in list(data["announcements"].items()):
        moments = [announcement.get(key) for key in ("when", "not_after")] if isinstance(announcement, dict) else []
        counted_from = {str(moment).split()[0] for moment in moments if moment and not str(moment)[0].isdigit()}
        if counted_from - set(known):
            del data["announcements"][name]
