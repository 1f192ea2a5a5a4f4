"""results.json made into docs/performance.md and its pictures; nothing is measured here."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from benchmarks.peers import LIMIT, OURS, OURS_SIGNING, SENDERS, YARDSTICK
from benchmarks.plots import Bar, bars

_TEMPLATE = Path(__file__).with_name("performance.md.jinja")
_OURS = {OURS.name, OURS_SIGNING.name}
_BEST = "each with the number of connections that suits it best; * the same bytes for everybody"


def write(results: Mapping[str, Any], docs: Path) -> None:
    """The document and its pictures."""
    pictures = docs / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    for key, name, title in (
        ("sending", "performance-sending.svg", "Messages a second"),
        ("delayed", "performance-wire.svg", "Messages a second over a long wire"),
    ):
        (pictures / name).write_text(bars(title, _BEST, _bars(results[key])), encoding="utf-8")
    (docs / "performance.md").write_text(document(results), encoding="utf-8")


def document(results: Mapping[str, Any]) -> str:
    """The document in Markdown."""
    # Not HTML: what is filled in are our own numbers and names.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    times = list(_times(results["sending"]))
    return template.render(**results, ours=_OURS, times=times, number=lambda value: f"{value:,.0f}")


def _fastest(summaries: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Messages a second of each sender with its best number of connections."""
    best: dict[str, float] = {}
    for each in summaries:
        best[each["sender"]] = max(best.get(each["sender"], 0), each["rate"]["median"])
    return best


def _times(summaries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, float]]:
    """Each other sender, what it is, and how many times as fast we are; who signs is compared with us signing."""
    best = _fastest(summaries)
    for each in SENDERS:
        ours = OURS_SIGNING if each.after else OURS
        if each.name not in _OURS and {each.name, ours.name} <= best.keys():
            yield each.name, each.what, best[ours.name] / best[each.name]


def _bars(summaries: Sequence[Mapping[str, Any]]) -> list[Bar]:
    best = sorted(_fastest(summaries).items(), key=lambda each: -each[1])
    return [Bar(_marked(name), rate, f"{rate:,.0f}", ours=name in _OURS) for name, rate in best]


def _marked(name: str) -> str:
    return f"{name} *" if name in {YARDSTICK.name, LIMIT.name} else name
