"""Where nobody speaks, found by ffmpeg's `silencedetect`: a caption changes there, and not in the middle of a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from channels.voice.loudness import filtered

#: Of full scale: quieter is no speech, where a whole recording is as loud as broadcasters want it.
_QUIET = "-40dB"
_LEAST = 0.1  #: seconds; between the sounds of a word it is quiet for less
_LOOK = 480  #: samples that are looked at together: a hundredth of a second


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds from the beginning."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def pauses(samples: bytes, rate: int) -> list[Pause]:
    """Of 16-bit samples of one channel, with the quiet before and after all speech."""
    steps = [("asetnsamples", str(_LOOK)), ("silencedetect", f"noise={_QUIET}:d={_LEAST}")]
    found: list[Pause] = []
    start: float | None = None
    for frame in filtered(samples, rate, steps):
        said: dict[str, Any] = frame.metadata
        if "lavfi.silence_end" in said and start is not None:
            found.append(Pause(start, float(said["lavfi.silence_end"])))
            start = None
        if "lavfi.silence_start" in said:
            start = max(0.0, float(said["lavfi.silence_start"]))
    return found if start is None else [*found, Pause(start, len(samples) / 2 / rate)]


def nearest(moment: float, within: float, found: Sequence[Pause]) -> Pause | None:
    """The pause after which somebody begins to speak so near to a moment; a long one counts as nearer."""
    near = [each for each in found if abs(each.end - moment) <= within]
    return min(near, key=lambda each: abs(each.end - moment) - each.seconds, default=None)
