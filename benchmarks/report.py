"""Results made into docs/performance.md, its pictures, and the figures in README.md; nothing is measured here."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2

from benchmarks.goals import GOALS
from benchmarks.parts import CONNECTIONS, ON_POSTGRESQL, PARTS, ROUND_TRIP_MS
from benchmarks.peers import EMAILS, LIMIT, NODEMAILER, OURS, OURS_ED25519, OURS_RSA, SENDERS, YARDSTICK
from benchmarks.plots import Bar, Plot
from benchmarks.results import Results, spread
from benchmarks.sink import ROOT

_HERE = Path(__file__).parent
_OURS = {OURS.name, OURS_ED25519.name, OURS_RSA.name, ON_POSTGRESQL}
_FIXED = {YARDSTICK.name, LIMIT.name}
_BEST = "each with the number of connections that suits it best; * the same bytes for everybody"
_BEGIN, _END = "<!-- figures: `make bench` writes them -->", "<!-- end of figures -->"


def write(raw: Mapping[str, Any], docs: Path) -> None:
    """The document and its pictures."""
    pictures = docs / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    for plot in plots(Results(raw)).values():
        (pictures / f"{plot.name}.svg").write_text(plot.svg(), encoding="utf-8")
    (docs / "performance.md").write_text(document(raw), encoding="utf-8")


def write_readme(raw: Mapping[str, Any], readme: Path = ROOT / "README.md") -> None:
    """The figures in README.md, between their marks."""
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise SystemExit(f"{readme.name}: expected the marks `{_BEGIN}` and `{_END}`, and found them not")
    readme.write_text(f"{before}{_BEGIN}{figures(raw)}{_END}{after}", encoding="utf-8")


def document(raw: Mapping[str, Any]) -> str:
    """docs/performance.md."""
    return _filled("performance.md.jinja", raw)


def figures(raw: Mapping[str, Any]) -> str:
    """What stands in README.md between the marks."""
    return _filled("readme.md.jinja", raw)


def figures_in(readme: str) -> str:
    """What does stand there."""
    return readme.partition(_BEGIN)[2].partition(_END)[0]


def _filled(template: str, raw: Mapping[str, Any]) -> str:
    # Not HTML: what is filled in are our own numbers and names.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    results = Results(raw)
    judged = [(goal, goal.found(results), goal.verdict(results)) for goal in GOALS]
    return environment.from_string((_HERE / template).read_text(encoding="utf-8")).render(
        raw=raw,
        results=results,
        goals=judged,
        met=sum(verdict == "met" for _, _, verdict in judged),
        claims=list(_claims(results)),
        parts=PARTS,
        plots=plots(results),
        rows=lambda part: list(_rows(results, part)),
        times=list(_times(results)),
        connections=CONNECTIONS,
        round_trip_ms=ROUND_TRIP_MS,
        count=lambda value: f"{value:,.0f}",
    )


def _claims(results: Results) -> Iterator[str]:
    """The figures that README.md names; what was not measured is not among them."""
    we = (OURS.name, CONNECTIONS)
    rate = results.median("sending", *we, "rate")
    if rate is not None:
        peers = {"smtp-source -d": YARDSTICK, "nodemailer’s pool": NODEMAILER, "`emails`": EMAILS}
        ratios = {
            name: results.ratio("sending", we, (peer.name, CONNECTIONS if CONNECTIONS in peer.connections else 1))
            for name, peer in peers.items()
        }
        against = [f"{found:.1f} × {name}" for name, found in ratios.items() if found is not None]
        yield f"{rate:,.0f} personal mails a second{': ' if against else ''}{', '.join(against)}"
    sizes = results.sizes()
    if sizes:
        people, freeze, memory = (sizes[-1][of] for of in ("people", "freeze", "peak_rss_mb"))
        yield f"{people:,} people frozen in {freeze:.0f} s, sent to with {memory:.0f} MB"
    if again := results.kills("again"):
        lost = sum(results.kills("lost"))
        yield f"after `kill -9`, the next mail {max(again):.1f} s from the start, {lost} lost"


def _rows(results: Results, part: str) -> Iterator[dict[str, Any]]:
    """Of each sender with so many connections what its table shows."""
    for each in results.senders(part):
        name, connections = each["sender"], each["connections"]
        runs = [run for run in each["runs"] if run]
        if not runs:
            continue
        beside = {YARDSTICK.name: "yardstick", OURS.name: "ours"}
        yield {
            "name": f"**{name}**" if name in _OURS else name,
            "connections": connections,
            "messages": each["messages"],
            "rate": spread([run["rate"] for run in runs]),
            "per_1000": {of: results.per_1000(part, name, connections, of) for of in ("cpu", "cpu_whole", "sink_cpu")},
            "rss": spread([run["peak_rss"] / 1e6 for run in runs])[0],
            "bytes": spread([run["bytes_each"] for run in runs])[0],
            **{key: results.ratio(part, (name, connections), (other, connections)) for other, key in beside.items()},
        }


def _times(results: Results) -> Iterator[tuple[str, str, float]]:
    """Each other sender, what it is, and how many times as fast we are, both as suits them best."""
    best = results.best("sending")
    for each in SENDERS:
        if each is not OURS and {each.name, OURS.name} <= best.keys():
            ratio = results.ratio("sending", (OURS.name, best[OURS.name][1]), (each.name, best[each.name][1]))
            if ratio is not None:
                yield each.name, each.what, ratio


def plots(results: Results) -> dict[str, Plot]:
    """The pictures, by what they show."""
    wire = f"with a round trip of {ROUND_TRIP_MS} ms, {_BEST}"
    drawn = {
        "sending": Plot("performance-sending", "Mails a second", _BEST, _bars(results, "sending")),
        "signing": Plot("performance-signing", "Mails a second, signed", "DKIM", _bars(results, "signing")),
        "delayed": Plot("performance-wire", "Mails a second over a long wire", wire, _bars(results, "delayed")),
        "growth": Plot(
            "performance-growth",
            "Microseconds a mail, as the audience grows",
            f"{OURS.name}, {CONNECTIONS} connections, from the first mail to the last",
            [
                Bar(f"{each['people']:,} people", each["us_each"], f"{each['us_each']:,.0f}", ours=True)
                for each in results.sizes()
            ],
        ),
        "memory": Plot(
            "performance-memory",
            "Peak of memory, as the audience grows",
            f"{OURS.name}, {CONNECTIONS} connections, MB",
            [
                Bar(f"{each['people']:,} people", each["peak_rss_mb"], f"{each['peak_rss_mb']:,.0f}", ours=True)
                for each in results.sizes()
            ],
        ),
        "profile": Plot(
            "performance-profile",
            "Where the time goes",
            f"{OURS.name}, share of the sender’s time on a processor",
            [
                Bar(each["room"], each["share"], f"{each['share']:.0%}", ours=True)
                for each in results.part("profile").get("rooms", [])
            ],
        ),
    }
    return {name: plot for name, plot in drawn.items() if plot.rows}


def _bars(results: Results, part: str) -> list[Bar]:
    best = sorted(results.best(part).items(), key=lambda each: -each[1][0])
    return [
        Bar(f"{name}{' *' if name in _FIXED else ''}, {connections}", rate, f"{rate:,.0f}", ours=name in _OURS)
        for name, (rate, connections) in best
    ]
