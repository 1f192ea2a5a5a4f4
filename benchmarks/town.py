"""A real workspace with so many people in a real ledger, and its announcement approved and frozen.

`python -m benchmarks.town FOLDER PEOPLE CONNECTIONS PORT [KEY]` makes one in FOLDER and prints, as JSON, what that
took. The ledger is a SQLite file, or the PostgreSQL of DATABASE_URL: its name must end in `_bench`, it is emptied.
"""

import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Select, create_engine, insert, literal, make_url, select, text

from benchmarks.process_cost import peak_rss
from benchmarks.senders.workload import Reader, readers
from channels import KINDS
from communique.delivery import Mode
from communique.installation import Installation
from communique.plan.planning import Planner
from communique.send.dispatch import Dispatcher
from communique.send.open_channels import OpenChannels
from communique.store.announcements import copies
from communique.store.database import Database, memberships, people
from communique.store.deliveries import accounts
from communique.store.deliveries.accounts import Balance
from communique.store.desk import approvals
from communique.store.recipients.domains import domain_of
from communique.workspace import Workspace

ROOT = Path(__file__).parents[1]
#: The milestone of its campaign: the town's clock stands still there.
NOW = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
_KEY_NAME, _KEY_FILE = "BENCH_DKIM_KEY", "dkim.pem"
_AT_ONCE = 10_000  #: rows written in one statement


@dataclass
class Town:
    """The workspace in a folder, with its ledger and its channels."""

    root: Path
    now: datetime = NOW

    @cached_property
    def installation(self) -> Installation:
        """As the commands see it."""
        return Installation(root=self.root, variables=self._variables, kinds=KINDS)

    @property
    def _variables(self) -> dict[str, str]:
        return {"COMMUNIQUE_KEY": "bench", f"{_KEY_NAME}_FILE": str(self.root / _KEY_FILE), **os.environ}

    @cached_property
    def workspace(self) -> Workspace:
        """As it is on disk."""
        return self.installation.workspace()

    @cached_property
    def database(self) -> Database:
        """The ledger."""
        return self.installation.database()

    @cached_property
    def opened(self) -> OpenChannels:
        """The channels of the settings."""
        return self.installation.channels(self.workspace)

    @property
    def planner(self) -> Planner:
        """Planning as the daemon does it."""
        return self.installation.planner(self.workspace, self.database, self.opened)

    @property
    def dispatcher(self) -> Dispatcher:
        """Dispatch as the daemon does it."""
        return Dispatcher(
            workspace=self.workspace,
            database=self.database,
            channels=self.opened.channels,
            mode=Mode.LIVE,
            clock=lambda: self.now,
            owner=f"bench/{os.getpid()}",
            jitter=random.Random(0),  # noqa: S311 - spreads retries, guards nothing
        )

    @property
    def balance(self) -> Balance:
        """The account of the announcement."""
        with self.database.reading() as connection:
            return accounts.balances(connection, Mode.LIVE)[0]

    def invite(self, number: int) -> None:
        """Put so many people into the audience; straight into the tables, because importing is not what is measured."""
        with self.database.begin() as connection:
            rows = enumerate(readers(number), start=1)
            while some := list(islice(rows, _AT_ONCE)):
                connection.execute(insert(people), [_person(each, reader) for each, reader in some])
            connection.execute(insert(memberships).from_select([*_MEMBERSHIP, "person_id"], _members()))

    def approve(self) -> None:
        """One approval, of exactly what there is."""
        with self.database.begin() as connection:
            for standing in self.planner.standings(connection, NOW):
                if standing.occasion is None or standing.preflight is None or standing.preflight.stopping:
                    message = f"expected an announcement that can be approved, found {standing.reason}"
                    raise SystemExit(message)
                digest = standing.preflight.digest
                approvals.approve(connection, standing.occasion, digest, by="Ana Gil", note="", now=NOW)
                copies.keep(connection, copies.approved("news"), self.workspace.sources, "news", NOW)

    def freeze(self) -> None:
        """Plan it: who gets what, in one transaction."""
        if not self.planner.freeze_due(NOW):
            with self.database.reading() as connection:
                found = [standing.reason for standing in self.planner.standings(connection, NOW)]
            raise SystemExit(f"expected the announcement to be frozen, found: {found}")

    def close(self) -> None:
        """Let go of everything."""
        self.opened.close()
        self.database.close()


def lay_out(root: Path, *, connections: int, port: int, key: str = "") -> Town:
    """Write the workspace's files into a folder; mail goes to `port` on this machine, signed when there is a `key`."""
    shutil.copytree(ROOT / "templates" / "layouts", root / "templates" / "layouts", dirs_exist_ok=True)
    # Its mail has a layout of its own: as long, to the byte, whatever becomes of the shipped one.
    shutil.copytree(ROOT / "benchmarks" / "workspace", root, dirs_exist_ok=True)
    own = {"port": str(port), "connections": str(connections)}
    if key:
        shutil.copy(key, root / _KEY_FILE)
        own |= {"dkim_selector": "bench", "dkim_key": _KEY_NAME}
    settings = root / "config" / "settings.yaml"
    lines = "\n    ".join(f"{name}: {value}" for name, value in own.items())
    settings.write_text(settings.read_text(encoding="utf-8").replace("port: 2525", lines), encoding="utf-8")
    _empty_database()
    return Town(root)


def _empty_database() -> None:
    url = os.environ.get("DATABASE_URL")
    if not url:
        return
    if not (make_url(url).database or "").endswith("_bench"):
        raise SystemExit(
            "DATABASE_URL: expected a database whose name ends in `_bench`: it is emptied before each run."
        )
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def _person(number: int, reader: Reader) -> dict[str, Any]:
    return {
        "id": number,
        "address": reader.address,
        "address_key": reader.address,
        "domain": domain_of(reader.address),
        "name": reader.name,
        "language": "en",
        "organisation": "",
        "created_at": NOW,
    }


_MEMBERSHIP = {"audience": "residents", "basis": "bench", "source": "bench", "added_at": NOW}


def _members() -> Select[Any]:
    fixed = [literal(value, memberships.c[name].type) for name, value in _MEMBERSHIP.items()]
    return select(*fixed, people.c.id)


def _timed(steps: Mapping[str, Callable[[], object]]) -> Iterator[tuple[str, float]]:
    for name, step in steps.items():
        began = perf_counter()
        step()
        yield name, perf_counter() - began


def main() -> None:
    """Make a town and say how long each step took and how much memory."""
    folder, number, connections, port, *key = sys.argv[1:]
    town = lay_out(Path(folder), connections=int(connections), port=int(port), key="".join(key))
    steps: dict[str, Callable[[], object]] = {
        "invite": lambda: town.invite(int(number)),
        "approve": town.approve,
        "freeze": town.freeze,
        "count": lambda: town.balance,
    }
    took = dict(_timed(steps))
    planned = town.balance.planned
    town.close()
    if planned != int(number):
        raise SystemExit(f"expected {number} copies to be planned, found {planned}")
    print(json.dumps({**took, "peak_rss": peak_rss(os.getpid())}))


if __name__ == "__main__":
    main()
