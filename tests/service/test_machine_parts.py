"""Clocks, workers and web servers, each by itself: who does what, and what each says of itself."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from communique.delivery import Mode, State
from communique.send.job_queue import BATCH, JobQueue
from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from communique.service.machines import Clock, Web, Worker
from communique.service.service import Service
from communique.store import epochs
from communique.store.deliveries import pauses
from communique.store.session_lock import without_sign_of_life
from communique.web.server import serving
from tests.databases import KINDS
from tests.single_delivery import claim, cross, only
from tests.store.test_session_lock import end_sessions
from tests.workspaces import PUBLIC, Town

pytestmark = pytest.mark.parametrize("database_url", [KINDS[1]], indirect=True)
Start = Callable[..., Service]


@pytest.fixture
def sink(town: Town) -> Iterator[LocalSink]:
    """A mail server, and somebody to write to; without a network that wants secrets."""
    with LocalSink() as running:
        town.settings("port: 25", f"port: {running.port}")
        town.settings("  x:\n    kind: x\n", "  x:\n    kind: handoff\n    directory: var/x\n    limit: 280\n")
        for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret"):
            town.settings(f"    {name}: X_{name.upper()}\n", "")
        town.invite("ana")
        yield running


@pytest.fixture
def start(town: Town, sink: LocalSink) -> Iterator[Start]:
    """Makes services of the town; none of them outlives the test."""
    made: list[Service] = []

    def start(kind: type[Service], root: Path = town.root) -> Service:
        here = replace(town.installation, root=root)
        made.append(kind(installation=here, clock=town.clock, stopping=lambda: False))
        return made[-1]

    yield start
    for each in made:
        each.close()


def report(service: Service) -> dict[str, object]:
    """What it says of itself."""
    return service.health.report(service.clock())[1]


def test_a_clock_freezes_and_a_worker_sends(town: Town, sink: LocalSink, start: Start) -> None:
    """The clock sends no mail, and the worker plans nothing."""
    clock, worker = start(Clock), start(Worker)
    worker.tick()
    assert town.balances() == {}
    clock.tick()
    assert town.account() == "1 planned = 1 scheduled"
    worker.tick()
    assert town.account() == "1 planned = 1 sent"
    assert len(sink.accepted) == 1
    assert [each.health.report(town.clock())[0] for each in (clock, worker)] == [True, True]


def test_what_writes_files_is_the_clock_s(town: Town, start: Start) -> None:
    """In one place, and before the mails that point to it."""
    town.campaign("through: [email]", "through: [email, website, feed]")
    town.write("templates/news/hello/en/article.md", PUBLIC)
    clock = start(Clock)
    clock.tick()
    states = {copy.delivery.channel: copy.delivery.state for copy in town.copies()}
    assert states == {"email": State.SCHEDULED, "website": State.SENT, "feed": State.SENT}
    assert (town.root / "var" / "public" / "index.html").is_file()


def test_one_clock_leads_and_the_other_takes_over(
    town: Town, start: Start, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On another machine: told on its page, and at once when the first has gone."""
    there = tmp_path_factory.mktemp("machine") / "there"
    shutil.copytree(town.root, there, ignore=shutil.ignore_patterns("var"))
    first, second = start(Clock), start(Clock, there)
    first.tick()
    second.tick()
    assert (report(first)["leads"], report(second)["leads"]) == (True, False)
    assert second.health.in_words(town.clock()) == "stands by: another clock leads"
    first.close()
    second.tick()
    assert report(second)["leads"] is True


def test_what_a_silent_worker_had_not_begun_goes_at_once(town: Town, sink: LocalSink, start: Start) -> None:
    """By a worker that sees that it gives no sign of life."""
    town.freeze()
    claim(town, "elsewhere/7")
    for kind in (Worker, Clock, Worker):
        start(kind).tick()
    assert town.account() == "1 planned = 1 sent"
    assert len(sink.accepted) == 1


def test_what_a_silent_worker_may_have_sent_waits_two_minutes_for_it(town: Town, start: Start) -> None:
    """It may live, and know; afterwards it is settled as the announcement says."""
    town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
    town.freeze()
    cross(town, claim(town, "elsewhere/7"))
    worker = start(Worker)
    for _ in range(2):
        worker.tick()
        assert only(town).state is State.IRREVOCABLE
        town.clock.turn(seconds=119)
    town.clock.turn(seconds=3)
    worker.tick()
    assert only(town).state is State.IN_DOUBT


def test_a_worker_that_lives_keeps_what_it_has(town: Town, sink: LocalSink, start: Start) -> None:
    """However long it takes, within its lease."""
    first, second = start(Worker), start(Worker)
    first.tick()
    town.freeze()
    cross(town, claim(town, first.owner))
    second.tick()
    town.clock.turn(minutes=19)
    second.tick()
    assert only(town).state is State.IRREVOCABLE


