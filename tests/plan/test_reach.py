"""How many people were reached: what left and did not come back, in numbers that give nobody away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from communique.delivery import Mode
from communique.small_numbers import HIDDEN, Shown, shown, shown_in_total
from communique.store.announcements import reach
from communique.store.database import Database, deliveries
from communique.store.recipients import people, returns, subscribers
from communique.store.recipients.returns import Return
from communique.subscription import Choices, Frequency
from tests import command_line
from tests.digest_towns import DigestTown
from tests.workspaces import START, Town

FEW = Shown(None, "fewer than 10")


def test_nobody_is_nobodys_secret_and_few_are_not_counted_out() -> None:
    """Nine people may know each other."""
    assert [str(shown(number, 10)) for number in (0, 1, 9, 10)] == ["0", "fewer than 10", "fewer than 10", "10"]


@pytest.mark.parametrize(
    ("parts", "said", "total"),
    [
        ({"en": 40, "es": 20}, {"en": Shown(40), "es": Shown(20)}, Shown(60)),
        # Of one hidden number the total would tell it: the smallest of the others is hidden with it.
        ({"en": 40, "es": 20, "fr": 3}, {"en": Shown(40), "es": HIDDEN, "fr": FEW}, Shown(63)),
        # Two hidden numbers that are few together are few each.
        ({"en": 40, "es": 2, "fr": 3}, {"en": HIDDEN, "es": FEW, "fr": FEW}, Shown(45)),
        ({"en": 40, "es": 6, "fr": 7}, {"en": Shown(40), "es": FEW, "fr": FEW}, Shown(53)),
        ({"en": 40, "es": 0}, {"en": Shown(40), "es": Shown(0)}, Shown(40)),
        ({"en": 4, "es": 0}, {"en": FEW, "es": Shown(0)}, FEW),
        ({"en": 4, "es": 5}, {"en": FEW, "es": FEW}, FEW),
        ({}, {}, Shown(0)),
    ],
)
def test_a_hidden_number_does_not_come_out_as_the_rest(
    parts: dict[str, int], said: dict[str, Shown], total: Shown
) -> None:
    """Whoever takes what is shown from the total gets at least ten people, of two groups."""
    assert shown_in_total(parts, 10) == (said, total)
    shown_parts, whole = shown_in_total(parts, 10)
    hidden = [name for name, each in shown_parts.items() if each.number is None]
    if whole.number is not None and hidden:
        rest = whole.number - sum(each.number for each in shown_parts.values() if each.number is not None)
        assert len(hidden) > 1
        assert rest >= 10


def returned(database: Database, name: str, verdict: str) -> None:
    """Something came back of somebody's copy."""
    with database.begin() as connection:
        person = people.by_address(connection, f"{name}@example.org")
        assert person is not None
        number = connection.execute(select(deliveries.c.id).where(deliveries.c.person_id == person.id)).scalar()
        said = {"kind": "failed", "status": "", "words": "", "subject": "", "place": ""}
        returns.note(connection, Return(digest=name, delivery=number, verdict=verdict, at=START, **said))


def test_what_came_back_reached_nobody_and_a_complaint_did(town: Town) -> None:
    """By channel; what is for everybody is not counted."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    town.invite("ana", "ben", "cleo", "dora")
    town.suppress("dora")
    town.run()
    returned(town.database, "ana", "hard")
    returned(town.database, "ben", "complaint")
    with town.database.reading() as connection:
        found = reach.of_announcements(connection, Mode.LIVE, "news")
        assert reach.of_announcements(connection, Mode.TRIAL) == []
    assert {each.channel: each.people for each in found} == {"email": 2, "website": None}


def test_who_gets_it_in_a_newsletter_by_day_is_reached_by_that(town: Town) -> None:
    """Not before it goes; and once."""
    digests = DigestTown(town)
    digests.announce("news", {"first": "2026-12-01 10:00"})
    digests.choose("ana", Frequency.DAILY)
    digests.choose("ben", Frequency.EACH)
    reached = []
    for hours in (-1, 0, 23):
        digests.tick(START + timedelta(hours=hours))
        with town.database.reading() as connection:
            reached.append([each.people for each in reach.of_announcements(connection, Mode.LIVE)])
    assert reached == [[], [1], [2]]


def test_subscribers_are_counted_by_what_they_chose(town: Town) -> None:
    """An import gets everything each time; who left is not counted."""
    chosen = {
        "ana": Choices(language="en", frequency=Frequency.DAILY, topics=("news", "works")),
        "ben": Choices(language="es", frequency=Frequency.EACH),
        "cleo": Choices(language="es", frequency=Frequency.WEEKLY, topics=("news",)),
    }
    town.invite(*chosen, "dora", audience="subscribers")
    town.invite("emil", audience="friends")
    town.suppress("cleo")
    with town.database.begin() as connection:
        for name, choices in chosen.items():
            person = people.by_address(connection, f"{name}@example.org")
            assert person is not None
            subscribers.choose(connection, person.id, choices, START)
        found = reach.of_subscribers(connection)
    assert found.by_language == {"en": 2, "es": 1}
    assert found.by_frequency == {"each": 2, "daily": 1, "weekly": 0}
    assert (found.to_everything, found.to_some, found.by_topic) == (2, 1, {"news": 1, "works": 1})


def test_the_command_says_numbers_that_may_be_handed_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """On screen and as JSON; the settings say what is few."""
    town.settings("mode: live", "mode: live\nsmallest_count: 3")
    town.invite("ana", "ben", "cleo")
    town.invite("dora", "emil", audience="subscribers")
    town.run()
    line = command_line.at(town.root, monkeypatch, START)
    said = line("reach").text
    assert "news/hello  email  3" in said
    assert "fewer than 3" in said
    assert "menos de 3" in line("--language", "es", "reach").text
    found = line("reach", "news", "--json").json
    assert [each["people"] for each in found["announcements"]] == [3]
    assert found["subscribers"]["total"] == "fewer than 3"
    assert found["subscribers"]["by_frequency"] == {"each": "fewer than 3", "daily": 0, "weekly": 0}
    nothing = line("reach", "nws")
    assert (nothing.code, "Did you mean `news`?" in nothing.errors) == (1, True)
