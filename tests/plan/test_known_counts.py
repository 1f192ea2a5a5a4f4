"""How many an audience has is kept for who looks, and never longer than it is true."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, text, update

from communique.plan.known_counts import LONGEST, KnownCounts
from communique.store import audience_changes
from communique.store.database import memberships, suppressions
from communique.store.database import people as people_table
from communique.store.metadata import metadata
from communique.store.recipients import people
from communique.store.recipients.ways import Way
from communique.store.recipients.wishes import Mailed, Wish
from communique.store.tables.postal import postal_addresses
from communique.store.tables.subscriber import subscription_topics, subscriptions
from tests.workspaces import START, Town

OF_THE_FIRST = {"person_id": 1}
CHANGES: dict[str, Callable[[Connection], Any]] = {
    "a language": lambda it: it.execute(update(people_table).values(language="es")),
    "somebody leaves a list": lambda it: it.execute(delete(memberships).where(memberships.c.person_id == 1)),
    "nothing is to be sent": lambda it: it.execute(
        insert(suppressions).values(address_key="ana@example.org", reason="asked", since=START, is_dead=False)
    ),
    "a postal address": lambda it: it.execute(
        insert(postal_addresses).values(**OF_THE_FIRST, street="1", postcode="", city="", region="", country="ES")
    ),
    "a choice": lambda it: it.execute(
        insert(subscriptions).values(**OF_THE_FIRST, frequency="daily", all_topics=True, changed_at=START)
    ),
    "a topic": lambda it: it.execute(insert(subscription_topics).values(**OF_THE_FIRST, campaign="news")),
}


def count(known: KnownCounts, town: Town, after: timedelta = timedelta()) -> tuple[int, int]:
    """How many friends there are to write to, and how many statements that took."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    event.listen(town.database.engine, "before_cursor_execute", note)
    with town.database.reading() as connection:
        groups = known.counting(connection, START + after)(("friends",), frozenset(), None, None, Way.MAIL)
    event.remove(town.database.engine, "before_cursor_execute", note)
    return sum(each.number for each in groups), sum("memberships" in each for each in asked)


def test_whoever_looks_again_has_nobody_counted(town: Town) -> None:
    """Nor does sending change who is written to."""
    town.invite("ana", "ben")
    known = KnownCounts()
    assert count(known, town) == (2, 1)
    town.run()
    assert count(known, town) == (2, 0)


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_of_people_has_them_counted_anew(town: Town, change: str) -> None:
    """At once, whoever made it, in another process, too: the ledger says so."""
    town.invite("ana", "ben")
    known = KnownCounts()
    count(known, town)
    with town.database.begin() as connection:
        CHANGES[change](connection)
    assert count(known, town)[1] == 1


def test_a_change_that_was_taken_back_in_part_is_seen(town: Town) -> None:
    """The sign of the first went with it; the second leaves its own."""
    town.invite("ana", "ben")
    known = KnownCounts()
    count(known, town)
    with town.database.begin() as connection:
        with connection.begin_nested() as part:
            CHANGES["a language"](connection)
            part.rollback()
        CHANGES["somebody leaves a list"](connection)
    assert count(known, town) == (1, 1)


def test_signs_that_are_thrown_together_are_another_sign(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that they do not grow with each who subscribes, and no state comes twice."""
    monkeypatch.setattr(audience_changes, "_KEPT", 3)
    seen = []
    for number in range(8):
        with town.database.begin() as connection:
            connection.execute(update(people_table).values(organisation=str(number)))
            seen.append(audience_changes.state(connection))
    assert len(set(seen)) == len(seen)
    assert max(each.rows for each in seen) <= 3


def test_what_another_program_changes_is_seen_after_minutes(town: Town) -> None:
    """Somebody writes into the tables by hand: nothing says so."""
    town.invite("ana", "ben")
    known = KnownCounts()
    count(known, town)
    with town.database.begin() as connection:
        connection.execute(text("DELETE FROM memberships WHERE person_id = 1"))
    assert count(known, town) == (2, 0)
    assert count(known, town, LONGEST) == (1, 1)


def test_every_table_that_is_counted_in_is_watched(town: Town) -> None:
    """One more that counting reads, and its changes would be seen by nobody for minutes."""
    town.invite("ana")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    with town.database.reading() as connection:
        event.listen(town.database.engine, "before_cursor_execute", note)
        for way in Way:
            wish = Wish("news", Mailed(("friends",), None))
            people.groups(connection, ("subscribers", "friends"), {"ana@example.org"}, wish, None, way)
        event.remove(town.database.engine, "before_cursor_execute", note)
    read = {name for name in metadata.tables if any(re.search(rf"\b{name}\b", each) for each in asked)}
    assert read == audience_changes.TABLES
