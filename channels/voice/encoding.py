"""Recordings as files: WAV, which stations edit, and MP3 and Ogg Opus, which browsers play."""

import io
import wave
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from channels.voice.loudness import filtered
from channels.voice.recording import Recording

_BIT_RATE = 128_000  #: more than speech needs
#: Of LAME, from 0 to 9: at this rate the slower ways sound the same.
_MP3_EFFORT = {"compression_level": "7"}
_MP3_GAIN = "0.45dB"  #: at this rate LAME makes all quieter, by a twentieth
_MP3_FRAME, _OPUS_FRAME = 1152, 960  #: samples that a coder takes at a time


def wav(recording: Recording) -> bytes:
    """PCM, 16 bits, one channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(recording.rate)
        written.writeframes(recording.samples)
    return file.getvalue()


def mp3(recording: Recording) -> bytes:
    """MPEG-1 layer 3, 128 kbit/s."""
    louder = b"".join(
        bytes(frame.planes[0])[: 2 * frame.samples]
        for frame in filtered(
            recording.samples, recording.rate, [("volume", _MP3_GAIN), ("aformat", "sample_fmts=s16")]
        )
    )
    return _coded(replace(recording, samples=louder), "mp3", "libmp3lame", "s16p", _MP3_FRAME, _MP3_EFFORT)


def ogg(recording: Recording) -> bytes:
    """Opus (RFC 7845)."""
    return _coded(recording, "ogg", "libopus", "s16", _OPUS_FRAME, {})


def _coded(
    recording: Recording, container: str, codec: str, sample_format: str, size: int, options: Mapping[str, str]
) -> bytes:
    import av  # loads ffmpeg's libraries, for who records something

    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(
            codec, rate=recording.rate, layout="mono", format=sample_format, options=dict(options)
        )
        stream.bit_rate = _BIT_RATE
        resampler = av.AudioResampler(format=sample_format, layout="mono", rate=recording.rate, frame_size=size)
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(recording.samples) // 2, align=1)
        frame.planes[0].update(recording.samples)
        frame.sample_rate, frame.pts = recording.rate, 0
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()


#: By the name that the settings know it by, which its files end in.
FORMATS: Mapping[str, Callable[[Recording], bytes]] = MappingProxyType({"wav": wav, "mp3": mp3, "ogg": ogg})
