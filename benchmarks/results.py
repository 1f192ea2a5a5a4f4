"""What was measured: a file a part in `var/bench/results`, and all of them together in `benchmarks/results.json`."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.sink import INSTALLED, ROOT

COMMITTED = ROOT / "benchmarks" / "results.json"


def folder(size: str) -> Path:
    """Where the parts of a quick, a usual or a full run are kept."""
    return INSTALLED / "results" / size


def keep(size: str, part: str, found: Mapping[str, Any]) -> Path:
    """Write one part down; where."""
    file = folder(size) / f"{part}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_text(found), encoding="utf-8")
    return file


def kept(size: str, parts: Sequence[str]) -> dict[str, Any]:
    """All parts that there are, as one; of those not measured in this folder, what stands in the repository."""
    before = json.loads(COMMITTED.read_text(encoding="utf-8")) if COMMITTED.exists() else {}
    there: dict[str, Any] = before["parts"] if before.get("size") == size else {}
    files = {part: folder(size) / f"{part}.json" for part in parts}
    there |= {part: json.loads(file.read_text(encoding="utf-8")) for part, file in files.items() if file.exists()}
    return {"size": size, "parts": {part: there[part] for part in parts if part in there}}


def as_text(found: Mapping[str, Any]) -> str:
    """As it stands in a file."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Results:
    """Questions to what was measured. What is not there is None."""

    raw: Mapping[str, Any]

    def part(self, name: str) -> Mapping[str, Any]:
        """What was found; empty when it was not measured."""
        found: Mapping[str, Any] = self.raw["parts"].get(name, {}).get("found") or {}
        return found

    def senders(self, part: str) -> Sequence[Mapping[str, Any]]:
        """Each with so many connections, with its runs."""
        found: Sequence[Mapping[str, Any]] = self.part(part).get("senders", [])
        return found

    def runs(self, part: str, sender: str, connections: int) -> list[Mapping[str, Any] | None]:
        """By round; None for one that is not counted."""
        for each in self.senders(part):
            if (each["sender"], each["connections"]) == (sender, connections):
                return list(each["runs"])
        return []

    def median(self, part: str, sender: str, connections: int, of: str) -> float | None:
        """Over the rounds that count."""
        return _median(each[of] for each in self.runs(part, sender, connections) if each)

    def ratio(self, part: str, one: tuple[str, int], other: tuple[str, int], of: str = "rate") -> float | None:
        """The median of one against the other in the same round."""
        pairs = zip(self.runs(part, *one), self.runs(part, *other), strict=False)
        return _median(ours[of] / theirs[of] for ours, theirs in pairs if ours and theirs)

    def best(self, part: str) -> dict[str, tuple[float, int]]:
        """Of each sender the highest median rate, and with how many connections."""
        found: dict[str, tuple[float, int]] = {}
        for each in self.senders(part):
            rate = self.median(part, each["sender"], each["connections"], "rate")
            if rate is not None:
                found[each["sender"]] = max(found.get(each["sender"], (0.0, 0)), (rate, each["connections"]))
        return found

    def per_1000(self, part: str, sender: str, connections: int, of: str) -> float | None:
        """Of a figure for all mails of a run, what a thousand have of it."""
        counted = [each for each in self.runs(part, sender, connections) if each]
        return _median(each[of] / each["sent"] * 1000 for each in counted)

    def sizes(self) -> list[Mapping[str, Any]]:
        """Of the audiences that were measured, what each took."""
        return [each for each in self.part("growth").get("sizes", []) if "not_measured" not in each]

    def size(self, people: int, of: str) -> float | None:
        """One figure of an audience of so many."""
        return next((each[of] for each in self.sizes() if each["people"] == people), None)

    def start(self, command: str) -> float | None:
        """Seconds a command takes."""
        found = self.part("starts").get("commands", [])
        return next((each["seconds"] for each in found if each["command"] == command), None)

    def desk(self, of: str) -> float | None:
        """The most of any page of the desk: `bytes` or `seconds`."""
        return max((each[of] for each in self.part("desk").get("pages", [])), default=None)

    def saved(self) -> float | None:
        """Seconds until a page of the desk shows a saved file."""
        return _median(self.part("desk").get("saved", []))

    def answers(self, server: str, of: str) -> float | None:
        """Of readers who ask a feed again: answers a second (`rate`), or processor time (`us_each`)."""
        return _median(each[of] for each in self.part("feeds").get("asked", []) if each["server"] == server)

    def share_of_answers(self, one: str, other: str) -> float | None:
        """The median of one server's rate against the other's in the same round."""
        asked = self.part("feeds").get("asked", [])
        rates = [[each["rate"] for each in asked if each["server"] == server] for server in (one, other)]
        return _median(ours / theirs for ours, theirs in zip(*rates, strict=False))

    def kills(self, of: str) -> list[Any]:
        """A figure of each kill that has it."""
        return [each[of] for each in self.part("kills").get("each", []) if each[of] is not None]


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least, most."""
    return statistics.median(values), min(values), max(values)


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None
