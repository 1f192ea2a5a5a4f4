"""Files that are made of others, or lie elsewhere: made when they are asked for, one at a time."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

_NEVER = (1980, 1, 1, 0, 0, 0)  #: the first date that a ZIP can hold: the same content gives the same bytes
_READABLE = 0o100644 << 16
_TEXTS = frozenset({".html", ".txt"})  #: all others are compressed already


class MadeFiles(Mapping[str, bytes]):
    """Files by path, of which none is kept in memory."""

    def __init__(self, makers: Mapping[str, Callable[[], bytes]]) -> None:
        self._makers = dict(makers)

    def __getitem__(self, path: str) -> bytes:
        return self._makers[path]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def zipped(name: str, inside: Mapping[str, str | bytes], files: Mapping[str, bytes]) -> bytes:
    """A ZIP with one folder, called `name`. Inside are texts and, by their paths, some of `files`: those that exist."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for member, content in inside.items():
            data = content if isinstance(content, bytes) else files.get(content)
            if data is not None:
                about = zipfile.ZipInfo(f"{name}/{member}", _NEVER)
                about.external_attr = _READABLE
                is_text = PurePosixPath(member).suffix in _TEXTS
                about.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
                file.writestr(about, data)
    return packed.getvalue()
