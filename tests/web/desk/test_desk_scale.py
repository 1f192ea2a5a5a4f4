"""Neither what went out long ago nor what is to come makes a page or a command ask the ledger more."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert

from communique.delivery import Mode, State
from communique.plan.cancelling import known
from communique.plan.outlook import Sign
from communique.store.database import deliveries, occurrences
from communique.store.desk.officers import Duty
from communique.web.desk.looking_ahead import LookingAhead
from communique.web.desk.timeline_pages import timeline
from tests.desk import Desk, desk_of
from tests.workspaces import FOLLOWING, START, Town

PAGES = [
    "/",
    "/calendar",
    "/live",
    "/journal",
    "/people",
    "/files",
    "/answers",
    "/milestones/news",
    "/announcement/news/past-1/once",
    "/correct/news/past-1/once",
    "/withdraw/news/past-1/once",
    "/announcement/news/hello/once",
    "/cancel/news/hello/once",
]

#: On PostgreSQL a page asks some more now and then, of what may have changed; twelve announcements would be more.
_WHATEVER = 6


def announce(town: Town, first: int, number: int) -> None:
    """So many more announcements went out long ago, each with a copy, and as many are to come."""
    for each in range(first, first + number):
        past, due = f"past-{each}", START - timedelta(days=60 + each)
        for name, day in ((past, f"{due:%Y-%m-%d} 10:00"), (f"next-{each}", f"start + {each} days")):
            town.add(f"  {name}:\n    when: {day}\n    to: [friends]\n    through: [email]\n")
        with town.database.begin() as connection:
            fallen_due = {
                "id": each,
                "mode": Mode.LIVE,
                "campaign": "news",
                "announcement": past,
                "occurrence": "once",
                "due_at": due,
                "expires_at": due,
                "frozen_at": due,
                "late": False,
                "planned": 1,
                "hash": "",
                "milestones": {},
            }
            connection.execute(insert(occurrences).values(**fallen_due))
            copy = {
                "occurrence_id": each,
                "channel": "email",
                "person_id": 1,
                "language": "en",
                "role": "invited",
                "state": State.SENT,
                "reference": str(each),
                "next_attempt_at": due,
                "finished_at": due,
            }
            connection.execute(insert(deliveries).values(**copy))


@contextmanager
def counting(engine: Engine | type[Engine], by: str = "") -> Iterator[list[str]]:
    """The statements that are asked meanwhile, by threads whose names begin so."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if threading.current_thread().name.startswith(by):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked_by_pages(desk: Desk) -> dict[str, int]:
    """How many statements each page asks, once its texts are known."""
    seat = desk.sit(desk.hire(f"Ines Vidal {len(desk._clients)}", *Duty))
    found = {}
    desk.office.look_ahead()
    for page in PAGES:
        assert seat.get(page).status_code == 200, page
        # The desk has a database of its own, and looks ahead meanwhile in a thread that serves no page.
        with counting(Engine, by="AnyIO worker") as asked:
            seat.get(page)
        found[page] = len(asked)
    return found


@pytest.mark.ledger_by_hand
def test_no_page_of_the_desk_asks_more_with_more_announcements(town: Town) -> None:
    """Of what went out, and of what is to come: four times as many of each."""
    town.invite("ana")
    town.clock.turn(days=-1)
    announce(town, 1, 2)
    with desk_of(town) as desk:
        few = asked_by_pages(desk)
        announce(town, 3, 6)
        more = asked_by_pages(desk)
    assert [page for page in PAGES if more[page] > few[page] + _WHATEVER] == []
    assert max(few.values()) < 60


@pytest.mark.ledger_by_hand
def test_who_names_an_announcement_has_no_copies_counted(town: Town) -> None:
    """To cancel, withdraw or go on with one, the names of those that went out are enough."""
    announce(town, 1, 3)
    with counting(town.database.engine) as asked, town.database.reading() as connection:
        names = known(town.planner, connection)
    assert {("news", "past-1"), ("news", "hello")} <= set(names)
    assert not [each for each in asked if "deliveries" in each]


def standing_still(ahead: LookingAhead) -> int:
    """The process, stopped in what it does."""
    while ahead.pid is None and ahead.is_under_way:
        """It begins."""
    assert ahead.pid is not None
    os.kill(ahead.pid, signal.SIGSTOP)
    return ahead.pid


def test_the_first_page_waits_for_no_texts_to_be_written(town: Town) -> None:
    """Another process looks at all of them: what it has not come to is said to be checked, and is complete later."""
    town.invite("ana")
    town.clock.turn(days=-1)
    for number in range(6):
        town.add(FOLLOWING.replace("goodbye", f"goodbye-{number}"))
    with desk_of(town) as desk:
        officer, ahead = desk.hire("Ana Gil", Duty.EDITOR), desk.office.ahead
        ahead.is_enabled = True
        ahead.look(town.installation.sources.stamps())
        pid = standing_still(ahead)
        early = timeline(desk.office, officer)
        os.kill(pid, signal.SIGCONT)
        for each in threading.enumerate():
            if each.name == "looking ahead":
                each.join()
        late = timeline(desk.office, officer)
        with town.database.reading() as connection:
            planner = desk.office.planner()
            found = [
                desk.office.known(planner.workspace, planner.channels, each.occasion)
                for each in planner.standings(connection, town.clock.now, all_texts=False)
                if each.occasion is not None
            ]
    assert early.unchecked == 7
    assert [each.sign for each in late.coming] == [Sign.GOES] * 7
    assert len(found) == 7
    assert all(found)


def test_who_looks_ahead_ends_with_the_desk(town: Town) -> None:
    """At once, whatever it is doing: a daemon that stops waits for no texts."""
    with desk_of(town) as desk:
        ahead = desk.office.ahead
        ahead.is_enabled = True
        ahead.look(town.installation.sources.stamps())
        standing_still(ahead)
    assert not ahead.is_under_way
    ahead.look({})
    assert not ahead.is_under_way
