"""Stills and a sound track as MP4 (H.264, AAC), which every network takes; PyAV brings the coders."""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from channels.film import subtitles
from channels.film.captions import Shown
from channels.film.flashes import HEIGHT, WIDTH, Still, flashing
from channels.voice.loudness import ONLINE, for_broadcast
from channels.voice.recording import Recording
from communique.channel import phrase

#: Frames a second: Instagram takes from 23 to 60, and captions come within a fiftieth of a second of the voice.
RATE = 25
#: The same quality throughout: to weigh a frame against the next takes longer than to code one that is like the last.
#: A picture that stands alone every four seconds: Instagram asks for two to five, and players look for one to begin at.
_QUALITY = {"qp": "20", "preset": "ultrafast", "threads": "1", "g": str(4 * RATE)}
#: What each picture is converted to, and what the film says of itself (ITU-T H.273): without a word, players guess, and
#: may show other colours than the city's.
_BT_709, _LIMITED = 1, 1
_AUDIO_BIT_RATE = 128_000
_CODER = {"aac_coder": "fast"}  #: at this rate the slower one sounds the same
_AAC_FRAME = 1024  #: samples that the coder takes at a time


def sound_track(recording: Recording, until: float) -> bytes:
    """What is heard, coded once for the films of all shapes: MP4 with nothing to see.

    Args:
        recording: what is said.
        until: seconds after which there is nothing to see any more; until then there is silence.
    """
    import av  # loads ffmpeg's libraries, for who makes a film

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=recording.rate, layout="mono", options=_CODER)
        stream.bit_rate = _AUDIO_BIT_RATE
        for part in _sound(recording, until):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()


class FlashingFilmError(Exception):
    """A film would flash so often that it can harm; the message says when."""


@dataclass(frozen=True, slots=True)
class About:
    """What a film says of itself, for players, libraries and those who find the file years later."""

    title: str
    language: str  #: of what is said and written in it, ISO 639-2/T


def film(captions: Sequence[Shown], shape: str, sound: bytes = b"", about: About = About("", "und")) -> bytes:
    """The pictures of one shape, each as long as its caption, a sound track if there is one, and the captions.

    Raises:
        FlashingFilmError: nobody should see it.
    """
    stills = [(shown, _still(shown.frames[shape].data)) for shown in captions]
    seen = [Still(shown.start, _small(still)) for shown, still in stills]
    if (at := flashing(seen)) is not None:
        raise FlashingFilmError(
            phrase("from second {at} the pictures change more than three times to and fro in a second", at=f"{at:.1f}")
        )
    with TemporaryDirectory() as folder:
        file = Path(folder, "film.mp4")  # to put what players need first, it is written twice
        _write(file, stills, sound, about)
        return subtitles.switched_off(file.read_bytes())


def _still(png: bytes) -> Any:
    import av

    with av.open(io.BytesIO(png), "r") as picture:
        still = next(picture.decode(video=0)).reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
    still.color_primaries = still.color_trc = _BT_709
    still.pict_type = 0  # a PNG says of each that it stands alone: the coder is to find out what has changed
    return still


def _small(still: Any) -> bytes:
    small = still.reformat(width=WIDTH, height=HEIGHT, format="rgb24")
    plane, stride = bytes(small.planes[0]), small.planes[0].line_size
    return b"".join(plane[row * stride : row * stride + 3 * WIDTH] for row in range(HEIGHT))


def _write(file: Path, stills: Sequence[tuple[Shown, Any]], sound: bytes, about: About) -> None:
    import av

    with av.open(str(file), "w", options={"movflags": "faststart"}) as output, ExitStack() as opened:
        _, first = stills[0]
        stream: Any = output.add_stream("libx264", rate=RATE, options=_QUALITY)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        stream.color_primaries = stream.color_trc = stream.colorspace = _BT_709
        stream.color_range = _LIMITED
        heard: Any = opened.enter_context(av.open(io.BytesIO(sound))) if sound else None
        track = output.add_stream_from_template(heard.streams.audio[0]) if heard else None
        written = subtitles.add_track(output)
        for each in (stream, track, written):
            if each is not None:
                each.metadata["language"] = about.language
        output.metadata["title"] = about.title
        output.mux(list(subtitles.packets([shown for shown, _ in stills], written)))
        for frame in _frames(stills):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        for packet in heard.demux(audio=0) if heard else ():
            if packet.dts is not None:  # the last one says that there is no more
                packet.stream = track
                output.mux(packet)


def _frames(stills: Sequence[tuple[Shown, Any]]) -> Iterator[Any]:
    number = 0
    for shown, still in stills:
        while number < _shown(shown.end):
            still.pts, still.time_base = number, Fraction(1, RATE)
            yield still
            number += 1


def _shown(until: float) -> int:
    """How many frames there are up to then."""
    return round(until * RATE)


def _sound(recording: Recording, until: float) -> Iterator[Any]:
    import av

    samples = for_broadcast(recording.samples, recording.rate, ONLINE)
    samples += bytes(max(0, 2 * round(_shown(until) / RATE * recording.rate) - len(samples)))
    whole = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2, align=1)
    whole.planes[0].update(samples)
    whole.sample_rate, whole.pts = recording.rate, 0
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=recording.rate, frame_size=_AAC_FRAME)
    yield from (*resampler.resample(whole), *resampler.resample(None))
