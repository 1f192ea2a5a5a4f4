"""Whoever leaves while an announcement goes out to everybody is written to before they left, or not at all."""

from pathlib import Path

import pytest

from tests.leaving import InGroups, OneByOne, leave_while_mails_go
from tests.workspaces import build

PEOPLE = 60  #: `make soak` has a thousand


@pytest.mark.parametrize("kind", [OneByOne, InGroups])
def test_nobody_who_has_left_is_written_to_afterwards(tmp_path: Path, kind: type[OneByOne]) -> None:
    """One-click requests and mails at the same time: no mail passes once the answer is there."""
    town = build(tmp_path)
    race = leave_while_mails_go(town, kind, PEOPLE)
    town.database.close()
    assert len(race.left) == PEOPLE
    assert race.too_late == set()
    # A race, and not two walks: some got it before they left, and some left before it came to them.
    assert 0 < len(race.sent) < PEOPLE
