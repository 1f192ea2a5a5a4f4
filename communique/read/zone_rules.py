"""The machine's rules of time zones: an update of its tz database is heard of by a process that runs for months."""

import zoneinfo
from contextlib import suppress
from pathlib import Path

_VERSION = "tzdata.zi"  #: what each update writes anew
_known: list[tuple[int, int]] = []


def zone_stamp() -> tuple[int, int]:
    """Modification time (ns) and size of the tz database; zones that were read by an earlier one are forgotten.

    Those of the package `tzdata`, on machines without a database, come with a new start.
    """
    stamp = _stamp()
    if _known != [stamp]:
        if _known:
            zoneinfo.ZoneInfo.clear_cache()
        _known[:] = [stamp]
    return stamp


def _stamp() -> tuple[int, int]:
    for folder in map(Path, zoneinfo.TZPATH):
        for file in (folder / _VERSION, folder):
            with suppress(OSError):
                found = file.stat()
                return found.st_mtime_ns, found.st_size
    return 0, 0
