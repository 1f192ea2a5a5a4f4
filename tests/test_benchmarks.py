"""The benchmarks still run: our sender and smtp-source once each, and what is written about them."""

import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__, goals, kills, letter, parts, profiling, report, sink
from benchmarks.goals import GOALS, Goal
from benchmarks.measuring import MeasureError, run
from benchmarks.parts import CONNECTIONS, SIZES, Watch
from benchmarks.peers import EMAILS, KEYS, NODEMAILER, OURS, OURS_ED25519, OURS_RSA, SMOKE, YARDSTICK, Sender
from benchmarks.plots import Bar, Plot
from benchmarks.process_cost import observed
from benchmarks.results import COMMITTED, Results, keep, kept
from benchmarks.rounds import Contestant, Extent, interleaved
from tests.counterparts.presence import require

ROOT = Path(__file__).parents[1]


@pytest.fixture
def _sink() -> None:
    require((sink.POSTFIX / "sbin/smtp-sink").exists(), "smtp-sink is not installed: run `benchmarks/install sink`.")


@pytest.mark.counterpart
@pytest.mark.usefixtures("_sink")
@pytest.mark.parametrize("sender", SMOKE, ids=lambda sender: sender.name)
def test_a_sender_hands_everything_to_the_sink(sender: Sender) -> None:
    """200 mails over two connections, counted by the sink; 6 kB each, whoever sends."""
    done = run(sender, 200, 2)
    assert done.sent == 200
    assert done.bytes_each == pytest.approx(5_950, rel=0.02)
    assert done.peak_rss > 0
    assert 0 < done.cpu <= done.cpu_whole
    assert 0 < done.seconds <= done.seconds_whole
    assert 0 < done.until_first <= done.seconds_whole


@pytest.mark.counterpart
@pytest.mark.usefixtures("_sink")
def test_a_sender_that_says_more_than_the_sink_took_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sink is believed."""
    monkeypatch.setattr(sink, "_TO_COUNT", 0)
    liar = _saying({"sent": 3, "seconds": 1, "cpu_before": 0})
    with pytest.raises(MeasureError, match="liar: asked for 3, it sent 3, the sink took 0"):
        run(liar, 3, 1)


def _saying(said: dict[str, Any]) -> Sender:
    code = f"print({json.dumps(said)!r})".replace("{", "{{").replace("}", "}}")
    return Sender("liar", "", (sys.executable, "-c", code), (1,))


@pytest.mark.counterpart
@pytest.mark.usefixtures("_sink")
def test_a_run_that_fails_leaves_a_gap_in_its_row() -> None:
    """Rounds stay beside each other; what went wrong is named once.

    One that is measured for a while is tried first: if it cannot send at all, it has no row.
    """
    failures: list[str] = []
    broken = Sender("broken", "", (sys.executable, "-c", "raise SystemExit('no such server')"), (2,))
    dumb = Sender("dumb", "", (sys.executable, "-c", "raise SystemExit('cannot speak')"), (1,))
    absent = Sender("absent", "", ("/nowhere/sender",), (1,))
    rows = interleaved(
        [Contestant(broken, 2), Contestant(dumb, 1), Contestant(absent, 1), Contestant(YARDSTICK, 1)],
        Extent(rounds=2, most=20, seconds=1),
        lambda _line: None,
        failures,
    )
    assert [(row["sender"], [bool(each) for each in row["runs"]]) for row in rows] == [
        ("broken", [False, False]),
        ("smtp-source -d", [True, True]),
    ]
    assert failures == ["dumb: cannot speak", "absent is not installed", "broken: no such server"]


@pytest.mark.counterpart
@pytest.mark.usefixtures("_sink")
def test_a_kill_is_recovered_from() -> None:
    """Nobody is lost, nobody gets more than two, and it is known when the first mail came again."""

    class Early:
        def randrange(self, _least: int, _most: int) -> int:
            return 1

    found = kills.killed_once(60, 2, Early())  # type: ignore[arg-type]
    assert found["lost"] == 0
    assert found["doubled"] <= 2
    assert found["balance"] == "60 planned = 60 sent"
    if found["again"] is not None:
        assert 0 < found["again"] <= found["to_the_end"]


def test_all_send_our_letter() -> None:
    """The files of the others are our own mail; `python -m benchmarks.letter` writes them anew."""
    senders = ROOT / "benchmarks/senders"
    assert {
        name: (senders / name).read_text(encoding="utf-8") for name in ("letter.html", "letter.txt")
    } == letter.letter()


def test_cost_is_that_of_all_a_program_has_started() -> None:
    """A child's work and memory count; the program is stopped with its children when it takes too long."""
    child = "import time; kept = bytearray(60_000_000)\nwhile time.process_time() < 0.6: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"
    cost = observed([sys.executable, "-c", parent], within=ROOT, environment=os.environ, most_seconds=60)
    assert (cost.code, cost.output) == (0, "done\n")
    assert cost.cpu > 0.6
    assert cost.peak_rss > 60_000_000
    with pytest.raises(TimeoutError):
        observed(
            [sys.executable, "-c", "import threading; threading.Event().wait()"],
            within=ROOT,
            environment=os.environ,
            most_seconds=0,
        )


