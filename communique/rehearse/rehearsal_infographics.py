"""Infographics of a rehearsal: to look at, and the files that go with them."""

from dataclasses import dataclass
from pathlib import Path

from communique.rehearse.rehearsed import Rehearsed

FOLDER = "infographics"


@dataclass(frozen=True, kw_only=True, slots=True)
class InfographicSample:
    """One infographic as it was made in a language."""

    channel: str
    language: str
    headline: str
    alt: str
    folder: str  #: below the rehearsal's folder
    poster: str  #: the same; empty when there is none


def infographics_of(folder: Path, rehearsed: Rehearsed) -> list[InfographicSample]:
    """One for each channel and language, in the officer's order."""
    found = []
    for copy in rehearsed.first_sent():
        kept = rehearsed.infographics.get(copy.delivery.id)
        place = f"{FOLDER}/{copy.last.reference}" if copy.last else ""
        if kept and (folder / place).is_dir():
            poster = f"{place}/poster.pdf"
            found.append(
                InfographicSample(
                    channel=copy.delivery.channel,
                    language=copy.delivery.language,
                    headline=kept["headline"],
                    alt=kept["image"]["alt"],
                    folder=place,
                    poster=poster if (folder / poster).is_file() else "",
                )
            )
    return found
