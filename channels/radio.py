"""Spots for the radio: scripts, recordings of them, and a cue sheet, which a person takes to the stations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from channels.atomic_files import unchanged, write_files
from channels.packs import place_of, receipt_of
from channels.studio import SHARED, Reading, by_a_person
from channels.voice import espeak
from channels.voice.cue_sheet import Take, cue_sheet, seconds_in, stem_of, transcript
from channels.voice.encoding import FORMATS
from channels.voice.lengths import too_long
from channels.voice.own_recording import UnfitRecordingError
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
    TemporaryError,
    in_turn,
    phrase,
)

_SHEET = "cue-sheet.html"
_PLAYED = {".mp3", ".ogg"}
_DOES = phrase("takes it to the stations")


@dataclass(kw_only=True)
class RadioChannel:
    """Writes a folder for each announcement and language: `radio/CAMPAIGN-ANNOUNCEMENT-once/es`.

    Args:
        directory: where the folders are written.
        stations: who gets them, and when each wants to air them: `{Radio Puerto Claro: weekdays at 08:30}`.
        formats: of the recordings; none, and there are none.

    Raises:
        ValueError: a setting makes no sense.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.SCRIPT
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    directory: Path
    stations: Mapping[str, Localised] | None = None
    formats: tuple[Literal["wav", "mp3", "ogg"], ...] = ("wav", "mp3")

    def __post_init__(self) -> None:
        if unknown := set(self.formats) - set(FORMATS):
            raise ValueError(
                phrase(
                    "`formats` expects some of {formats}; found {unknown}.",
                    formats=", ".join(FORMATS),
                    unknown=", ".join(sorted(unknown)),
                )
            )

    def check(self, message: Message) -> Sequence[str]:
        """Refused are spots that take longer than their seconds."""
        script = message.content
        if not isinstance(script, Script):
            return [f"A script (radio-30.txt) was expected, found {type(script).__name__}."]
        return [*too_long(script), *(each for spot in script.spots for each in _unfit(spot))]

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the folder; a person takes it to the stations and says so."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        write_files(Path(self.directory), dict(self._files(message)), commit)
        return receipt_of(place_of(message), _DOES)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the scripts are as this message makes them, and the sheet, which is written last, is there."""
        root = Path(self.directory)
        written = (root / f"{place_of(message)}/{_SHEET}").is_file()
        return receipt_of(place_of(message), _DOES) if written and unchanged(root, _scripts(message)) else None

    def offered(self, reference: str) -> Mapping[str, Path]:
        """The longest spot as a recording that browsers play."""
        folder = Path(self.directory) / reference
        found = (each for each in folder.glob("*") if each.suffix in _PLAYED)
        longest = max(found, key=lambda each: (seconds_in(each.stem), each.suffix == ".mp3"), default=None)
        return {longest.name: longest} if longest else {}

    def lacks(self) -> Lack | None:
        """The synthesiser, where it is not installed: scripts are written without recordings."""
        return None if espeak.is_there() or not self.formats else Lack(espeak.MISSING, stops=False)

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, message: Message) -> Iterator[tuple[str, bytes]]:
        place, script = place_of(message), _script(message)
        yield from _scripts(message).items()
        takes = []
        recorded = self._recorded(script)
        for spot in script.spots:
            measured, files = recorded.get(spot, (None, {}))
            named = {f"{stem_of(spot)}.{ending}": data for ending, data in files.items()}
            takes.append(Take(spot, measured, tuple(named)))
            yield from ((f"{place}/{name}", data) for name, data in named.items())
        yield f"{place}/transcript.html", transcript(script, takes, message.language).encode()
        command = f"communique done {place} --as NAME"
        yield f"{place}/{_SHEET}", cue_sheet(script, takes, self.stations or {}, command, message.language).encode()

    def _recorded(self, script: Script) -> Mapping[Spot, tuple[float, Mapping[str, bytes]]]:
        """How long each is, and its files; none where the machine cannot speak: the script is what matters."""
        spots = [each for each in script.spots if self.formats and (each.recording or espeak.is_there())]
        readings = [
            Reading(each.said, each.recording, script.voice, script.words_per_minute, each.takes, each.seconds)
            for each in spots
        ]
        return dict(zip(spots, SHARED.takes(readings, self.formats), strict=True)) if spots else {}


def _unfit(spot: Spot) -> Iterator[str]:
    """Why the recording of a person beside a text cannot be aired."""
    if not spot.recording:
        return
    name = Path(spot.file).name
    try:
        seconds = by_a_person(spot.recording, spot.said).seconds
    except UnfitRecordingError as error:
        yield phrase("Of the recording beside {name}: {why}.", name=name, why=error.args[0])
        return
    except TemporaryError:  # no fault of the recording: who writes the folder hears of it
        return
    if seconds > spot.seconds:
        yield phrase(
            "Too long for {limit} seconds: the recording beside {name} takes {seconds:.1f}. "
            "Record it anew, or shorten it.",
            limit=spot.seconds,
            name=name,
            seconds=seconds,
        )


def _script(message: Message) -> Script:
    if not isinstance(message.content, Script):
        raise PermanentError(phrase("A script was expected."))
    return message.content


def _scripts(message: Message) -> dict[str, bytes]:
    place = place_of(message)
    return {f"{place}/{stem_of(spot)}.txt": f"{spot.text}\n".encode() for spot in _script(message).spots}
