"""One tick after another, unattended: what is broken is loud and stops nothing else."""

import logging
import shutil
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from channels import KINDS
from communique.delivery import Mode, State
from communique.installation import Installation
from communique.machine.file_faults import SecretFileError
from communique.monitoring.health import STOPPED_AFTER
from communique.plan.planning import Planner
from communique.send import first_feeds, present_pages
from communique.send.lead import is_led
from communique.send.outcomes import Outcomes
from communique.service.daemon import Daemon
from communique.store.deliveries import leases
from communique.store.deliveries.leases import Lease
from tests.single_delivery import StoppedError, cross, in_doubt
from tests.ticking import Service, approve
from tests.workspaces import FOLLOWING, START, Town


def test_a_tick_sends_what_is_due_and_is_well(service: Service) -> None:
    """Frozen, sent, and the page says so; the next tick changes nothing."""
    service.town.variables |= dict.fromkeys(
        ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"), "secret"
    )
    daemon = service.tick()
    service.tick()
    assert service.town.account() == "1 planned = 1 sent"
    assert len(service.sink.accepted) == 1
    assert service.healthz(daemon)[0] == 200


def test_a_broken_campaign_goes_on_as_it_was_approved(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Half-way through an edit of file and texts: the approved words go out, the page fails, the log says where."""
    service.town.campaign("title: News", "title: [News")
    service.town.edit("templates/news/hello/en/article.md", "hello.", "half an edi")
    daemon = service.tick()
    assert service.town.account() == "1 planned = 1 sent"
    assert "Dear Ana, hello." in service.said
    assert "half an edi" not in service.said
    status, report = service.healthz(daemon)
    assert status == 503
    assert "campaigns/news.yaml:2" in str(report["problems"])
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert any("campaigns/news.yaml:2" in message for message in errors)
    assert any("last approved version" in message for message in errors)


def test_what_is_broken_and_mended_is_told_once_each(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """However often files change meanwhile."""
    service.town.variables |= dict.fromkeys(
        ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"), "secret"
    )
    service.town.campaign("title: News", "title: [News")
    service.tick()
    service.town.edit("templates/news/hello/en/article.md", "hello.", "hello!")
    service.tick()
    service.town.campaign("title: [News", "title: News")
    service.tick()
    told = [each for each in caplog.messages if each.startswith(("campaigns/news.yaml:2", "the files have no error"))]
    assert len(told) == 2
    assert told[1] == "the files have no error any more"


def test_that_ticks_go_through_again_is_told_once(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever has read that they fail waits for it."""
    with monkeypatch.context() as patch:
        patch.setattr(Planner, "freeze_due", lambda *_: 1 / 0)
        service.tick()
    service.tick()
    service.tick()
    assert [each for each in caplog.messages if each.startswith(("tick failed", "daemon works"))] == [
        "tick failed: a mistake in the program",
        "daemon works again: a tick has gone through",
    ]


def test_a_broken_campaign_that_was_never_approved_sends_nothing(service: Service) -> None:
    """There is nothing to go on with; mended, it goes at the next tick."""
    with service.town.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM copies")
    service.town.campaign("title: News", "title: [News")
    service.tick()
    assert service.town.balances() == {}
    service.town.campaign("title: [News", "title: News")
    service.tick()
    assert service.town.account() == "1 planned = 1 sent"


def test_broken_settings_keep_the_running_ones(service: Service) -> None:
    """The daemon goes on with what it has; what it freezes meanwhile is whole."""
    service.town.clock.turn(hours=-1)
    daemon = service.tick()
    service.town.settings("languages: [en, es, fr]", "languages: [en, es")
    service.town.clock.turn(hours=1)
    service.tick()
    status, report = service.healthz(daemon)
    assert status == 503
    assert "config/settings.yaml" in str(report["problems"])
    service.town.settings("languages: [en, es", "languages: [en, es, fr]")
    assert service.town.account() == "1 planned = 1 sent"


def test_broken_settings_at_the_start_are_told(service: Service) -> None:
    """Nothing can go; the page says why, and a mended file is enough."""
    service.town.settings("languages: [en, es, fr]", "languages: [en, es")
    daemon = service.tick()
    service.tick()
    assert service.healthz(daemon)[0] == 503
    service.town.settings("languages: [en, es", "languages: [en, es, fr]")
    service.tick()
    assert service.town.account() == "1 planned = 1 sent"


def test_files_and_channels_are_complained_about_together(service: Service) -> None:
    """A channel without its secret does not hide a broken file, nor the other way round."""
    service.town.write("campaigns/broken.yaml", "campaign: broken\ntitle: [\n")
    daemon = service.tick()
    status, report = service.healthz(daemon)
    assert status == 503
    assert "campaigns/broken.yaml" in str(report["problems"])
    assert "X_CONSUMER_KEY" in str(report["problems"])
    assert service.town.account() == "1 planned = 1 sent"


def test_a_changed_file_is_noticed(service: Service) -> None:
    """What was added and approved while the daemon runs goes out without a restart."""
    service.tick()
    service.town.add(FOLLOWING.replace("start + 1 hours", "start"))
    service.tick()
    assert list(service.town.balances()) == ["hello"]
    approve(service.town, "goodbye")
    service.tick()
    assert service.town.account("goodbye") == "1 planned = 1 sent"


def test_a_workspace_that_could_not_be_read_is_read_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that failed for a moment: the tick fails loudly, the next one reads what has changed."""
    service.town.clock.turn(hours=-1)
    daemon = service.tick()
    service.town.campaign("start: 2026-12-01 10:00", "start: 2026-12-01 09:00")
    approve(service.town)

    def fail(_self: Installation) -> None:
        raise OSError("the disk does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(Installation, "read", fail)
        daemon.tick()
    status, report = service.healthz(daemon)
    assert status == 503
    assert report["failure"] == "OSError: the disk does not answer"
    daemon.tick()
    assert service.town.account() == "1 planned = 1 sent"


def test_a_second_daemon_stands_by_and_takes_over(service: Service) -> None:
    """One leads at a time; when it is gone, the other one goes on where it was."""
    first, second = service.tick(), service.daemon()
    second.tick()
    assert service.healthz(second)[1]["leads"] is False
    assert len(service.sink.accepted) == 1
    first.close()
    service.daemons.remove(first)
    second.tick()
    assert service.healthz(second)[1]["leads"] is True
    assert service.town.account() == "1 planned = 1 sent"


def test_what_is_owed_goes_out_even_when_planning_fails(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in planning is loud, and holds back nothing that was frozen before."""
    service.town.freeze()

    def fail(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(Planner, "freeze_due", fail)
    daemon = service.tick()
    assert service.town.account() == "1 planned = 1 sent"
    assert service.healthz(daemon)[1]["failure"] == "RuntimeError: a mistake in the program"


def test_what_is_due_and_held_back_is_told_once(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """The log says why, and again when the reason changes, not every five seconds."""
    service.town.edit("templates/news/hello/en/article.md", "hello.", "hello again.")
    for _ in range(3):
        service.tick()
    line = "news/hello is due and does not go: changed since it was approved; `communique plan` has more"
    assert _told_of_held(caplog) == [line]
    # No longer due, and due again: it is held anew.
    service.town.clock.turn(hours=-1)
    service.tick()
    service.town.clock.turn(hours=1)
    service.tick()
    assert _told_of_held(caplog) == [line, line]


def _told_of_held(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "does not go" in record.getMessage()]


def test_what_was_missed_is_told(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Down across the whole window: the log says what was missed."""
    service.town.clock.turn(hours=25)
    service.tick()
    assert service.town.account() == "1 planned = 1 missed"
    assert any("news/hello was missed: its time has passed" in record.getMessage() for record in caplog.records)


def test_what_a_daemon_left_that_died_is_taken_up_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when the new one has the same host name and process number, as in a container; before anything else."""
    sent_before: list[int] = []
    monkeypatch.setattr(present_pages, "put_in_place", lambda *_: sent_before.append(len(service.sink.accepted)))
    service.town.clock.turn(hours=-1)
    dead = service.tick()
    service.town.clock.turn(hours=1)
    leave_half_done(service.town, dead.owner)
    dead.close()
    sent_before.clear()
    service.daemon().tick()
    assert service.town.account() == "1 planned = 1 sent"
    assert sent_before == [1]  # the website is made anew when mails are on their way again


@pytest.mark.parametrize("broken", [StoppedError(), OperationalError("UPDATE", None, Exception("disk full"))])
def test_what_a_daemon_left_is_settled_though_the_next_one_breaks_over_it(
    service: Service, monkeypatch: pytest.MonkeyPatch, broken: BaseException
) -> None:
    """Killed when it has just taken it over, or kept from writing it down: nobody waits until a lease has run out."""
    town, settle, left = service.town, Outcomes.in_doubt, [broken]
    in_doubt(town, "strict")
    approve(town)
    town.clock.turn(hours=-1)
    dead = service.tick()
    town.clock.turn(hours=1)
    lease = leave_half_done(town, dead.owner)
    cross(town, lease)
    dead.close()

    def settled(outcomes: Outcomes, *arguments: Any, **named: Any) -> None:
        if left:
            raise left.pop()
        settle(outcomes, *arguments, **named)

    monkeypatch.setattr(Outcomes, "in_doubt", settled)
    second = service.daemon()
    with suppress(StoppedError):
        second.tick()
    assert town.account() == "1 planned = 1 irrevocable"
    if isinstance(broken, StoppedError):
        second.close()
        second = service.daemon()
    second.tick()
    assert town.account() == "1 planned = 1 in doubt"


def test_machines_of_one_name_leave_each_other_s_work_alone(service: Service, tmp_path: Path) -> None:
    """Two folders on two hosts that share a name, one ledger: only a lease that has run out says that one is dead."""
    town = service.town
    town.clock.turn(hours=-1)
    here = service.tick()
    there = shutil.copytree(town.root, tmp_path / "there", ignore=shutil.ignore_patterns("var", "there"))
    variables = {"DATABASE_URL": f"sqlite:///{town.root / 'var/communique.sqlite'}", **town.variables}
    other = Daemon(
        installation=Installation(root=there, variables=variables, kinds=KINDS),
        clock=town.clock,
        stopping=lambda: False,
        owner=here.owner.partition("/")[0] + "/1-0000",
    )
    service.daemons.append(other)
    town.clock.turn(hours=1)
    leave_half_done(town, here.owner)
    other.tick()
    assert town.account() == "1 planned = 1 sending"
    town.clock.turn(minutes=21)
    other.tick()
    assert town.account() == "1 planned = 1 sent"


def leave_half_done(town: Town, owner: str) -> Lease:
    """What is due is frozen and in the hands of a daemon."""
    town.freeze()
    with town.database.begin() as connection:
        (lease,) = leases.claim(connection, Mode.LIVE, "email", owner=owner, now=START, most=9)
    return lease


def test_who_cannot_let_go_of_one_thing_lets_go_of_the_lead(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else another daemon of this process would wait until memory is tidied."""
    daemon = service.tick()
    lock = service.town.root / "var" / "daemon.lock"
    assert is_led(lock)
    with monkeypatch.context() as patched:
        patched.setattr(daemon.pings, "close", _stop)
        with pytest.raises(StoppedError):
            daemon.close()
    assert not is_led(lock)


def _stop() -> None:
    raise StoppedError


def test_who_is_told_to_end_begins_nothing_more(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two steps of a tick: the website of a large city takes seconds, and the next daemon makes it anew."""
    made: list[str] = []
    daemon = service.daemon()
    daemon.stopping = lambda: bool(made)
    monkeypatch.setattr(first_feeds, "put_in_place", lambda *_: made.append("feeds"))
    monkeypatch.setattr(present_pages, "put_in_place", lambda *_: made.append("pages"))
    daemon.tick()
    assert made == ["feeds"]
    assert not service.town.copies()
    daemon.stopping = lambda: False
    daemon.tick()
    assert made == ["feeds", "pages"]
    assert service.town.account() == "1 planned = 1 sent"


def test_a_long_list_is_no_stopped_clock(service: Service) -> None:
    """While mails go out one by one for hours, the page is well."""
    service.town.invite(*(f"person{number}" for number in range(5)))
    daemon = service.daemon()
    seen = []

    def slowly() -> bool:
        service.town.clock.turn(seconds=STOPPED_AFTER.total_seconds() - 1)
        seen.append(daemon.health.report(service.town.clock())[1]["clock"])
        return False

    daemon.stopping = slowly
    daemon.tick()
    assert set(seen[1:]) == {"running"}
    assert service.town.account() == "6 planned = 6 sent"


def test_the_page_fails_when_the_ticks_end(service: Service) -> None:
    """Whatever the reason: after a quarter of an hour without one, it is not well."""
    daemon = service.tick()
    service.town.clock.now += STOPPED_AFTER + timedelta(seconds=1)
    status, report = service.healthz(daemon)
    assert status == 503
    assert report["clock"] == "stopped"


def test_closing_twice_does_no_harm(service: Service) -> None:
    """A daemon that never ticked can be closed as well."""
    with closing(service.daemon()) as daemon:
        daemon.tick()
        daemon.close()
    assert {copy.delivery.state for copy in service.town.copies()} == {State.SENT}


def test_a_secret_that_cannot_be_read_shuts_its_channel_and_no_other(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Mails go; the log names the variable, the file and why; the post goes when the file is mended."""
    names = ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN_SECRET")
    file = service.town.root / "token"
    service.town.variables |= {**dict.fromkeys(names, "hunter2"), "X_ACCESS_TOKEN_FILE": str(file)}
    service.tick()
    assert len(service.sink.accepted) == 1
    assert f"X_ACCESS_TOKEN_FILE names the file {file}: it is not there" in caplog.text


def test_an_address_of_the_ledger_that_cannot_be_read_opens_no_other_ledger(tmp_path: Path) -> None:
    """An empty one would send everything anew."""
    mistyped = Installation(root=tmp_path, variables={"DATABASE_URL_FILE": f"{tmp_path}/mistyped"}, kinds=KINDS)
    with pytest.raises(SecretFileError, match=r"DATABASE_URL_FILE names the file .*mistyped: it is not there"):
        mistyped.database()
    assert list(tmp_path.iterdir()) == []
