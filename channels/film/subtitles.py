"""Captions as a track of the film (3GPP TS 26.245, `mov_text`), for players that show them larger or read them out.

They are in the picture already: the track is there to be chosen, and is off until somebody does.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from channels.film.captions import Shown, in_lines

_MILLISECOND = Fraction(1, 1000)
#: What the coder wants to know of the letters, of which players take their own.
_STYLE = (
    b"[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, Alignment\n"
    b"Style: Default,sans-serif,18,&Hffffff,2\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
)
_HANDLER, _HEADER = b"sbtl", b"tkhd"
_ENABLED = 0x01  #: the lowest bit of a track header's flags, which are the three bytes behind its version


def add_track(output: Any) -> Any:
    """The track, still empty."""
    track = output.add_stream("mov_text")
    track.codec_context.subtitle_header, track.codec_context.time_base = _STYLE, _MILLISECOND
    return track


def packets(captions: Sequence[Shown], track: Any) -> Iterator[Any]:
    """Each caption as the track has it: how many bytes, and the text."""
    from av.packet import Packet

    for shown in captions:
        text = in_lines(shown.text).encode()
        packet = Packet(len(text).to_bytes(2, "big") + text)
        packet.stream, packet.time_base = track, _MILLISECOND
        packet.pts = packet.dts = round(shown.start * 1000)
        packet.duration = round(shown.end * 1000) - packet.pts
        yield packet


def switched_off(film: bytes) -> bytes:
    """The same film with the track off: ffmpeg switches on the first of each kind, and captions would be seen twice."""
    header = film.rfind(_HEADER, 0, film.index(_HANDLER))
    flags = header + len(_HEADER) + 3
    return film[:flags] + bytes([film[flags] & ~_ENABLED]) + film[flags + 1 :]
