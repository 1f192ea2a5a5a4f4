"""Scripts of a rehearsal: to read, and to listen to where the machine has a voice."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from communique.rehearse.rehearsed import Rehearsed

FOLDER = "scripts"
_PLAYED = ("mp3", "ogg", "wav")  #: endings of recordings, the one that browsers like best first


@dataclass(frozen=True, kw_only=True, slots=True)
class SpotSample:
    """What is said in so many seconds."""

    seconds: int
    words: int
    takes: float  #: seconds
    paragraphs: tuple[str, ...]
    recording: str  #: below the rehearsal's folder; empty when there is none


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptSample:
    """One announcement as it is read aloud in a language."""

    channel: str
    language: str
    headline: str
    words_per_minute: int
    spots: tuple[SpotSample, ...]
    sheet: str  #: below the rehearsal's folder
    transcript: str  #: the same


def scripts_of(folder: Path, rehearsed: Rehearsed) -> list[ScriptSample]:
    """One for each channel and language, in the officer's order."""
    found = []
    for copy in rehearsed.first_sent():
        kept = rehearsed.scripts.get(copy.delivery.id)
        place = f"{FOLDER}/{copy.last.reference}" if copy.last else ""
        if kept and (folder / place).is_dir():
            found.append(
                ScriptSample(
                    channel=copy.delivery.channel,
                    language=copy.delivery.language,
                    headline=kept["headline"],
                    words_per_minute=kept["words_per_minute"],
                    spots=tuple(_spot(folder, place, spot) for spot in kept["spots"]),
                    sheet=f"{place}/cue-sheet.html",
                    transcript=f"{place}/transcript.html",
                )
            )
    return found


def _spot(folder: Path, place: str, kept: dict[str, Any]) -> SpotSample:
    stem = PurePosixPath(kept["file"]).stem.removesuffix(f"-{kept['seconds']}")
    files = [f"{place}/{stem}-{kept['seconds']}.{ending}" for ending in _PLAYED]
    return SpotSample(
        seconds=kept["seconds"],
        words=kept["words"],
        takes=kept["takes"],
        paragraphs=tuple(each for each in kept["text"].split("\n\n") if each.strip()),
        recording=next((file for file in files if (folder / file).is_file()), ""),
    )
