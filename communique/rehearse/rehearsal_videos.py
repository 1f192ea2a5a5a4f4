"""Videos of a rehearsal: to watch, with the files that go with them."""

from dataclasses import dataclass
from pathlib import Path

from communique.rehearse.rehearsed import Rehearsed

FOLDER = "videos"


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoSample:
    """One video as it was made in a language."""

    channel: str
    language: str
    headline: str
    folder: str  #: below the rehearsal's folder
    films: tuple[str, ...]  #: the same: one for each shape


def videos_of(folder: Path, rehearsed: Rehearsed) -> list[VideoSample]:
    """One for each channel and language, in the officer's order."""
    found = []
    for copy in rehearsed.first_sent():
        kept = rehearsed.videos.get(copy.delivery.id)
        place = f"{FOLDER}/{copy.last.reference}" if copy.last else ""
        films = sorted(film.name for film in (folder / place).glob("video-*.mp4")) if kept else []
        if kept and films:
            found.append(
                VideoSample(
                    channel=copy.delivery.channel,
                    language=copy.delivery.language,
                    headline=kept["headline"],
                    folder=place,
                    films=tuple(f"{place}/{film}" for film in films),
                )
            )
    return found
