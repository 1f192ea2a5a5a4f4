"""`make soak`: the daemon killed again and again while it writes to thousands, and thousands of simulated histories.

A thousand people leave while they are written to, and somebody floods the form with ten thousand posts, in four ways.

All of it takes about two hours and a half on two busy cores: a second a kill, half a second a history.
Prints what came of it as it goes on, and adds it to `var/soak.md`; ends with 1 when a promise was broken. Whatever is
random comes from the seed that is printed. With `--database postgresql` the ledgers are in a server that it starts
(`make counterparts` installs it). Histories that were cut short are gone on with: `--kills 0 --deaths 0 --copies 0
--publishing 0 --leavers 0 --posts 0 --seed N --histories M`, with the number after the last one that was told, and how
many are left.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, product
from math import ceil
from pathlib import Path

from communique.settings import Subscribing
from tests import ledger_audit, ledger_watch
from tests.copying import copied_while_mails_go
from tests.crash_loop import die_at_each_start
from tests.crash_walk import walking
from tests.databases import databases
from tests.flooding import Flood, flood
from tests.killing import killed_again_and_again
from tests.leaving import InGroups, OneByOne, leave_while_mails_go
from tests.publishing_walk import walk_publishing
from tests.simulation.runs import simulate
from tests.workspaces import build

_REPORT = Path("var/soak.md")
_AT_ONCE = 200  #: histories of which one line tells


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="for each number of connections, strict and resend")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 4, 32])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--deaths", type=int, default=50, help="of a daemon that dies at each start")
    parser.add_argument("--leavers", type=int, default=1_000, help="who leave while they are written to")
    parser.add_argument("--posts", type=int, default=10_000, help="to the form, in each of four floods")
    parser.add_argument("--copies", type=int, default=60, help="of a ledger, made by hand while mails go")
    parser.add_argument(
        "--publishing", type=int, default=1, help="step between the moments at which it is killed; 0: none"
    )
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    return parser.parse_args()


def _kills(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Each with the promises that were broken."""
    if not asked.kills:
        return
    chance = random.Random(asked.seed)
    with databases() as made:
        for connections, repeats in product(asked.connections, (False, True)) if asked.kills else ():
            told = f"{asked.people} people, {asked.database}"
            with (
                tempfile.TemporaryDirectory(prefix="soak-") as folder,
                made.address(asked.database, Path(folder)) as url,
            ):
                os.environ["DATABASE_URL"] = url  # of the daemon
                town = build(Path(folder))
                town.variables["DATABASE_URL"] = url
                ledger_audit.found.clear()
                try:
                    with ledger_watch.watched(url):
                        toll = killed_again_and_again(
                            town,
                            people=asked.people,
                            kills=asked.kills,
                            connections=connections,
                            repeats=repeats,
                            chance=chance,
                        )
                except AssertionError as error:
                    yield f"{told}, {connections} connections", [str(error)]
                else:
                    yield f"{told}, {toll}", [*toll.broken(), *ledger_audit.found]
                finally:
                    town.database.close()
                    del os.environ["DATABASE_URL"]  # the parts that follow have ledgers of their own


def _deaths(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """At each start, until it lives."""
    if not asked.deaths:
        return
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        town = build(Path(folder))
        try:
            die_at_each_start(town, asked.deaths)
        except AssertionError as error:
            broken = [str(error)]
        else:
            broken = []
        finally:
            town.database.close()
    yield f"{asked.deaths} deaths, each right after the claim", broken


def _copies(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Each is opened when everything has gone."""
    if not asked.copies:
        return
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        town = build(Path(folder) / "town")
        opened = copied_while_mails_go(town, people=10_000, copies=asked.copies, chance=random.Random(asked.seed))
    for each in opened:
        yield f"copy of the {each}", [each.broken] if each.broken else []


def _publishing(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Killed at each of its moments."""
    if not asked.publishing:
        return
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, walking() as walker:
        walked = walk_publishing(walker, Path(folder), asked.publishing)
    yield f"publishing, killed at {walked.moments} moments, {walked.between} of them between files", list(walked.broken)


def _leavers(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """One mail at a time, and in groups."""
    for kind in (OneByOne, InGroups) if asked.leavers else ():
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            town = build(Path(folder))
            race = leave_while_mails_go(town, kind, asked.leavers)
            town.database.close()
        told = f"{len(race.left)} left while mails went ({kind.__name__}), {len(race.sent)} got theirs before"
        late = [f"{len(race.too_late)} mails passed after somebody had left"] if race.too_late else []
        yield f"{told}, {len(race.too_late)} afterwards", late


#: Floods of the form: addresses and networks that take turns.
_FLOODS = {
    "from everywhere for twenty addresses": (20, 62_500),
    "from everywhere for one address": (1, 62_500),
    "from one network for ever new addresses": (1_000_000, 1),
    "from everywhere for ever new addresses": (1_000_000, 62_500),
}


def _posts(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Floods on one day, each on a town of its own."""
    for shape, (addresses, networks) in _FLOODS.items() if asked.posts else ():
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            came = flood(build(Path(folder)), asked.posts, addresses, networks)
        told = (
            f"{asked.posts} posts {shape} to the form of a running daemon in {came.seconds:.0f} s "
            f"({dict(came.answers)}): "
            f"{came.mails.total()} mails to {len(came.mails)} addresses; database {came.database} kB; "
            f"{came.before} MB before, {came.warm} MB after 500, {came.memory} MB at the end"
        )
        yield told, [*_too_many(came, networks)]


def _too_many(came: Flood, networks: int) -> Iterator[str]:
    """Mails beyond one an address, and beyond what the network or everybody may cause."""
    yield from (f"{address} got {count}" for address, count in came.mails.items() if count > 1)
    limits = Subscribing()
    rate = limits.per_network if networks == 1 else limits.in_total
    most = rate.copies + ceil(came.seconds * rate.copies / rate.per.total_seconds())
    if came.mails.total() > most:
        yield f"{came.mails.total()} mails, at most {most} were allowed"


def _histories(asked: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Each with what it broke; the others go on."""
    ledger_audit.begin()
    end = asked.seed + asked.histories
    for first in range(asked.seed, end, _AT_ONCE):
        last = min(first + _AT_ONCE, end) - 1
        broken = [*filter(None, map(_history, range(first, last + 1)))]
        yield f"histories {first} to {last}: {len(broken) or 'none'} broke what is promised", broken


def _history(seed: int) -> str:
    try:
        simulate([seed])
    except AssertionError as error:
        ledger_audit.found.clear()
        return str(error)
    return ""


def main() -> int:
    """All of it; 1 when something was broken."""
    asked = _asked()
    _REPORT.parent.mkdir(exist_ok=True)
    is_broken = False
    with _REPORT.open("a", encoding="utf-8") as report:

        def tell(line: str) -> None:
            for file in (sys.stdout, report):
                file.write(f"{line}\n")
                file.flush()

        tell(f"# Soak, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, seed {asked.seed}\n")
        for told, broken in chain(
            _kills(asked),
            _deaths(asked),
            _copies(asked),
            _publishing(asked),
            _leavers(asked),
            _posts(asked),
            _histories(asked),
        ):
            tell(f"- {told}")
            for each in broken:
                is_broken = True
                tell(f"  - BROKEN: {each}")
    return int(is_broken)


if __name__ == "__main__":
    sys.exit(main())