def test_nobody_takes_anything_up_without_a_sign_of_life(town: Town, sink: LocalSink, start: Start) -> None:
    """It would be taken away again at once: whose sign has gone gives a new one first."""
    worker = start(Worker)
    worker.tick()
    town.freeze()
    opened = town.opened
    dispatcher = worker._dispatcher(town.workspace, opened, town.database)
    end_sessions(town.database, worker.owner)
    assert len(dispatcher._claims.take("email", 1)) == 1
    with town.database.reading() as connection:
        assert without_sign_of_life(connection) == []
    opened.close()


def test_a_worker_takes_nothing_up_while_everything_is_held(town: Town, sink: LocalSink, start: Start) -> None:
    """Not what a clock has deferred before the ledger was put back from a copy, either."""
    start(Clock).tick()
    with town.database.begin() as connection:
        epochs.mark_as_copy(connection, town.clock.now)
    worker = start(Worker)
    worker.tick()
    assert "the ledger is a backup" in worker.health.held
    assert town.account() == "1 planned = 1 scheduled"


def test_a_paused_channel_waits_at_every_worker(town: Town, sink: LocalSink, start: Start) -> None:
    """The pause is in the ledger; so are rests and rates, which the same claim asks."""
    with town.database.begin() as connection:
        pauses.begin(connection, "email", who="Ana Gil", why="why", now=town.clock.now)
    for kind in (Clock, Worker, Worker):
        start(kind).tick()
    assert town.account() == "1 planned = 1 scheduled"


def test_a_rate_holds_for_all_workers_together(town: Town, sink: LocalSink, start: Start) -> None:
    """Five a minute, whoever sends them."""
    town.settings("    tls: none\n", "    tls: none\n    rate: 5 per minute\n")
    town.invite(*(f"person{number}" for number in range(11)))
    clock, *workers = start(Clock), start(Worker), start(Worker)
    for sent in (5, 10, 12):
        for each in (clock, *workers, *workers):
            each.tick()
        assert len(sink.accepted) == sent
        town.clock.turn(seconds=61)


def test_a_job_deferred_twice_waits_once(town: Town) -> None:
    """One a batch; a worker in trial takes no live ones."""
    live, trial = (JobQueue(database=town.database, mode=mode) for mode in (Mode.LIVE, Mode.TRIAL))
    assert live.carry_out({"email": 2 * BATCH + 1}) == 3
    assert live.carry_out({"email": 2 * BATCH + 1}) == 0
    done: list[str] = []
    trial.work(["email"], done.append, name="here")
    assert done == []
    live.work([], done.append, name="here")
    assert done == []
    live.work(["email"], done.append, name="here")
    assert done == ["email"] * 3
    assert live.carry_out({"email": 1}) == 1


def test_a_queue_that_is_lost_costs_nothing(town: Town, sink: LocalSink, start: Start) -> None:
    """The clock defers anew what the ledger says is due."""
    clock, worker = start(Clock), start(Worker)
    clock.tick()
    with town.database.begin() as connection:
        (schema,) = connection.exec_driver_sql(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'communique_jobs_')"
        ).scalars()
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    worker.tick()
    assert town.account() == "1 planned = 1 scheduled"
    clock.tick()
    worker.tick()
    assert town.account() == "1 planned = 1 sent"


def test_the_queue_of_an_older_version_goes(town: Town, start: Start) -> None:
    """With all that is in it."""
    with town.database.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA communique_jobs_1_0_0 CREATE TABLE procrastinate_jobs (id int)")
    start(Clock).tick()
    with town.database.reading() as connection:
        found = connection.exec_driver_sql("SELECT to_regnamespace('communique_jobs_1_0_0')").scalar()
    assert found is None


@pytest.mark.parametrize(
    ("kind", "leave", "counts"), [(Daemon, 200, True), (Clock, 404, True), (Worker, 404, False), (Web, 200, False)]
)
def test_each_shows_its_own_pages(town: Town, start: Start, kind: type[Service], leave: int, *, counts: bool) -> None:
    """The way out of a list is with the web server; the ledger's figures are told once, by who plans."""
    service = start(kind)
    service.tick()
    pages = serving(
        service.health,
        service.installation,
        service.clock,
        0,
        service.metrics,
        has_public_pages=service.has_public_pages,
    )
    with pages as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert client.get("/healthz").json()["service"] == kind.name
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert client.get("/leave/x").status_code == leave
        figures = client.get("/metrics").text
    assert "communique_ledger_up 1.0" in figures
    assert ("communique_deliveries" in figures) is counts


def test_a_web_server_needs_no_channel(town: Town, start: Start) -> None:
    """Nor its secrets; that the ledger does not answer is told."""
    town.settings("    kind: email\n", "    kind: email\n    password: NOT_HERE\n    username: town\n")
    web, worker = start(Web), start(Worker)
    web.tick()
    worker.tick()
    assert (report(web)["problems"] == [], report(worker)["problems"] == []) == (True, False)
    with town.database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE epoch RENAME TO away")
    web.tick()
    assert str(report(web)["failure"]).startswith("ProgrammingError: expected the ledger's database to answer")
