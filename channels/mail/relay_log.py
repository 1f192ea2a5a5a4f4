"""What a Postfix on this machine has written down of the mails it took: by the Message-ID we find its queue id."""

import bz2
import gzip
import lzma
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from communique.channel import Receipt, TemporaryError, phrase

_COMPRESSED: dict[str, Any] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile}
#: As logrotate names them: `mail.log.1`, `mail.log.2.gz`, `mail.log-20261201`.
_ROTATED = re.compile(r"([.-]\d[\d.-]*)?(\.gz|\.bz2|\.xz)?")
_SEEN = re.compile(rb"/cleanup\[\d+\]: (\w+): message-id=(\S*)")
#: Only what is whole comes to the queue manager. `cleanup` writes as the mail comes in, before its final dot.
_QUEUED = re.compile(rb"/qmgr\[\d+\]: (\w+): from=")
_CLOCKS_APART = timedelta(hours=1)


class RelayLog:
    """A log of Postfix, with those it was rotated to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def receipt(self, message_id: str, since: datetime) -> Receipt | None:
        """Of a mail that was taken; None when the log does not have it.

        Args:
            message_id: without brackets.
            since: before which the mail cannot have been sent: older files are not read.

        Raises:
            TemporaryError: the log cannot be read.
        """
        wanted = f"<{message_id}>".encode()
        queue_id = b""
        for line in self._lines(since - _CLOCKS_APART):
            # Cheap questions first: there may be millions of lines.
            if b"message-id=" in line and (seen := _SEEN.search(line)):
                if seen[2] == wanted:
                    queue_id = seen[1]
                elif seen[1] == queue_id:  # Postfix has given the id to another mail
                    queue_id = b""
            elif queue_id and queue_id in line and (queued := _QUEUED.search(line)) and queued[1] == queue_id:
                found = queue_id.decode()
                return Receipt(
                    reference=found, detail=phrase("in {log}: queued as {found}", log=self._path, found=found)
                )
        return None

    def _lines(self, since: datetime) -> Iterator[bytes]:
        """Oldest first, so that a mail whose lines are in two files is found."""
        try:
            self._path.stat()
            for path in self._files(since):
                kind = _COMPRESSED.get(path.suffix)
                with kind(path) if kind else path.open("rb") as file:
                    yield from file
        except (OSError, EOFError, lzma.LZMAError) as error:
            raise TemporaryError(
                phrase("expected the relay's log {path}, found: {error}", path=self._path, error=error)
            ) from error

    def _files(self, since: datetime) -> list[Path]:
        name = self._path.name
        beside = [each for each in self._path.parent.iterdir() if each.name.startswith(name)]
        changed = {each: each.stat().st_mtime for each in beside if _ROTATED.fullmatch(each.name[len(name) :])}
        read = [each for each in changed if each == self._path or changed[each] >= since.timestamp()]
        return sorted(read, key=lambda each: changed[each])
