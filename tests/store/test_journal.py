"""What people did: written down once, newest first, and never rewritten."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from communique.store.desk import journal
from tests.workspaces import START, Town


def test_the_newest_comes_first_and_at_the_most_so_many(town: Town) -> None:
    """With who, what and when, in UTC, also for two things at the same moment."""
    with town.database.begin() as connection:
        for number in range(3):
            journal.note(connection, who="Ana", what=f"did {number}", now=START + timedelta(hours=number // 2))
    with town.database.reading() as connection:
        lines = journal.latest(connection, 2)
        assert [line.what for line in lines] == ["did 2", "did 1"]
        assert (lines[0].who, lines[0].at, lines[0].at.utcoffset()) == ("Ana", START + timedelta(hours=1), timedelta())
        assert len(journal.latest(connection, 99)) == 3


def declare(connection: Connection, dates: dict[str, str]) -> None:
    """Write down what fails afterwards."""
    journal.note(connection, who="Ana", what="declared", now=START)
    del dates["start"]


def test_what_was_not_done_is_not_on_record(town: Town) -> None:
    """A line stands or falls with the change it tells of: one transaction."""
    with pytest.raises(KeyError), town.database.begin() as connection:
        declare(connection, {})
    with town.database.reading() as connection:
        assert list(journal.latest(connection, 9)) == []


def test_an_empty_journal_is_empty(town: Town) -> None:
    """Nobody did anything yet."""
    with town.database.reading() as connection:
        assert list(journal.latest(connection, 9)) == []
