"""The desk's first pages look at the copies of what fell due lately, however long a history there is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from communique.delivery import Mode, State
from communique.store.database import deliveries, occurrences
from communique.store.deliveries import accounts
from tests.workspaces import START, Town

AGO = [timedelta(days=days) for days in (700, 600, 500, 400, 300, 200, 100, 10, 2)]
STATES = {700: State.IN_DOUBT, 600: State.SCHEDULED}


def history(town: Town) -> None:
    """Nine announcements of two years; something of the two oldest is not over."""
    with town.database.begin() as connection:
        for number, ago in enumerate(AGO, 1):
            due = START - ago
            connection.execute(
                insert(occurrences).values(
                    id=number,
                    mode=Mode.LIVE,
                    campaign="news",
                    announcement=f"news-{ago.days}",
                    occurrence="once",
                    due_at=due,
                    expires_at=due,
                    frozen_at=due,
                    late=False,
                    planned=1,
                    hash="",
                    milestones={},
                )
            )
            connection.execute(
                insert(deliveries).values(
                    occurrence_id=number,
                    channel="x",
                    person_id=0,
                    language="en",
                    role="public",
                    state=STATES.get(ago.days, State.SENT),
                    reason="",
                    reference=str(number),
                    attempts=0,
                    resends=0,
                    next_attempt_at=due,
                    finished_at=None if STATES.get(ago.days) is State.SCHEDULED else due,
                )
            )


@pytest.mark.ledger_by_hand
def test_what_fell_due_lately_comes_with_what_is_not_over(town: Town) -> None:
    """And with so many others as a page shows at least; the older ones are counted and not looked into."""
    history(town)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    with town.database.reading() as connection:
        event.listen(town.database.engine, "before_cursor_execute", note)
        found = accounts.latest_balances(connection, Mode.LIVE, since=START - timedelta(days=14), least=3)
        event.remove(town.database.engine, "before_cursor_execute", note)
        assert [each.announcement for each in found] == ["news-700", "news-600", "news-100", "news-10", "news-2"]
        assert all(each.holds for each in found)
        (one,) = accounts.balances_of(connection, Mode.LIVE, ("news", "news-300"))
        assert one.by_state[State.SENT] == 1
        assert accounts.count_balances(connection, Mode.LIVE) == len(AGO)
    assert sum("GROUP BY deliveries.occurrence_id, deliveries.state, deliveries.channel" in each for each in asked) == 1
