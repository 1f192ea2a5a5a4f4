"""A text made into a recording as long as an announcer would take, with the time at which each sentence is said."""

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels.voice import espeak
from channels.voice.loudness import BROADCAST_RATE, for_broadcast
from channels.voice.pauses import Pause, pauses

_SENTENCE = re.compile(r"[^.!?؟…:;\n]+(?:[.!?؟…:;]+(?=\s|$)|(?:[.!?…:;]\S)[^.!?؟…:;\n]*)*[»”\"')]*")
_USUAL = 160  #: words a minute that the synthesiser is asked for at first
_NEAR = 0.03  #: so near to the length that is wanted, nothing is said again
_TRIES = 4  #: at which it is as long as it shall be: the synthesiser's speeds are whole numbers, and its own idea
_PAUSE = 0.15  #: seconds after a sentence, beside what the synthesiser leaves
_QUIET, _LAST = 100, 0.1  #: of 32,767: it is silent; seconds of silence that are left at the end


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, and when it is said: seconds from the beginning."""

    text: str
    start: float
    end: float

    def words(self) -> Iterator[tuple[str, float, float]]:
        """Each word with its beginning and end, by the share of its letters: near enough for a caption."""
        words = self.text.split()
        letters = sum(map(len, words)) or 1
        at = self.start
        for word in words:
            until = at + (self.end - self.start) * len(word) / letters
            yield word, at, until
            at = until


@dataclass(frozen=True, slots=True)
class Recording:
    """16-bit samples of one channel at a broadcaster's loudness."""

    samples: bytes
    rate: int
    phrases: tuple[Phrase, ...]
    pauses: tuple[Pause, ...] = ()  #: where nobody speaks

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / 2 / self.rate


def record(
    text: str, voice: str, words_per_minute: int, seconds: float | None = None, most: float | None = None
) -> Recording:
    """A text read aloud by a voice of espeak-ng.

    Args:
        text: as it is said: numbers, dates and addresses are words already.
        voice: `es`, `pt-br`.
        words_per_minute: how fast an announcer reads.
        seconds: how long it shall take, if that is known better than by counting words.
        most: how long it may take, to a hundredth of a second.

    Raises:
        UnavailableError: there is no synthesiser, or it does not know the voice; the message says what to do.
    """
    sentences = sentences_of(text)
    wanted = seconds or 60 * len(text.split()) / words_per_minute
    said = _as_long(
        sentences, voice, wanted - _PAUSE * (len(sentences) - 1), (most or math.inf) - _PAUSE * (len(sentences) - 1)
    )
    pause = bytes(2 * round(_PAUSE * espeak.RATE))
    samples = for_broadcast(pause.join(said), espeak.RATE)
    return Recording(
        samples=samples,
        rate=BROADCAST_RATE,
        phrases=tuple(_phrases(sentences, said)),
        pauses=tuple(pauses(samples, BROADCAST_RATE)),
    )


def sentences_of(text: str) -> list[str]:
    """A text at its full stops, colons and line ends; an address or a number is not cut."""
    found = (" ".join(match[0].split()) for match in _SENTENCE.finditer(text))
    return [each for each in found if re.search(r"\w", each)]


def _as_long(sentences: Sequence[str], voice: str, wanted: float, most: float) -> list[bytes]:
    """Each sentence, at the speed at which all take about so many seconds."""
    speed, aim = float(_USUAL), min(wanted, most)
    for _ in range(_TRIES):
        said = _spoken(sentences, voice, speed)
        length = _length(said)
        if abs(length / wanted - 1) <= _NEAR and length <= most:
            break
        speed = max(speed * length / aim, speed + 1 if length > most else 0)
    return said


def _spoken(sentences: Sequence[str], voice: str, speed: float) -> list[bytes]:
    *others, last = (espeak.speak(each, voice, speed) for each in sentences)
    return [*others, _without_the_end(last)]


def _without_the_end(said: bytes) -> bytes:
    """Without the pause that the synthesiser makes after a sentence, where none follows."""
    samples = array("h", said)
    heard = next((number for number in range(len(samples), 0, -1) if abs(samples[number - 1]) > _QUIET), 0)
    return said[: 2 * (heard + round(_LAST * espeak.RATE))]


def _phrases(sentences: Sequence[str], said: Sequence[bytes]) -> Iterator[Phrase]:
    at = 0.0
    for sentence, samples in zip(sentences, said, strict=True):
        until = at + _length([samples])
        yield Phrase(sentence, at, until)
        at = until + _PAUSE


def _length(said: Sequence[bytes]) -> float:
    return sum(map(len, said)) / 2 / espeak.RATE
