"""Spots for television: the script in two columns, the words on the screen as pictures, and a cue sheet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from channels.atomic_files import unchanged, write_files
from channels.packs import place_of, receipt_of
from channels.paper.own_process import SHARED
from channels.paper.press import Press
from channels.voice.cue_sheet import Take, cue_sheet, stem_of
from channels.voice.lengths import too_long
from channels.voice.shot_list import shot_list
from communique.channel import (
    Form,
    InDoubt,
    Lack,
    Localised,
    Message,
    PermanentError,
    Reach,
    Receipt,
    Script,
    Spot,
    UnavailableError,
    in_turn,
    phrase,
)

_SHEET = "cue-sheet.html"
_PAPER = "script.pdf"
_DOES = phrase("takes it to the stations")


@dataclass(kw_only=True)
class TelevisionChannel:
    """Writes a folder for each announcement and language: `tv/CAMPAIGN-ANNOUNCEMENT-once/es`.

    Args:
        directory: where the folders are written.
        stations: who gets them, and when each wants to air them: `{Canal Puerto: weekdays at 20:55}`.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.SCRIPT
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    directory: Path
    stations: Mapping[str, Localised] | None = None

    def __post_init__(self) -> None:
        self._press = SHARED

    def check(self, message: Message) -> Sequence[str]:
        """Refused are spots that take longer than their seconds, and scripts that say nothing of what is seen."""
        script = message.content
        if not isinstance(script, Script):
            return [f"A script (tv-30.txt) was expected, found {type(script).__name__}."]
        if not all(spot.shots for spot in script.spots):
            return [phrase("A script with two columns was expected, found one that is only heard.")]
        return too_long(script)

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the folder; a person takes it to the stations and says so."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        write_files(Path(self.directory), dict(self._files(message)), commit)
        return receipt_of(place_of(message), _DOES)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the texts are as this message makes them, and the sheet, which is written last, is there."""
        root = Path(self.directory)
        written = (root / f"{place_of(message)}/{_SHEET}").is_file()
        return receipt_of(place_of(message), _DOES) if written and unchanged(root, _texts(message)) else None

    def lacks(self) -> Lack | None:
        """Pango, where it is not installed."""
        return Press().lacks()

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, message: Message) -> Iterator[tuple[str, bytes]]:
        place, script = place_of(message), _script(message)
        yield from _texts(message).items()
        takes = []
        for spot in script.spots:
            pictures = dict(_pictures(spot))
            takes.append(Take(spot, None, tuple(pictures), recorded=False))
            yield from ((f"{place}/{name}", data) for name, data in pictures.items())
        paper = (_PAPER,) if (printed := self._printed(script)) else ()
        yield from ((f"{place}/{name}", printed) for name in paper)
        command = f"communique done {place} --as NAME"
        sheet = cue_sheet(script, takes, self.stations or {}, command, message.language, beside=paper)
        yield f"{place}/{_SHEET}", sheet.encode()

    def _printed(self, script: Script) -> bytes:
        """Nothing where the machine cannot print: the script is there as a text, too."""
        try:
            return self._press.print(script.document, "").data
        except UnavailableError:
            return b""


def _script(message: Message) -> Script:
    if not isinstance(message.content, Script):
        raise PermanentError(phrase("A script was expected."))
    return message.content


def _texts(message: Message) -> dict[str, bytes]:
    place, script = place_of(message), _script(message)
    return {f"{place}/{stem_of(spot)}.txt": shot_list(spot, script.sheet.labels).encode() for spot in script.spots}


def _pictures(spot: Spot) -> Iterator[tuple[str, bytes]]:
    """Each picture that is laid over a shot, once: `tv-30-shot-2-super.png`."""
    for number, shot in enumerate(spot.shots, 1):
        for kind, wanted in (("super", False), ("lower-third", True)):
            found = [each.image for each in shot.overlays if each.image and each.lower_third is wanted]
            for index, image in enumerate(found, 1):
                again = f"-{index}" if len(found) > 1 else ""
                yield f"{stem_of(spot)}-shot-{number}-{kind}{again}.png", image.data