def _row(sender: str, connections: int, *rates: float | None, **other: float) -> dict[str, Any]:
    base = {"sent": 200, "cpu": 1.0, "cpu_whole": 2.0, "sink_cpu": 1.0, "peak_rss": 5e7, "bytes_each": 6000.0}
    runs = [None if rate is None else {**base, "rate": rate, **other} for rate in rates]
    return {"sender": sender, "what": "", "connections": connections, "messages": 200, "runs": runs}


def _raw(**found: Any) -> dict[str, Any]:
    part = {"began": "2027-03-02 09:00 UTC", "version": "abc", "load": "0.1", "minutes": 1.0, "failures": ["it rained"]}
    measured = {name: {**part, "found": each} for name, each in found.items()}
    return {"size": "usual", "machine": {"processor": "2 × fast"}, "versions": {"Python": "3.11"}, "parts": measured}


def _everything() -> dict[str, Any]:
    size = {"until_first": 1.0, "us_each": 100.0, "rate": 9e3, "cpu_per_1000": 0.09, "planning_peak_rss_mb": 90.0}
    steps = {"approve": 1.0, "freeze": 20.0, "count": 0.1, "runs": 1}
    sizes = [{"people": number, "peak_rss_mb": 80.0, **size, **steps} for number in (1_000, 1_000_000)]
    ours, signed = _row(OURS.name, CONNECTIONS, 9000, 8000), _row(OURS_ED25519.name, CONNECTIONS, 5000, 5000)
    nodemailer = _row(NODEMAILER.name, CONNECTIONS, 500, 500)
    return _raw(
        sending={
            "senders": [ours, _row(YARDSTICK.name, CONNECTIONS, 6000, None), nodemailer, _row(EMAILS.name, 1, 400)]
        },
        signing={"senders": [ours, signed, _row(OURS_RSA.name, CONNECTIONS, 2000, 1800)], "openssl": [2500.0, 2000.0]},
        databases={"senders": [ours, _row(parts.ON_POSTGRESQL, CONNECTIONS, 4500, 8000)]},
        delayed={
            "round_trip_ms": 20,
            "capacity": {"connections": 500, "rate": 20_000.0},
            "senders": [_row(OURS.name, CONNECTIONS, 2200), nodemailer],
        },
        growth={"connections": 50, "sizes": sizes},
        kills={
            "people": 300,
            "connections": 10,
            "each": [
                {"lost": 0, "doubled": 2, "again": 1.5, "to_the_end": 4.0},
                {"lost": 1, "doubled": 1, "again": None, "to_the_end": 3.0},
            ],
        },
        starts={"commands": [{"command": "communique --help", "seconds": 0.5}]},
        desk={
            "pages": [
                {"page": "timeline", "bytes": 9000, "bytes_again": 900, "seconds": 0.5, "seconds_again": 0.4},
                {"page": "editing", "bytes": 12000, "bytes_again": 1000, "seconds": 1.5, "seconds_again": 0.4},
            ],
            "saved": [0.2, 0.4, 1.8],
        },
        public={
            "pages": [{"page": "a meeting", "bytes": 8000, "bytes_again": 0, "seconds": 0.6, "seconds_again": 0.3}],
        },
        city={"people": 100_000, "sent": 12, "pages": [{"page": "timeline", "first": 8.5, "again": 0.29}]},
        feeds={
            "asked": [
                {"server": "Communiqué", "rate": 9_000.0, "us_each": 50.0},
                {"server": "nginx, static files", "rate": 18_000.0, "us_each": 15.0},
            ]
        },
        profile={"rooms": [{"room": "ledger", "share": 0.5, "most_in": ["cross in leases.py"]}]},
    )


