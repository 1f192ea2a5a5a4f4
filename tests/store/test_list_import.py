"""A long list is written in pieces, and still an audience has all of it or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from communique.postal_address import PostalAddress
from communique.store import turns
from communique.store.database import people as people_table
from communique.store.recipients import erasure, list_import, people
from communique.store.recipients.list_import import ListImport
from communique.store.recipients.people import Row
from communique.store.tables.postal import postal_addresses
from communique.store.turns import Turns
from tests.workspaces import Town

ROWS = [Row(address=f"p{number}@example.org", name=f"P{number}", language="en", organisation="") for number in range(5)]


def digests(key: str) -> Sequence[str]:
    """What is kept of somebody erased."""
    return [f"kept of {key}"]


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_import, "_PIECE", 2)


def at_work(town: Town, rows: Sequence[Row] = ROWS) -> ListImport:
    """A list on its way."""
    return ListImport(Turns(town.database, lambda _seconds: None), rows, digests, town.clock.now)


def joined(town: Town, writing: ListImport, audience: str = "friends") -> int:
    """How many are new."""
    with town.database.begin() as connection:
        return writing.join(connection, audience=audience, basis="test", source="test")


def members(town: Town) -> list[str]:
    """Names of the friends."""
    with town.database.reading() as connection:
        return [each.person.name for each in people.members(connection, ["friends"])]


def erase(town: Town, name: str, digest: str = "") -> None:
    """Somebody is gone; with a digest because they asked for it."""
    with town.database.begin() as connection:
        assert erasure.erase(connection, f"{name}@example.org", digest, str, town.clock.now)


def test_an_audience_has_the_whole_list_or_nothing_of_it(town: Town) -> None:
    """What falls due while it is written is owed to who was in it before; what falls due afterwards to all."""
    town.invite("p1", "ben")
    writing = at_work(town)
    seen = [(done, members(town)) for done in writing.write()]
    assert [done for done, _ in seen] == [2, 4, 5]
    assert [names for _, names in seen] == [["P1", "Ben"]] * 3
    town.run()
    assert town.account() == "2 planned = 2 sent"
    assert joined(town, writing) == 4
    assert sorted(members(town)) == ["Ben", "P0", "P1", "P2", "P3", "P4"]
    assert joined(town, writing) == 0


def test_other_writers_come_in_between_the_pieces(town: Town) -> None:
    """On SQLite they are waited for, before each piece but the first; PostgreSQL keeps a queue."""
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        with town.database.begin():  # nobody is in it
            pass

    writing = ListImport(Turns(town.database, wait), ROWS, digests, town.clock.now)
    assert list(writing.write()) == [2, 4, 5]
    assert waited == ([] if town.database.is_shared else [turns.BREATH] * 2)


def test_who_asks_to_be_erased_meanwhile_stays_away(town: Town) -> None:
    """Before their piece was written, and after."""
    writing = at_work(town)
    pieces = writing.write()
    town.invite("p4")
    next(pieces)
    erase(town, "p4", *digests("p4@example.org"))
    list(pieces)
    erase(town, "p0", *digests("p0@example.org"))
    assert joined(town, writing) == writing.number == 3
    assert (members(town), sorted(writing.keys)) == (["P1", "P2", "P3"], [f"p{each}@example.org" for each in (1, 2, 3)])


def test_who_is_swept_away_meanwhile_as_one_in_no_audience_is_written_once_more(town: Town) -> None:
    """They are on the list, and have not asked for anything."""
    writing = at_work(town)
    list(writing.write())
    erase(town, "p2")
    assert joined(town, writing) == 5
    assert sorted(members(town)) == ["P0", "P1", "P2", "P3", "P4"]


def test_a_list_that_is_taken_back_leaves_nobody_it_has_made(town: Town) -> None:
    """Who was known, or has joined something meanwhile, stays."""
    town.invite("ben", "p1")
    town.clock.turn(hours=1)
    home = people_home()
    rows = [replace(each, postal=home) for each in ROWS]
    writing = at_work(town, [*rows, Row(address="ben@example.org", name="Ben", language="en", organisation="")])
    list(writing.write())
    with town.database.begin() as connection:
        known = people.by_address(connection, "p3@example.org")
        assert known is not None
        people.join(connection, [known.id], audience="others", basis="asked", source="", now=town.clock.now)
    writing.take_back()
    with town.database.reading() as connection:
        left = connection.execute(select(people_table.c.name).order_by(people_table.c.name)).scalars().all()
        homes = connection.execute(select(func.count()).select_from(postal_addresses)).scalar_one()
    assert (left, homes) == (["Ben", "P1", "P3"], 2)
    assert members(town) == ["Ben", "P1"]


def people_home() -> PostalAddress:
    """Where all of them live."""
    return PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")


@pytest.mark.parametrize("order", [list, reversed])
def test_who_has_moved_lives_at_the_new_address(town: Town, order: Callable[[Sequence[Row]], Sequence[Row]]) -> None:
    """And who has not is not written anew."""
    home = people_home()
    for street in ("1 Quay Street", "2 Quay Street"):
        rows = [replace(each, postal=home) for each in ROWS[:1]]
        rows += [replace(ROWS[1], postal=replace(home, street=street))]
        writing = at_work(town, list(order(rows)))
        list(writing.write())
        joined(town, writing)
    with town.database.reading() as connection:
        streets = connection.execute(select(postal_addresses.c.street)).scalars().all()
    assert sorted(streets) == ["1 Quay Street", "2 Quay Street"]
