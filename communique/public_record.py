"""The public record: what was announced, when, through what, to how many, in entries that hold on to each other.

Each entry has the SHA-256 of the one before it, over canonical JSON (RFC 8785; the values are texts, whole numbers,
lists and null, for which `json.dumps` with sorted keys writes the same). An entry never changes: what turns out later
is an entry of its own. It has names, times, numbers and hashes, and no sentence, so that none ever has to be erased.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from communique.correction import corrected_as
from communique.retraction import told_of

#: Of the file, and of each entry.
FORMAT, VERSION = "communique-record/1", 1
#: What stands for the hash of the entry before the first.
BEGINNING = "0" * 64
HASH = "hash"


class EntryKind(StrEnum):
    """What an entry tells."""

    ANNOUNCED = "announced"  #: copies were accepted through a channel
    COUNTED = "counted"  #: by now there are more of them, or fewer did not come back
    CORRECTED = "corrected"  #: something of it was put right
    CORRECTION_TOLD = "correction-told"  #: word of that was accepted through a channel
    WITHDRAWN = "withdrawn"  #: it was taken back
    WITHDRAWAL_TOLD = "withdrawal-told"  #: word of that was accepted through a channel
    CANCELLED = "cancelled"  #: of something that had begun to go out, what had not left through a channel was stopped
    RESUMED = "resumed"  #: that was taken back


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What the public can read in one language."""

    language: str
    sha256: str  #: of `as_hashed`, or of a post's text; both in UTF-8


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry, before it is sealed. All fields are always there."""

    kind: EntryKind
    campaign: str
    announcement: str
    occurrence: str
    at: datetime  #: UTC; when it was so: the first copy was accepted, the page was corrected, it was withdrawn
    channel: str = ""  #: as the settings call it; empty for what concerns all of them
    channel_kind: str = ""
    to: tuple[str, ...] = ()  #: roles of those it went to; empty: published for everybody
    people: int | None = None  #: null when published for everybody, or too few to be told
    fewer_than: int | None = None  #: instead of a number that is too small to be told
    languages: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()
    approved: str = ""  #: hash of the state of text, audience and time that went out; what approvals are bound to

    @property
    def about(self) -> tuple[str, str, str]:
        """Campaign, announcement, occurrence; of word of a correction or withdrawal, those that it is about."""
        return self.campaign, self.announcement, told_of(corrected_as(self.occurrence))


@dataclass(frozen=True)
class Sealed:
    """An entry as it was published: its canonical text is what counts."""

    text: str
    hash: str = field(default="")

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """As JSON has them."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def number(self) -> int:
        """From 1 on."""
        return int(self.values["number"])

    @cached_property
    def entry(self) -> Entry:
        """What it tells."""
        known = {name: self.values[name] for name in Entry.__dataclass_fields__}
        return Entry(
            **known
            | {
                "kind": EntryKind(known["kind"]),
                "at": datetime.fromisoformat(known["at"]),
                "to": tuple(known["to"]),
                "languages": tuple(known["languages"]),
                "texts": tuple(Text(**each) for each in known["texts"]),
            }
        )


def seal(entry: Entry, before: Sealed | None, now: datetime) -> Sealed:
    """Put an entry behind the one before it (None: it is the first)."""
    values = asdict(entry) | {
        "at": _instant(entry.at),
        "version": VERSION,
        "number": before.number + 1 if before else 1,
        "previous": before.hash if before else BEGINNING,
        "recorded_at": _instant(now),
    }
    text = canonical(values)
    return Sealed(text, hash_of(text))


def canonical(values: Mapping[str, Any]) -> str:
    """RFC 8785, for texts, whole numbers, lists, objects with ASCII names, and null."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_hashed(*parts: str) -> str:
    """A public text as its hash is made, with an empty line between its parts and a line's end at last.

    Parts: headline, summary, text; of each correction its headline, what was wrong, what is right, and what more is
    said, if anything is.
    """
    return "\n\n".join(stripped for part in parts if (stripped := part.strip())) + "\n"


def break_in(chain: Sequence[Sealed]) -> str:
    """Where a chain does not hold, and how; empty when it does."""
    expected = BEGINNING
    for place, each in enumerate(chain, start=1):
        if hash_of(each.text) != each.hash:
            return (
                f"entry {place}: its content has the hash {hash_of(each.text)}, and it says {each.hash}. "
                "It was changed after it was recorded."
            )
        if each.values.get("number") != place:
            found = each.values.get("number")
            return f"entry {place}: expected the number {place}, found {found}. One is missing or added."
        if each.values.get("previous") != expected:
            return (
                f"entry {place}: expected the hash of the entry before it, {expected}, found "
                f"{each.values.get('previous')}. The entries before it are others than when it was recorded."
            )
        expected = each.hash
    return ""


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
