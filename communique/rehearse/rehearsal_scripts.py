"""Scripts of a rehearsal: to read, to listen to where the machine has a voice, and what is to be seen meanwhile."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from communique.channel import clock
from communique.rehearse.rehearsed import Rehearsed

FOLDER = "scripts"
_PLAYED = ("mp3", "ogg", "wav")  #: endings of recordings, the one that browsers like best first


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotSample:
    """What is seen and heard at once."""

    at: str  #: `0:07`
    picture: str
    sound: str
    supers: tuple[str, ...]  #: what stands on the screen


@dataclass(frozen=True, kw_only=True, slots=True)
class SpotSample:
    """What is said in so many seconds."""

    seconds: int
    words: int
    takes: float  #: seconds
    paragraphs: tuple[str, ...]
    recording: str  #: below the rehearsal's folder; empty when there is none
    shots: tuple[ShotSample, ...]  #: of a spot for television


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptSample:
    """One announcement as it is read aloud in a language."""

    channel: str
    language: str
    headline: str
    words_per_minute: int
    spots: tuple[SpotSample, ...]
    sheet: str  #: below the rehearsal's folder
    transcript: str  #: the same; empty when there is none
    document: str  #: the same: the script on paper
    pictures: tuple[str, ...]  #: the same: words for the screen


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
                    transcript=_there(folder, f"{place}/transcript.html"),
                    document=_there(folder, f"{place}/script.pdf"),
                    pictures=tuple(f"{place}/{each.name}" for each in sorted((folder / place).glob("*.png"))),
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
        recording=next(filter(None, (_there(folder, file) for file in files)), ""),
        shots=tuple(_shots(kept["shots"])),
    )


def _shots(kept: Sequence[dict[str, Any]]) -> Iterator[ShotSample]:
    at = 0.0
    for shot in kept:
        supers = tuple(each["text"] for each in shot["overlays"])
        yield ShotSample(at=clock(at), picture=shot["picture"], sound=shot["sound"], supers=supers)
        at += shot["takes"]


def _there(folder: Path, file: str) -> str:
    """The file, if there is one."""
    return file if (folder / file).is_file() else ""
