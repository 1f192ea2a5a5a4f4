"""What has changed in an announcement since somebody last approved it or asked for changes, word by word."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from communique.read.sources import Sources, is_picture, is_sound
from communique.store.announcements import copies

_WORDS = re.compile(r"\s+|[^\s]+")
_AROUND = 8  #: words that are shown before and behind a change


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row."""

    kind: str  #: `same`, `gone`, `new`, or `skipped`
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is not as it was."""

    path: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Changed:
    """What is not as it was when somebody last said something of it."""

    is_since_asking: bool  #: they asked for changes; else they approved it
    files: Sequence[ChangedFile]


def changed_words(connection: Connection, sources: Sources, campaign: str, announcement: str) -> Changed | None:
    """Its texts, and the campaign's file. None when nobody has approved it before, or asked for changes."""
    approved, asked = copies.approved_texts(campaign, announcement), copies.asked_about(campaign, announcement)
    times = {name: copies.taken_at(connection, name) for name in (approved, asked)}
    newest, _ = max(((name, at) for name, at in times.items() if at), key=lambda each: each[1], default=("", None))
    texts = copies.kept(connection, newest) if newest else None
    whole = texts if newest == asked else copies.kept(connection, copies.approved(campaign))
    if texts is None or whole is None:
        return None
    return Changed(newest == asked, _changed(texts, whole, sources, campaign, announcement))


def _changed(texts: Sources, whole: Sources, sources: Sources, campaign: str, announcement: str) -> list[ChangedFile]:
    folder, file = f"templates/{campaign}/{announcement}", f"campaigns/{campaign}.yaml"
    paths = dict.fromkeys({*texts.paths(folder), *sources.paths(folder)}, texts)
    return [
        ChangedFile(path, _pieces(then, sources, path))
        for path, then in sorted({**paths, file: whole}.items())
        if (then.read(path) or b"") != (sources.read(path) or b"")
    ]


def _pieces(then: Sources, now: Sources, path: str) -> list[Piece]:
    """Of a text; a picture or recording has no words to be compared."""
    return [] if is_picture(path) or is_sound(path) else list(pieces(_text(then, path), _text(now, path)))


def _text(sources: Sources, path: str) -> str:
    return (sources.read(path) or b"").decode("utf-8-sig", "replace")


def pieces(then: str, now: str) -> Iterator[Piece]:
    """How one text became another."""
    before, after = _WORDS.findall(then), _WORDS.findall(now)
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (kind, old, old_end, new, new_end) in enumerate(changes):
        if kind == "equal":
            yield from _shortened(after[new:new_end], is_first=not number, is_last=number == len(changes) - 1)
            continue
        if old < old_end:
            yield Piece("gone", "".join(before[old:old_end]))
        if new < new_end:
            yield Piece("new", "".join(after[new:new_end]))


def _shortened(words: list[str], *, is_first: bool, is_last: bool) -> Iterator[Piece]:
    """Of what is the same, only what stands near a change."""
    around = 2 * _AROUND  # spaces count
    head, tail = ([] if is_first else words[:around]), ([] if is_last else words[-around:])
    if len(words) <= len(head) + len(tail):
        yield Piece("same", "".join(words))
        return
    if head:
        yield Piece("same", "".join(head))
    yield Piece("skipped")
    if tail:
        yield Piece("same", "".join(tail))
