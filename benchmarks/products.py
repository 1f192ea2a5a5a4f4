"""How long everything that a campaign makes takes to make: `python -m benchmarks.products [CAMPAIGN]`.

The shipped campaign is rehearsed as it is delivered: every language, every format of sound, every shape of film, each
letter and page. Beside the whole, it says how long each channel took, and how long processors worked for it all: on a
machine that is busy with something else only the latter says anything, and on a quiet one the whole takes no longer.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.sink import ROOT
from channels import KINDS, studio
from channels.paper import own_process as press
from communique.drawing import own_process as drawing
from communique.installation import Installation
from communique.rehearse.rehearsal import finish, prepare

GOAL = 120.0  #: seconds, on two processors
_PEOPLE = 80


def main() -> None:
    """Make everything once, and say what it took; 1 when it took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.products", description=__doc__)
    parser.add_argument("campaign", nargs="?", default="accepted-into-ogp")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before = _worked()
        took, by_channel = _measured(asked.campaign, Path(folder, "made"))
        worked = _worked() - before
        files = [file for file in Path(folder).rglob("*") if file.is_file()]
        kinds = Counter(file.suffix.lstrip(".") for file in files)
        print(f"{asked.campaign}: {took:.0f} s, processors worked {worked:.0f} s (goal: {GOAL:.0f} s)")
        print(f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB: ", end="")
        print(", ".join(f"{number} {kind}" for kind, number in kinds.most_common()))
        for channel, seconds in sorted(by_channel.items(), key=lambda each: -each[1]):
            print(f"  {channel:<12} {seconds:5.1f} s")
    sys.exit(min(took, worked) > GOAL)


def _worked() -> float:
    """Seconds of processors, of this process and of those it has started, for it and the system.

    What draws, prints and films in a process of its own is ended: the system counts a child's time when it is gone.
    """
    for each in (drawing.SHARED, press.SHARED, studio.SHARED):
        each.close()
    both = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def _measured(campaign: str, folder: Path) -> tuple[float, dict[str, float]]:
    """Seconds of the whole, and of each channel from its first message of a moment to its last."""
    began = time.perf_counter()
    workspace = Installation(root=ROOT, variables={}, kinds=KINDS).workspace()
    seed = random.Random(1)  # noqa: S311 - the same people every time
    rehearsal = prepare(workspace, ROOT, folder, [campaign], number=_PEOPLE, chance=seed, light=False)
    dispatcher, took = rehearsal.dispatcher, dict[str, float]()
    dispatcher.drain = _timed(dispatcher.drain, took)  # type: ignore[method-assign]
    try:
        rehearsal.play(lambda standing: print(f"  {'/'.join(standing.name)}"))
    finally:
        finish(rehearsal)
    return time.perf_counter() - began, took


def _timed(drain: Callable[..., int], took: dict[str, float]) -> Callable[..., int]:
    def timed(channel: str, *arguments: Any) -> int:
        began = time.perf_counter()
        try:
            return drain(channel, *arguments)
        finally:
            took[channel] = took.get(channel, 0) + time.perf_counter() - began

    return timed


if __name__ == "__main__":
    main()
