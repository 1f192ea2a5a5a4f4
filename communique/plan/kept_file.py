"""A file of what would only take time to find again."""

import os
from contextlib import suppress
from pathlib import Path


def keep(file: Path, data: bytes) -> bool:
    """Written whole, or not at all; False where it cannot be written, which costs time and no more."""
    made = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(data)
        made.replace(file)
    except OSError:
        with suppress(OSError):
            made.unlink()
        return False
    return True
