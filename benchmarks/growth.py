"""What a larger audience costs us: planning it, and sending to it, in the same town."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.measuring import MeasureError, Run, run
from benchmarks.peers import OURS

_LOOK = 0.002  #: seconds: of a thousand mails the last may come a tenth of a second after the first
_REPEATED_BELOW, _REPEATS = 20_000, 5  #: short runs are repeated: each is over before the machine has settled


def growth(
    sizes: Sequence[int], connections: int, budget: float, say: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Each size, as long as it is expected to end within `budget` seconds; the first that is not is named with why."""
    expected = 0.0
    for size in sizes:
        if expected > budget:
            yield {"people": size, "not_measured": f"about {expected:,.0f} s expected, {budget:,.0f} s allowed"}
            return
        began = time.perf_counter()
        try:
            repeats = _REPEATS if size < _REPEATED_BELOW else 1
            runs = [run(OURS, size, connections, look_every=_LOOK) for _ in range(repeats)]
        except MeasureError as error:
            yield {"people": size, "not_measured": str(error)}
            return
        took = (time.perf_counter() - began) / len(runs)
        say(f"{size:,} people: {took:,.0f} s, with making them")
        yield {"people": size, **_medians(runs)}
        expected = 10 * took


def _medians(runs: Sequence[Run]) -> dict[str, Any]:
    """Seconds of each step, microseconds a mail, peaks of memory in MB."""
    measured = {
        "until_first": [each.until_first for each in runs],
        "us_each": [each.flow * 1e6 for each in runs],
        "rate": [each.rate for each in runs],
        "cpu_per_1000": [each.cpu / each.sent * 1000 for each in runs],
        "peak_rss_mb": [each.peak_rss / 1e6 for each in runs],
        "planning_peak_rss_mb": [each.prepared["peak_rss"] / 1e6 for each in runs],
        **{step: [each.prepared[step] for each in runs] for step in ("approve", "freeze", "count")},
    }
    return {"runs": len(runs), **{name: statistics.median(values) for name, values in measured.items()}}
