"""What most tests of the engine begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import Town, build


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A tiny workspace with a ledger of its own; its clock stands at the milestone `start`."""
    made = build(tmp_path)
    yield made
    made.database.close()
