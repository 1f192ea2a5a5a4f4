"""Our sender, as the daemon uses it, in the folder of a town made before: `python -m benchmarks.ours FOLDER`.

What is timed is dispatch: claim, compose, check, send, the point of no return on disk before each final dot, and the
outcome. `--to-the-end` is the daemon of that town: it recovers, and sends what is still due.
"""

import argparse
import json
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import MeasureError
from benchmarks.sink import ROOT
from communique.cli import look_for_garbage_seldom

if TYPE_CHECKING:
    from benchmarks.town import Town

_MOST_TICKS = 5


def prepared(folder: Path, number: int, connections: int, port: int, *key: str) -> dict[str, float]:
    """Make a town in another process; what each step took.

    Raises:
        MeasureError: it could not be made.
    """
    command = [sys.executable, "-m", "benchmarks.town", str(folder), str(number), str(connections), str(port), *key]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MeasureError(f"a town of {number:,} could not be made: {done.stderr.strip()[-2000:]}")
    took: dict[str, float] = json.loads(done.stdout)
    return took


def send(town: "Town") -> int:
    """Send all that is due; how many were sent."""
    from communique.delivery import State

    town.dispatcher.run()
    return town.balance.by_state[State.SENT]


def serve(folder: Path) -> str:
    """Be the daemon of a town until nothing waits for another attempt, an hour of its clock a tick; the balance."""
    import scheduler
    from benchmarks.town import Town
    from communique.delivery import State

    town = Town(folder)
    for _ in range(_MOST_TICKS):
        scheduler.run(town.installation, lambda: town.now, once=True)
        if not town.balance.by_state[State.SCHEDULED]:
            break
        town.now += timedelta(hours=1)
    balance = town.balance
    town.close()
    return str(balance)


def main() -> None:
    """Send, and print the numbers as every sender does; or be the daemon, and print the balance."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ours", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to-the-end", action="store_true")
    asked = parser.parse_args()
    look_for_garbage_seldom()  # as every command, before anything else is loaded
    if asked.to_the_end:
        print(serve(asked.folder))
        return
    from benchmarks.senders.workload import measure
    from benchmarks.town import Town
    from communique.delivery import State

    town = Town(asked.folder)
    dispatcher = town.dispatcher  # opens workspace, ledger and channels
    import_module("emails.message")  # what a process loads once is no mail's time
    measure(dispatcher.run)
    balance = town.balance
    town.close()
    if balance.by_state[State.SENT] != balance.planned:
        raise SystemExit(f"expected everything to be sent, found: {balance}")


if __name__ == "__main__":
    main()
