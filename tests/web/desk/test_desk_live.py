"""Open pages hear that a file has changed; many of them cost no thread, and none outlives its session."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from communique.store.desk import file_versions, officers
from communique.store.desk.officers import Duty
from communique.web.desk.file_watch import MOST_OF_ONE
from tests.desk import Desk, desk_of
from tests.workspaces import build

CAMPAIGN, ARTICLE = "campaigns/news.yaml", "templates/news/hello/en/article.md"
#: More than the threads in which pages are made.
MANY = 60


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town with its desk. Its end is part of the test: streams that are open do not hold it up."""
    town = build(tmp_path_factory.mktemp("town"))
    with desk_of(town) as made:
        yield made
    town.database.close()


def heard(answer: httpx.Response, lines: Iterator[str]) -> dict[str, object]:
    """The next event."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = next(line for line in lines if line.startswith("data: "))
    return dict(json.loads(found.removeprefix("data: ")))


def test_a_changed_file_is_told_to_everybody_who_listens(desk: Desk) -> None:
    """More streams than threads, and pages are served beside them; what was changed elsewhere is in the history."""
    seats = [desk.sit(desk.hire(f"Reader {number}", Duty.EDITOR)) for number in range(MANY // MOST_OF_ONE)]
    with ExitStack() as open_ones:
        listening = []
        for seat in seats * MOST_OF_ONE:
            answer = open_ones.enter_context(seat.client.stream("GET", "/changes"))
            lines = answer.iter_lines()
            assert heard(answer, lines)["paths"] == []
            listening.append((answer, lines))
        assert "News" in seats[0].get("/").text
        desk.town.edit(ARTICLE, "hello.", "good day.")
        assert [heard(*each)["paths"] for each in listening] == [[ARTICLE]] * MANY
        desk.town.edit(CAMPAIGN, "title: News", "title: Other news")
        assert heard(*listening[0]) == {"number": 2, "paths": [CAMPAIGN]}
        with desk.town.database.reading() as connection:
            newest = file_versions.of(connection, ARTICLE, 1)[0]
        assert (b"good day." in newest.data, newest.who) == (True, "")


def test_a_stream_ends_with_its_session_and_is_no_use_of_it(desk: Desk) -> None:
    """Of too many the oldest gives way; who has left hears nothing; a page that is only open ends like any other."""
    ana = desk.sit(desk.hire("Ana Gil", Duty.EDITOR))
    with ExitStack() as open_ones:
        answers = [open_ones.enter_context(ana.client.stream("GET", "/changes")) for _ in range(MOST_OF_ONE + 1)]
        lines = [each.iter_lines() for each in answers]
        for answer, each in zip(answers, lines, strict=True):
            heard(answer, each)
        assert [line for line in lines[0] if line] == [], "the oldest has ended"
        with desk.town.database.begin() as connection:
            officers.end_session(connection, ana.session)
        desk.town.edit(ARTICLE, "Dear", "Good morning,")
        for each in lines[1:]:
            assert [line for line in each if line] == [], "they end, and say nothing"

    ben = desk.sit(desk.hire("Ben Roy", Duty.EDITOR))
    desk.town.clock.turn(hours=1)
    before = seen(desk)
    with ben.client.stream("GET", "/changes"):
        ben.client.get("/", headers={"Desk-Refresh": "1"})
    assert seen(desk) == before
    ben.get("/")
    assert seen(desk) != before
    desk.town.clock.turn(hours=3)
    assert ben.client.head("/changes").status_code == 303


def seen(desk: Desk) -> list[object]:
    """When sessions were used."""
    return sorted(str(row[-1]) for row in desk.rows()["desk_sessions"])
