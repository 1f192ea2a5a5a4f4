"""What we hold ourselves to: the one table that the report judges by."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.parts import CONNECTIONS, ON_POSTGRESQL, ROUND_TRIP_MS
from benchmarks.peers import EMAILS, NODEMAILER, OURS, OURS_ED25519, OURS_RSA, YARDSTICK
from benchmarks.results import Results

_LARGEST = 1_000_000  #: people
_WE = (OURS.name, CONNECTIONS)


@dataclass(frozen=True)
class Goal:
    """One figure that is to be at least, or at most, so much."""

    part: str
    what: str
    figure: Callable[[Results], float | None]
    shown: str  #: how the figure is written
    least: float | None = None
    most: float | None = None
    floor: float | None = None  #: less than wanted, and still borne

    @property
    def wanted(self) -> str:
        """In words."""
        if self.least is None:
            return f"at most {self.shown.format(self.most)}"
        floor = "" if self.floor is None else f" (floor: {self.shown.format(self.floor)})"
        return f"at least {self.shown.format(self.least)}{floor}"

    def found(self, results: Results) -> str:
        """In words."""
        value = self.figure(results)
        return "" if value is None else self.shown.format(value)

    def verdict(self, results: Results) -> str:
        """Met, not met, or not measured."""
        value = self.figure(results)
        if value is None:
            return "not measured"
        if (self.least is None or value >= self.least) and (self.most is None or value <= self.most):
            return "met"
        return "floor met" if self.floor is not None and value >= self.floor else "not met"


def _share_of_signatures(results: Results) -> float | None:
    signing = results.runs("signing", OURS_RSA.name, CONNECTIONS)
    pairs = zip(signing, results.part("signing").get("openssl", []), strict=False)
    shares = [run["rate"] / possible for run, possible in pairs if run]
    return statistics.median(shares) if shares else None


def _kilobytes(results: Results) -> float | None:
    found = results.desk("bytes")
    return None if found is None else found / 1000


def _share_of_round_trips(results: Results) -> float | None:
    rate = results.median("delayed", *_WE, "rate")
    return None if rate is None else rate / (CONNECTIONS / (ROUND_TRIP_MS / 1000))


def _memory(results: Results) -> float | None:
    """The most of any size, when the largest was measured."""
    peaks = [each["peak_rss_mb"] for each in results.sizes()]
    return max(peaks) if results.size(_LARGEST, "peak_rss_mb") is not None else None


def _unevenness(results: Results) -> float | None:
    """How much longer a mail takes in the dearest size than in the cheapest."""
    times = [each["us_each"] for each in results.sizes()]
    return max(times) / min(times) - 1 if results.size(_LARGEST, "us_each") is not None else None


def _slowest_recovery(results: Results) -> float | None:
    return max(results.kills("again"), default=None)


def _lost(results: Results) -> float | None:
    return sum(lost) if (lost := results.kills("lost")) else None


GOALS = (
    Goal(
        "sending",
        "as fast as `smtp-source -d`, both over 50 connections, our ledger in SQLite with synchronous=FULL",
        lambda results: results.ratio("sending", _WE, (YARDSTICK.name, CONNECTIONS)),
        "{:.2f} ×",
        least=1.2,
        floor=1.0,
    ),
    Goal(
        "sending",
        "as fast as nodemailer’s pool of 50",
        lambda results: results.ratio("sending", _WE, (NODEMAILER.name, CONNECTIONS)),
        "{:.1f} ×",
        least=15,
    ),
    Goal(
        "sending",
        "as fast as `emails`",
        lambda results: results.ratio("sending", _WE, (EMAILS.name, 1)),
        "{:.1f} ×",
        least=40,
    ),
    Goal(
        "sending",
        "our processor time for 1,000 mails over 50 connections",
        lambda results: results.per_1000("sending", *_WE, "cpu"),
        "{:.3f} s",
        most=0.10,
    ),
    Goal(
        "databases",
        "our rate with the ledger in PostgreSQL, against SQLite",
        lambda results: results.ratio("databases", (ON_POSTGRESQL, CONNECTIONS), _WE),
        "{:.2f} ×",
        least=0.6,
    ),
    Goal(
        "signing",
        "our rate when each mail is signed with Ed25519, against none signed",
        lambda results: results.ratio("signing", (OURS_ED25519.name, CONNECTIONS), _WE),
        "{:.2f} ×",
        least=0.45,
    ),
    Goal(
        "signing",
        "our rate when each mail is signed with RSA-2048, of what `openssl speed` signs on all cores",
        _share_of_signatures,
        "{:.2f} ×",
        least=0.70,
    ),
    Goal(
        "delayed",
        f"of one mail a round trip ({ROUND_TRIP_MS} ms) and connection, over 50 connections",
        _share_of_round_trips,
        "{:.2f} ×",
        least=0.8,
    ),
    Goal(
        "delayed",
        f"as fast as nodemailer’s pool of 50 with a round trip of {ROUND_TRIP_MS} ms",
        lambda results: results.ratio("delayed", _WE, (NODEMAILER.name, CONNECTIONS)),
        "{:.1f} ×",
        least=2,
    ),
    Goal("growth", "our peak of memory, from 1,000 to 1,000,000 people", _memory, "{:.0f} MB", most=100),
    Goal("growth", "a mail’s time more in one size of audience than in another", _unevenness, "{:.0%}", most=0.10),
    Goal(
        "growth",
        "1,000,000 people frozen, in SQLite",
        lambda results: results.size(_LARGEST, "freeze"),
        "{:.1f} s",
        most=60,
    ),
    Goal("kills", "from the start after a kill to the next mail, at the most", _slowest_recovery, "{:.1f} s", most=2),
    Goal("kills", "mails lost by kills", _lost, "{:.0f}", most=0),
    Goal("starts", "`--help`", lambda results: results.start("communique --help"), "{:.2f} s", most=0.3),
    Goal(
        "starts",
        "`communique plan` of the shipped campaigns",
        lambda results: results.start("communique plan"),
        "{:.2f} s",
        most=1.5,
    ),
    Goal("desk", "the heaviest page, without the editor", _kilobytes, "{:.0f} kB", most=150),
    Goal("desk", "first paint on a slow phone", lambda results: results.desk("seconds"), "{:.2f} s", most=1.0),
    Goal("desk", "a saved file is seen", Results.saved, "{:.2f} s", most=1.0),
    Goal(
        "feeds",
        "of nginx’s rate when readers ask a feed again that has not changed",
        lambda results: results.share_of_answers("Communiqué", "nginx, static files"),
        "{:.2f} ×",
        least=0.3,
    ),
)
