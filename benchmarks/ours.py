"""Our sender, as the daemon uses it: `python -m benchmarks.ours NUMBER CONNECTIONS PORT [KEY]`.

People, ledger, approval and freezing are made by another process first; what is timed is dispatch: claim, compose,
check, send, the point of no return on disk before each final dot, and the outcome. `python -m benchmarks.ours FOLDER`
is the daemon of a town made before: it recovers, and sends what is still due.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import scheduler
from benchmarks.measuring import MeasureError
from benchmarks.senders.workload import peak_rss
from benchmarks.town import ROOT, Town
from communique.delivery import State

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


def send(town: Town) -> dict[str, float]:
    """Send all that is due; what it took."""
    dispatcher = town.dispatcher
    began, cpu = time.perf_counter(), time.process_time()
    dispatcher.run()
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "peak_rss": peak_rss()}
    return {"sent": town.balance.by_state[State.SENT], **took}


def serve(folder: Path) -> str:
    """Be the daemon of a town until nothing waits for another attempt, an hour of its clock a tick; the balance."""
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
    """Make a town, send, and print the numbers as every sender does."""
    if len(sys.argv) == 2:  # noqa: PLR2004 (one argument)
        print(serve(Path(sys.argv[1])))
        return
    number, connections, port = map(int, sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        before = prepared(Path(folder), number, connections, port, *sys.argv[4:])
        town = Town(Path(folder))
        took = send(town)
        town.close()
    print(json.dumps({**took, "prepared": before}))


if __name__ == "__main__":
    main()
