"""Which program this is: what was found by another one is found anew."""

import hashlib
import sys
from functools import cache
from pathlib import Path

import communique
from communique.drawing.font_files import installed_fonts


@cache
def this_program() -> str:
    """Hash (SHA-256, hex) of this program as it is on disk, and of Python with what is installed."""
    packages = [Path(communique.__file__).parent, Path(communique.__file__).parents[1] / "channels"]
    files = sorted(file for package in packages for file in package.rglob("*.py"))
    seen = [sys.version, *(f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in files)]
    installed = [Path(folder) for folder in sys.path if folder.endswith("-packages") and Path(folder).is_dir()]
    seen += [f"{folder} {folder.stat().st_mtime_ns}" for folder in installed]
    seen.append(str(installed_fonts()))  # without them no card is drawn
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()
