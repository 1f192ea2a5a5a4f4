"""The sheets that go to a station with its recordings: what is said when, and the transcript to listen along."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from channels.voice.shot_list import shot_table
from communique.channel import Localised, Script, Spot, clock, said_in

_STYLE = """
html { font-family: system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif; line-height: 1.5; }
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
[dir="rtl"] h1 { line-height: 1.5; }
h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 2px solid; font-size: 1.25rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.4rem 0.5rem; border-bottom: 1px solid #8888; text-align: start; vertical-align: top; }
td, .first, .script { overflow-wrap: anywhere; }
th { width: 35%; font-weight: 600; }
.shots th { width: 40%; }
.shots th:first-child { width: 5.5rem; }
.shots td:first-child { white-space: nowrap; }
.first { padding: 0.7rem 1rem; border-inline-start: 6px solid; font-size: 1.2rem; font-weight: 600; }
.script { font-size: 1.3rem; line-height: 1.9; }
audio { width: 100%; }
code { direction: ltr; unicode-bidi: isolate; }
@media print { audio { display: none; } h2 { break-before: page; } body { margin: 0; } }
"""
_FIRST_AND_LAST = 5  #: words by which a spot is known
_RIGHT_TO_LEFT = "\u200f"


@dataclass(frozen=True, slots=True)
class Take:
    """A spot and its recordings."""

    spot: Spot
    measured: float | None  #: seconds; None without a recording
    files: tuple[str, ...]  #: of the recordings or pictures, beside the sheet
    recorded: bool = True  #: False: it is not meant to be

    @property
    def name(self) -> str:
        """Of its files, without an ending."""
        return stem_of(self.spot)


def stem_of(spot: Spot) -> str:
    """What the files of a spot are called: `radio-30`."""
    stem = PurePosixPath(spot.file).stem
    return stem if stem.endswith(f"-{spot.seconds}") else f"{stem}-{spot.seconds}"


def seconds_in(stem: str) -> int:
    """How long the spot is whose files are called so."""
    return int(stem.rpartition("-")[2])


def cue_sheet(
    script: Script,
    takes: Sequence[Take],
    stations: Mapping[str, Localised],
    command: str,
    language: str,
    beside: Sequence[str] = (),
) -> str:
    """A page with all spots.

    Args:
        script: what they are part of.
        takes: each spot.
        stations: each with its slot.
        command: puts on record that they have it.
        language: of the script.
        beside: files that belong to all spots.
    """
    labels, sheet = script.sheet.labels, script.sheet
    steps = f"<p>{html.escape(labels['done'])} <code>{html.escape(command)}</code></p>"
    facts = {
        labels["sender"]: [sheet.sender],
        labels["contact"]: sheet.contact,
        labels["not_before"]: [sheet.not_before],
        labels["stations"]: [
            f"{name}{labels['colon']} {said}" if (said := said_in(slot, language)) else name
            for name, slot in stations.items()
        ],
        labels["pronunciation"]: [f"{name}{labels['colon']} {said}" for name, said in sheet.pronunciation.items()],
        labels["files"]: beside,
    }
    guide = labels["guide"] if any(take.recorded for take in takes) else labels["screen_guide"]
    body = [
        f'<p class="first">{html.escape(sheet.first)}</p>' if sheet.first else "",
        _table(facts),
        *(part for take in takes for part in _spot(script, take)),
        f"<p>{html.escape(guide)}</p>",
        steps,
    ]
    return _page(f"{labels['title']}{labels['colon']} {script.headline}", body, script, language)


def transcript(script: Script, takes: Sequence[Take], language: str) -> str:
    """A page for listeners: each recording, and below it what is said."""
    body = [f"<h2>{clock(take.spot.seconds)}</h2>{_player(take)}{_paragraphs(take.spot)}" for take in takes]
    return _page(script.headline, body, script, language)


def _spot(script: Script, take: Take) -> Iterator[str]:
    sheet, spot = script.sheet, take.spot
    labels = sheet.labels
    words = spot.text.split()
    # A Latin address in an Arabic sentence does not turn the sentence round.
    begins = _RIGHT_TO_LEFT if sheet.direction == "rtl" else ""
    none = labels["not_measured"] if take.recorded else ""
    measured = none if take.measured is None else sheet.in_seconds(take.measured)
    yield f"<h2>{clock(spot.seconds)}</h2>"
    yield _table(
        {
            labels["length"]: [clock(spot.seconds)],
            labels["estimated"]: [
                sheet.in_seconds(spot.takes),
                labels["words"].replace("#", str(spot.words)),
                labels["pace"].replace("#", str(script.words_per_minute)),
            ],
            labels["measured"]: [measured],
            labels["in_words"]: [begins + " ".join(words[:_FIRST_AND_LAST]) + " …"],
            labels["out_words"]: [begins + "… " + " ".join(words[-_FIRST_AND_LAST:])],
            labels["files"]: [f"{take.name}.txt", *take.files],
        }
    )
    yield _player(take)
    yield shot_table(spot, labels) if spot.shots else _paragraphs(spot)


def _paragraphs(spot: Spot) -> str:
    return f'<div class="script">{"".join(f"<p>{html.escape(each)}</p>" for each in spot.paragraphs)}</div>'


def _player(take: Take) -> str:
    played = (each for each in take.files if take.recorded and not each.endswith(".wav"))
    sources = "".join(f'<source src="{html.escape(each)}">' for each in played)
    return f'<audio controls preload="none">{sources}</audio>' if sources else ""


def _table(rows: Mapping[str, Sequence[str]]) -> str:
    said = (
        (html.escape(name), "<br>".join(f"<bdi>{html.escape(each)}</bdi>" for each in values))
        for name, values in rows.items()
        if any(values)
    )
    cells = (f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in said)
    return f"<table>{''.join(cells)}</table>"


def _page(title: str, body: Sequence[str], script: Script, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}" dir="{script.sheet.direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{html.escape(title)}</h1>{''.join(body)}</main></body></html>\n"
    )
