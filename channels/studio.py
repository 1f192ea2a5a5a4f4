"""Films and recordings in a process of their own: ffmpeg's libraries take what somebody has put there, of any size."""

import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from channels.film.captions import Shown
from channels.film.reel import About, FlashingFilmError, film, sound_track
from channels.voice.encoding import FORMATS
from channels.voice.own_recording import UnfitRecordingError, own_recording
from channels.voice.pauses import Pause
from channels.voice.recording import Phrase, Recording, record
from communique.channel import (
    BrokenWorkError,
    EndedError,
    Image,
    OwnProcess,
    TemporaryError,
    UnavailableError,
    phrase,
    serve,
)


class Reading(NamedTuple):
    """What is to be heard: what a person has recorded of a text, or else a voice that reads it."""

    said: str
    recording: bytes
    voice: str
    words_per_minute: int
    seconds: float | None = None  #: how long it shall take, if that is known better than by counting words
    most: float | None = None  #: how long it may take

    def heard(self) -> Recording:
        """In this process."""
        if self.recording:
            return own_recording(self.recording, self.said)
        return record(self.said, self.voice, self.words_per_minute, self.seconds, self.most)


class Studio:
    """Each of its methods may raise `TemporaryError` (it was ended, or something is wrong in it) and `MemoryError`."""

    def __init__(self) -> None:
        self._process = OwnProcess("channels.studio", (UnavailableError, UnfitRecordingError, FlashingFilmError))

    def heard(self, reading: Reading) -> Recording:
        """The recording at a broadcaster's loudness.

        Raises:
            UnfitRecordingError: a person's cannot be used.
            UnavailableError: there is no synthesiser, or it does not know the voice.
        """
        about, (samples,) = self._asked({"heard": _order(reading)}, [reading.recording])
        return _recording(about, samples)

    def takes(self, readings: Sequence[Reading], formats: Sequence[str]) -> list[tuple[float, Mapping[str, bytes]]]:
        """How long each is, and its files by their formats.

        Raises:
            UnfitRecordingError, UnavailableError: as `heard`.
        """
        order = {"takes": [_order(each) for each in readings], "formats": list(formats)}
        lengths, files = self._asked(order, [each.recording for each in readings])
        of_each = iter(files)
        return [(length, {name: next(of_each) for name in formats}) for length in lengths]

    def films(
        self, captions: Sequence[Shown], shapes: Sequence[str], recording: Recording | None, about: About
    ) -> Mapping[str, bytes]:
        """A film of each shape.

        Raises:
            FlashingFilmError: nobody should see it.
        """
        order = {
            "films": [[each.text, each.start, each.end] for each in captions],
            "shapes": list(shapes),
            "about": [about.title, about.language],
            "rate": recording.rate if recording else 0,
        }
        pictures = [each.frames[shape].data for each in captions for shape in shapes]
        _, films = self._asked(order, [recording.samples if recording else b"", *pictures])
        return dict(zip(shapes, films, strict=True))

    @property
    def pid(self) -> int | None:
        """Of the process; None: there is none."""
        return self._process.pid

    def close(self) -> None:
        """End it, if there is one."""
        self._process.close()

    def _asked(self, order: object, parts: Sequence[bytes]) -> tuple[Any, Sequence[bytes]]:
        try:
            return self._process.ask(order, parts)
        except EndedError as error:
            raise TemporaryError(
                phrase(
                    "what makes films and recordings was ended ({code}): most often there is not enough memory; raise "
                    "the limit (`MemoryMax=` of the service), or give the machine more",
                    code=error.code,
                )
            ) from error
        except BrokenWorkError as error:
            raise TemporaryError(phrase("unexpected: {kind}: {error}", kind=error.kind, error=error.told)) from error


def _order(reading: Reading) -> list[object]:
    return [reading.said, reading.voice, reading.words_per_minute, reading.seconds, reading.most]


def _reading(order: Any, recording: bytes) -> Reading:
    said, voice, words_per_minute, seconds, most = order
    return Reading(said, recording, voice, words_per_minute, seconds, most)


def _recording(about: Any, samples: bytes) -> Recording:
    phrases, pauses = (Phrase(*each) for each in about["phrases"]), (Pause(*each) for each in about["pauses"])
    return Recording(samples, about["rate"], tuple(phrases), tuple(pauses))


def _heard(order: Any, parts: Sequence[bytes]) -> tuple[object, Sequence[bytes]]:
    made = _reading(order["heard"], parts[0]).heard()
    about = {
        "rate": made.rate,
        "phrases": [[each.text, each.start, each.end] for each in made.phrases],
        "pauses": [[each.start, each.end] for each in made.pauses],
    }
    return about, [made.samples]


def _takes(order: Any, parts: Sequence[bytes]) -> tuple[object, Sequence[bytes]]:
    def take(reading: Reading) -> tuple[float, list[bytes]]:
        recording = reading.heard()
        return recording.seconds, [FORMATS[each](recording) for each in order["formats"]]

    # The synthesiser is a program of its own, and coders let go of the interpreter: all processors are used.
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(take, map(_reading, order["takes"], parts)))
    return [seconds for seconds, _ in made], [file for _, files in made for file in files]


def _films(order: Any, parts: Sequence[bytes]) -> tuple[object, Sequence[bytes]]:
    samples, *pictures = parts
    sound = sound_track(Recording(samples, order["rate"], ()), order["films"][-1][-1]) if samples else b""
    shapes = order["shapes"]
    frames = iter(Image(data=each, media_type="image/png", alt="", width=0, height=0) for each in pictures)
    captions = [
        Shown(text=text, frames={shape: next(frames) for shape in shapes}, start=start, end=end)
        for text, start, end in order["films"]
    ]
    about = About(*order["about"])
    with ThreadPoolExecutor() as pool:
        return None, list(pool.map(lambda shape: film(captions, shape, sound, about), shapes))


_WORK: Mapping[str, Callable[[Any, Sequence[bytes]], tuple[object, Sequence[bytes]]]] = {
    "heard": _heard,
    "takes": _takes,
    "films": _films,
}


def _work(order: Any, parts: Sequence[bytes]) -> tuple[object, Sequence[bytes]]:
    (wanted,) = order.keys() & _WORK.keys()
    return _WORK[wanted](order, parts)


#: Of all channels of this process.
SHARED = Studio()


@functools.lru_cache(maxsize=4)  # of some megabytes each: what is checked is used right after
def by_a_person(recording: bytes, said: str) -> Recording:
    """What somebody has recorded of a text, made in `SHARED`.

    Raises:
        UnfitRecordingError: it cannot be used.
        TemporaryError, MemoryError: as those of a studio.
    """
    return SHARED.heard(Reading(said, recording, voice="", words_per_minute=0))


if __name__ == "__main__":
    serve(_work)
