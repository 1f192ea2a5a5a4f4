"""One town's announcement under everything that can happen to it, drawn from a seed."""

import atexit
import logging
import random
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from communique.bounces.consequences import follow
from communique.bounces.report import Kind, Report
from communique.channel import Secret
from communique.delivery import FINAL, Mode, State
from communique.send.dispatch import Dispatcher
from communique.send.unsettled import Unsettled
from communique.store.database import Database, open_database, sqlite_url
from communique.store.deliveries import stops
from communique.store.tables.channel import stops as stopped_ones
from communique.workspace import Workspace
from tests import ledger_audit
from tests.simulation.mail_world import Answer, Crash, Fault, World, put_in_place
from tests.workspaces import START, Clock, Town, build

PEOPLE = ("ana", "ben", "cleo")
_MOMENTS = 40  #: a tick has about as many
_LONGER_THAN_A_LEASE = timedelta(minutes=45)
_AT_REST = FINAL | {State.IN_DOUBT}
_READ: dict[str, Workspace] = {}  #: by the text of the campaign
LEDGER = Path("var/communique.sqlite")

Act = tuple[str, dict[str, Any]]  #: a method of `Simulation`, and what it is given


def drawn(source: random.Random) -> list[Act]:
    """What happens in a history, in its order."""
    return [(name, _DRAW[name](source)) for name in source.choices(list(_DRAW), _OFTEN, k=source.randint(4, 12))]


def _work(source: random.Random) -> dict[str, Any]:
    return {
        "minutes": source.choice((0, 5, 61)),
        "faults": {
            source.randint(1, _MOMENTS): source.choice(list(Fault)) for _ in range(source.choice((0, 1, 1, 2, 2, 3)))
        },
        "nested": {source.randint(1, _MOMENTS): Fault.CRASH for _ in range(source.randint(0, 1))},
        "answers": [source.choice([Answer.TAKES, *Answer]) for _ in PEOPLE],
        "pipelining": source.random() < 0.5,
    }


_DRAW: Mapping[str, Callable[[random.Random], dict[str, Any]]] = {
    "a_daemon_works": _work,
    "time_goes_by": lambda source: {"minutes": source.choice((1, 10, 61))},
    "the_clock_is_set_back": lambda _: {},
    "an_officer_approves": lambda _: {},
    "an_officer_edits": lambda source: {"number": source.randint(1, 3)},
    "somebody_leaves": lambda source: {"name": source.choice(PEOPLE)},
    "a_mail_comes_back": lambda source: {"name": source.choice(PEOPLE)},
    "an_officer_lets_it_go_on": lambda _: {},
}
_OFTEN = (8, 2, 1, 2, 2, 1, 1, 1)


class FaultyDatabase(Database):
    """The ledger, whose transactions fail when the world says so."""

    def __init__(self, database: Database, world: World) -> None:
        super().__init__(database.engine)
        self._world = world

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """As in the ledger; the moments are before it begins, before its commit, and after it."""
        if self._world.moment(Fault.STALL):
            self._world.stalled()
        with self.engine.begin() as connection:
            yield connection
            if self._world.moment(Fault.NO_COMMIT):
                raise OperationalError("COMMIT", None, Exception("undone"))
        if self._world.moment(Fault.NO_ANSWER):
            raise OperationalError("COMMIT", None, Exception("the answer was lost"))

    beside = begin  # as in any ledger on SQLite