def test_goals_are_judged_by_what_was_measured() -> None:
    """Ratios are medians of pairs in a round; a gap leaves its pair out; what is not there is not measured."""
    results = Results(_everything())
    found = {goal.what: (goal.found(results), goal.verdict(results)) for goal in GOALS}
    assert list(found.values()) == [
        ("1.50 ×", "met"),
        ("17.0 ×", "met"),
        ("22.5 ×", "not met"),
        ("5.000 s", "not met"),
        ("0.75 ×", "met"),
        ("0.59 ×", "met"),
        ("0.85 ×", "met"),
        ("0.88 ×", "met"),
        ("4.4 ×", "met"),
        ("80 MB", "met"),
        ("0%", "met"),
        ("20.0 s", "met"),
        ("1.5 s", "met"),
        ("1", "not met"),
        ("0.50 s", "not met"),
        ("", "not measured"),
        ("12 kB", "met"),
        ("1.50 s", "not met"),
        ("0.40 s", "met"),
        ("0.50 ×", "met"),
    ]


def test_without_the_largest_audience_nothing_is_said_about_all_sizes() -> None:
    """Memory that does not grow up to 1,000 people is no news."""
    raw = _everything()
    raw["parts"]["growth"]["found"]["sizes"][1] = {"people": 1_000_000, "not_measured": "too slow"}
    assert {goal.verdict(Results(raw)) for goal in GOALS if goal.part == "growth"} == {"not measured"}
    assert "| 1,000,000 | not measured: too slow |" in report.document(raw)


def test_a_floor_is_told_from_the_goal() -> None:
    """Less than wanted and still borne; a most has no floor."""
    goal = Goal("sending", "fast", lambda _results: 1.1, "{:.1f} ×", least=1.2, floor=1.0)
    assert (goal.wanted, goal.verdict(Results(_raw()))) == ("at least 1.2 × (floor: 1.0 ×)", "floor met")


def test_every_goal_asks_for_one_thing_of_a_part_that_is_measured() -> None:
    """Either a least or a most."""
    assert {goal.part for goal in goals.GOALS} <= set(parts.PARTS)
    assert [goal.what for goal in goals.GOALS if (goal.least is None) == (goal.most is None)] == []


def test_the_document_says_what_was_found_and_what_was_not() -> None:
    """Every part is written, and what was not counted is named."""
    text = report.document(_everything())
    assert "| a meeting | 8 kB | 0 kB | 0.60 s | 0.30 s |" in text
    assert "| **Communiqué** | 50 | 8,500 (8,000 to 9,000) | 1.50 | 1.00 | 5.000 | 10.000 |" in text
    assert "| smtp-source -d | Postfix's load generator" in text
    assert "| 1.5 × as fast |" in text
    assert "| 1 | 3 | 2 | 1.5 s | 4.0 s |" in text
    assert "| `--help` | 0.50 |" in text
    assert "- it rained" in text
    assert "made\n2500, 2000 RSA-2048 signatures a second" in text


def test_a_document_of_one_part_says_that_the_others_are_missing() -> None:
    """A run of `--only` is written, too."""
    text = report.document(_raw(starts={"commands": [{"command": "communique --help", "seconds": 0.1}]}))
    assert "| sending | not measured |" in text
    assert "| `--help` | 0.10 |" in text
    assert "large city" not in text
    assert "with 100,000 subscribers" in report.document(_everything())
    assert "Not measured yet." in report.figures(_raw())


@pytest.mark.parametrize("part", parts.PARTS)
def test_a_part_that_failed_can_be_written_about(part: str) -> None:
    """It has found nothing."""
    raw = _everything()
    raw["parts"][part]["found"] = {}
    assert report.document(raw)
    assert report.figures(raw)


def test_what_is_committed_says_what_was_measured(tmp_path: Path) -> None:
    """docs/performance.md, its pictures, and the figures in README.md come from benchmarks/results.json."""
    raw = json.loads(COMMITTED.read_text(encoding="utf-8"))
    report.write(raw, tmp_path)
    for file in tmp_path.rglob("*.*"):
        there = ROOT / "docs" / file.relative_to(tmp_path)
        assert file.read_text(encoding="utf-8") == there.read_text(encoding="utf-8"), f"run `make bench`: {there}"
    assert report.figures_in((ROOT / "README.md").read_text(encoding="utf-8")) == report.figures(raw)


