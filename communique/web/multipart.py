"""Forms with files in them (RFC 7578), as browsers send them: whole, and no larger than the page allows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(rb'[; ]name="([^"\r\n]*)"')
_FILENAME = re.compile(rb'[; ]filename="([^"\r\n]*)"')


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that somebody has chosen."""

    name: str  #: as their machine calls it: never a path of ours
    data: bytes


def parts(content_type: str, body: bytes, most: int) -> Iterator[tuple[str, str | SentFile]]:
    """Fields and files by their names, so many at the most; nothing of what is no such form."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        return
    sections = (b"\r\n" + body).split(b"\r\n--" + found[1].encode("ascii"))
    for section in sections[1 : most + 1]:
        head, separator, data = section.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if section.startswith(b"--") or not separator or name is None:
            continue
        filename = _FILENAME.search(head)
        field = name[1].decode("utf-8", "replace")
        if filename is not None:
            yield field, SentFile(filename[1].decode("utf-8", "replace"), data)
        else:
            yield field, data.decode("utf-8", "replace")
