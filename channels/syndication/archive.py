"""Which entries stand in which file: the newest in the feed itself, older ones in archives (RFC 5005, section 4).

Archives are counted from the oldest entry and always full, so an archive never changes when something new comes, and
who walks through them meets each entry once: the feed itself holds what is in no archive, one page and less than two.
The first two archives are cut off together, so that the oldest names the one after it from its first day: an archive
that names no other is taken for incomplete (W3C feed validator: ArchiveIncomplete), and none may change later.
An archived entry stands in the feed once more when it was corrected after the oldest one there was published: whoever
has been through the archives does not go there again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from communique.channel import Entry, Feed


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One page of a feed; each becomes three files, one a format."""

    feed: Feed
    number: int  #: 0 is the feed itself, 1 the oldest archive
    previous: int  #: number of the archive with the entries before these; 0: there are none
    following: int = 0  #: the oldest archive's: number of the archive with the entries after these
    entries: tuple[Entry, ...]  #: newest first, and then what was corrected

    def address(self, stem: str, suffix: str, number: int | None = None) -> str:
        """Public address of a page's file, this one's unless a number is given."""
        name = file_name(stem, suffix, self.number if number is None else number)
        return self.feed.base + folder(self.feed) + name


def folder(feed: Feed) -> str:
    """Where a feed's files lie, below the directory and below the public address alike."""
    return f"feeds/{feed.audience}/{feed.language}/"


def documents(feed: Feed, page_size: int) -> Iterator[Document]:
    """The feed and its archives, archives first, so that what is linked to is written before what links."""
    entries = feed.entries
    full = max(len(entries) - page_size, 0) // page_size
    archives = full if full > 1 else 0
    seam = len(entries) - archives * page_size
    for number in range(1, archives + 1):
        end = len(entries) - (number - 1) * page_size
        page = entries[end - page_size : end]
        following = 2 if number == 1 else 0
        yield Document(feed=feed, number=number, previous=number - 1, following=following, entries=page)
    corrected = _corrected_since(entries[seam - 1].published_at, entries[seam:]) if archives else ()
    yield Document(feed=feed, number=0, previous=archives, entries=entries[:seam] + corrected)


def _corrected_since(moment: datetime, archived: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(each for each in archived if each.updated_at > max(each.published_at, moment))


def file_name(stem: str, suffix: str, number: int) -> str:
    """`rss.xml`, or `rss-archive-1.xml`."""
    return f"{stem}-archive-{number}{suffix}" if number else f"{stem}{suffix}"
