"""The desk says when nothing is sent although it ought to be: it cannot be seen on any other page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.store.desk.officers import Duty
from tests.desk import Desk, desk_of
from tests.workspaces import build

STILL = "Nothing is being sent"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A town with its desk, and no daemon."""
    town = build(tmp_path / "town")
    with desk_of(town) as made:
        yield made
    town.database.close()


def test_a_daemon_that_does_not_run_is_wrong_and_said_first(desk: Desk) -> None:
    """A quarter of an hour after what was approved was due; not before, and no more once it has begun."""
    seat = desk.sit(desk.hire("Ana Gil", *Duty))
    desk.town.invite("ana")
    desk.town.approve("Ben Sanz")
    desk.town.clock.turn(minutes=14)
    assert STILL not in seat.get("/").text
    desk.town.clock.turn(minutes=76)
    page = seat.get("/").text
    assert STILL in page
    assert "Was due, and has not begun" in page
    assert "communique run" in page
    desk.town.freeze()
    assert STILL not in seat.get("/").text


def test_what_was_approved_after_its_time_is_given_time_to_begin(desk: Desk) -> None:
    """The next tick takes it; who has just approved it is not told that all stands still."""
    seat = desk.sit(desk.hire("Ana Gil", *Duty))
    desk.town.invite("ana")
    desk.town.clock.turn(minutes=90)
    desk.town.approve("Ben Sanz")
    assert STILL not in seat.get("/").text
    desk.town.clock.turn(minutes=20)
    assert STILL in seat.get("/").text
