"""Nobody is silent for four months unawares: the plan and the desk say so, and a mail before it is too late."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from communique.alerts.causes import Cause, in_ledger
from communique.delivery import Mode
from communique.store.desk.officers import Duty
from tests.command_line import at
from tests.desk import Desk, desk_of
from tests.workspaces import START, Town, build

LATER = """\
  progress:
    when: start + 110 days
    through: [website]
"""


@pytest.fixture
def desk(tmp_path: object) -> Iterator[Desk]:
    """A town that published something at the start, and plans nothing."""
    town = build(tmp_path)  # type: ignore[arg-type]
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    town.invite("ana")
    town.run()
    with desk_of(town) as made:
        yield made
    town.database.close()


def silences(town: Town) -> list[str]:
    """By which day the officers are told that something is due."""
    with town.database.reading() as connection:
        found = list(in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now))
    return [each.detail for each in found if each.cause == Cause.SILENCE]


def test_who_plans_looks_or_reads_mail_learns_of_the_mark_in_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """97 days after the last word it is news only if nothing is planned before the mark; after it, in any case."""
    town, line = desk.town, at(desk.town.root, monkeypatch, START)
    seat = desk.sit(desk.hire("Ana Gil", Duty.APPROVER))
    assert "Last public update today." in seat.get("/").text

    def now(days: int) -> tuple[list[str], str, str]:
        town.clock.now = START + timedelta(days=days)
        again = desk.sit(seat.officer) if seat.officer else seat
        return silences(town), line("plan", now=town.clock.now).text, again.get("/").text

    told, plan, page = now(97)
    assert told == []
    assert "Last public update 97 days ago (2026-12-01); the four-month mark is 2027-03-31; none is planned." in plan
    assert ("Last public update 97 days ago" in page, "The public needs to hear from you" in page) == (True, False)
    told, _, page = now(100)
    assert (told, "The public needs to hear from you" in page) == (["2027-03-31"], True)
    assert line("plan", "--json").json["freshness"] == {
        "last": "2026-12-01T09:00:00Z",
        "days": 100,
        "mark": "2027-03-31T09:00:00Z",
        "next": None,
        "needs_a_person": True,
    }
    town.add(LATER)
    told, plan, page = now(101)
    assert (told, "next planned: news/progress on 2027-03-21." in plan) == ([], True)
    assert ("The public needs to hear from you" in page, "Next planned for the website: Progress" in page) == (
        False,
        True,
    )
    town.campaign("start + 110 days", "start + 130 days")
    assert now(101)[0] == ["2027-03-31"]
    assert now(121)[0] == ["2027-03-31"]
    assert line("retract", "news/hello", "--reason", "en=Wrong.", "--as", "Ana Gil").code == 0
    told, plan, _ = now(121)
    assert (told, "ast public update" in plan) == ([], False)  # what was withdrawn tells nobody anything