def test_figures_go_between_their_marks(tmp_path: Path) -> None:
    """What stands around them is left alone; a file without marks is refused."""
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report._BEGIN}old{report._END}\nafter\n", encoding="utf-8")
    report.write_readme(_everything(), readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "- 8,500 personal mails a second: 1.5 × smtp-source -d, 17.0 × nodemailer’s pool, 22.5 × `emails`" in text
    assert "- 1,000,000 people frozen in 20 s, sent to with 80 MB" in text
    assert "- after `kill -9`, the next mail 1.5 s from the start, 1 lost" in text
    readme.write_text("nothing", encoding="utf-8")
    with pytest.raises(SystemExit, match="expected the marks"):
        report.write_readme(_everything(), readme)


def test_a_bar_is_as_long_as_its_value() -> None:
    """From zero, on a linear scale, and told to those who cannot see it."""
    drawn = Plot("speed", "Speed", "a second", [Bar("we & you", 400, "400", ours=True), Bar("they", 100, "100")]).svg()
    picture = ET.fromstring(drawn)
    svg = "{http://www.w3.org/2000/svg}"
    assert [each.get("width") for each in picture.iter(f"{svg}rect")][1:] == ["390.0", "97.5"]
    assert picture.findtext(f"{svg}desc") == "Speed, a second: we & you 400; they 100."


def test_stacks_are_told_apart_by_rooms() -> None:
    """The innermost frame that has a room decides; loading, and threads that wait, are nobody's."""
    main = "<module> (benchmarks/ours.py:75);measure (workload.py:74)"
    cross = "cross (communique/store/deliveries/leases.py:2);execute (sqlalchemy/engine/base.py:3)"
    rooms = profiling.by_room(
        [
            f"{main};settle (channels/mail/exchange.py:1);{cross} 4",
            f"{main};read (channels/mail/link.py:1) 3",
            f"{main};read (channels/mail/link.py:1);heard (channels/mail/conversation.py:2) 2",
            f"{main};run (somewhere.py:1) 1",
            "<module> (benchmarks/ours.py:14);_find_and_load (<frozen importlib._bootstrap>:1) 90",
            "run (threading.py:1);_worker (concurrent/futures/thread.py:81) 90",
            " 90",
        ]
    )
    assert [(each["room"], each["share"]) for each in rooms] == [
        ("ledger", 0.4),
        ("sockets", 0.3),
        ("conversation", 0.2),
        ("rest", 0.1),
    ]
    assert rooms[1]["most_in"] == ["read in channels/mail/link.py"]


@pytest.mark.parametrize("path", profiling.ROOMS)
def test_rooms_of_the_profile_exist(path: str) -> None:
    """A module that is renamed takes its room with it."""
    assert (ROOT / path).exists()


def test_what_is_measured_is_kept_part_by_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A part that fails is named, and does not cost the others."""

    def fails(_size: object, watch: Watch) -> dict[str, Any]:
        watch.failures.append("one run failed")
        raise MeasureError("openssl is not installed")

    monkeypatch.setattr("benchmarks.results.INSTALLED", tmp_path)
    monkeypatch.setattr(__main__, "PARTS", {"signing": fails, "starts": lambda _size, _watch: {"commands": []}})
    __main__.measure("quick", ["signing", "starts"])
    found = kept("quick", ["signing", "starts", "sending"])["parts"]
    assert found["signing"]["failures"] == ["one run failed", "signing: openssl is not installed"]
    assert found["signing"]["found"] == {}
    assert found["starts"]["found"] == {"commands": []}
    assert set(found) == {"signing", "starts"}


def test_a_part_that_was_measured_elsewhere_is_not_lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever measures one part in a new checkout has the others as they stand in the repository."""
    monkeypatch.setattr("benchmarks.results.INSTALLED", tmp_path)
    monkeypatch.setattr("benchmarks.results.COMMITTED", tmp_path / "results.json")
    (tmp_path / "results.json").write_text(
        '{"size": "usual", "parts": {"kills": {"found": 1}, "starts": {"found": 2}}}'
    )
    keep("usual", "starts", {"found": 3})

    assert kept("usual", ["kills", "starts"])["parts"] == {"kills": {"found": 1}, "starts": {"found": 3}}
    assert kept("quick", ["kills", "starts"])["parts"] == {}


@pytest.mark.parametrize(("connections", "mails"), [(10, 3_000), (50, 15_000), (200, 20_000)])
def test_over_a_long_wire_all_send_the_same_number(connections: int, mails: int) -> None:
    """Whoever they are: two round trips a mail, until the time is over, and no more than there are people."""
    extent = Extent(rounds=1, most=20_000, seconds=12)
    for sender in (OURS, NODEMAILER):
        assert extent.over_a_wire(Contestant(sender, connections, round_trip_ms=20)) == mails


def test_sizes_grow() -> None:
    """Quick is the least of everything, full the most."""
    quick, usual, full = (SIZES[name] for name in ("quick", "usual", "full"))
    for name in ("kills", "kill_people", "starts", "profiled", "openssl_seconds", "budget"):
        assert getattr(quick, name) <= getattr(usual, name) <= getattr(full, name)
    assert usual.sending.most == full.sending.most == 20_000
    assert usual.people[-1] == 1_000_000


def test_keys_are_named_by_their_algorithm() -> None:
    """`benchmarks/install` makes a key for each."""
    install = (ROOT / "benchmarks/install").read_text(encoding="utf-8")
    assert [name for name in KEYS if f"make_key {name} " not in install] == []
