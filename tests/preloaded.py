"""Libraries in C, made for a test, that stand between a process and the system: `LD_PRELOAD`."""

import shutil
import subprocess
from pathlib import Path

from tests.counterparts.presence import require

_TESTS = Path(__file__).parent


def preloaded(name: str, folder: Path) -> Path:
    """The library of `tests/NAME.c`, made in a folder."""
    compiler = shutil.which("cc")
    require(compiler, "A C compiler is missing: install build-essential.")
    made = folder / f"{name}.so"
    command = [str(compiler), "-shared", "-fPIC", "-Wall", "-Werror", "-o", made, _TESTS / f"{name}.c", "-ldl"]
    subprocess.run(command, check=True)
    return made
