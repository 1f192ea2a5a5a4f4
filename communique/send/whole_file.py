"""A small file that this machine keeps beside its ledger: replaced whole, so that nobody ever reads half of it."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

_ABANDONED = 600  #: seconds after which nobody is about to name a file any more


def replace_whole(file: Path, kept: Mapping[str, object], *, is_on_disk: bool = False) -> None:
    """Write what is kept, in JSON; with `is_on_disk` it outlives a power cut from here on.

    Raises:
        OSError: it could not be written, and what was there before still is.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    begun = f".{file.stem}-"
    with NamedTemporaryFile("w", dir=file.parent, prefix=begun, encoding="utf-8", delete=False) as made:
        _take_away_abandoned(file.parent, begun, os.fstat(made.fileno()).st_mtime)
        try:
            json.dump(kept, made)
            made.flush()
            if is_on_disk:
                os.fsync(made.fileno())
            Path(made.name).replace(file)
        except OSError:
            with suppress(OSError):
                Path(made.name).unlink()
            raise
    if is_on_disk:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _take_away_abandoned(folder: Path, begun: str, present: float) -> None:
    """What was begun and never named: a daemon that is killed again and again would fill the folder.

    Another process may be writing here, so what is younger is left to it; `present` is by the file system's clock.
    """
    for each in folder.glob(f"{begun}*"):
        with suppress(OSError):  # named or taken away meanwhile
            if each.stat().st_mtime < present - _ABANDONED:
                each.unlink()