class ReadOnce(Town):
    """Each version of the files is read once in all runs: reading is most of the time."""

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is on disk now."""
        text = (self.root / "campaigns/news.yaml").read_text(encoding="utf-8")
        if text not in _READ:
            _READ[text] = super().workspace
        return _READ[text]


@cache
def ready() -> Path:
    """A town with people and an empty ledger, made once and copied."""
    root = Path(tempfile.mkdtemp(prefix="simulated-"))
    atexit.register(shutil.rmtree, root)
    town = build(root)
    settings = (root / "config/settings.yaml").read_text(encoding="utf-8")
    town.write("config/settings.yaml", settings.partition("  website: {kind")[0])
    town.settings("port: 25", "port: 25\n    connections: 2")
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.settings("mode: live", "mode: live\nbounces: {stop: {copies: 1, percent: 30}}")  # one in three is too many
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.invite(*PEOPLE)
    town.approve("Ana Gil")
    town.database.close()
    return root


class Simulation:
    """Officers, people, daemons, a mail server and a database, in turns. Everything is said once at most (strict)."""

    def __init__(self) -> None:
        logging.disable(logging.CRITICAL)
        self.root = Path(tempfile.mkdtemp(prefix="simulation-"))
        shutil.copytree(ready(), self.root, dirs_exist_ok=True)
        self.patch = pytest.MonkeyPatch()
        self.world = World(now=START - timedelta(minutes=5))
        put_in_place(self.world, self.patch)
        self.town = ReadOnce(root=self.root, clock=Clock(self.world.now))
        plain = open_database(sqlite_url(self.root / LEDGER))
        event.listen(plain.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        self.database = FaultyDatabase(plain, self.world)
        self.town.__dict__["database"] = self.database
        self.approved = {"blue"}
        self.colour = "blue"
        self.daemons = 0
        self.unsettled = Unsettled()
        self.nested: dict[int, Fault] = {}
        self.stopped = 0  #: how often a daemon worked while the announcement was
        self.must_not: dict[str, int] = {}  #: how many mails somebody had when they left

    def run(self, acts: Sequence[Act]) -> None:
        """Let them happen, and everything come to its end; what was promised is looked at after each of them.

        Raises:
            AssertionError: a promise was broken.
        """
        try:
            for name, about in acts:
                getattr(self, name)(**about)
                self._look()
            self.run_to_the_end()
            self._look()
        finally:
            self.patch.undo()
            self.database.close()
            shutil.rmtree(self.root)
            logging.disable(logging.NOTSET)

    def _look(self) -> None:
        self.nobody_has_two()
        self.nobody_who_has_left_is_written_to()
        self.only_what_was_approved_goes_out()
        self.the_ledger_knows_what_the_server_has()

    # --- what people do

    def time_goes_by(self, minutes: int) -> None:
        self.world.wait(60 * minutes)

    def the_clock_is_set_back(self) -> None:
        self.world.wait(-60)

    def an_officer_approves(self) -> None:
        if self.world.now >= START + timedelta(hours=20):
            return
        self.world.passed, self.world.faults = 0, {}
        self.town.clock.now = self.world.now
        if self.town.standing().preflight is not None:
            self.town.approve("Ana Gil")
            self.approved.add(self.colour)

    def an_officer_edits(self, number: int) -> None:
        if self.colour != "blue" and not self.world.taken:
            return
        before, self.colour = self.colour, f"shade{number}"
        self.town.campaign(f"colour: {before}", f"colour: {self.colour}")

    def somebody_leaves(self, name: str) -> None:
        self.world.passed, self.world.faults = 0, {}
        self.town.clock.now = self.world.now
        self.town.suppress(name)
        self.must_not.setdefault(f"{name}@example.org", len(self._got(f"{name}@example.org")))

    def a_mail_comes_back(self, name: str) -> None:
        self.world.passed, self.world.faults = 0, {}
        for mail in [each for each in self.world.taken if each.recipient == f"{name}@example.org"]:
            report = Report(
                kind=Kind.FAILED,
                digest=f"about {mail.reference}",
                status="5.1.1",
                words="550 5.1.1 nobody",
                references=(mail.reference,),
            )
            rules = self.town.workspace.settings.bounces
            with self.database.begin() as connection:
                follow(connection, report, Secret("none of ours"), rules, place="", now=self.world.now)

    def an_officer_lets_it_go_on(self) -> None:
        self.world.passed, self.world.faults = 0, {}
        with self.database.begin() as connection:
            stops.resume(connection, Mode.LIVE, ("news", "hello"), self.world.now)

    # --- what machines do

    def a_daemon_works(
        self,
        faults: dict[int, Fault],
        nested: dict[int, Fault],
        answers: Sequence[Answer],
        pipelining: bool,  # noqa: FBT001
        minutes: int,
    ) -> None:
        self.world.wait(60 * minutes)
        self.world.answers = deque(answers)
        self.world.pipelining = pipelining
        self.nested = nested
        self.tick(dict(faults))

    def tick(self, faults: dict[int, Fault]) -> None:
        """As the daemon's; after a crash the next one is a new process."""
        world = self.world
        world.passed, world.faults, world.is_dead, world.stalled = 0, faults, False, self._another_works
        began, out, waits = world.now, len(world.taken), self._is_stopped()
        try:
            self._work(f"here/{self.daemons}", self.unsettled)
        except Crash:
            self.daemons += 1
            self.unsettled = Unsettled()
        except OperationalError:
            pass  # loud, and the next tick tries again
        finally:
            world.is_dead, world.faults = False, {}
        assert not waits or len(world.taken) == out, "is stopped, and a mail of it went out"
        self.stopped += waits
        for mail in world.taken:
            assert mail.at >= START, "written to before its time"
        assert not [m for m in world.taken if m.at >= began > START + timedelta(hours=24)], "written to after its time"

    def _another_works(self) -> None:
        """This process stands still; a second one takes over, works, and perhaps ends; then this one goes on."""
        world = self.world
        kept = world.passed, world.faults, world.stalled
        world.wait(_LONGER_THAN_A_LEASE.total_seconds())
        world.passed, world.faults, world.stalled = 0, dict(self.nested), lambda: None
        try:
            self._work(f"there/{self.daemons}", Unsettled())
        except (Crash, OperationalError):
            pass
        finally:
            world.is_dead = False
            world.passed, world.faults, world.stalled = kept

    def _work(self, owner: str, unsettled: Unsettled) -> None:
        world = self.world
        installation = self.town.installation
        workspace = self.town.workspace
        opened = installation.channels(workspace)
        planner = installation.planner(workspace, self.database, opened)
        dispatcher = Dispatcher(
            workspace=workspace,
            database=self.database,
            channels=opened.channels,
            mode=workspace.settings.mode,
            clock=world.clock,
            owner=owner,
            jitter=random.Random(0),
            unsettled=unsettled,
        )
        dispatcher.recover()
        planner.freeze_due(world.now)
        dispatcher.run()
        dispatcher.housekeeping()

    # --- what must hold

    def _is_stopped(self) -> bool:
        with self.database.engine.connect() as connection:
            held = select(stopped_ones.c.occurrence_id).where(stopped_ones.c.resumed_at.is_(None))
            return connection.execute(held).first() is not None

    def _got(self, address: str) -> list[str]:
        return [mail.reference for mail in self.world.taken if mail.recipient == address]

    def nobody_has_two(self) -> None:
        copies = Counter(mail.recipient for mail in self.world.taken)
        twice = [who for who, number in copies.items() if number > 1]
        assert not twice, f"has two: {twice}"

    def nobody_who_has_left_is_written_to(self) -> None:
        for address, number in self.must_not.items():
            assert len(self._got(address)) == number, f"{address} had left, and was written to"

    def only_what_was_approved_goes_out(self) -> None:
        for mail in self.world.taken:
            assert any(f"It is {colour}" in mail.data for colour in self.approved), mail.data

    def the_ledger_knows_what_the_server_has(self) -> None:
        taken = {mail.reference for mail in self.world.taken}
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql(ledger_audit.LETTERS).all()
            wrong = [*ledger_audit.faults(connection)]
        assert not wrong, wrong
        unknown = taken - {row.reference for row in rows}
        assert not unknown, f"the server has what the ledger never owed: {unknown}"
        for row in rows:
            if row.state == State.SENT:
                assert row.reference in taken, f"{row.reference} is sent, and the server does not have it"
            elif row.reference in taken:
                assert row.state in {State.IN_DOUBT, State.IRREVOCABLE}, f"{row.reference} is {row.state}, and is out"

    def run_to_the_end(self) -> None:
        """Nothing goes wrong any more: everything comes to an end."""
        for _ in range(8):
            self.world.answers.clear()
            self.tick({})
            found = self._states()
            if found and found <= _AT_REST:
                break
            self.world.wait(6 * 3600)
        self.tick({})
        assert self._states() <= _AT_REST, self._states()

    def _states(self) -> set[str]:
        with self.database.engine.connect() as connection:
            return set(ledger_audit.states(connection).values())
