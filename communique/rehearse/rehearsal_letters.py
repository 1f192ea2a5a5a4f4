"""The letters of a rehearsal: one a language to leaf through, and the batch that it was bound in."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from communique.channel import Form
from communique.delivery import State
from communique.rehearse.rehearsed import Rehearsed
from communique.routes import Route

FOLDER = "letters"
_IN_A_BATCH = "/letters/"
_TO_PRINT = "to-print.pdf"


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterSample:
    """One letter as its reader got it."""

    channel: str
    language: str
    copies: int  #: that were written in this language
    recipient: str  #: name of the invented person
    file: str  #: below the rehearsal's folder
    batch: str  #: the file to print that it is part of


def letters_of(folder: Path, rehearsed: Rehearsed, routes: dict[str, Route]) -> list[LetterSample]:
    """One for each channel and language, in the officer's order."""
    sent = Counter(
        (copy.delivery.channel, copy.delivery.language)
        for copy in rehearsed.copies
        if copy.delivery.state is State.SENT
    )
    found = []
    for copy in rehearsed.first_sent():
        delivery = copy.delivery
        reference = copy.last.reference if copy.last else ""
        file = f"{FOLDER}/{reference}"
        if routes[delivery.channel].form is Form.LETTER and reference and (folder / file).is_file():
            found.append(
                LetterSample(
                    channel=delivery.channel,
                    language=delivery.language,
                    copies=sent[delivery.channel, delivery.language],
                    recipient=copy.name,
                    file=file,
                    batch=f"{FOLDER}/{reference.partition(_IN_A_BATCH)[0]}/{_TO_PRINT}",
                )
            )
    return found
