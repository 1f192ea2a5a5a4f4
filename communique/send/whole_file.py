"""A small file that this machine keeps beside its ledger: replaced whole, so that nobody ever reads half of it."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def replace_whole(file: Path, kept: Mapping[str, object], *, is_on_disk: bool = False) -> None:
    """Write what is kept, in JSON; with `is_on_disk` it outlives a power cut from here on.

    Raises:
        OSError: it could not be written, and what was there before still is.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.stem}-", encoding="utf-8", delete=False) as made:
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
