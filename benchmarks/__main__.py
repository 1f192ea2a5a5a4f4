"""`make bench`: measure everything and write docs/performance.md. `make bench QUICK=1` shows that it all works.

Our ledger is a SQLite file; with DATABASE_URL it is that database, whose name must end in `_bench`: it is emptied
before each run.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks import growth, kills, report
from benchmarks.machine import machine, versions
from benchmarks.measuring import MeasureError, run
from benchmarks.peers import LIMIT, SENDERS, SMOKE, Sender
from benchmarks.rounds import Extent, interleaved
from benchmarks.sink import ROOT
from benchmarks.starts import starts

RESULTS = ROOT / "benchmarks" / "results.json"
_ROUND_TRIP_MS = 20
_FEW = 10  #: below so many connections a long wire only shows how long it is
_CAPACITY_CONNECTIONS, _CAPACITY_MESSAGES = 500, 20_000
_KILL_CONNECTIONS = 10
_PARTS = ("sending", "delayed", "growth", "planning", "kills", "starts")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds of each; less than five minutes")
    parser.add_argument("--smoke", action="store_true", help="ours and smtp-source alone, 200 messages; writes nothing")
    parser.add_argument("--only", choices=_PARTS, action="append", help="measure this part alone; writes nothing")
    parser.add_argument("--report", action="store_true", help="write the document anew from results.json")
    return parser.parse_args()


def main() -> None:
    """Measure, and write what was found."""
    asked = _arguments()
    if asked.report:
        report.write(json.loads(RESULTS.read_text(encoding="utf-8")), ROOT / "docs")
        return
    began = time.perf_counter()
    if asked.smoke:
        smoke()
        return
    results: dict[str, Any] = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "versions": versions()}
    results |= measured(asked.only or _PARTS, quick=asked.quick)
    results["minutes"] = (time.perf_counter() - began) / 60
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    if asked.only:
        print(text)
        return
    RESULTS.write_text(text, encoding="utf-8")
    report.write(results, ROOT / "docs")
    print(f"Written: {RESULTS.relative_to(ROOT)}, docs/performance.md, docs/pictures/performance-*.svg")


def smoke() -> None:
    """Ours and smtp-source once each, 200 messages.

    Raises:
        MeasureError: a message was lost on the way, or a sender failed.
    """
    for sender in SMOKE:
        done = run(sender, 200, 1)
        print(json.dumps(done.as_json(), ensure_ascii=False))


def measured(parts: Sequence[str], *, quick: bool) -> dict[str, Any]:
    """Each part's figures; one that fails keeps what it has found until then, and is named among the failures."""
    extent = Extent(rounds=2, seconds=1, most=2_000) if quick else Extent(rounds=5, seconds=5, most=20_000)
    budget, number_of_kills, people = (15, 2, 300) if quick else (600, 20, 5_000)
    failures: list[str] = []
    chance = random.Random(1)  # noqa: S311 - the same moments every time

    def sending(round_trip_ms: int) -> Iterator[dict[str, Any]]:
        chosen = [each for each in _there(failures) if not round_trip_ms or each.delayed]
        least = _FEW if round_trip_ms else 0
        found, wrong = interleaved(chosen, extent, _say, round_trip_ms=round_trip_ms, least_connections=least)
        failures.extend(wrong)
        yield from (each.as_json() for each in found)

    measure: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {
        "sending": lambda: sending(0),
        "delayed": lambda: sending(_ROUND_TRIP_MS),
        "growth": lambda: growth.affordable(growth.sending, budget),
        "planning": lambda: growth.affordable(growth.planning, budget),
        "kills": lambda: (kills.killed_once(people, _KILL_CONNECTIONS, chance) for _ in range(number_of_kills)),
        "starts": lambda: starts(2 if quick else 5),
    }
    results: dict[str, Any] = {
        "extent": {
            "quick": quick,
            "rounds": extent.rounds,
            "seconds": extent.seconds,
            "most": extent.most,
            "round_trip_ms": _ROUND_TRIP_MS,
            "kill_people": people,
            "kill_connections": _KILL_CONNECTIONS,
        },
        "wire_capacity": _capacity(failures) if "delayed" in parts else None,
        "failures": failures,
    }
    for part in parts:
        _say(f"{part}:")
        results[part] = []
        try:
            for each in measure[part]():
                _say(f"  {json.dumps(each, ensure_ascii=False)}")
                results[part].append(each)
        except MeasureError as error:
            # What an hour has measured is not thrown away because one part has failed.
            _say(f"  NOT MEASURED: {error}")
            failures.append(str(error))
    return results


def _there(failures: list[str]) -> list[Sender]:
    """The senders that are installed; the others are named once."""
    for each in SENDERS:
        missing = f"{each.name} is not installed"
        if not each.is_installed and missing not in failures:
            failures.append(missing)
    return [each for each in SENDERS if each.is_installed]


def _capacity(failures: list[str]) -> dict[str, float] | None:
    """What the wire itself carries, so that nobody is measured who is limited by it."""
    if not LIMIT.is_installed:
        return None
    try:
        done = run(LIMIT, _CAPACITY_MESSAGES, _CAPACITY_CONNECTIONS, round_trip_ms=_ROUND_TRIP_MS)
    except MeasureError as error:
        failures.append(str(error))
        return None
    return {"connections": _CAPACITY_CONNECTIONS, "rate": done.rate}


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (MeasureError, FileNotFoundError) as error:
        raise SystemExit(f"benchmarks: {error}") from error
