"""Rounds: all senders one after the other, again and again, so that a slow minute of the machine hits all alike."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.measuring import MeasureError, Run, run
from benchmarks.peers import YARDSTICK, Sender

_PROBE = 200  #: messages sent to see how many make a run of the wanted length


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much is measured."""

    rounds: int
    seconds: float  #: one run is to take about this long…
    most: int  #: …but sends no more than this


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One sender with so many connections, over all rounds."""

    sender: str
    connections: int
    round_trip_ms: int
    rates: Sequence[float]
    ratios: Sequence[float]  #: to the yardstick with as many connections, in the same round
    runs: Sequence[Run]

    def as_json(self) -> dict[str, Any]:
        """For results.json: medians with their range."""
        sent = self.runs[0].sent
        return {
            "sender": self.sender,
            "connections": self.connections,
            "round_trip_ms": self.round_trip_ms,
            "messages": sent,
            "rounds": len(self.runs),
            "rate": _spread(self.rates),
            "ratio": _spread(self.ratios) if self.ratios else None,
            "cpu_per_1000": _median([each.cpu / sent * 1000 for each in self.runs]),
            "sink_cpu_per_1000": _median([each.sink_cpu / sent * 1000 for each in self.runs]),
            "peak_rss_mb": _median([each.peak_rss / 1e6 for each in self.runs]),
            "bytes_each": round(self.runs[0].bytes_each),
        }


def interleaved(
    senders: Sequence[Sender],
    extent: Extent,
    say: Callable[[str], None],
    *,
    round_trip_ms: int = 0,
    least_connections: int = 0,
) -> tuple[list[Summary], list[str]]:
    """Every sender in every round; the summaries, and what went wrong (a run that fails is not counted)."""
    numbers: dict[tuple[Sender, int], int] = {}
    failures = []
    for sender in senders:
        for connections in (each for each in sender.connections if each >= least_connections):
            try:
                probe = run(sender, _PROBE, connections, round_trip_ms=round_trip_ms)
            except MeasureError as error:
                failures.append(str(error))
                say(f"  LEFT OUT: {error}")
            else:
                numbers[sender, connections] = _number(probe, extent)
    rounds: list[dict[tuple[Sender, int], Run]] = []
    for index in range(extent.rounds):
        done: dict[tuple[Sender, int], Run] = {}
        for (sender, connections), number in numbers.items():
            try:
                found = run(sender, number, connections, round_trip_ms=round_trip_ms)
            except MeasureError as error:
                failures.append(str(error))
                say(f"  NOT COUNTED: {error}")
                continue
            done[sender, connections] = found
            say(f"  round {index + 1}: {sender.name}, {connections} connections: {found.rate:,.0f}/s ({number:,})")
        rounds.append(done)
    summaries = [_summary(sender, connections, rounds) for sender, connections in numbers]
    return [each for each in summaries if each is not None], failures


def _number(probe: Run, extent: Extent) -> int:
    wanted = int(probe.rate * extent.seconds) // 100 * 100
    return max(_PROBE, min(extent.most, wanted))


def _summary(sender: Sender, connections: int, rounds: Sequence[dict[tuple[Sender, int], Run]]) -> Summary | None:
    runs, ratios = [], []
    for done in rounds:
        found = done.get((sender, connections))
        if found is None:
            continue
        runs.append(found)
        beside = done.get((YARDSTICK, connections))
        if beside is not None:
            ratios.append(found.rate / beside.rate)
    if not runs:
        return None
    rates = [each.rate for each in runs]
    first = runs[0]
    return Summary(
        sender=sender.name,
        connections=connections,
        round_trip_ms=first.round_trip_ms,
        rates=rates,
        ratios=ratios,
        runs=runs,
    )


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 4)


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": _median(values), "least": round(min(values), 4), "most": round(max(values), 4)}
