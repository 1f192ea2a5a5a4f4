"""A campaign's file is taken away after something of it was approved: nobody finds out when it is too late."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from communique.plan.gone_campaigns import gone_campaigns
from communique.service.daemon import Daemon
from communique.store.announcements import copies
from communique.store.desk.officers import Duty
from tests.command_line import CommandLine, at
from tests.desk import desk_of
from tests.workspaces import START, Clock, Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_BEFORE = START - timedelta(hours=1)
_GONE = "campaigns/news.yaml: error[missing-file] expected the file of a campaign of which announcements were approved"


@pytest.fixture
def gone(town: Town) -> Iterator[Town]:
    """Something of it is to go in an hour."""
    town.settings("required: 0", "required: 1")
    for secret in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        town.variables[secret] = "secret"
    town.invite("ana")
    town.clock = Clock(_BEFORE)
    with closing(town.database):
        yield town


def take_away(town: Town) -> str:
    """Its words."""
    file = town.root / "campaigns" / "news.yaml"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    return text


def told(town: Town) -> list[str]:
    """What is said of it."""
    with town.database.reading() as connection:
        return [str(each).partition(":")[0] for each in gone_campaigns(town.planner, connection, town.clock.now)]


def test_it_is_told_before_its_time_and_until_it_is_back(
    gone: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By the daemon once, on the page, by `check`, `plan` and their exit codes."""
    command: CommandLine = at(gone.root, monkeypatch, _BEFORE)
    assert command("approve", "news", "--as", "Ana Gil").code == 0
    text = take_away(gone)
    with closing(Daemon(installation=gone.installation, clock=gone.clock, stopping=lambda: False)) as daemon:
        for _ in range(3):
            daemon.tick()
            gone.clock.turn(minutes=2)
        assert caplog.text.count(f"{_GONE}, found none: hello will not go") == 1
        assert _GONE in daemon.health.report(gone.clock.now)[1]["problems"][0]
        for name in ("check", "plan"):
            said = command(name)
            assert (said.code, _GONE in said.text) == (1, True), name
        gone.write("campaigns/news.yaml", text)
        daemon.tick()
        gone.clock.turn(minutes=2)
        daemon.tick()
        assert daemon.health.report(gone.clock.now)[1]["problems"] == []
    assert _GONE not in command("check").text


def test_of_what_was_not_approved_or_is_cancelled_nothing_is_said(gone: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor of what has gone."""
    command: CommandLine = at(gone.root, monkeypatch, _BEFORE)
    text = take_away(gone)
    assert told(gone) == []
    gone.write("campaigns/news.yaml", text)
    command("approve", "news", "--as", "Ana Gil")
    take_away(gone)
    assert told(gone) == ["campaigns/news.yaml"]
    gone.write("campaigns/news.yaml", text)
    assert command("cancel", "news/hello", "--as", "Ana Gil", "--why", "Wrong day.", "--yes").code == 0
    take_away(gone)
    assert told(gone) == []
    gone.write("campaigns/news.yaml", text)
    assert command("cancel", "news/hello", "--as", "Ana Gil", "--undo", "--yes").code == 0
    gone.clock.turn(hours=1)
    gone.run()
    take_away(gone)
    assert told(gone) == []


def test_it_is_cancelled_without_its_file(gone: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command that is named, from what was approved: nothing is said of it any more, and it does not go."""
    command: CommandLine = at(gone.root, monkeypatch, _BEFORE)
    command("approve", "news", "--as", "Ana Gil")
    text = take_away(gone)
    assert "If it is not to go: `communique cancel news/hello`." in " ".join(command("check").text.split())
    said = command("cancel", "news/hello", "--as", "Ana Gil", "--why", "Wrong day.", "--yes")
    assert said.code == 0
    assert "It does not fall due." in said.text
    assert told(gone) == []
    gone.write("campaigns/news.yaml", text)
    gone.clock.turn(hours=1)
    gone.run()
    assert not gone.copies()


def test_it_is_cancelled_while_its_file_is_broken(gone: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would go as it was approved; who wants to stop it need not mend it first."""
    command: CommandLine = at(gone.root, monkeypatch, _BEFORE)
    command("approve", "news", "--as", "Ana Gil")
    gone.campaign("title: News", "title: [News")
    assert command("cancel", "news/hello", "--as", "Ana Gil", "--why", "Wrong day.", "--yes").code == 0


def test_the_desk_says_that_a_file_is_gone_and_cancels_what_was_in_it(gone: Town) -> None:
    """On the first page, with the way to its versions, and to its cancelling."""
    gone.approve("Ana Gil")
    with gone.database.begin() as connection:
        copies.keep(connection, copies.approved("news"), gone.workspace.sources, "news", gone.clock.now)
    with desk_of(gone) as desk:
        seat = desk.sit(desk.hire("Ana Gil", Duty.OPERATOR))
        take_away(gone)
        page = seat.get("/").text
        assert "campaigns/news.yaml is not there any more" in page
        assert seat.get("/history/campaigns/news.yaml").status_code == 200
        assert 'href="/cancel/news/hello/once"' in page
        shown = seat.get("/cancel/news/hello/once")
        assert shown.status_code == 200
        seat.post("/cancel/news/hello/once", why="Wrong day.")
        assert "campaigns/news.yaml is not there any more" not in seat.get("/").text
