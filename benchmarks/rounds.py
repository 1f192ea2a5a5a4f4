"""Rounds: all senders one after the other, again and again, so that a slow minute of the machine hits all alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from benchmarks.measuring import MeasureError, Run, run
from benchmarks.peers import Sender

_PROBE = 200  #: messages sent to see how many make a run of the wanted length


@dataclass(frozen=True)
class Contestant:
    """A sender with so many connections, on a wire of some length, with its ledger in some database."""

    sender: Sender
    connections: int
    round_trip_ms: int = 0
    database: str = ""
    label: str = ""  #: its name in the results, where the sender's own would not do

    @property
    def name(self) -> str:
        """In the results."""
        return self.label or self.sender.name

    def __str__(self) -> str:
        """For whoever watches."""
        return f"{self.name}, {self.connections} connection{'s' if self.connections > 1 else ''}"

    def send(self, number: int) -> Run:
        """So many, once."""
        return run(self.sender, number, self.connections, round_trip_ms=self.round_trip_ms, database=self.database)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much is measured of one part."""

    rounds: int
    most: int  #: mails a run…
    seconds: float  #: …but of who is slow only as many as take about this long; over a long wire, see `over_a_wire`

    def over_a_wire(self, contestant: Contestant) -> int:
        """As many as fit when a mail costs a connection two round trips: the same number for everybody."""
        return int(min(self.most, contestant.connections * self.seconds * 1000 / contestant.round_trip_ms / 2))


def interleaved(
    contestants: Sequence[Contestant],
    extent: Extent,
    say: Callable[[str], None],
    failures: list[str],
    each_round: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """Every sender in every round: its runs in order of rounds, None for one that failed and is not counted."""
    numbers = dict(_numbers(contestants, extent, say, failures))
    runs: dict[Contestant, list[dict[str, Any] | None]] = {each: [] for each in numbers}
    for index in range(extent.rounds):
        each_round()
        for each, number in numbers.items():
            try:
                found = each.send(number)
            except MeasureError as error:
                _note(error, say, failures)
                runs[each].append(None)
            else:
                runs[each].append(found.as_json())
                say(f"round {index + 1} of {extent.rounds}: {each}: {found.rate:,.0f} a second ({number:,})")
    return [
        {
            "sender": each.name,
            "what": each.sender.what,
            "connections": each.connections,
            "round_trip_ms": each.round_trip_ms,
            "messages": numbers[each],
            "runs": found,
        }
        for each, found in runs.items()
    ]


def _numbers(
    contestants: Sequence[Contestant], extent: Extent, say: Callable[[str], None], failures: list[str]
) -> Iterator[tuple[Contestant, int]]:
    """How many each sends; one that is not there, or cannot send at all, is named and left out."""
    for each in contestants:
        if not each.sender.is_installed:
            _note(f"{each.sender.name} is not installed", say, failures)
            continue
        if each.round_trip_ms:
            yield each, extent.over_a_wire(each)
            continue
        if not each.sender.is_slow and each.connections > 1:
            yield each, extent.most
            continue
        try:
            probe = each.send(_PROBE)
        except MeasureError as error:
            _note(error, say, failures)
            continue
        # Not by the rate: in so short a run, beginning may take longer than sending.
        fitting = extent.seconds / probe.flow if probe.flow else inf
        say(f"looked how fast it is: {each}")
        yield each, max(_PROBE, int(min(extent.most, fitting)) // 100 * 100)


def _note(error: MeasureError | str, say: Callable[[str], None], failures: list[str]) -> None:
    if str(error) not in failures:
        failures.append(str(error))
    say(f"NOT COUNTED: {error}")
