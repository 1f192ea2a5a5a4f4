"""Preconditions of a request (RFC 9110 section 13): whether what somebody has is still what there is."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
OK, NOT_MODIFIED, FAILED = 200, 304, 412


@dataclass(frozen=True, slots=True)
class Validators:
    """By what two states of one representation are told apart."""

    etag: str  #: strong, in its quotes
    modified_at: int  #: whole seconds since 1970, as Last-Modified has them


def answer_to(headers: Mapping[str, str], present: Validators) -> int:
    """200, 304 or 412 for a GET or HEAD, in the order of section 13.2.2. Names of headers are in small letters.

    A tag goes before a date, and each counts alone; a date that is none is as if it were not there (13.1.3, 13.1.4).
    """
    if (tags := headers.get("if-match")) is not None:
        if not _named(tags, present.etag, weakly=False):
            return FAILED
    elif (date := _seconds(headers.get("if-unmodified-since", ""))) is not None and present.modified_at > date:
        return FAILED
    if (tags := headers.get("if-none-match")) is not None:
        return NOT_MODIFIED if _named(tags, present.etag, weakly=True) else OK
    date = _seconds(headers.get("if-modified-since", ""))
    return NOT_MODIFIED if date is not None and present.modified_at <= date else OK


def _named(tags: str, etag: str, *, weakly: bool) -> bool:
    """Whether a list of tags names this one. A cache that has compressed it itself calls it weak (8.8.3.2)."""
    if tags.strip() in {etag, "*"}:
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(tags))


@functools.lru_cache(maxsize=256)
def _seconds(date: str) -> float | None:
    """Since 1970; None for what is no date of section 5.6.7."""
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
