"""Milestones that are declared: what is counted from them moves along, what has gone stays."""

from communique.moments import parse_milestone
from communique.store.announcements import declarations
from tests.workspaces import Town


def declare(town: Town, milestone: str, moment: str) -> None:
    """Set a milestone without editing the file."""
    with town.database.begin() as connection:
        declarations.declare(connection, "news", milestone, parse_milestone(moment), by="Ana", now=town.clock.now)


def milestones(town: Town) -> dict[str, str]:
    """All milestones as they hold."""
    campaign = town.workspace.campaigns["news"]
    with town.database.reading() as connection:
        return {name: str(each) for name, each in declarations.milestones_of(connection, campaign).items()}


def test_what_was_declared_holds_instead_of_the_file(town: Town) -> None:
    """The last word counts; others stay as they are in the file."""
    declare(town, "start", "2026-12-05")
    declare(town, "start", "2026-12-06 11:00 to 12:30")
    assert milestones(town) == {"start": "2026-12-06 11:00 to 12:30", "later": "unknown"}


def test_a_milestone_can_be_taken_back(town: Town) -> None:
    """Declared unknown, nothing counted from it goes, and the reason says what to do."""
    town.invite("ana")
    declare(town, "start", "unknown")
    town.run()
    assert town.email.taken == []
    assert town.standing().reason == "the date of start is unknown: communique declare news start DATE"


def test_a_milestone_the_file_has_no_more_is_forgotten(town: Town) -> None:
    """A declaration for a name that was deleted sets nothing."""
    declare(town, "later", "2026-12-05")
    town.campaign("  later: unknown\n", "")
    assert milestones(town) == {"start": "2026-12-01 10:00"}


def test_a_declared_date_lets_an_announcement_go(town: Town) -> None:
    """Unknown until it is declared, then due when it says."""
    town.campaign("when: start", "when: later + 1 hours")
    town.invite("ana")
    town.run()
    assert town.email.taken == []
    declare(town, "later", "2026-12-01 10:00")
    town.run()
    assert town.email.taken == []
    town.clock.turn(hours=1)
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_a_date_at_the_end_of_the_calendar_stops_nothing_else(town: Town) -> None:
    """One absurd date makes one announcement wait; the others go on."""
    town.add("  never:\n    when: later + 9 months\n    to: [friends]\n    through: [email]\n")
    town.invite("ana")
    declare(town, "later", "9999-12-31")
    town.run()
    assert town.account() == "1 planned = 1 sent"
    assert not town.standing("never").will_go
