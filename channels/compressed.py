"""Files for web servers, each text once more in gzip beside it: compressed once, and not for each visitor."""

import gzip
from collections.abc import Mapping
from pathlib import PurePosixPath

_TEXTS = frozenset({".css", ".html", ".ics", ".json", ".txt", ".xml"})
_LEVEL = 6


def with_compressed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """All files, in their order; `es/index.html` is followed by `es/index.html.gz`. The same bytes give the same.

    Short texts too: one that has become short must not leave its older, longer self behind.
    """
    made: dict[str, bytes] = {}
    for path, data in files.items():
        made[path] = data
        if PurePosixPath(path).suffix in _TEXTS:
            made[f"{path}.gz"] = gzip.compress(data, _LEVEL, mtime=0)
    return made
