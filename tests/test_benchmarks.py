"""The benchmarks still run: our sender and smtp-source once each, and what is written about them."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import __main__, sink
from benchmarks.measuring import MeasureError, Run, run
from benchmarks.peers import OURS, SMOKE, YARDSTICK, Sender
from benchmarks.plots import Bar, bars
from benchmarks.report import document
from benchmarks.rounds import Summary
from tests.counterparts.presence import require


@pytest.fixture
def _sink() -> None:
    require((sink.POSTFIX / "sbin/smtp-sink").exists(), "smtp-sink is not installed: run `benchmarks/install sink`.")


@pytest.mark.counterpart
@pytest.mark.usefixtures("_sink")
@pytest.mark.parametrize("sender", SMOKE, ids=lambda sender: sender.name)
def test_a_sender_hands_everything_to_the_sink(sender: Sender) -> None:
    """200 messages over one connection, counted by the sink; each about as long as ours."""
    done = run(sender, 200, 1)
    assert done.sent == 200
    assert 7_000 < done.bytes_each < 9_000
    assert done.peak_rss > 0


@pytest.mark.counterpart
@pytest.mark.usefixtures("_sink")
def test_a_sender_that_says_more_than_the_sink_took_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sink is believed."""
    monkeypatch.setattr(sink, "_TO_COUNT", 0)
    said = json.dumps({"sent": 3, "seconds": 1, "cpu": 1, "peak_rss": 1})
    liar = Sender("liar", "", (sys.executable, "-c", f"print({said!r})"), (1,))
    with pytest.raises(MeasureError, match="liar: asked for 3, it sent 3, the sink took 0"):
        run(liar, 3, 1)


def _summary(sender: Sender, rate: float) -> dict[str, Any]:
    done = Run(
        sender=sender.name,
        connections=10,
        round_trip_ms=0,
        sent=200,
        seconds=200 / rate,
        cpu=1,
        sink_cpu=1,
        peak_rss=50_000_000,
        bytes_each=8000,
    )
    return Summary(
        sender=sender.name, connections=10, round_trip_ms=0, rates=[done.rate], ratios=[1.0], runs=[done]
    ).as_json()


def test_the_document_says_what_was_found_and_what_was_not() -> None:
    """Every part is written, a size that was too large with its reason."""
    sending = [_summary(OURS, 3000), _summary(YARDSTICK, 1500)]
    results = {
        "date": "2027-03-02",
        "machine": {"processor": "2 × fast"},
        "versions": {"Python": "3.11"},
        "minutes": 4.0,
        "sending": sending,
        "delayed": sending,
        "wire_capacity": None,
        "failures": ["redmail is not installed"],
        "extent": {
            "quick": True,
            "rounds": 2,
            "seconds": 1,
            "most": 2000,
            "round_trip_ms": 20,
            "kill_people": 300,
            "kill_connections": 10,
        },
        "growth": [{"people": 1000, "not_measured": "too slow"}],
        "planning": [{"people": 1_000_000, "approve": 1, "freeze": 2, "peak_rss_mb": 100}],
        "kills": [{"lost": 0, "doubled": 2, "seconds": 1.5}, {"lost": 0, "doubled": 1, "seconds": 1}],
        "starts": [{"command": "communique plan", "seconds": 0.5}],
    }
    text = document(results)
    assert "| **Communiqué** | 10 | 3,000 (3,000 to 3,000) |" in text
    assert "| smtp-source -d | Postfix's load generator" in text
    assert "| 2.0 × as fast |" in text
    assert "| 1,000 | not measured: too slow | | |" in text
    assert "| 0 | 3 | 2 | 1.5 s |" in text
    assert "| `plan` | 0.50 |" in text
    assert "- redmail is not installed" in text


def test_a_bar_is_as_long_as_its_value() -> None:
    """From zero, on a linear scale, and told to those who cannot see it."""
    drawn = bars("Speed", "a second", [Bar("we", 400, "400", ours=True), Bar("they", 100, "100")])
    assert "width='440.0'" in drawn
    assert "width='110.0'" in drawn
    assert "aria-label='Speed. we: 400; they: 100'" in drawn


def test_a_part_that_fails_does_not_cost_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been measured is kept, and what has not is named."""

    def fails(_repeats: int) -> Iterator[dict[str, Any]]:
        yield {"command": "communique --help", "seconds": 0.1}
        raise MeasureError("communique check ended with 1")

    monkeypatch.setattr(__main__, "starts", fails)
    found = __main__.measured(("starts",), quick=True)
    assert found["starts"] == [{"command": "communique --help", "seconds": 0.1}]
    assert found["failures"] == ["communique check ended with 1"]
