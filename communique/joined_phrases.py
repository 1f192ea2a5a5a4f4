"""Several phrases, or names, as one that can still be said in any language."""

from collections.abc import Sequence

from communique.phrase import as_phrase, phrase


def all_of(parts: Sequence[str]) -> str:
    """`a and b and c`."""
    *before, last = parts
    return phrase("{before} and {last}", before=all_of(before), last=last) if before else last


def any_of(parts: Sequence[str]) -> str:
    """`a or b or c`."""
    *before, last = parts
    return phrase("{before} or {last}", before=any_of(before), last=last) if before else last


def one_after_another(*parts: str) -> str:
    """`a; b`, without what is empty. A part that is no phrase is somebody's own words."""
    said = ""
    for each in filter(None, parts):
        said = phrase("{first}; {second}", first=as_phrase(said), second=as_phrase(each)) if said else each
    return said


def in_turn(sentences: Sequence[str]) -> str:
    """Whole sentences, one after the other."""
    first, *others = sentences
    said = first
    for each in others:
        said = phrase("{first} {second}", first=as_phrase(said), second=as_phrase(each))
    return said


def in_lines(sentences: Sequence[str]) -> str:
    """A line each."""
    first, *others = sentences
    said = first
    for each in others:
        said = phrase("{first}\n{second}", first=as_phrase(said), second=as_phrase(each))
    return said
