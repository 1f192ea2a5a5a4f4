"""Whoever looks does not wait until the texts of a whole workspace are written: pages say what is not checked yet."""

from collections.abc import Iterator

import pytest

from communique.plan.outlook import Sign
from communique.store.desk.officers import Duty, Officer
from communique.web.desk.office import AT_ONCE
from communique.web.desk.timeline_pages import Timeline, timeline
from tests.desk import Desk, desk_of
from tests.workspaces import build

_ONE = """  note-{n}:
    when: start + {n} days
    to: [friends]
    through: [email]
"""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A fresh desk with more announcements than anybody waits for, and approvals that nobody has given."""
    town = build(tmp_path_factory.mktemp("town"))
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.invite("ana")
    town.clock.turn(days=-1)
    for secret in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        town.variables[secret] = "secret"  # without them there is a fault
    for number in range(1, AT_ONCE + 2):
        town.add(_ONE.format(n=number))
    with desk_of(town) as made:
        made.office.following.is_ended = True  # nothing is looked at meanwhile, so that it can be seen
        yield made
    town.database.close()


@pytest.fixture
def ines(desk: Desk) -> Officer:
    """May do everything."""
    return desk.hire("Ines Vidal", *Duty)


def seen(desk: Desk, officer: Officer) -> Timeline:
    """The first page."""
    return timeline(desk.office, officer)


def test_a_fresh_page_says_that_nothing_is_checked_yet(desk: Desk, ines: Officer) -> None:
    """Neither that all is well nor that anything is wrong: who looks is told that it will be seen."""
    found = seen(desk, ines)
    assert [each.sign for each in found.coming] == [Sign.UNCHECKED] * (AT_ONCE + 2)
    assert found.next == found.coming[0]
    assert not found.wrong.count
    assert not found.mine
    page = desk.sit(ines).get("/").text
    assert "Next, and not checked yet" in page
    assert "Still checking" in page
    assert f"{AT_ONCE + 2} announcements have not been checked yet." in page
    assert "Nothing is wrong" not in page
    assert 'data-every="3"' in page
    assert "<noscript> What is found is there when the page is loaded again." in page


def test_few_that_are_not_known_are_looked_at_at_once(desk: Desk, ines: Officer) -> None:
    """So whoever has just saved a text sees what is wrong with it, and not that it will be seen."""
    desk.office.following.is_ended = False
    desk.office.look_ahead()
    assert not seen(desk, ines).unchecked
    desk.town.edit("templates/news/hello/en/article.md", "facts.colour", "facts.color")
    desk.office.refresh()
    assert [each.sign for each in seen(desk, ines).coming] == [Sign.DRAFT, *[Sign.AWAITING] * (AT_ONCE + 1)]


def test_an_announcement_that_is_opened_is_looked_at_and_the_others_are_not(desk: Desk, ines: Officer) -> None:
    """Its page is what is asked for."""
    page = desk.sit(ines).get("/announcement/news/hello/once").text
    assert "Awaiting approval" in page
    assert "Not checked yet" not in page


def test_a_month_says_what_is_not_checked_yet(desk: Desk, ines: Officer) -> None:
    """And is there at once."""
    page = desk.sit(ines).get("/calendar?month=2026-12").text
    assert "Some announcements have not been checked yet" in page
    assert page.count("Not checked yet") == AT_ONCE + 3  # each, and what the sign means


def test_what_waits_for_a_person_and_comes_before_is_shown_first(desk: Desk, ines: Officer) -> None:
    """What is known is worth more than what is not."""
    office = desk.office
    planner = office.planner()
    with desk.town.database.reading() as connection:
        first = planner.standings(connection, desk.town.clock.now, all_texts=False)[0]
    assert first.occasion is not None
    planner.preflight(planner.workspace, planner.channels, first.occasion)
    found = seen(desk, ines)
    assert [each.sign for each in found.coming] == [Sign.AWAITING, *[Sign.UNCHECKED] * (AT_ONCE + 1)]
    assert found.next is None
    assert found.unready == found.coming[0]
    assert found.mine == [found.coming[0]]


def test_a_calendar_program_waits_for_everything(desk: Desk, ines: Officer) -> None:
    """It asks again in an hour, and nobody sits before it."""
    page = desk.sit(ines).get("/calendar").text
    address = page.partition("<code>")[2].partition("</code>")[0]
    told = desk.seat().get(address[address.index("/calendar/") :]).text
    assert "Not checked yet" not in told
    assert "Awaiting approval: Hello" in told
