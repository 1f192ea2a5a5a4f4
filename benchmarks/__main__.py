"""`make bench`: measure everything; docs/performance.md and README.md say what was found.

`make bench QUICK=1` shows in five minutes that it all works, and leaves the documents alone: its own is in
var/bench/quick. What each part has found is kept in var/bench/results, so that one part can be measured again.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks import report, results
from benchmarks.machine import machine, version_of_ours, versions
from benchmarks.measuring import MeasureError, run
from benchmarks.parts import PARTS, SIZES, Watch
from benchmarks.peers import SMOKE
from benchmarks.sink import INSTALLED, ROOT


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--quick", dest="size", action="store_const", const="quick", help="five minutes")
    how_much.add_argument(
        "--full", dest="size", action="store_const", const="full", help="all mails for everybody: hours"
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone, once or more often")
    parser.add_argument("--report", action="store_true", help="measure nothing; write from what is kept")
    parser.add_argument("--smoke", action="store_true", help="ours and smtp-source alone, 200 mails; writes nothing")
    parser.set_defaults(size="usual")
    return parser.parse_args()


def main() -> None:
    """Measure, and write what was found."""
    asked = _arguments()
    if asked.smoke:
        smoke()
        return
    if not asked.report:
        measure(asked.size, asked.only or list(PARTS))
    write(asked.size)


def smoke() -> None:
    """Ours and smtp-source once each, 200 mails.

    Raises:
        MeasureError: a mail was lost on the way, or a sender failed.
    """
    for sender in SMOKE:
        print(json.dumps({"sender": sender.name, **run(sender, 200, 1).as_json()}, ensure_ascii=False))


def measure(size: str, parts: Sequence[str]) -> None:
    """Part by part; each is kept as soon as it is done."""
    began = time.perf_counter()
    for number, name in enumerate(parts, start=1):
        _say(f"{name} ({number} of {len(parts)}, after {(time.perf_counter() - began) / 60:.1f} minutes)")
        results.keep(size, name, measured(size, name))
    _say(f"{(time.perf_counter() - began) / 60:.1f} minutes")


def measured(size: str, name: str) -> dict[str, Any]:
    """One part. One that fails is named, and does not cost the others."""
    watch = Watch(lambda line: _say(f"  {line}"))
    began, load = time.perf_counter(), os.getloadavg()
    kept: dict[str, Any] = {
        "began": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "version": version_of_ours(),
        "load": " ".join(f"{each:.2f}" for each in load),
    }
    try:
        found = PARTS[name](SIZES[size], watch)
    except (MeasureError, FileNotFoundError) as error:
        watch.say(f"NOT MEASURED: {error}")
        watch.failures.append(f"{name}: {error}")
        found = {}
    return {**kept, "minutes": (time.perf_counter() - began) / 60, "failures": watch.failures, "found": found}


def write(size: str) -> None:
    """From all parts that are kept."""
    raw = {**results.kept(size, list(PARTS)), "machine": machine(), "versions": versions()}
    if not raw["parts"]:
        raise MeasureError(f"nothing has been measured yet: {results.folder(size)} is empty")
    if size == "quick":
        report.write(raw, INSTALLED / "quick")
        _say(f"Written: {(INSTALLED / 'quick' / 'performance.md').relative_to(ROOT)}")
        return
    results.COMMITTED.write_text(results.as_text(raw), encoding="utf-8")
    report.write(raw, ROOT / "docs")
    report.write_readme(raw)
    _say("Written: benchmarks/results.json, docs/performance.md, docs/pictures/performance-*.svg, README.md")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (MeasureError, FileNotFoundError) as error:
        raise SystemExit(f"benchmarks: {error}") from error
