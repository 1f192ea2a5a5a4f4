"""What a larger audience costs us: planning it, and sending to it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import MeasureError, run
from benchmarks.ours import prepared
from benchmarks.peers import OURS

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_CONNECTIONS = 50
_NO_PORT = 9  #: nothing is sent while planning


def affordable(measure: Callable[[int], dict[str, Any]], budget: float) -> Iterator[dict[str, Any]]:
    """Each size, as long as it is expected to end within `budget` seconds; the first that is not is named with why."""
    expected = 0.0
    for size in SIZES:
        if expected > budget:
            yield {"people": size, "not_measured": f"about {expected:,.0f} s expected, {budget:,.0f} s allowed"}
            return
        began = time.perf_counter()
        try:
            yield {"people": size, **measure(size)}
        except MeasureError as error:
            yield {"people": size, "not_measured": str(error)}
            return
        expected = 10 * (time.perf_counter() - began)


def planning(people: int) -> dict[str, Any]:
    """Approve and freeze for so many: seconds of each, and the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        took = prepared(Path(folder), people, 1, _NO_PORT)
    if took["planned"] != people:
        raise MeasureError(f"expected {people} copies to be planned, found {took['planned']}")
    return {"approve": took["approve"], "freeze": took["freeze"], "peak_rss_mb": took["peak_rss"] / 1e6}


def sending(people: int) -> dict[str, Any]:
    """Send to so many: messages a second, CPU seconds for 1,000, peak of memory in MB."""
    done = run(OURS, people, _CONNECTIONS)
    return {"rate": done.rate, "cpu_per_1000": done.cpu / people * 1000, "peak_rss_mb": done.peak_rss / 1e6}
