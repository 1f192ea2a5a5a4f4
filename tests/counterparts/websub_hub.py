"""A WebSub hub of another project (Flask-WebSub) on loopback, in a process of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.counterparts.presence import require

_HERE = Path(__file__).parent
_PYTHON = _HERE / "websub" / "bin" / "python"


@contextmanager
def running_hub(folder: Path, public: str, local: str) -> Iterator[str]:
    """Its address, once it answers. What it asks of the address `public` it gets from `local`."""
    require(_PYTHON.is_file(), "The WebSub hub is not there: run `make counterparts`.")
    command = [_PYTHON, _HERE / "websub_server.py", folder / "hub.sqlite", public, local]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/hub"
        finally:
            process.terminate()
