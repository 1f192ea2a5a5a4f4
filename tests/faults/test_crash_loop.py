"""A daemon that is killed at each start; `make soak` kills it fifty times."""

import pytest

from tests.crash_loop import die_at_each_start
from tests.workspaces import Town


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_at_each_start_it_uses_up_no_attempt(town: Town) -> None:
    """Nobody is given up or in doubt; once it lives, a refusal counts as the first, and each has one mail."""
    die_at_each_start(town, deaths=8)
