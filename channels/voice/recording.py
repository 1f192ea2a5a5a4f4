"""A text made into a recording as long as an announcer would take, with the time at which each sentence is said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels.voice import espeak
from channels.voice.loudness import BROADCAST_RATE, for_broadcast
from channels.voice.pauses import Pause, pauses

_SENTENCE = re.compile(r"[^.!?؟…:;\n]+(?:[.!?؟…:;]+(?=\s|$)|(?:[.!?…:;]\S)[^.!?؟…:;\n]*)*[»”\"')]*")
_USUAL = 160  #: words a minute that the synthesiser is asked for at first
_NEAR = 0.03  #: so near to the length that is wanted, nothing is said again
_PAUSE = 0.15  #: seconds after a sentence, beside what the synthesiser leaves


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


def record(text: str, voice: str, words_per_minute: int, seconds: float | None = None) -> Recording:
    """A text read aloud by a voice of espeak-ng.

    Args:
        text: as it is said: numbers, dates and addresses are words already.
        voice: `es`, `pt-br`.
        words_per_minute: how fast an announcer reads.
        seconds: how long it shall take, if that is known better than by counting words.

    Raises:
        UnavailableError: there is no synthesiser, or it does not know the voice; the message says what to do.
    """
    sentences = sentences_of(text)
    wanted = seconds or 60 * len(text.split()) / words_per_minute
    said = [espeak.speak(each, voice, _USUAL) for each in sentences]
    wanted -= _PAUSE * (len(said) - 1)
    if abs(_length(said) / wanted - 1) > _NEAR:
        speed = _USUAL * _length(said) / wanted
        said = [espeak.speak(each, voice, speed) for each in sentences]
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


def _phrases(sentences: Sequence[str], said: Sequence[bytes]) -> Iterator[Phrase]:
    at = 0.0
    for sentence, samples in zip(sentences, said, strict=True):
        until = at + _length([samples])
        yield Phrase(sentence, at, until)
        at = until + _PAUSE


def _length(said: Sequence[bytes]) -> float:
    return sum(map(len, said)) / 2 / espeak.RATE
