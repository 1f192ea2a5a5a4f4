"""A person's own recording of a text: any sound file made into what a synthesiser would have said."""

import io
import math
from collections.abc import Iterator, Sequence
from itertools import chain

from channels.voice.loudness import BROADCAST_RATE, TARGET, for_broadcast, measured
from channels.voice.pauses import Pause, nearest, pauses
from channels.voice.recording import Phrase, Recording, sentences_of
from communique.channel import phrase

_MOST_GAIN = 20.0  #: dB; what is raised further is mostly noise
#: Bytes, and seconds: what is far longer than any spot was put there by mistake, and takes gigabytes to look at.
_LARGEST, _LONGEST = 100_000_000, 20 * 60
_NEAR = 2.0  #: seconds from where a sentence should begin by its letters


class UnfitRecordingError(Exception):
    """It cannot be used; the message says why."""


def own_recording(data: bytes, text: str) -> Recording:
    """The recording at a broadcaster's loudness.

    When each sentence of `text` is said is shared out by their letters; it begins after the pause that is near.

    Raises:
        UnfitRecordingError: it is no sound, too quiet, or far too long.
    """
    samples = _for_broadcast(data)
    seconds, quiet = len(samples) / 2 / BROADCAST_RATE, pauses(samples, BROADCAST_RATE)
    return Recording(samples, BROADCAST_RATE, tuple(_phrases(sentences_of(text), seconds, quiet)), tuple(quiet))


def _for_broadcast(data: bytes) -> bytes:
    samples = _decoded(data)
    loudness = measured(samples, BROADCAST_RATE).integrated if samples else -math.inf
    if loudness < TARGET - _MOST_GAIN:
        raise UnfitRecordingError(
            phrase(
                "expected speech of at least {least:.0f} LUFS, found {loudness:.0f}: "
                "record it anew, nearer to the microphone",
                least=TARGET - _MOST_GAIN,
                loudness=loudness,
            )
        )
    return for_broadcast(samples, BROADCAST_RATE)


def _decoded(data: bytes) -> bytes:
    """16-bit samples of one channel."""
    import av  # loads ffmpeg's libraries, for who has recorded something

    if len(data) > _LARGEST:
        raise UnfitRecordingError(
            phrase("expected a sound file of at most {most} MB, found a larger one", most=_LARGEST // 1_000_000)
        )
    samples = bytearray()
    try:
        with av.open(io.BytesIO(data), "r") as file:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=BROADCAST_RATE)
            for frame in chain(file.decode(audio=0), (None,)):
                for each in resampler.resample(frame):
                    samples += memoryview(each.planes[0])[: 2 * each.samples]
                if len(samples) > 2 * BROADCAST_RATE * _LONGEST:  # a small file may hold days of silence
                    raise UnfitRecordingError(
                        phrase("expected at most {minutes} minutes of speech, found more", minutes=_LONGEST // 60)
                    )
    except (av.FFmpegError, IndexError) as error:
        raise UnfitRecordingError(phrase("expected a sound file (WAV, MP3, Ogg, M4A), found something else")) from error
    return bytes(samples)


def _phrases(sentences: Sequence[str], seconds: float, quiet: Sequence[Pause]) -> Iterator[Phrase]:
    at = next((each.end for each in quiet if each.start == 0), 0.0)
    end = next((each.start for each in quiet if each.end >= seconds), seconds)
    left = sum(map(len, sentences))
    for sentence in sentences:
        until = at + (end - at) * len(sentence) / left
        left -= len(sentence)
        pause = nearest(until, _NEAR, [each for each in quiet if at < each.start and each.end < end]) if left else None
        yield Phrase(sentence, at, pause.start if pause else until)
        at = pause.end if pause else until
