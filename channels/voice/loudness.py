"""Loudness as broadcasters want it: EBU R 128, measured by ffmpeg's `ebur128`, set by gain and a limiter."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

TARGET = -23.0  #: LUFS, integrated, of the whole programme (EBU R 128, 2023)
#: LUFS, of what is heard by telephone, between other films: of speech AES TD1008 (2021) says -18, of the loudest things
#: -14, to which YouTube turns down what is louder; and nobody turns up what is quieter.
ONLINE = -16.0
_CEILING = 0.79  #: of full scale, -2 dB: what lies between samples stays below the -1 dBTP that R 128 allows
_LOST = 0.3  #: dB that the limiter may take away: the louder it shall be, the more it does
BROADCAST_RATE = 48_000  #: samples a second


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter shows."""

    integrated: float  #: LUFS
    true_peak: float  #: dBTP


def measured(samples: bytes, rate: int) -> Loudness:
    """Of 16-bit samples of one channel."""
    shown: dict[str, str] = {}
    for frame in filtered(samples, rate, [("ebur128", "metadata=1:peak=true")]):
        shown |= frame.metadata
    peak = float(shown["lavfi.r128.true_peak"])  # of full scale
    return Loudness(float(shown["lavfi.r128.I"]), 20 * math.log10(peak) if peak else -math.inf)


def for_broadcast(samples: bytes, rate: int, target: float = TARGET) -> bytes:
    """The same at so many LUFS, with 48,000 samples a second."""
    gain = target - measured(samples, rate).integrated
    made = _louder(samples, rate, gain)
    lost = target - measured(made, BROADCAST_RATE).integrated if target > TARGET else 0.0
    return _louder(samples, rate, gain + lost) if lost > _LOST else made


def _louder(samples: bytes, rate: int, gain: float) -> bytes:
    steps = [
        ("volume", f"{gain:.2f}dB"),
        ("aresample", str(BROADCAST_RATE)),
        ("alimiter", f"limit={_CEILING}:level=disabled"),
        ("aformat", f"sample_fmts=s16:sample_rates={BROADCAST_RATE}:channel_layouts=mono"),
    ]
    return b"".join(bytes(frame.planes[0])[: 2 * frame.samples] for frame in filtered(samples, rate, steps))


def filtered(samples: bytes, rate: int, steps: Sequence[tuple[str, str]]) -> Iterator[Any]:
    """What ffmpeg's filters, by name and arguments, make of samples: frames, with what was found in their metadata."""
    import av  # loads ffmpeg's libraries, for who records something

    graph = av.filter.Graph()
    source = graph.add("abuffer", f"sample_rate={rate}:sample_fmt=s16:channel_layout=mono:time_base=1/{rate}")
    chain = [source, *(graph.add(name, arguments) for name, arguments in steps), graph.add("abuffersink")]
    for one, following in itertools.pairwise(chain):
        one.link_to(following)
    graph.configure()
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2, align=1)
    frame.planes[0].update(samples)
    frame.sample_rate, frame.pts = rate, 0
    graph.push(frame)
    graph.push(None)
    while True:
        try:
            yield graph.pull()
        except EOFError:
            return
